"""What is wrong with an accord is said in our words: nothing of the library that reads it comes through."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from skyaccord.accord.faults import problems_of
from skyaccord.accord.model import Accord
from skyaccord.base.errors import InputError
from skyaccord.talks import paths
from skyaccord.talks.clause_text import clause_value
from skyaccord.trial.variants import load_accord, parse_sweep, swept

VECTORS = Path(__file__).parent / "vectors"
THEIRS = (
    "Input should",
    "Extra inputs",
    "Field required",
    "Value error",
    "permitted",
    "valid ",
    "validation",
)
"""How pydantic begins to speak."""
WRONG: tuple[Any, ...] = (
    None, "", -1, 0, 10**12, 3.5, True, "x", "x" * 30_000, "bad\u202e", "1 2", [], ["x"], [1, 2], {},
    {"target": "x"}, [[]], [{"x": 1}], datetime(2020, 1, 1),  # noqa: DTZ001 (a time without a zone is one of the faults)
    float("nan"), float("inf"), 10**400,
)  # fmt: skip


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document below its top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*at, key)
        yield from places(part, (*at, key))


def wrong(document: Any, at: tuple[str | int, ...], value: Any) -> Any:
    """A copy with this value in this place."""
    changed = copy.deepcopy(document)
    inner = changed
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return changed


def ours(text: str) -> bool:
    return not any(word in text for word in THEIRS) and "\n" not in text


def fault_of(path: str, value: Any) -> str | None:
    """Why no accord can hold this value at this path."""
    try:
        paths.normal(path, value)
    except InputError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", ["rich", "classes", "whole"])
def test_every_fault_of_a_file_is_told_in_our_words(name: str) -> None:
    """Every place of the file times every wrong value."""
    document = tomllib.loads((VECTORS / f"{name}.toml").read_text("utf-8"))
    told = 0
    for at in places(document):
        for value in WRONG:
            try:
                Accord.model_validate(wrong(document, at, value), by_alias=True, by_name=False)
            except ValidationError as error:
                for problem in problems_of(error, {}, "ours.toml", Accord):
                    assert ours(str(problem)), (at, value, str(problem))
                    told += 1
    assert told > 1000


def test_every_fault_of_a_clause_in_talks_is_told_in_our_words() -> None:
    accord = load_accord(VECTORS / "whole.toml").accord
    told = 0
    for path, text in paths.clauses_of(accord).items():
        clause = json.loads(text)
        for at in [(), *places(clause)]:
            for value in (one for one in WRONG if not isinstance(one, datetime)):
                fault = fault_of(path, wrong([clause], (0, *at), value)[0])
                if fault is not None:
                    assert fault.startswith(path), (path, at, value)
                    assert ours(fault), (path, at, value, fault)
                    told += 1
    assert told > 1000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "vertical_ft = 3\nhorizontal = 2",
            "line 5, rule[0].horizontal: unknown key; did you mean 'horizontal_nm'?",
        ),
        ("vertical_ft = -1", "line 4, rule[0].vertical_ft: -1 is out of range; it must be greater than 0"),
        ("", "line 1, rule[0].vertical_ft: missing; it is needed here"),
    ],
)
def test_a_clause_as_text_is_told_by_line_and_field(text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        clause_value("rule.r", f"[[rule]]\nid = 'r'\nhorizontal_nm = 5\n{text}\n")
    assert str(caught.value).startswith(f"clause, {told}")


def test_a_sweep_is_told_in_our_words() -> None:
    draft = load_accord("rule-of-threes")
    for sweep in (
        "rule.threes.horizontal_nm=-1",
        "rule.threes.colour=2",
        "version=2.5",
        "tier.warning.lookahead_s=9999",
    ):
        with pytest.raises(InputError) as caught:
            swept(draft, parse_sweep(sweep))
        assert ours(str(caught.value)), str(caught.value)
