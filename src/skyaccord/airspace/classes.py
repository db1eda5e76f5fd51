"""Classes of aircraft, and what an aircraft's ADS-B emitter category says of them.

An aircraft may be of several *kinds* as far as anybody knows; it is held to every rule for any of them.

    category "B6"      → unmanned
    category "A1", later "B6" → light or unmanned: it has said both
    none, "A0", "B5"   → unknown: may be of any kind, also of one that has no name here

So an aircraft that keeps its category to itself escapes no rule. A category is what the aircraft says of
itself; nobody checks it (docs/accord.md says what follows from that).

Sets of kinds are whole numbers, a bit a kind, for plain integers and arrays alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:  # sets in arrays are only passed through: the vocabulary itself needs no NumPy
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Sets = NDArray[np.int32]

KindName = Literal[
    "light",
    "small",
    "large",
    "heavy",
    "high-performance",
    "rotorcraft",
    "glider",
    "lighter-than-air",
    "parachutist",
    "ultralight",
    "unmanned",
    "spacecraft",
    "surface-vehicle",
    "obstacle",
]
ClassName = Literal[KindName, "fixed-wing", "*"]
"""What a rule can be about: a kind, a class of several kinds, or `*`, every aircraft."""

ANY: Final = "*"

CATEGORIES: Final[dict[KindName, tuple[str, ...]]] = {
    "light": ("A1",),  # below 15,500 lb
    "small": ("A2",),  # 15,500 to 75,000 lb
    "large": ("A3", "A4"),  # 75,000 to 300,000 lb; A4: those of strong wake, such as the B757
    "heavy": ("A5",),  # above 300,000 lb
    "high-performance": ("A6",),  # more than 5 g and 400 kt
    "rotorcraft": ("A7",),
    "glider": ("B1",),
    "lighter-than-air": ("B2",),
    "parachutist": ("B3",),
    "ultralight": ("B4",),  # also hang gliders and paragliders
    "unmanned": ("B6",),
    "spacecraft": ("B7",),
    "surface-vehicle": ("C1", "C2"),
    "obstacle": ("C3", "C4", "C5"),
}
"""Kind → emitter categories (RTCA DO-260B, 2.2.3.2.5.2). A0, B0, C0 mean "no information", the rest is
reserved."""

_NAMED: Final[dict[str, int]] = {name: 1 << bit for bit, name in enumerate(CATEGORIES)}
KINDS: Final = (*_NAMED.values(), 1 << len(_NAMED))
"""Every kind as a set of one; the last is any kind that has no name here."""
UNKNOWN: Final = sum(KINDS)
"""May be of every kind."""

SETS: Final[dict[str, int]] = {
    **_NAMED,
    "fixed-wing": sum(_NAMED[name] for name in ("light", "small", "large", "heavy", "high-performance")),
    ANY: UNKNOWN,
}
"""Name of a class → its kinds."""
NAMES: Final[tuple[str, ...]] = tuple(SETS)

_OF_CATEGORY: Final = {code: _NAMED[name] for name, codes in CATEGORIES.items() for code in codes}


def kinds_said(category: str | None) -> int:
    """The kinds that an emitter category names: 0 where it names none (missing, A0, reserved)."""
    return _OF_CATEGORY.get(category.strip().upper(), 0) if category else 0


def kinds_of(categories: Iterable[str | None]) -> int:
    """The kinds an aircraft may be of that has said all these categories; UNKNOWN where they name none."""
    said = 0
    for category in categories:
        said |= kinds_said(category)
    return said or UNKNOWN


def fits(classes: Iterable[str], one: int, other: int) -> bool:
    """Whether a pair of classes may be about two aircraft of these kinds, either way round."""
    first, second = (SETS[name] for name in classes)
    return bool((one & first and other & second) or (one & second and other & first))


def of_classes(classes: Iterable[str], first: Sets, second: Sets) -> tuple[Bools, Bools]:
    """Whether a pair of classes may be about each pair of aircraft, and whether it must be.

    first, second: sets of kinds, shape (k,). "Must be" is said only where one
    way round holds for all the kinds that each may be of; in doubt it is not said.
    """
    one, other = (SETS[name] for name in classes)
    may_be: Bools = ((first & one) != 0) & ((second & other) != 0)
    may_be |= ((first & other) != 0) & ((second & one) != 0)
    must_be: Bools = ((first & ~one) == 0) & ((second & ~other) == 0)
    must_be |= ((first & ~other) == 0) & ((second & ~one) == 0)
    return may_be, must_be


def names_of(kinds: int) -> str:
    """In words: `light or unmanned`, `unknown`; `of no class` for a kind that has no name here."""
    if kinds == UNKNOWN:
        return "unknown"
    return " or ".join(name for name, bit in _NAMED.items() if kinds & bit) or "of no class"
