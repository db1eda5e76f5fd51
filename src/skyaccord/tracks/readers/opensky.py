"""OpenSky state-vector CSV (`state_vectors_data4`, the weekly Monday samples): SI units, epoch seconds.

A row is what was known at `time`, every 10 s or so; its position was made at `lastposupdate`, and is repeated
row after row until a new one comes. So the position's own time is taken, and the repetitions, which then have
the same time, fall to the cleaning. Without `lastposupdate` the time of the row has to do.

Fields: https://opensky-network.org/data/historical-flight-data
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from skyaccord.airspace.units import KT_TO_MPS, M_PER_FT
from skyaccord.base.errors import InputError
from skyaccord.tracks.readers.csv_table import row_batches
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.table import accept_table
from skyaccord.tracks.readers.table_times import TableTimes
from skyaccord.tracks.readers.tally import Tally

FORMAT: Final = "opensky-csv"

NEEDED: Final = ("time", "icao24", "lat", "lon", "baroaltitude")
_TELLING: Final = ("velocity", "heading", "vertrate", "geoaltitude", "lastposupdate", "lastcontact")
"""Names that no other table has together with NEEDED; three of them are enough to know the format."""


def is_header(names: Sequence[str]) -> bool:
    """Whether these columns are those of OpenSky's state vectors."""
    given = {name.strip().lower() for name in names}
    return "icao24" in given and "lat" in given and len(given.intersection(_TELLING)) >= 3


def read(opened: OpenedFile, tally: Tally, times: TableTimes) -> Iterator[pl.DataFrame]:
    """Batches of states. Raises InputError for a missing column."""
    for batch in row_batches(opened, tally):
        fields = batch.fields.rename({name: name.strip().lower() for name in batch.fields.columns})
        missing = [name for name in NEEDED if name not in fields.columns]
        if missing:
            raise InputError(
                f"no column {' and no column '.join(missing)}",
                where=opened.where,
                do=f"an OpenSky table must have {', '.join(NEEDED)}",
            )
        yield accept_table(_as_table(fields), batch.lines, times, tally, batch.text_of)


def _as_table(fields: pl.DataFrame) -> pl.DataFrame:
    """Columns of STATE_SCHEMA in our units; a number that is none stays as it is, to be refused by name."""
    made = pl.col("time")
    if "lastposupdate" in fields.columns:
        updated = pl.col("lastposupdate").str.strip_chars()
        known = updated.cast(pl.Float64, strict=False).is_finite().fill_null(False)
        made = pl.when(known).then(updated).otherwise(made)
    columns = [
        made.alias("timestamp"),
        pl.col("icao24"),
        pl.col("lat").alias("latitude"),
        pl.col("lon").alias("longitude"),
        _scaled("baroaltitude", 1 / M_PER_FT).alias("altitude"),
    ]
    optional = {
        "geoaltitude": _scaled("geoaltitude", 1 / M_PER_FT).alias("geoaltitude"),
        "velocity": _scaled("velocity", 1 / KT_TO_MPS).alias("groundspeed"),
        "heading": pl.col("heading").alias("track"),
        "vertrate": _scaled("vertrate", 60 / M_PER_FT).alias("vertical_rate"),
        "callsign": pl.col("callsign"),
        "onground": pl.col("onground"),
        "squawk": pl.col("squawk"),
    }
    return fields.select(*columns, *(column for name, column in optional.items() if name in fields.columns))


def _scaled(name: str, factor: float) -> pl.Expr:
    number = pl.col(name).str.strip_chars().cast(pl.Float64, strict=False)
    return pl.coalesce((number * factor).cast(pl.String), pl.col(name))
