"""The label "formation": a pair that keeps together by intent. It explains a row and never removes one.

Evidence, all of it, from at most WINDOW_S around the row (a row may be seconds long, a formation is not):

* the two were within TOGETHER of each other,
* for at least MATCHED_S in all with matched velocity: both under way, and the relative ground velocity at
  most RELATIVE_SPEED_MAX of the faster one's speed,
* and that was at least MATCHED_SHARE of the time they were within TOGETHER.

A crossing or an overtaking pair is near each other for seconds, or at a relative speed far above; aircraft in
a traffic circuit match on one leg only. Time in which both descend is left out: side by side on the
approaches to parallel runways is someone else's order, while a formation has kept together before it
descends. One that is seen in descent only gets no label.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.encounters.flights import Flights
from skyaccord.encounters.search import Inside, search
from skyaccord.separation.walk import END, START

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FORMATION: Final = "formation"

TOGETHER: Final = Inside(horizontal_m=M_PER_NM, vertical_m=500.0 * M_PER_FT)
"""1 NM is the reach of a standard formation (FAA JO 7110.65, "formation flight"; there within 100 ft of the
lead). 500 ft instead of 100: altitudes come in steps of 25 or 100 ft, and loose formations are formations."""
MATCHED_S: Final = 120.0
"""Longer than the leg of a traffic circuit (about 60 s), and than two airliners overtaking within 1 NM."""
MATCHED_SHARE: Final = 0.5
"""Joining and leaving a formation take time too; a pair that is mostly unmatched does something else."""
RELATIVE_SPEED_MAX: Final = 0.2
"""Of the faster one's speed: 12 degrees between two headings at equal speed, or 80 against 100 kt."""
DESCENT_MPS: Final = 1.5
"""300 ft/min, half of what a 3 degree glide path asks of the slowest (120 kt: 640 ft/min)."""
UNDER_WAY_MPS: Final = 15.0
"""30 kt. Two hovering or taxiing aircraft near each other match in velocity and mean nothing by it."""
WINDOW_S: Final = 1800.0
"""How far from the row evidence counts: half an hour, the same sortie."""
STEP_S: Final = 5.0
"""Velocity is compared at this spacing..."""
BASE_S: Final = 10.0
"""... over this base: recorded times are often whole seconds, and 1 s at 100 m/s is 100 m of jitter, which
over one second would look like 100 m/s and over ten looks like 10."""


def formations(flights: Flights, pairs: Integers, starts: Floats, ends: Floats) -> list[str]:
    """The label of each row, "formation" or empty. pairs: (m, 2) tracks; starts, ends: (m,) seconds."""
    labels = [""] * len(pairs)
    if not len(pairs):
        return labels
    near, rows = search(flights.only(np.unique(pairs)), TOGETHER)
    stretches: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for (a, b), row in zip(near.tolist(), rows, strict=True):
        stretches.setdefault((a, b), []).append((float(row[START]), float(row[END])))
    evidence = {
        pair: np.concatenate([_evidence(flights, *pair, *stretch) for stretch in spans])
        for pair, spans in stretches.items()
        if sum(end - start for start, end in spans) >= MATCHED_S
    }
    for i, (a, b) in enumerate(pairs.tolist()):
        if (a, b) in evidence and _keeps_together(evidence[a, b], starts[i], ends[i]):
            labels[i] = FORMATION
    return labels


def _keeps_together(evidence: Floats, start: float, end: float) -> bool:
    """evidence: (k, 3) time, seconds together, seconds matched."""
    near = (evidence[:, 0] >= start - WINDOW_S) & (evidence[:, 0] <= end + WINDOW_S)
    together_s, matched_s = evidence[near, 1].sum(), evidence[near, 2].sum()
    return bool(matched_s >= MATCHED_S and matched_s >= MATCHED_SHARE * together_s)


def _evidence(flights: Flights, a: int, b: int, start: float, end: float) -> Floats:
    """One stretch together in steps: (k, 3) middle of the step, its length, the matched part of it.

    Steps end at fixed times, so that a part of the recording gives the same ones; in descent they have no
    length.
    """
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
    return np.column_stack((middle, length, np.where(matched, length, 0.0)))


def _position(flights: Flights, track: int, times: Floats) -> Floats:
    """ECEF position and altitude of a track at times at which it is known: (k, 4), metres."""
    low, high = np.searchsorted(flights.track, (track, track + 1))
    time = flights.time[low:high]
    return np.column_stack([np.interp(times, time, flights.samples[low:high, axis]) for axis in range(4)])
