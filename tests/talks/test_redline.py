"""What changed, and which words were left as they were."""

import json

import pytest

from skyaccord.talks.paths import LEFT_OUT
from skyaccord.talks.redline import words_left

RULE = {"id": "r", "horizontal_nm": 3.0, "reading": "Three miles.", "reading_ru": "Три мили."}


def text(**changes: object) -> str:
    return json.dumps({**RULE, **changes})


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"horizontal_nm": 5.0}, ("reading", "reading_ru")),
        ({"horizontal_nm": 5.0, "reading": "Five miles."}, ("reading_ru",)),
        ({"horizontal_nm": 5.0, "reading": "Five miles.", "reading_ru": "Пять миль."}, ()),
        ({"reading": "At least three miles."}, ()),
        ({}, ()),
    ],
)
def test_words_beside_changed_data_are_pointed_at(changes: dict[str, object], left: tuple[str, ...]) -> None:
    assert words_left(text(), text(**changes)) == left


def test_a_clause_that_is_left_out_leaves_no_words() -> None:
    assert words_left(text(), LEFT_OUT) == ()
