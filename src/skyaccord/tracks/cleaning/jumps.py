"""Single positions an aircraft cannot have reached, or come back from.

A position decoded wrongly (CPR with the wrong reference, a flipped bit) lies tens to thousands of miles off,
and the next one is right again. A track that jumps and *stays* is something else: an address used twice, a
receiver put right, spoofing. That is not for cleaning to decide, so both parts stay.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from skyaccord.airspace import geodesy
from skyaccord.airspace.units import KT_TO_MPS
from skyaccord.tracks.cleaning.paths import Bools, Floats
from skyaccord.tracks.states import begins_track

JUMP: Final = "position out of reach"

SPEED_KT_MAX: Final = 1_500.0
"""Faster than any aircraft that reports its position; fast fighters reach 1,400 kt."""

SLACK_M: Final = 1_000.0
"""Two positions of one second, with times cut to seconds, may lie this far apart at 1,500 kt."""

M_PER_DEGREE_MAX: Final = 112_000.0
"""No degree of latitude or longitude is longer than 111,700 m anywhere."""

STATES_MAX: Final = 3
"""So many positions in a row that agree with each other, if not with the track, are a track of their own."""


def mark_jumps(states: pl.DataFrame) -> pl.Series:
    """A reason for each state that lies off its track for at most STATES_MAX - 1 states, else null.

    states: sorted by icao24, then timestamp, at most one an instant.
    """
    marks: list[str | None] = [None] * states.height
    if states.height > 2 and _perhaps_too_fast(states).any():
        place = geodesy.ecef(states["latitude"].to_numpy(), states["longitude"].to_numpy())
        time_s = states["timestamp"].dt.epoch("us").to_numpy() / 1e6
        new_track = begins_track(states)
        starts = np.flatnonzero(new_track)
        suspicious = _too_fast(place[:-1], place[1:], np.diff(time_s)) & ~new_track[1:]
        ends = np.append(starts[1:], states.height)
        for start in np.unique(starts[np.searchsorted(starts, np.flatnonzero(suspicious), side="right") - 1]):
            end = int(ends[np.searchsorted(starts, start)])
            for row in _jumps(place[start:end], time_s[start:end]):
                marks[int(start) + row] = JUMP
    return pl.Series("reason", marks, dtype=pl.String)


def _perhaps_too_fast(states: pl.DataFrame) -> Bools:
    """Steps that may be too fast, from degrees alone: no sine, no root, and never one overlooked."""
    north = np.abs(np.diff(states["latitude"].to_numpy()))
    east = np.abs(np.diff(states["longitude"].to_numpy()))
    bound_m = M_PER_DEGREE_MAX * (north + np.minimum(east, 360.0 - east))
    time_us = states["timestamp"].to_physical().to_numpy()
    far = bound_m > SLACK_M + SPEED_KT_MAX * KT_TO_MPS * np.abs(np.diff(time_us)) / 1e6
    result: Bools = far & ~begins_track(states)[1:]
    return result


def _too_fast(first: Floats, second: Floats, seconds: Floats) -> Bools:
    distance_m = np.linalg.norm(second - first, axis=-1)
    result: Bools = distance_m > SLACK_M + SPEED_KT_MAX * KT_TO_MPS * np.abs(seconds)
    return result


def _jumps(place: Floats, time_s: Floats) -> list[int]:
    """Indices of the states that are off, walking along one track from state to state that can be reached."""
    off: list[int] = []
    good = _first_good(place, time_s)
    off.extend(range(good))
    pending: list[int] = []
    reached = 1
    for index in range(good + 1, len(time_s)):
        if not _too_fast(place[good], place[index], np.asarray(time_s[index] - time_s[good])):
            off.extend(pending)
            pending, good, reached = [], index, reached + 1
        elif pending and _too_fast(
            place[pending[-1]], place[index], np.asarray(time_s[index] - time_s[pending[-1]])
        ):
            off.extend(pending)
            pending = [index]
        else:
            pending.append(index)
            if len(pending) >= STATES_MAX:
                pending, good, reached = [], index, 1
    if reached >= STATES_MAX:  # at the end of a track that is long enough to be believed
        off.extend(pending)
    return off


def _first_good(place: Floats, time_s: Floats) -> int:
    """The first state from which the next two can be reached; 0 if there is none early on."""
    for index in range(min(STATES_MAX, len(time_s) - 2)):
        steps = [
            _too_fast(place[index], place[later], np.asarray(time_s[later] - time_s[index]))
            for later in (index + 1, index + 2)
        ]
        if not any(steps):
            return index
    return 0
