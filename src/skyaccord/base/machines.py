"""State machines as data: state × step × side → the next state, or the reason why not.

A table says what may be done from what is known; rooms keep theirs beside what they are about, and tests walk
every cell. Sides of a cell: `own`, what stands is the actor's own word; `other`, somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from skyaccord.base.errors import InputError

Side = Literal["own", "other"]
SIDES: Final[tuple[Side, ...]] = ("own", "other")


@dataclass(frozen=True)
class No:
    """A cell that refuses, with the reason that the person is told."""

    why: str


Cell = str | No
Row = dict[str, Cell | tuple[Cell, Cell]]
"""step → one cell for both sides, or (own, other)."""


@dataclass(frozen=True)
class Machine:
    """One table. Every state has a cell for every step and side; a missing one is a KeyError in the tests."""

    name: str
    steps: tuple[str, ...]
    table: dict[str, Row]

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(self.table)

    def cell(self, state: str, step: str, side: Side) -> Cell:
        """What the table says: the next state, or `No`."""
        cell = self.table[state][step]
        return cell if isinstance(cell, str | No) else cell[SIDES.index(side)]

    def next(self, state: str, step: str, side: Side, *, where: str) -> str:
        """The next state. InputError with the table's reason if the step cannot be taken."""
        cell = self.cell(state, step, side)
        if isinstance(cell, No):
            raise InputError(cell.why, where=where)
        return cell

    def after(self, state: str, steps: Iterable[str], side: Side = "other") -> str:
        """The state after these steps; one that cannot be taken changes nothing."""
        for step in steps:
            cell = self.cell(state, step, side)
            state = state if isinstance(cell, No) else cell
        return state

    def open_steps(self, state: str, side: Side) -> tuple[str, ...]:
        """The steps that can be taken now: what a page offers."""
        return tuple(step for step in self.steps if isinstance(self.cell(state, step, side), str))
