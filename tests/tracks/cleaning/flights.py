"""Made-up flights for the cleaning tests, flown in metres East and North of a chosen place. EXERCISE."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl

from skyaccord.airspace import geodesy
from skyaccord.tracks.cleaning.paths import KT_TO_MPS
from skyaccord.tracks.states import conform
from tests.tracks.samples import NOON

MONTEREY_BAY = (36.9, -121.5)

Motion = Callable[[float], tuple[float, float]]
"""Seconds to metres East and North."""


def straight(east_m: float, north_m: float, speed_kt: float, track_deg: float) -> Motion:
    along = np.radians(track_deg)
    step_e, step_n = speed_kt * KT_TO_MPS * np.sin(along), speed_kt * KT_TO_MPS * np.cos(along)
    return lambda t: (east_m + step_e * t, north_m + step_n * t)


def turning(speed_kt: float, rate_deg_s: float, begin_s: float, end_s: float) -> Motion:
    """North until `begin_s`, then a turn until `end_s`, then straight on."""
    path = [(0.0, 0.0)]
    for second in range(2000):
        turned = rate_deg_s * (min(max(second + 0.5, begin_s), end_s) - begin_s)
        east, north = path[-1]
        step = speed_kt * KT_TO_MPS
        path.append((east + step * np.sin(np.radians(turned)), north + step * np.cos(np.radians(turned))))
    east_m, north_m = np.array(path).T

    def at(t: float) -> tuple[float, float]:
        return float(np.interp(t, range(2001), east_m)), float(np.interp(t, range(2001), north_m))

    return at


def fly(
    icao24: str,
    motion: Motion,
    times_s: list[float],
    *,
    altitude_ft: float = 3000.0,
    source: str | None = "adsb",
    noise_m: float = 0.0,
    latency_s: float = 0.0,
    place: tuple[float, float] = MONTEREY_BAY,
    seed: int = 1,
    reported: bool = True,
) -> pl.DataFrame:
    """States at these times. latency_s: how old the position is; noise_m: standard deviation of each axis."""
    dice = random.Random(seed)
    east_axis, north_axis, _ = geodesy.enu_axes([place[0]], [place[1]])
    origin = geodesy.ecef([place[0]], [place[1]])
    rows = []
    for t in times_s:
        east, north = motion(t - latency_s)
        later_e, later_n = motion(t - latency_s + 1.0)
        east_m, north_m = east + dice.gauss(0, noise_m), north + dice.gauss(0, noise_m)
        latitude, longitude = geodesy.geographic(origin + east_m * east_axis + north_m * north_axis)
        rows.append(
            {
                "timestamp": NOON + timedelta(seconds=t),
                "icao24": icao24,
                "latitude": float(latitude[0]),
                "longitude": float(longitude[0]),
                "altitude": altitude_ft,
                "groundspeed": float(np.hypot(later_e - east, later_n - north) / KT_TO_MPS)
                if reported
                else None,
                "track": float(np.degrees(np.arctan2(later_e - east, later_n - north)) % 360)
                if reported
                else None,
                "source": source,
            }
        )
    return conform(
        pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("timestamp").dt.cast_time_unit("us"))
    )


def every(step_s: float, until_s: float, start_s: float = 0.0) -> list[float]:
    return list(np.arange(start_s, until_s + 1e-6, step_s))
