"""The result of a reconciliation: rows, what differs in each, and how many of which there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from skyaccord.pack.causes import Difference
from skyaccord.pack.clocks import Offset
from skyaccord.pack.matching import Row
from skyaccord.pack.seen import THINGS, Thing


@dataclass(frozen=True)
class Line:
    """A row and its differences; none means that both sides say the same."""

    row: Row
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Tally:
    """Of one kind of thing: how many events both saw, how many one alone, and how many differ otherwise."""

    thing: Thing
    both: int
    alone: dict[str, int]
    agreeing: int
    explained: int
    unexplained: int


@dataclass(frozen=True)
class Reconciliation:
    """Between `first` and `second`. causes: name → how many differences it explains."""

    first: str
    second: str
    clock: Offset | None
    lines: tuple[Line, ...]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """By thing, in their order; only things that happened."""
        found = []
        for thing in THINGS:
            lines = [line for line in self.lines if line.row.thing == thing]
            if not lines:
                continue
            differing = [line for line in lines if line.differences]
            open_ = sum(any(not one.explained for one in line.differences) for line in differing)
            found.append(
                Tally(
                    thing,
                    sum(len(line.row.sides) > 1 for line in lines),
                    {
                        party: sum(set(line.row.sides) == {party} for line in lines)
                        for party in (self.first, self.second)
                    },
                    len(lines) - len(differing),
                    len(differing) - open_,
                    open_,
                )
            )
        return tuple(found)

    @property
    def causes(self) -> Counter[str]:
        """How often each cause stands beside a difference."""
        return Counter(name for line in self.lines for one in line.differences for name in one.names)
