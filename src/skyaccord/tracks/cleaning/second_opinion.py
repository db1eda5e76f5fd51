"""A second opinion on every target that cleaning took out, all of it or most of it.

    lost = lost_tracks(cleaned)      # one row a target
    lost.filter(~pl.col("confirmed"))   # what a person should look at

The judgement of an echo rests on curves, latency and runs of states (verdict.py). This looks at the same
states again in the plainest way there is: where was the host, on the straight line between the two states
around, and how far from it was the target? For what a target lost by rules about itself, the evidence is how
many different positions it ever had; for one without a usable altitude, that it was never faster than 40 kt.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from skyaccord.airspace import geodesy
from skyaccord.tracks.cleaning.cleaned import Cleaned
from skyaccord.tracks.cleaning.frozen import SPEED_KT
from skyaccord.tracks.cleaning.paths import HOLE_S
from skyaccord.tracks.cleaning.zeros import ZERO

MOST: Final = 0.8
"""A target that lost this share of its states is told of; one that lost less is still there to be seen."""

NEAR_M: Final = 926.0
"""0.5 NM. From the straight line between two states of the host, with latency and in turns, real echoes lie
31 to 252 m in the median and 707 m at most (27 targets of Monterey)."""
NEAR_SHARE: Final = 0.9
"""So many of the states that can be compared must be near: a target that once came by is no echo."""

LOST_SCHEMA: Final[dict[str, Any]] = {
    "icao24": pl.String(),
    "states": pl.Int64(),
    "dropped": pl.Int64(),
    "reason": pl.String(),
    "host": pl.String(),
    "first": pl.Datetime("us", "UTC"),
    "last": pl.Datetime("us", "UTC"),
    "compared": pl.Int64(),
    "median_m": pl.Float64(),
    "worst_m": pl.Float64(),
    "median_ft": pl.Float64(),
    "positions": pl.Int64(),
    "confirmed": pl.Boolean(),
}
"""reason, host: the most frequent one. compared: dropped states at whose time the host was seen around;
median_m, worst_m, median_ft: distance and altitude difference to it. positions: different positions among
the dropped states. confirmed: the second opinion agrees."""


def lost_tracks(cleaned: Cleaned) -> pl.DataFrame:
    """Targets that lost at least MOST of their states, with the evidence (LOST_SCHEMA), the largest first."""
    taken = cleaned.dropped_states
    if taken.is_empty():
        return pl.DataFrame(schema=LOST_SCHEMA)
    kept = cleaned.states.group_by("icao24").agg(pl.len().alias("kept"))
    lost = (
        taken.group_by("icao24")
        .agg(pl.len().alias("dropped"))
        .join(kept, on="icao24", how="left")
        .with_columns(pl.col("kept").fill_null(0))
        .filter(pl.col("dropped") >= MOST * (pl.col("dropped") + pl.col("kept")))
        .sort("dropped", "icao24", descending=[True, False])
    )
    names = set(lost["icao24"].to_list())
    parts = taken.filter(pl.col("icao24").is_in(names)).partition_by("icao24", as_dict=True)
    hosts = set(taken.filter(pl.col("icao24").is_in(names))["of"].drop_nulls().to_list())
    tracks = cleaned.states.filter(pl.col("icao24").is_in(hosts)).partition_by("icao24", as_dict=True)
    rows = [
        _row(parts[name,], kept_states, {key[0]: track for key, track in tracks.items()})
        for name, kept_states in lost.select("icao24", "kept").iter_rows()
    ]
    return pl.DataFrame(rows, schema=LOST_SCHEMA, orient="row")


def _row(states: pl.DataFrame, kept: int, tracks: dict[Any, pl.DataFrame]) -> dict[str, Any]:
    reason, host = _commonest(states["reason"]), _commonest(states["of"])
    positions = states.select(pl.struct("latitude", "longitude").n_unique()).item()
    row = {
        "icao24": states["icao24"][0],
        "states": states.height + kept,
        "dropped": states.height,
        "reason": reason,
        "host": host,
        "first": states["timestamp"].min(),
        "last": states["timestamp"].max(),
        "positions": positions,
    }
    echoed = states.filter(pl.col("of") == host) if host is not None else states.clear()
    if reason == ZERO:
        # its altitude is not known: nothing is lost if it is slow all the time, as on the ground
        is_slow = states["groundspeed"].fill_null(np.inf) < SPEED_KT
        return row | {"compared": 0, "confirmed": bool(is_slow.all())}
    if host is None:
        # its own rules: repeated reports and positions, or values that cannot be
        return row | {"compared": 0, "confirmed": positions * 2 <= states.height}
    metres, feet = _apart(echoed, tracks.get(host, states.clear()))
    if not len(metres):
        return row | {"compared": 0, "confirmed": False}
    return row | {
        "compared": len(metres),
        "median_m": float(np.median(metres)),
        "worst_m": float(np.max(metres)),
        "median_ft": float(np.nanmedian(feet)) if np.isfinite(feet).any() else None,
        "confirmed": bool(np.mean(metres <= NEAR_M) >= NEAR_SHARE),
    }


def _apart(states: pl.DataFrame, host: pl.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Metres and feet between each state and the host, on the straight line between the host's states."""
    if host.height < 2:
        return np.empty(0), np.empty(0)
    time, known = (frame["timestamp"].to_physical().to_numpy() / 1e6 for frame in (states, host))
    after = np.clip(np.searchsorted(known, time, side="right"), 1, len(known) - 1)
    covered = (time >= known[0]) & (time <= known[-1]) & (known[after] - known[after - 1] <= HOLE_S)
    own, other = (
        geodesy.ecef(frame["latitude"].to_numpy(), frame["longitude"].to_numpy()) for frame in (states, host)
    )
    place = np.column_stack([np.interp(time, known, other[:, axis]) for axis in range(3)])
    feet = np.abs(states["altitude"].to_numpy() - np.interp(time, known, host["altitude"].to_numpy()))
    return np.linalg.norm(own - place, axis=1)[covered], feet[covered]


def _commonest(values: pl.Series) -> str | None:
    counted = values.drop_nulls().value_counts(sort=False)
    if counted.is_empty():
        return None
    first: str = counted.sort("count", counted.columns[0], descending=[True, False]).item(0, 0)
    return first
