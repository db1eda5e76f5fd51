"""What changed between two accords, field by field: of the data that is signed, not of the files' layout.

A field is named as in talks: `rule.threes.horizontal_nm`, `role.deputy`, `frequency.guard-vhf.mhz`. Items
of a list are matched by what names them, so that one put in between does not look like a change of all that
follow; the order of a list is part of what is signed, and is said to have changed when only that did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from skyaccord.accord.canonical import canonical_json, plain_data
from skyaccord.accord.model import Accord

KEYS: Final = ("id", "code", "name", "title", "kind")
"""What names an item of a list, in this order."""
ORDER: Final = "order"
ABSENT: Final = object()


@dataclass(frozen=True)
class Change:
    """One field that differs. before, after: plain values; None where it is not there."""

    path: str
    kind: Literal["added", "removed", "changed", "order"]
    before: Any
    after: Any


def differences(before: Accord, after: Accord) -> tuple[Change, ...]:
    """Every field that differs, in the order of the fields of the canonical form. Empty: the same digest."""
    return tuple(_compare("", plain_data(before), plain_data(after)))


def value_text(value: Any) -> str:
    """A plain value in one line, as the canonical form writes it."""
    return canonical_json(value).decode()


def _compare(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before is ABSENT:
        yield Change(path, "added", None, after)
    elif after is ABSENT:
        yield Change(path, "removed", before, None)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _compare(_under(path, key), before.get(key, ABSENT), after.get(key, ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_lists(path, before, after)
    elif value_text(before) != value_text(after):
        yield Change(path, "changed", before, after)


def _compare_lists(path: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    old, new = _by_name(before), _by_name(after)
    if old is None or new is None:
        if value_text(before) != value_text(after):
            yield Change(path, "changed", before, after)
        return
    for name in [*old, *(name for name in new if name not in old)]:
        yield from _compare(_under(path, name), old.get(name, ABSENT), new.get(name, ABSENT))
    kept_before, kept_after = [n for n in old if n in new], [n for n in new if n in old]
    if kept_before != kept_after:
        yield Change(path, ORDER, list(old), list(new))


def _by_name(items: list[Any]) -> dict[str, Any] | None:
    """The items by their names; None if they have none, or not each its own."""
    found: dict[str, Any] = {}
    for item in items:
        key = next((key for key in KEYS if isinstance(item, dict) and key in item), None)
        if key is None or str(item[key]) in found:
            return None
        found[str(item[key])] = item
    return found


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
