"""How two aircraft fly while they are near each other, in steps of some seconds: labels are judged by it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.encounters.flights import Flights
from skyaccord.encounters.search import Inside, search
from skyaccord.separation.walk import END, START

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TOGETHER: Final = Inside(horizontal_m=M_PER_NM, vertical_m=500.0 * M_PER_FT)
"""1 NM is the reach of a standard formation (FAA JO 7110.65, "formation flight"; there within 100 ft of the
lead). 500 ft instead of 100: altitudes come in steps of 25 or 100 ft, and loose formations are formations."""
RELATIVE_SPEED_MAX: Final = 0.2
"""Of the faster one's speed: 12 degrees between two headings at equal speed, or 80 against 100 kt."""
DESCENT_MPS: Final = 1.5
"""300 ft/min, half of what a 3 degree glide path asks of the slowest (120 kt: 640 ft/min)."""
UNDER_WAY_MPS: Final = 15.0
"""30 kt. Two hovering or taxiing aircraft near each other match in velocity and mean nothing by it."""
STEP_S: Final = 5.0
"""Velocity is compared at this spacing..."""
BASE_S: Final = 10.0
"""... over this base: recorded times are often whole seconds, and 1 s at 100 m/s is 100 m of jitter, which
over one second would look like 100 m/s and over ten looks like 10."""


@dataclass(frozen=True)
class Steps:
    """Steps of one pair (a, b) while it is TOGETHER; every array (k,), SI units.

    time: middle of the step. length: 0 where both descend. matched: the part of it with matched velocity.
    distance: horizontal, in the middle. above, ahead: how far b is above, and ahead of a along their mean
    motion. aside: distance across that motion, without sign. climb: the mean of both.
    """

    time: Floats
    length: Floats
    matched: Floats
    distance: Floats
    above: Floats
    ahead: Floats
    aside: Floats
    climb: Floats

    def where(self, chosen: NDArray[np.bool_]) -> Steps:
        """Some of the steps."""
        return Steps(*(getattr(self, field.name)[chosen] for field in fields(self)))


def steps_together(flights: Flights, pairs: Integers, least_s: float) -> dict[tuple[int, int], Steps]:
    """The steps of each of these pairs (m, 2) that is TOGETHER for at least `least_s` in all."""
    near, rows = search(flights.only(np.unique(pairs)), TOGETHER)
    stretches: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for (a, b), row in zip(near.tolist(), rows, strict=True):
        stretches.setdefault((a, b), []).append((float(row[START]), float(row[END])))
    wanted = {(a, b) for a, b in pairs.tolist()}
    return {
        pair: _joined([_steps(flights, *pair, *span) for span in spans])
        for pair, spans in stretches.items()
        if pair in wanted and sum(end - start for start, end in spans) >= least_s
    }


def _joined(parts: list[Steps]) -> Steps:
    return Steps(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Steps)))


def _steps(flights: Flights, a: int, b: int, start: float, end: float) -> Steps:
    """One stretch. Steps end at fixed times, so that a part of the recording gives the same ones."""
    fixed = STEP_S * np.arange(np.floor(start / STEP_S) + 1, np.ceil(end / STEP_S))
    borders = np.concatenate(([start], fixed, [end]))
    middle = 0.5 * (borders[:-1] + borders[1:])
    before = np.maximum(middle - BASE_S / 2, start)
    after = np.minimum(middle + BASE_S / 2, end)
    span = np.maximum(after - before, 1e-3)[:, None]
    velocity_a = (_position(flights, a, after) - _position(flights, a, before)) / span
    velocity_b = (_position(flights, b, after) - _position(flights, b, before)) / span
    velocity_a, climb_a = velocity_a[:, :3], velocity_a[:, 3]
    velocity_b, climb_b = velocity_b[:, :3], velocity_b[:, 3]
    speed_a, speed_b = np.linalg.norm(velocity_a, axis=1), np.linalg.norm(velocity_b, axis=1)
    relative = np.linalg.norm(velocity_b - velocity_a, axis=1)
    matched = (np.minimum(speed_a, speed_b) >= UNDER_WAY_MPS) & (
        relative <= RELATIVE_SPEED_MAX * np.maximum(speed_a, speed_b)
    )
    length = np.where(np.maximum(climb_a, climb_b) <= -DESCENT_MPS, 0.0, np.diff(borders))
    apart = _position(flights, b, middle) - _position(flights, a, middle)
    motion = velocity_a + velocity_b
    motion /= np.maximum(np.linalg.norm(motion, axis=1), 1e-9)[:, None]
    distance = np.linalg.norm(apart[:, :3], axis=1)
    ahead = np.einsum("ij,ij->i", apart[:, :3], motion)
    return Steps(
        time=middle,
        length=length,
        matched=np.where(matched, length, 0.0),
        distance=distance,
        above=apart[:, 3],
        ahead=ahead,
        aside=np.sqrt(np.maximum(distance**2 - ahead**2, 0.0)),
        climb=0.5 * (climb_a + climb_b),
    )


def _position(flights: Flights, track: int, times: Floats) -> Floats:
    """ECEF position and altitude of a track at times at which it is known: (k, 4), metres."""
    low, high = np.searchsorted(flights.track, (track, track + 1))
    time = flights.time[low:high]
    return np.column_stack([np.interp(times, time, flights.samples[low:high, axis]) for axis in range(4)])
