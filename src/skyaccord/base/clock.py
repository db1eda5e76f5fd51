"""Clocks, passed in everywhere, so that a simulation can hold time in its hand.

Two times run side by side (DESIGN, "Words"): *sky time*, when it happened in the sky, and the node's *wall
clock*, on which the deadlines of people run. In live operation they are the same; in a replay the sky runs
at `speed` times the wall from a given start.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import anyio
import anyio.lowlevel


class Clock(Protocol):
    """A wall clock: aware UTC times, a monotonic count of seconds, and sleep."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


class ManualClock:
    """A clock that moves only when told to. For tests and simulations."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs a zone-aware start")
        self._start = start.astimezone(UTC)
        self._elapsed_s = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        return self._elapsed_s

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds` (never back)."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._elapsed_s += seconds

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await anyio.lowlevel.checkpoint()


@dataclass(frozen=True)
class SkyClock:
    """Sky time as a straight line over wall time: at `wall_start` it was `sky_start`, running at `speed`."""

    sky_start: datetime
    wall_start: datetime
    speed: float = 1.0

    def at(self, wall: datetime) -> datetime:
        """Sky time at this wall time."""
        return self.sky_start + (wall - self.wall_start) * self.speed

    @classmethod
    def live(cls, wall: datetime) -> SkyClock:
        """Sky time is wall time."""
        return cls(wall, wall, 1.0)
