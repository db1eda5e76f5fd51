"""Whether two parties' clocks differ, from the times at which both saw the same aircraft closest.

An offset is believed only if many meetings agree on it: sampling moves single times by seconds, a clock moves
all of them alike. Whose clock is wrong, nobody can tell from two.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from skyaccord.pack.seen import Seen

MEETINGS_MIN: Final = 3  # two agree by chance; three that do, and a small spread, are a clock
OFFSET_MAX_S: Final = 300.0  # a statement that strays farther is refused by the record (docs/record.md)
OFFSET_LEAST_S: Final = 2.0  # less lies within the time between two reports of one aircraft
SPREAD_MAX_S: Final = 3.0
"""Median distance from the median. Two receivers hear one aircraft at other instants: a second or two."""


@dataclass(frozen=True)
class Offset:
    """`later` is ahead of `earlier` by `seconds`, as so many meetings say; spread: median deviation."""

    earlier: str
    later: str
    seconds: float
    meetings: int
    spread_s: float

    def shift(self, party: str) -> timedelta:
        """What to take from this party's times to compare them with the other's."""
        return timedelta(seconds=self.seconds if party == self.later else 0.0)


def offset(ours: Iterable[Seen], theirs: Iterable[Seen], first: str, second: str) -> Offset | None:
    """The offset between the clocks of `first` and `second`; None if none is shown."""
    mine = [one for one in ours if one.thing == "encounter"]
    other: dict[tuple[object, ...], list[Seen]] = {}
    for one in theirs:
        if one.thing == "encounter":
            other.setdefault((one.aircraft, one.accord, one.rule), []).append(one)
    apart = []
    for one in mine:
        near = nearest(
            one.closest, [two.closest for two in other.get((one.aircraft, one.accord, one.rule), ())]
        )
        if near is not None:
            apart.append((near - one.closest).total_seconds())
    if len(apart) < MEETINGS_MIN:
        return None
    middle = statistics.median(apart)
    spread_s = statistics.median(abs(one - middle) for one in apart)
    if abs(middle) < OFFSET_LEAST_S or spread_s > SPREAD_MAX_S:
        return None
    late, early = (second, first) if middle > 0 else (first, second)
    return Offset(early, late, round(abs(middle), 1), len(apart), round(spread_s, 1))


def nearest(moment: datetime, others: Sequence[datetime]) -> datetime | None:
    """The nearest of these moments within OFFSET_MAX_S."""
    found = min(others, key=lambda one: abs(one - moment), default=None)
    return None if found is None or abs(found - moment).total_seconds() > OFFSET_MAX_S else found
