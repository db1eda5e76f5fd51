"""Who is inside two limits at whole seconds: every pair of every second, by interpolation and nothing else.

No index, no formula of ours: what the scan finds must hold all of this, and what it finds beyond must be
inside between two seconds only.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_NM

Floats = NDArray[np.float64]

MAX_GAP_S: Final = 60.0
EQUATOR_M: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257223563  # WGS 84


def pairs_each_second(states: pl.DataFrame, horizontal_nm: float, vertical_ft: float) -> set[tuple[str, str]]:
    """Pairs (a < b) nearer than both limits at some whole second. states: cleaned, sorted by icao24, time."""
    at: dict[int, list[tuple[str, float, float, float]]] = defaultdict(list)
    flying = states.filter(pl.col("altitude").is_not_null() & ~pl.col("onground").fill_null(False))
    for (name,), rows in flying.group_by("icao24", maintain_order=True):
        time = rows["timestamp"].dt.timestamp("us").to_numpy() / 1e6
        seconds = np.arange(np.ceil(time[0]), np.floor(time[-1]) + 1)
        after = np.clip(np.searchsorted(time, seconds, side="left"), 1, max(len(time) - 1, 1))
        if len(time) < 2:
            continue
        seconds = seconds[time[after] - time[after - 1] <= MAX_GAP_S]
        columns = [
            np.interp(seconds, time, rows[column].to_numpy())
            for column in ("latitude", "longitude", "altitude")
        ]
        for second, *place in zip(seconds.astype(int).tolist(), *(c.tolist() for c in columns), strict=True):
            at[second].append((str(name), *place))
    found: set[tuple[str, str]] = set()
    for places in at.values():
        names = [place[0] for place in places]
        numbers = np.array([place[1:] for place in places])
        flat, feet = _on_the_surface(numbers[:, 0], numbers[:, 1]), numbers[:, 2]
        apart = np.linalg.norm(flat[:, None] - flat[None], axis=2)
        near = (apart < horizontal_nm * M_PER_NM) & (np.abs(feet[:, None] - feet[None]) < vertical_ft)
        found.update((names[i], names[j]) for i, j in zip(*np.nonzero(np.triu(near, 1)), strict=True))
    return {(min(pair), max(pair)) for pair in found}


def _on_the_surface(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    squared = FLATTENING * (2 - FLATTENING)
    radius = EQUATOR_M / np.sqrt(1 - squared * np.sin(latitude) ** 2)
    level = radius * np.cos(latitude)
    return np.column_stack(
        (level * np.cos(longitude), level * np.sin(longitude), radius * (1 - squared) * np.sin(latitude))
    )
