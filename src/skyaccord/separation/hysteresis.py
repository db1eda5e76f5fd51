"""When a tier is raised, lowered and cleared: M of N for predictions, at once for what has happened.

A prediction from noisy velocities flickers. A tier is raised when it was predicted in RAISE_M of the last
RAISE_N steps (2 of 4, as DO-365 has it), so that one bad report raises nothing; it is lowered only after
CLEAR_STEPS steps in a row below it, so that one good report lulls nobody. Broken limits wait for nothing.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from skyaccord.accord.model import TierName

TIERS: Final[tuple[TierName, ...]] = ("advisory", "caution", "warning")
"""Rising. Level 0 is none, level 1 the first of these."""
WARNING: Final = len(TIERS)
RAISE_M: Final = 2
RAISE_N: Final = 4
CLEAR_STEPS: Final = 20
"""Seconds of clean prediction before a tier is lowered. On a real half hour of circling gliders and light
aircraft
all values from 4 to 30 find the same encounters; the number of separate alerts falls from 100 to 80 up to
20 s
and hardly after (docs/monitor.md)."""

TURNING_STEPS_MAX: Final = 60
"""While an aircraft turns, a straight prediction says nothing, so a clean one clears nothing; for this
long at most,
since a glider circles for minutes."""


class TierHysteresis:
    """The level of one pair under one rule, over successive steps."""

    def __init__(self) -> None:
        self.level = 0
        self._recent: deque[int] = deque(maxlen=RAISE_N)
        self._below = 0
        self._turned = 0

    @property
    def idle(self) -> bool:
        """Nothing raised and nothing to remember."""
        return self.level == 0 and not any(self._recent)

    def step(self, seen: int, *, inside: bool, turning: bool = False) -> int:
        """The level after a step in which level `seen` was predicted (0: none).

        inside: the limits are broken. turning: an aircraft of the pair turns.
        """
        seen = WARNING if inside else seen
        self._recent.append(seen)
        agreed = sorted(self._recent, reverse=True)[RAISE_M - 1] if len(self._recent) >= RAISE_M else 0
        agreed = WARNING if inside else agreed
        if agreed > self.level:
            self.level, self._below, self._turned = agreed, 0, 0
        elif seen < self.level:
            if turning and self._turned < TURNING_STEPS_MAX:
                self._turned += 1
                return self.level
            self._below += 1
            if self._below >= CLEAR_STEPS:
                self.level, self._below = agreed, 0
        else:
            self._below, self._turned = 0, 0
        return self.level
