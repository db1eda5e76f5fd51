"""TOML → data → canonical bytes → data → TOML: nothing is lost on the way, comments stay where they can."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from skyaccord.accord.canonical import canonical_bytes, digest
from skyaccord.accord.comparing import differences
from skyaccord.accord.model import Accord
from skyaccord.accord.source import AccordFileError, load_accord, parse_accord, shipped_names, shipped_text
from skyaccord.accord.writing import accord_toml, rewritten
from tests.accord.samples import CLASSES, FIRST_EDITION, RICH, SMALL, THREES, WHOLE

FILES = (RICH, CLASSES, WHOLE, FIRST_EDITION, *shipped_names())


@pytest.mark.parametrize("source", FILES, ids=str)
def test_the_whole_round(source: Any) -> None:
    loaded = load_accord(source)
    from_bytes = Accord.model_validate_json(canonical_bytes(loaded.accord), by_alias=True, by_name=False)
    again = parse_accord(accord_toml(from_bytes), "again")
    assert again.accord == loaded.accord
    assert again.digest == loaded.digest


@pytest.mark.parametrize("source", FILES, ids=str)
def test_nothing_changed_nothing_rewritten(source: Any) -> None:
    loaded = load_accord(source)
    assert rewritten(loaded.text, loaded.accord) == loaded.text


def test_comments_stay_beside_what_they_are_about() -> None:
    accord = parse_accord(THREES.replace("horizontal_nm = 3\n", "horizontal_nm = 5\n"), "x").accord
    text = rewritten(THREES, accord)
    assert text == THREES.replace("horizontal_nm = 3\n", "horizontal_nm = 5\n")
    later = parse_accord(THREES.replace("max_dwell_s = 180 #", "max_dwell_s = 90 #"), "x").accord
    assert "max_dwell_s = 90 # longer inside than this is a breach" in rewritten(THREES, later)


def test_tables_come_go_and_move() -> None:
    accord = parse_accord(THREES, "x").accord
    moved = accord.model_copy(update={"conduct": (*accord.conduct[::-1][:3],), "watch": None})
    text = rewritten(THREES, moved)
    assert digest(parse_accord(text, "y").accord) == digest(moved)
    assert "no-aerobatics" not in text
    assert "[watch]" not in text
    back = rewritten(text, accord)
    assert digest(parse_accord(back, "z").accord) == digest(accord)
    assert "# How close." in back


def test_what_is_no_accord() -> None:
    with pytest.raises(AccordFileError):
        rewritten("x = 1", parse_accord(SMALL, "x").accord)


WORDS = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)
EDITS: Any = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS,
        "version": st.integers(1, 10**6),
        "clause": st.lists(st.fixed_dictionaries({"title": WORDS, "text": WORDS}), max_size=3),
        "conduct": st.lists(
            st.fixed_dictionaries({"code": st.sampled_from("abc"), "text": WORDS}), max_size=2
        ),
        "watch": st.fixed_dictionaries({"horizontal_nm": st.floats(5, 200)}),
        "rule": st.just([{"id": "r", "horizontal_nm": 0.1 + 0.2, "vertical_ft": 1e-300}]),
        "retention": st.fixed_dictionaries(
            {"days": st.integers(1, 9), "kind": st.just([{"kind": "talks", "days": 2}])}
        ),
        "review": st.just({"every_days": 3}),
    },
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([WHOLE, RICH]), EDITS)
def test_any_data_can_be_written(path: Any, edits: dict[str, Any]) -> None:
    text = path.read_text(encoding="utf-8")
    document = tomllib.loads(text)
    try:
        accord = Accord.model_validate(document | edits, by_alias=True, by_name=False)
    except ValidationError:
        return
    for written in (accord_toml(accord), rewritten(text, accord)):
        again = parse_accord(written, "again").accord
        assert differences(again, accord) == ()


@pytest.mark.parametrize("name", shipped_names())
def test_a_written_file_is_readable(name: str) -> None:
    text = accord_toml(load_accord(name).accord)
    assert max(map(len, text.splitlines())) < 1_200
    assert "[[rule]]\n" in text
    assert "[validity]\nstart = 20" in text
    assert len(text.encode()) < 1.1 * len(shipped_text(name).encode())
