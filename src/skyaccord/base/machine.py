"""State machines as data: state × step × side → the next state, or the reason why not.

A table says what a person may do from what the person's own node shows. What comes of words that crossed on
the way is computed elsewhere, from both sides' statements. Sides of a cell: `own`, what stands is the actor's
own word; `other`, somebody else's. docs/talks.md and docs/incidents.md draw the tables.
"""

from __future__ import annotations

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

    def open_steps(self, state: str, side: Side) -> tuple[str, ...]:
        """The steps that can be taken now: what a page offers."""
        return tuple(step for step in self.steps if isinstance(self.cell(state, step, side), str))
