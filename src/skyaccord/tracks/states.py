"""One columnar table of states: the form in which every reader delivers and everything above consumes.

A *state* is one aircraft at one instant. Column names are those of the `traffic` library; units are ft, kt,
ft/min and degrees. Altitude is pressure altitude (1013.25 hPa), which is what aircraft are separated by;
`geoaltitude` is height above the WGS 84 ellipsoid, given beside it and never mixed in.
"""

from __future__ import annotations

from typing import Final

import numpy as np
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


_ORDER: Final = (
    "icao24",
    "timestamp",
    *(name for name in STATE_SCHEMA if name not in ("icao24", "timestamp")),
)


def in_order(states: pl.DataFrame) -> pl.DataFrame:
    """The states by address, then time, then every other column, so that the order given decides nothing.

    A table that is in order already is not sorted again: sorting costs more than the search.
    """
    if states.height < 2:
        return states
    if not _is_sorted(states):
        states = states[_order(states)]
    tied = (_same(states, "icao24") & _same(states, "timestamp")).any()
    if not tied:
        return states
    order = [name for name in _ORDER if name in states.columns]
    return states.sort(order, nulls_last=True)


def begins_track(states: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each state whether it is of another address than the one before (the first one is)."""
    begins = np.ones(states.height, dtype=np.bool_)
    begins[1:] = ~_same(states, "icao24").to_numpy()
    return begins


def _same(states: pl.DataFrame, name: str) -> pl.Series:
    column = states[name]
    return column[1:] == column[:-1]


def _is_sorted(states: pl.DataFrame) -> bool:
    address, time = states["icao24"], states["timestamp"].to_physical()
    later = time[1:] >= time[:-1]
    return bool(((address[1:] > address[:-1]) | (_same(states, "icao24") & later)).all())


def _order(states: pl.DataFrame) -> pl.Series:
    """The rows by address, then time. Recordings come in runs of one aircraft, or of one time, in order:
    a stable sort of one whole number a row takes a tenth of what sorting texts and times takes."""
    address = states["icao24"].rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
    time = states["timestamp"].to_physical().fill_null(0).to_numpy()
    first, span = int(time.min()), int(time.max()) - int(time.min()) + 1
    if (int(address.max()) + 1) * span < 2**63:
        return pl.Series(np.argsort(address * span + (time - first), kind="stable"))
    return pl.Series(np.lexsort((time, address)))
