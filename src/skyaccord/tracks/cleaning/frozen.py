"""Positions that stand still while the aircraft does not.

When the signal is lost, some recorders go on writing the last position with ever new times, and rows
resampled to one a second repeat a position until the next one is heard. Such a row says nothing about where
the aircraft is: another aircraft that flies through the spot seems to meet it. The first of the equal
positions stays, at its own time.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from skyaccord.airspace.units import KT_TO_MPS

FROZEN: Final = "frozen position"

SPEED_KT: Final = 40.0
"""Slower than this an aircraft may really hover or stand (helicopters, gliders in the wind)."""

MOVED_M: Final = 60.0
"""What it must have flown meanwhile, by its own speed, before an equal position is impossible: ten steps of
the coarsest position ADS-B sends in flight (CPR, 5 m), or one step of coordinates cut to 0.0005°."""


def mark_frozen(states: pl.DataFrame) -> pl.Series:
    """A reason for each state whose position is an earlier one repeated in flight, else null.

    states: sorted by icao24, then timestamp. On-ground states and those without a speed are left alone.
    """
    same = (
        (pl.col("latitude") == pl.col("latitude").shift(1).over("icao24"))
        & (pl.col("longitude") == pl.col("longitude").shift(1).over("icao24"))
    ).fill_null(False)
    group = (~same).cum_sum()
    since_s = (pl.col("timestamp") - pl.col("timestamp").first().over("group")).dt.total_microseconds() / 1e6
    moved_m = since_s * pl.col("groundspeed") * KT_TO_MPS
    airborne = ~pl.col("onground").fill_null(False)
    frozen = airborne & (pl.col("groundspeed") >= SPEED_KT) & (moved_m >= MOVED_M)
    return (
        states.with_columns(group.alias("group"))
        .select(pl.when(frozen).then(pl.lit(FROZEN)).otherwise(pl.lit(None, dtype=pl.String)).alias("reason"))
        .to_series()
    )
