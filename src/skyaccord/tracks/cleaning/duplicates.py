"""One aircraft has one state at an instant.

A position heard by several receivers, or a recording read twice, gives the same address and time again. In
the adsb.lol days, whose times are whole seconds, two positions of one second share a time too (2,404 of
41,294 states at Monterey; they lie 27 m apart in the median, 296 m at most): one of them is kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from skyaccord.tracks.states import begins_track

IDENTICAL: Final = "duplicate report"
SAME_TIME: Final = "second position at the same time"

REPEAT_S: Final = 0.1
"""readsb says how old a position is (`now`, `seen_pos`), each cut to milliseconds: the same position in the
next snapshot seems some milliseconds older or newer. Reports of one aircraft are 0.4 s apart or more."""

_IDENTITY: Final = ("latitude", "longitude", "altitude")


def mark_duplicates(states: pl.DataFrame) -> pl.Series:
    """A reason for each state that repeats an earlier one of the same address and time, else null.

    states: sorted by icao24, then timestamp. Of several, one heard from the aircraft itself goes before one
    from radar (TIS-B), then the first in the order given (which `clean` makes independent of the rows').
    """
    time_us = states["timestamp"].to_physical().to_numpy()
    if not np.any((np.diff(time_us) <= REPEAT_S * 1e6) & ~begins_track(states)[1:]):
        return pl.Series("reason", [None] * states.height, dtype=pl.String)
    ranked = states.select(
        "icao24",
        "timestamp",
        *_IDENTITY,
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        (pl.col("source") == "tisb").fill_null(False).alias("radar"),
    ).sort("icao24", "timestamp", "radar", "row")
    again = ~ranked.select(pl.struct("icao24", "timestamp").is_first_distinct()).to_series()
    repeated = ranked.select(
        pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1).over("icao24")) for name in _IDENTITY)
        & (pl.col("timestamp").diff().over("icao24").dt.total_microseconds() <= REPEAT_S * 1e6)
    ).to_series()
    again |= repeated.fill_null(False)
    if not again.any():
        return pl.Series("reason", [None] * states.height, dtype=pl.String)
    same = ranked.select(
        pl.all_horizontal(
            pl.col(name).eq_missing(pl.col(name).first().over("icao24", "timestamp")) for name in _IDENTITY
        )
    ).to_series()
    return (
        ranked.select(
            "row",
            pl.when(again & (same | repeated))
            .then(pl.lit(IDENTICAL))
            .when(again)
            .then(pl.lit(SAME_TIME))
            .otherwise(pl.lit(None, dtype=pl.String))
            .alias("reason"),
        )
        .sort("row")
        .to_series(1)
    )
