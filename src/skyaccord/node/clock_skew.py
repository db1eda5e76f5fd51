"""How far a peer's clock is from ours, measured with the link's own messages (RFC 5905, section 8).

    ours    t1 ────────────► t4     offset = ((t2 - t1) + (t3 - t4)) / 2   theirs minus ours
    theirs      t2 ──── t3          delay  = (t4 - t1) - (t3 - t2)         error ≤ delay / 2 and a millisecond

Of the last samples the one with the smallest delay counts: waiting in queues makes delays long and uneven.
Those that the newest contradicts are forgotten: a clock was set since.
Nothing is corrected by it. It is shown, because rules and deadlines stand on both clocks.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from skyaccord.base.times import span

SAMPLES_KEPT: Final = 8  # NTP's clock filter
RESOLUTION_S: Final = 0.001  # times travel in milliseconds
SKEW_WARN_S: Final = 2.0
"""Two aircraft that close at 1,000 kt come 0.6 NM nearer in that time: more than reports are wrong by."""


@dataclass(frozen=True)
class Skew:
    """`offset_s`: the peer's clock minus ours. `within_s`: how wrong that may be."""

    offset_s: float
    within_s: float

    def may_be(self, other: Skew) -> bool:
        """Whether both can be right at once; if not, one of the clocks was set in between."""
        return abs(self.offset_s - other.offset_s) <= self.within_s + other.within_s

    @property
    def furthest_s(self) -> float:
        """The peer's clock minus ours, as far from zero as it may be."""
        return self.offset_s + math.copysign(self.within_s, self.offset_s)

    @property
    def warning(self) -> str | None:
        """One line, when the clocks differ by more than the limit for certain; else None."""
        if abs(self.offset_s) - self.within_s <= SKEW_WARN_S:
            return None
        which = "ahead of" if self.offset_s > 0 else "behind"
        return f"its clock is {span(abs(self.offset_s))} {which} ours: one of the two is wrong"


def clock_of(now: datetime, skew: Skew | None) -> datetime | None:
    """What the peer's clock shows when ours shows `now`, as far from it as it may be; None: not measured."""
    try:
        return None if skew is None else now + timedelta(seconds=skew.furthest_s)
    except OverflowError:  # a clock of the year 9999
        return None


class SkewMeter:
    """Takes samples, gives the best of the last."""

    def __init__(self) -> None:
        self._samples: deque[Skew] = deque(maxlen=SAMPLES_KEPT)

    def add(self, t1: datetime, t2: datetime, t3: datetime, t4: datetime) -> Skew | None:
        """One exchange, and what it measures. Times that cannot be (a clock was set in between) are left
        out: None."""
        delay = (t4 - t1).total_seconds() - (t3 - t2).total_seconds()
        if delay < -2.0 * RESOLUTION_S or t4 < t1 or t3 < t2:
            return None
        offset = ((t2 - t1).total_seconds() + (t3 - t4).total_seconds()) / 2.0
        found = Skew(offset, max(delay, 0.0) / 2.0 + RESOLUTION_S)
        for other in [one for one in self._samples if not one.may_be(found)]:
            self._samples.remove(other)
        self._samples.append(found)
        return found

    def best(self) -> Skew | None:
        """The sample with the smallest delay among the last, or None before the first."""
        return min(self._samples, key=lambda one: one.within_s, default=None)
