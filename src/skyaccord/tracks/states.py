"""One columnar table of states: the form in which every reader delivers and everything above consumes.

A *state* is one aircraft at one instant. Column names are those of the `traffic` library; units are ft, kt,
ft/min and degrees. Altitude is pressure altitude (1013.25 hPa), which is what aircraft are separated by;
`geoaltitude` is height above the WGS 84 ellipsoid, given beside it and never mixed in.
"""

from __future__ import annotations

from typing import Final

import polars as pl

STATE_SCHEMA: Final[dict[str, pl.DataType]] = {
    "timestamp": pl.Datetime("us", "UTC"),
    "icao24": pl.String(),  # six lower-case hex digits; a leading `~` says it is no ICAO address, and stays
    "callsign": pl.String(),
    "latitude": pl.Float64(),  # degrees, WGS 84
    "longitude": pl.Float64(),  # degrees, WGS 84, -180 <= longitude < 180
    "altitude": pl.Float64(),  # ft, pressure altitude; null on the ground
    "geoaltitude": pl.Float64(),  # ft
    "groundspeed": pl.Float64(),  # kt
    "track": pl.Float64(),  # degrees clockwise from true north
    "vertical_rate": pl.Float64(),  # ft/min
    "onground": pl.Boolean(),
    "squawk": pl.String(),
    "category": pl.String(),  # ADS-B emitter category, e.g. A3
    "source": pl.String(),  # adsb, adsr, tisb, mlat, modes, other; null when unknown
    "nic": pl.Int16(),
    "nac_p": pl.Int16(),
    "sil": pl.Int16(),
}
"""Column name → type. Every table of states has exactly these columns, in this order; optional: null."""

REQUIRED: Final = ("timestamp", "icao24", "latitude", "longitude", "altitude")
"""What a table must have to be read as states."""


def empty_states() -> pl.DataFrame:
    """A table of states with no rows."""
    return pl.DataFrame(schema=STATE_SCHEMA)


def conform(table: pl.DataFrame) -> pl.DataFrame:
    """The same rows with exactly the columns of STATE_SCHEMA: missing ones null, extra ones gone."""
    return table.select(
        pl.col(name).cast(dtype) if name in table.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in STATE_SCHEMA.items()
    )
