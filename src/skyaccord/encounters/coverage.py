"""What there was to compare: a result without encounters says nothing where nobody was followed.

An aircraft is *followed* where two of its positions are joined. Pairs are compared while at least two are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from skyaccord.base.times import from_epoch
from skyaccord.encounters.flights import US_PER_S, Flights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Coverage:
    """aircraft: with positions in the air. followed: those of them of which two positions are joined.
    first, last: the first and the last position in the air. together_s: how long two or more were followed
    at once: time in which pairs were compared.
    """

    aircraft: int = 0
    followed: int = 0
    first: datetime | None = None
    last: datetime | None = None
    together_s: float = 0.0

    def nothing_compared(self) -> str:
        """Why no pair was compared, in words; empty if some were."""
        if self.together_s > 0.0:
            return ""
        if self.aircraft == 0:
            return "no aircraft has a position in the air"
        if self.followed == 0:
            return (
                "no aircraft has two positions that are near enough in time to be joined "
                "(one instant is for skyaccord.find_conflicts)"
            )
        alone = "one aircraft" if self.followed == 1 else f"{self.followed:,} aircraft, never two at once"
        return f"positions can be joined of {alone}"


class Counted:
    """Coverage of flights that come in parts, each with aircraft of its own."""

    def __init__(self) -> None:
        self._aircraft = self._followed = 0
        self._ends_s: list[tuple[float, float]] = []
        self._from_s: list[Floats] = [np.empty(0)]
        self._to_s: list[Floats] = [np.empty(0)]

    def add(self, flights: Flights) -> Counted:
        """Take one part in."""
        self._aircraft += len(flights.names)
        self._followed += len(np.unique(flights.link_track))
        epoch_s = flights.epoch_us / US_PER_S
        if len(flights.time):
            self._ends_s.append((epoch_s + float(flights.time.min()), epoch_s + float(flights.time.max())))
        if len(flights.first):
            breaks = np.flatnonzero(np.diff(flights.first) != 1)  # between runs of links that touch
            self._from_s.append(epoch_s + flights.link_start[np.append(0, breaks + 1)])
            self._to_s.append(epoch_s + flights.link_end[np.append(breaks, len(flights.first) - 1)])
        return self

    def coverage(self) -> Coverage:
        """Of all parts so far."""
        return Coverage(
            self._aircraft,
            self._followed,
            from_epoch(min(first for first, _ in self._ends_s)) if self._ends_s else None,
            from_epoch(max(last for _, last in self._ends_s)) if self._ends_s else None,
            _together_s(np.concatenate(self._from_s), np.concatenate(self._to_s)),
        )


def _together_s(starts: Floats, ends: Floats) -> float:
    """How long at least two of these intervals last at once."""
    time = np.concatenate((starts, ends))
    step = np.concatenate((np.ones(len(starts)), -np.ones(len(ends))))
    order = np.argsort(time, kind="stable")
    at_once = np.cumsum(step[order])[:-1]
    return float(np.diff(time[order])[at_once >= 2].sum())
