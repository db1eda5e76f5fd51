"""The gate every record passes, whatever its format: raw columns in, states out, the rest refused by reason.

A reader delivers a *raw* table: columns of STATE_SCHEMA as far as the format has them, already numbers and
times, plus `row` (index into the batch, for the record's text), `line` (for the user) and optionally
`problem` (a reason the reader itself found). Only the five required fields can refuse a record; an optional
field that makes no sense is null.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from skyaccord.tracks.readers.tally import LATITUDE_OUTSIDE, LONGITUDE_OUTSIDE, Tally
from skyaccord.tracks.states import STATE_SCHEMA, conform

NO_TIME: Final = "no time"
NO_ADDRESS: Final = "no icao24"
BAD_ADDRESS: Final = "icao24 is not six hex digits"
NO_POSITION: Final = "no position"
ZERO_POSITION: Final = "position exactly 0,0"
NO_ALTITUDE: Final = "no altitude"
TIME_OUTSIDE: Final = "time outside 1970..2100"

TIME_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
TIME_LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""No recording of aircraft is from outside these; a time that is, was read in the wrong unit."""

_SMALL_INTEGERS: Final = ("nic", "nac_p", "sil")
_SOURCE_PREFIXES: Final = ("adsb", "adsr", "tisb", "mlat")


def accept(raw: pl.DataFrame, tally: Tally, text_of: Callable[[int], str | bytes]) -> pl.DataFrame:
    """States of the good records of one batch (columns of STATE_SCHEMA, plus `registration` if given).

    text_of(row) gives the text of a refused record. Counts read, accepted and refused in `tally`.
    """
    table = _normalised(raw)
    table = table.with_columns(_reason(table).alias("reason"))
    good = table.filter(pl.col("reason").is_null())
    tally.read += table.height
    tally.accepted += good.height
    if good.height < table.height:
        _refuse(table.filter(pl.col("reason").is_not_null()), tally, text_of)
    good = good.with_columns(((pl.col("longitude") + 180.0) % 360.0 - 180.0).alias("wrapped")).with_columns(
        # only where it must be: the arithmetic would cost the last digits of every other longitude
        pl.when(pl.col("longitude") >= 180.0)
        .then(pl.col("wrapped"))
        .otherwise(pl.col("longitude"))
        .alias("longitude")
    )
    kept = ["registration"] if "registration" in good.columns else []
    return conform(good).hstack(good.select(kept))


def source_of(kind: pl.Expr) -> pl.Expr:
    """`source` of a readsb message type (adsb_icao, tisb_trackfile, …) or of a word that is one already."""
    word = kind.str.strip_chars().str.to_lowercase()
    mapped: Any = pl.when(word.is_null() | (word == "")).then(None)
    for prefix in _SOURCE_PREFIXES:
        mapped = mapped.when(word.str.starts_with(prefix)).then(pl.lit(prefix))
    named: pl.Expr = (
        mapped.when(word.is_in(["mode_s", "modes"])).then(pl.lit("modes")).otherwise(pl.lit("other"))
    )
    return named


def tidy_text(column: str) -> pl.Expr:
    """Text without surrounding blanks (readsb pads; `@` fills empty call signs); null if nothing is left."""
    stripped = pl.col(column).cast(pl.String).str.strip_chars(" \t\r\n\0@")
    return pl.when(stripped != "").then(stripped).otherwise(None).alias(column)


def _normalised(raw: pl.DataFrame) -> pl.DataFrame:
    present = [name for name in STATE_SCHEMA if name in raw.columns]
    missing = [
        pl.lit(None, dtype=STATE_SCHEMA[name]).alias(name) for name in STATE_SCHEMA if name not in present
    ]
    numbers = [
        pl.when(pl.col(name).cast(pl.Float64, strict=False).is_finite())
        .then(pl.col(name).cast(pl.Float64, strict=False))
        .otherwise(None)
        .alias(name)
        for name in present
        if STATE_SCHEMA[name] == pl.Float64()
    ]
    texts = [tidy_text(name) for name in ("callsign", "squawk", "category") if name in present]
    table = raw.with_columns(*missing, *numbers, *texts)
    address = pl.col("icao24").cast(pl.String).str.strip_chars().str.to_lowercase()
    plain = address.str.strip_prefix("~")
    small = [
        pl.when(pl.col(name).cast(pl.Float64, strict=False).is_between(-1, 255))
        .then(pl.col(name).cast(pl.Float64, strict=False))
        .otherwise(None)
        .cast(pl.Int16)
        .alias(name)
        for name in _SMALL_INTEGERS
    ]
    return table.with_columns(
        pl.when(plain.str.contains(r"^[0-9a-f]{1,6}$"))
        .then(
            pl.when(address.str.starts_with("~")).then(pl.lit("~")).otherwise(pl.lit("")) + plain.str.zfill(6)
        )
        .otherwise(address)
        .alias("icao24"),
        pl.when(pl.col("onground").fill_null(False))
        .then(None)
        .otherwise(pl.col("altitude"))
        .alias("altitude"),
        pl.when(pl.col("groundspeed") >= 0).then(pl.col("groundspeed")).alias("groundspeed"),
        (pl.col("track") % 360.0).alias("track"),
        source_of(pl.col("source").cast(pl.String)).alias("source"),
        *small,
    )


def _reason(table: pl.DataFrame) -> pl.Expr:
    latitude, longitude = pl.col("latitude"), pl.col("longitude")
    time, address = pl.col("timestamp"), pl.col("icao24")
    on_ground = pl.col("onground").fill_null(False)
    problem = pl.col("problem") if "problem" in table.columns else pl.lit(None, dtype=pl.String)
    return (
        pl.when(problem.is_not_null())
        .then(problem)
        .when(time.is_null())
        .then(pl.lit(NO_TIME))
        .when((time < TIME_FIRST) | (time > TIME_LAST))
        .then(pl.lit(TIME_OUTSIDE))
        .when(address.is_null() | (address == ""))
        .then(pl.lit(NO_ADDRESS))
        .when(~address.str.contains(r"^~?[0-9a-f]{6}$"))
        .then(pl.lit(BAD_ADDRESS))
        .when(latitude.is_null() | longitude.is_null())
        .then(pl.lit(NO_POSITION))
        .when((latitude < -90) | (latitude > 90))
        .then(pl.lit(LATITUDE_OUTSIDE))
        .when((longitude < -180) | (longitude > 360))
        .then(pl.lit(LONGITUDE_OUTSIDE))
        .when((latitude == 0) & (longitude == 0))
        .then(pl.lit(ZERO_POSITION))
        .when(pl.col("altitude").is_null() & ~on_ground)
        .then(pl.lit(NO_ALTITUDE))
        .otherwise(None)
    )


def _refuse(refused: pl.DataFrame, tally: Tally, text_of: Callable[[int], str | bytes]) -> None:
    examples = {LATITUDE_OUTSIDE: "latitude", LONGITUDE_OUTSIDE: "longitude", BAD_ADDRESS: "icao24"}
    for record in refused.select("row", "line", "reason", "latitude", "longitude", "icao24").iter_rows(
        named=True
    ):
        reason: str = record["reason"]
        example = str(record[examples[reason]]) if reason in examples else None
        text = text_of(record["row"]) if tally.keeps_texts else ""
        tally.refuse(reason, record["line"], text, example)
