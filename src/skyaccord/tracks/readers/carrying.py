"""What an aircraft said once holds for its next states: call sign and source are sent only now and then.

In the adsb.lol days three states in four carry no message, hence neither. Both are carried forward along a
track, never backward (what was not known yet is not known) and never over a pause in which the aircraft may
have landed and left under another call sign.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

CARRY_PAUSE: Final = timedelta(minutes=10)
"""A pause between two states longer than this ends what is carried: turn-arounds take longer, coverage holes
inside a flight mostly less."""


def carry_forward(states: pl.DataFrame) -> pl.DataFrame:
    """Fill call sign and source from the same track's earlier states, then call sign from `registration`.

    states: sorted by icao24, then timestamp; the optional column `registration` is used up and dropped.
    """
    names = [name for name in ("callsign", "source") if 0 < states[name].null_count() < states.height]
    if not names and "registration" not in states.columns:
        return states
    begins = pl.col("timestamp").diff().over("icao24").fill_null(timedelta(days=1)) > CARRY_PAUSE
    filled = states.with_columns(begins.cum_sum().over("icao24").alias("leg")).with_columns(
        pl.col(name).forward_fill().over("icao24", "leg") for name in names
    )
    if "registration" in filled.columns:
        registration = pl.col("registration").str.strip_chars()
        is_name = (registration != "") & (registration.str.to_lowercase() != pl.col("icao24"))
        filled = filled.with_columns(
            pl.coalesce("callsign", pl.when(is_name).then(registration)).alias("callsign")
        ).drop("registration")
    return filled.drop("leg")
