"""From data to paper: a linear scale, and round numbers for its ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TIME_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)
"""Steps that people read on a clock."""


@dataclass(frozen=True)
class Scale:
    """Data from `low` to `high` on paper from `start` to `end` (start > end: upwards on a screen)."""

    low: float
    high: float
    start: float
    end: float

    @overload
    def __call__(self, value: float) -> float: ...

    @overload
    def __call__(self, value: Floats) -> Floats: ...

    def __call__(self, value: float | Floats) -> float | Floats:
        return self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low)


def round_step(span: float, count: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that cuts `span` into at most `count` parts."""
    if not span > 0.0:
        return 1.0
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw * (1 - 1e-9))


def time_step(span_s: float, count: int) -> float:
    """The smallest step of a clock that cuts a span into at most `count` parts."""
    return float(next((step for step in TIME_STEPS_S if span_s / step <= count), TIME_STEPS_S[-1]))


def multiples(low: float, high: float, step: float) -> list[float]:
    """Multiples of `step` from low to high, both included."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def widened(low: float, high: float, share: float, least: float) -> tuple[float, float]:
    """A range with some air on both sides, and at least `least` wide."""
    span = max(high - low, least)
    middle = 0.5 * (low + high)
    return middle - span * (0.5 + share), middle + span * (0.5 + share)


def decimals(step: float) -> int:
    """Decimals that multiples of a round step need."""
    return max(0, -math.floor(math.log10(step) + 1e-9))
