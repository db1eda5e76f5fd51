"""Altitudes that no aircraft has. (Positions off the Earth never get past the readers.)"""

from __future__ import annotations

from typing import Final

import polars as pl

IMPOSSIBLE: Final = "impossible altitude"

ALTITUDE_FT_MIN: Final = -2_000.0
"""The Dead Sea's shore lies at -1,410 ft; a deep high-pressure day takes a few hundred more."""

ALTITUDE_FT_MAX: Final = 100_000.0
"""Balloons and the highest aircraft that reported at all; Mode S cannot say more than 126,700 ft."""


def mark_impossible(states: pl.DataFrame) -> pl.Series:
    """A reason for each state whose altitude is outside ALTITUDE_FT_MIN..ALTITUDE_FT_MAX, else null."""
    outside = (pl.col("altitude") < ALTITUDE_FT_MIN) | (pl.col("altitude") > ALTITUDE_FT_MAX)
    return states.select(
        pl.when(outside).then(pl.lit(IMPOSSIBLE)).otherwise(pl.lit(None, dtype=pl.String)).alias("reason")
    ).to_series()
