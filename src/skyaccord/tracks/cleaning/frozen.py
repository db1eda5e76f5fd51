"""Positions that stand still while the aircraft does not, and aircraft on the ground that say they fly.

When the signal is lost, some recorders go on writing the last position with ever new times, and rows
resampled to one a second repeat a position until the next one is heard. Such a row says nothing about where
the aircraft is: another aircraft that flies through the spot seems to meet it. The first of the equal
positions stays, at its own time.

The same repetition outlives a landing: the position is that of the last report from the ground, the flag is
not. Such a state stands on a runway at the altitude of traffic that passes over it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from skyaccord.airspace.units import KT_TO_MPS
from skyaccord.tracks.cleaning.paths import Bools, Integers
from skyaccord.tracks.states import begins_track

FROZEN: Final = "frozen position"
STANDING: Final = "standing where it was on the ground"

SPEED_KT: Final = 40.0
"""Slower than this an aircraft may really hover or stand (helicopters, gliders in the wind)."""

MOVED_M: Final = 60.0
"""What it must have flown meanwhile, by its own speed, before an equal position is impossible: ten steps of
the coarsest position ADS-B sends in flight (CPR, 5 m), or one step of coordinates cut to 0.0005°."""

M_PER_DEGREE: Final = 111_320.0

STANDS_S: Final = 20.0
BESIDE_S: Final = 60.0
"""A run of equal positions this long, at once before or after the aircraft was on the ground within MOVED_M
of it, stands there too: who hovers is never heard from one and the same place for so long."""

LEVEL_FT: Final = 100.0
"""A helicopter that climbs straight up from where it stood passes through more than this; a row that repeats
what was heard before does not."""


def mark_frozen(states: pl.DataFrame) -> pl.Series:
    """A reason for each state whose position is an earlier one repeated, else null.

    states: sorted by icao24, then timestamp. On-ground states are left alone, and those without a speed too,
    unless the same unbroken run of equal positions was reported from the ground.
    """
    count = states.height
    if not count:
        return pl.Series("reason", [], dtype=pl.String)
    moves = begins_track(states)
    for name in ("latitude", "longitude"):
        place = states[name].to_numpy()
        moves[1:] |= place[1:] != place[:-1]
    first = np.maximum.accumulate(np.where(moves, np.arange(count), 0))
    time_us = states["timestamp"].to_physical().to_numpy()
    speed_kt = states["groundspeed"].to_numpy()
    airborne = ~states["onground"].fill_null(False).to_numpy()
    moved_m = (time_us - time_us[first]) / 1e6 * speed_kt * KT_TO_MPS
    frozen = airborne & (speed_kt >= SPEED_KT) & (moved_m >= MOVED_M)
    standing = airborne & ~(speed_kt >= SPEED_KT)
    if standing.any() and not airborne.all():
        runs = np.flatnonzero(moves)
        altitude_ft = states["altitude"].to_numpy()
        span_ft = np.fmax.reduceat(altitude_ft, runs) - np.fmin.reduceat(altitude_ft, runs)
        grounded = np.logical_or.reduceat(~airborne, runs)
        grounded |= _stands_beside(states, runs, airborne, time_us)
        grounded &= span_ft <= LEVEL_FT
        standing &= grounded[np.cumsum(moves) - 1]
    else:
        standing[:] = False
    return (
        pl.DataFrame({"frozen": frozen, "standing": standing})
        .select(
            pl.when("frozen")
            .then(pl.lit(FROZEN))
            .when("standing")
            .then(pl.lit(STANDING))
            .otherwise(pl.lit(None, dtype=pl.String))
            .alias("reason")
        )
        .to_series()
    )


def _stands_beside(states: pl.DataFrame, runs: Integers, airborne: Bools, time_us: Integers) -> Bools:
    """For each run (its first row), whether it lasts and the aircraft was on the ground right beside it."""
    latitude, longitude = states["latitude"].to_numpy(), states["longitude"].to_numpy()
    address = np.cumsum(begins_track(states))
    last = np.append(runs[1:], states.height) - 1
    beside: Bools = np.zeros(len(runs), dtype=np.bool_)
    for own, other in ((runs, np.maximum(runs - 1, 0)), (last, np.minimum(last + 1, states.height - 1))):
        north = (latitude[own] - latitude[other]) * M_PER_DEGREE
        east = (longitude[own] - longitude[other]) * M_PER_DEGREE * np.cos(np.radians(latitude[own]))
        beside |= (
            ~airborne[other]
            & (address[own] == address[other])
            & (np.abs(time_us[own] - time_us[other]) <= BESIDE_S * 1e6)
            & (np.hypot(north, east) <= MOVED_M)
        )
    result: Bools = beside & (time_us[last] - time_us[runs] >= STANDS_S * 1e6)
    return result
