"""What changed between two versions of a clause, field by field.

    horizontal_nm   5 → 3
    classes.0       unmanned → (nothing)

Fields are named by their place in the value, list items by their number from 1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

NOTHING: Final = None
OWN_WORDS: Final = ("reading", "text")
"""Fields in which the parties say in their own words what the data beside them says. Nothing parses them."""


@dataclass(frozen=True)
class Change:
    """One field that differs. field: "" for the whole value; before, after: None where not there."""

    field: str
    before: Any
    after: Any


def redline(before: str | None, after: str | None) -> tuple[Change, ...]:
    """The differences between two canonical texts (None: no version), in the order of the fields' names."""
    old, new = _fields(before), _fields(after)
    return tuple(
        Change(field, old.get(field, NOTHING), new.get(field, NOTHING))
        for field in _order(old, new)
        if field not in old or field not in new or old[field] != new[field]
    )


def words_left(before: str | None, after: str | None) -> tuple[str, ...]:
    """The parties' own words that stay as they were while the data beside them changes: `reading_ru`, ….

    They may still fit, or say the number of before: only people can tell, so people are asked to look.
    """
    changed = {change.field for change in redline(before, after)}
    if not any(not _is_words(field) for field in changed):
        return ()
    return tuple(field for field in _fields(after) if _is_words(field) and field not in changed)


def _is_words(field: str) -> bool:
    return field.rpartition(".")[2].partition("_")[0] in OWN_WORDS


def _order(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys([*old, *new]))


def _fields(text: str | None) -> dict[str, Any]:
    value = None if text is None else json.loads(text)
    found: dict[str, Any] = {}
    if value is not None:
        _walk("", value, found)
    return found


def _walk(field: str, value: Any, found: dict[str, Any]) -> None:
    """Every leaf under its dotted name; a list of plain values is one leaf, as people read it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _walk(f"{field}.{name}" if field else name, inner, found)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, inner in enumerate(value, start=1):
            _walk(f"{field}.{number}" if field else str(number), inner, found)
    else:
        found[field] = value
