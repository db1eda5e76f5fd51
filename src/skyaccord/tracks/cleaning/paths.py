"""Where an aircraft was between its states, for comparing it with another target at that target's times.

Between two states the path is the cubic Hermite curve through both, with the velocities reported there, so
that a turn of which only the ends were heard stays a turn: at Monterey, TIS-B states that lie 400-680 m from
the chord of a 34 s hole lie within 100 m of the curve. Earth-centred vectors, hence no seam anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace import geodesy
from skyaccord.airspace.units import KT_TO_MPS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]

HOLE_S: Final = 60.0
"""Between two states further apart in time nothing is known (the scan's own default for its gaps)."""


INSTANT_S: Final = 1e-6
"""States of one time (where duplicates were not dropped) count as this far apart: no division by zero."""


@dataclass(frozen=True)
class Track:
    """One target's states in order of time. rows: their places in the table they came from."""

    icao24: str
    rows: Integers
    time_s: Floats
    position: Floats  # (n, 3) ECEF, metres
    velocity: Floats  # (n, 3) ECEF, m/s; nan where neither reported nor to be had from the neighbours
    altitude_ft: Floats  # nan where there is none
    groundspeed_kt: Floats  # as reported, nan where it is not
    track_deg: Floats

    def part(self, choice: Integers | slice | Bools) -> Track:
        """Some of the states."""
        return Track(
            self.icao24,
            self.rows[choice],
            self.time_s[choice],
            self.position[choice],
            self.velocity[choice],
            self.altitude_ft[choice],
            self.groundspeed_kt[choice],
            self.track_deg[choice],
        )


@dataclass(frozen=True)
class Instants:
    """A track's path at given times. hole_s: time between the two states around; inf where not covered."""

    position: Floats
    velocity: Floats
    altitude_ft: Floats
    climb_ftps: Floats
    hole_s: Floats


def tracks_of(states: pl.DataFrame) -> dict[str, Track]:
    """All targets. states: sorted by icao24, then timestamp, at most one an instant."""
    if states.is_empty():
        return {}
    time_s = states["timestamp"].dt.epoch("us").to_numpy() / 1e6
    latitude, longitude = states["latitude"].to_numpy(), states["longitude"].to_numpy()
    speed = states["groundspeed"].to_numpy()
    heading = states["track"].to_numpy()
    everything = Track(
        icao24="",
        rows=np.arange(states.height),
        time_s=time_s,
        position=geodesy.ecef(latitude, longitude),
        velocity=geodesy.velocity_ecef(latitude, longitude, speed * KT_TO_MPS, heading),
        altitude_ft=states["altitude"].to_numpy(),
        groundspeed_kt=speed,
        track_deg=heading,
    )
    runs = states["icao24"].rle().struct.unnest()
    ends = runs["len"].cum_sum().to_list()
    found: dict[str, Track] = {}
    start = 0
    for name, end in zip(runs["value"].to_list(), ends, strict=True):
        part = everything.part(slice(start, end))
        found[name] = Track(
            name,
            part.rows,
            part.time_s,
            part.position,
            _fill_velocity(part),
            part.altitude_ft,
            part.groundspeed_kt,
            part.track_deg,
        )
        start = end
    return found


def at_times(track: Track, time_s: Floats) -> Instants:
    """The track's path at these times; nan and an infinite hole where it is not covered."""
    count = len(track.time_s)
    nothing = np.full(len(time_s), np.nan)
    if count < 2:
        return Instants(
            np.full((len(time_s), 3), np.nan),
            np.full((len(time_s), 3), np.nan),
            nothing,
            nothing,
            np.full(len(time_s), np.inf),
        )
    after = np.clip(np.searchsorted(track.time_s, time_s, side="right"), 1, count - 1)
    before = after - 1
    step = np.maximum(track.time_s[after] - track.time_s[before], INSTANT_S)
    covered = (time_s >= track.time_s[0]) & (time_s <= track.time_s[-1]) & (step <= HOLE_S)
    share = np.clip((time_s - track.time_s[before]) / step, 0.0, 1.0)[:, None]
    first, last = track.position[before], track.position[after]
    chord = (last - first) / step[:, None]
    leaving = np.where(np.isfinite(track.velocity[before]), track.velocity[before], chord)
    arriving = np.where(np.isfinite(track.velocity[after]), track.velocity[after], chord)
    position = (
        first * (1 + 2 * share) * (1 - share) ** 2
        + leaving * step[:, None] * share * (1 - share) ** 2
        + last * share**2 * (3 - 2 * share)
        + arriving * step[:, None] * share**2 * (share - 1)
    )
    climb = (track.altitude_ft[after] - track.altitude_ft[before]) / step
    altitude = track.altitude_ft[before] + climb * step * share[:, 0]
    velocity = leaving + (arriving - leaving) * share
    lost = ~covered
    position[lost] = np.nan
    velocity[lost] = np.nan
    return Instants(
        position,
        velocity,
        np.where(covered, altitude, np.nan),
        np.where(covered, climb, np.nan),
        np.where(covered, step, np.inf),
    )


def _fill_velocity(track: Track) -> Floats:
    """Reported velocities; where there is none, that between the states before and after."""
    missing = ~np.isfinite(track.velocity[:, 0])
    count = len(track.time_s)
    if count < 2 or not missing.any():
        return track.velocity
    before = np.maximum(np.arange(count) - 1, 0)
    after = np.minimum(np.arange(count) + 1, count - 1)
    step = track.time_s[after] - track.time_s[before]
    near = step <= 2 * HOLE_S
    moved = (track.position[after] - track.position[before]) / np.maximum(step, 1e-3)[:, None]
    moved[~near] = np.nan
    return np.where(missing[:, None], moved, track.velocity)
