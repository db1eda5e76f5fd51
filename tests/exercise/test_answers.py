"""A step that answers the other side is left out where persons play that side and have said nothing."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.exercise.scenario import Step
from skyaccord.exercise.steps import Doer, Seat


def played(people: Collection[str], *, answers: bool) -> list[str]:
    """What of one step of A that the program refuses is scored as not played."""

    def refused(*_words: str) -> str:
        raise InputError("that is the text on the table")

    key = (Path("key"), Path("passphrase"))
    doer = Doer(
        {"A": Seat("A", Path("A"), {"representative": key})}, refused, lambda _: None,
        lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda _: None, Path("draft"), people,
    )  # fmt: skip
    doer.do(Step(party="A", role="representative", at_s=1, do=("talks", "counter"), answers=answers))
    return [one.error for one in doer.done]


@pytest.mark.parametrize(
    ("people", "answers", "left_out"),
    [(("B",), True, True), (("B",), False, False), ((), True, False)],
)
def test_an_answer_to_what_nobody_said_is_left_out(
    people: Collection[str], *, answers: bool, left_out: bool
) -> None:
    assert (played(people, answers=answers) == []) is left_out
