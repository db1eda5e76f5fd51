"""A second party's own, poorer sensor of the same sky, made from one recording: for exercises and the demo.

The other sensor hears the same aircraft at other instants, so that its states lie elsewhere on the same
tracks;
it misses single reports, and now and then an aircraft for several seconds. It invents nothing: where it
stamps
another time, it gives the position of that time. All from a seed and the aircraft's address, so that the same
seed loses the same reports whatever else the recording holds.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.node.feed_settings import DegradeSettings

Floats = NDArray[np.float64]

GAP_S: Final = 12.0
"""Gaps are this long: the sky time of each aircraft is cut into stretches of it, each heard or lost as a
whole."""
JOIN_S: Final = 60.0
"""Positions are interpolated between reports at most this far apart, as in a recording's motion model."""


def degraded(states: pl.DataFrame, settings: DegradeSettings) -> pl.DataFrame:
    """The states as the poorer sensor hears them; same columns, sorted by icao24 and timestamp."""
    if states.is_empty():
        return states
    parts = [
        _one_aircraft(track, settings)
        for track in states.sort("icao24", "timestamp", maintain_order=True).partition_by(
            "icao24", maintain_order=True
        )
    ]
    return pl.concat(parts).sort("icao24", "timestamp", maintain_order=True)


def _one_aircraft(track: pl.DataFrame, settings: DegradeSettings) -> pl.DataFrame:
    address = zlib.crc32(track.item(0, "icao24").encode())
    chance = np.random.Generator(np.random.PCG64([settings.seed, address]))
    phase_s = float(chance.random()) * GAP_S
    times_s = track.get_column("timestamp").to_physical().to_numpy().astype(np.float64) / 1e6
    single = chance.random(len(times_s)) < settings.dropout / 2
    jitter_s = (chance.random(len(times_s)) * 2 - 1) * settings.time_jitter_s
    stretch = np.floor((times_s + phase_s) / GAP_S).astype(np.int64)
    lost = np.array([_lost(settings, address, number) for number in np.unique(stretch).tolist()])
    in_gap = lost[np.unique(stretch, return_inverse=True)[1]]
    track = _moved(track, times_s, times_s + jitter_s) if settings.time_jitter_s else track
    return track.filter(pl.Series(~(single | in_gap)))


def _lost(settings: DegradeSettings, address: int, stretch: int) -> bool:
    """Whether this stretch of time is a gap: by itself, so that cutting a recording changes nothing."""
    chance = np.random.Generator(np.random.PCG64([settings.seed, address, stretch & 0xFFFFFFFF]))
    return bool(chance.random() < settings.dropout / 2)


def _moved(track: pl.DataFrame, times_s: Floats, wanted_s: Floats) -> pl.DataFrame:
    """Each state moved along the track to another time; at its old time where the track has no way there."""
    wanted_s = np.clip(wanted_s, times_s[0], times_s[-1])
    after = np.clip(np.searchsorted(times_s, wanted_s, side="right"), 1, max(len(times_s) - 1, 1))
    if len(times_s) < 2:
        return track
    gap_s = times_s[after] - times_s[after - 1]
    joined = (gap_s > 0) & (gap_s <= JOIN_S)
    share = np.where(joined, (wanted_s - times_s[after - 1]) / np.where(gap_s > 0, gap_s, 1.0), 0.0)
    columns: dict[str, Any] = {}
    for name in ("latitude", "longitude", "altitude"):
        values = track.get_column(name).to_numpy().astype(np.float64)
        change = values[after] - values[after - 1]
        if name == "longitude":
            change = (change + 180.0) % 360.0 - 180.0
        moved = values[after - 1] + share * change
        if name == "longitude":
            moved = (moved + 180.0) % 360.0 - 180.0
        columns[name] = pl.Series(name, np.where(joined, moved, values)).fill_nan(None)
    stamped = np.where(joined, wanted_s, times_s)
    columns["timestamp"] = pl.Series("timestamp", np.rint(stamped * 1e6).astype(np.int64)).cast(
        track.schema["timestamp"]
    )
    return track.with_columns(**columns)
