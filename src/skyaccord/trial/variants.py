"""The accords that a trial compares: the draft, the present one, and the draft with one value changed.

>>> [one.label for one in swept(load_accord("rule-of-threes"), parse_sweep("rule.threes.horizontal_nm=3,5"))]
['rule.threes.horizontal_nm = 3', 'rule.threes.horizontal_nm = 5']
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from skyaccord.accord.canonical import digest, number_text, plain_data
from skyaccord.accord.faults import first_fault
from skyaccord.accord.model import Accord
from skyaccord.accord.source import LoadedAccord, load_accord
from skyaccord.base.errors import InputError

__all__ = ["Sweep", "Variant", "draft_and_present", "load_accord", "parse_sweep", "swept"]

SWEEP_MAX: Final = 12
"""Values of one sweep: a table and a plot that people still read."""
DRAFT: Final = "the draft"
PRESENT: Final = "the present accord"
"""Labels of the variants that are no value of a sweep."""
KEYS: Final = ("id", "code", "name", "title")


@dataclass(frozen=True)
class Variant:
    """One accord of a trial. value: of the swept field, None for the draft and the present accord."""

    label: str
    loaded: LoadedAccord
    value: float | None = None


@dataclass(frozen=True)
class Sweep:
    """One field of the accord, by its path in the file, and the values that it takes."""

    path: str
    values: tuple[float, ...]


def parse_sweep(text: str) -> Sweep:
    """`rule.threes.horizontal_nm=2,3,5`. InputError says what it should look like."""
    path, equals, values = text.partition("=")
    what = f"--sweep {text!r} is not PATH=VALUES"
    try:
        numbers = tuple(float(value) for value in values.split(","))
    except ValueError:
        numbers = ()
    if not equals or not path or not numbers:
        raise InputError(what, do="write it like rule.threes.horizontal_nm=2,3,5")
    if len(numbers) > SWEEP_MAX:
        raise InputError(f"{len(numbers)} values to sweep; at most {SWEEP_MAX}", do="give fewer")
    if len(set(numbers)) != len(numbers):
        raise InputError(what, do="give each value once")
    return Sweep(path.strip(), numbers)


def draft_and_present(draft: LoadedAccord, present: LoadedAccord | None) -> list[Variant]:
    """The draft, and beside it the present accord if there is one."""
    variants = [Variant(DRAFT, draft)]
    if present is not None:
        variants.append(Variant(PRESENT, present))
    return variants


def swept(draft: LoadedAccord, sweep: Sweep) -> list[Variant]:
    """The draft with each value of the sweep in its place. InputError: no such field or value."""
    return [
        Variant(f"{sweep.path} = {number_text(value)}", _with(draft, sweep.path, value), value)
        for value in sweep.values
    ]


def _with(draft: LoadedAccord, path: str, value: float) -> LoadedAccord:
    data = plain_data(draft.accord)
    holder, field = _holder(data, path)
    if isinstance(holder.get(field), (dict, list, str, bool)):
        raise InputError(f"{path} is no number", where="--sweep", do="name a field with a number")
    holder[field] = value
    try:
        accord = Accord.model_validate_json(json.dumps(data), by_alias=True)
    except ValidationError as error:
        _, what, do = first_fault(error, Accord)
        raise InputError(what, where=f"--sweep {path} = {number_text(value)}", do=do) from None
    return LoadedAccord(accord, draft.text, digest(accord), None)


def _holder(data: Any, path: str) -> tuple[dict[str, Any], str]:
    """The table that holds the field a path names, and the field. Names of items may have dots in them."""
    if isinstance(data, dict):
        if path in data or "." not in path:
            return data, path
        for key, inner in data.items():
            if path.startswith(f"{key}.") and isinstance(inner, (dict, list)):
                return _holder(inner, path[len(key) + 1 :])
    if isinstance(data, list):
        for item in data:
            name = next((item[key] for key in KEYS if isinstance(item, dict) and key in item), None)
            if name is not None and path.startswith(f"{name}."):
                return _holder(item, path[len(name) + 1 :])
    raise InputError(
        f"the draft has no field {path!r}", where="--sweep", do="name it like rule.threes.horizontal_nm"
    )
