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

from skyaccord.tracks.readers.by_value import by_value
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
    is_good = table.select(_reason(table).is_null()).to_series()
    good = table if is_good.all() else table.filter(is_good)
    tally.read += table.height
    tally.accepted += good.height
    if good.height < table.height:
        bad = table.filter(~is_good)
        _refuse(bad.with_columns(_reason(bad).alias("reason")), tally, text_of)
    if (good["longitude"] >= 180.0).any():
        # only where it must be: the arithmetic would cost the last digits of every other longitude
        good = good.with_columns(
            pl.when(pl.col("longitude") >= 180.0)
            .then((pl.col("longitude") + 180.0) % 360.0 - 180.0)
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
    """All columns of STATE_SCHEMA, each with its type and its values made uniform, and `is_address`."""
    columns: list[pl.Series] = []
    for name, dtype in STATE_SCHEMA.items():
        if name not in raw.columns or raw[name].dtype == pl.Null:
            columns.append(pl.Series(name, [None], dtype=dtype).new_from_index(0, raw.height))
        elif dtype == pl.Float64():
            columns.append(_number(raw[name]))
        elif name in _SMALL_INTEGERS:
            number = _number(raw[name])
            small = number.is_between(-1, 255).fill_null(False)
            columns.append(number.zip_with(small, _nothing(number)).cast(pl.Int16))
        elif name in _TEXTS:
            columns.append(by_value(raw[name].cast(pl.String), _TEXTS[name]))
        else:
            columns.append(raw[name])
    table = raw.with_columns(columns)
    address = table["icao24"]
    table = table.with_columns(by_value(address, _is_address).alias("is_address"))
    fixes = []
    if table["onground"].any():
        grounded = pl.col("onground").fill_null(False)
        fixes.append(pl.when(grounded).then(None).otherwise(pl.col("altitude")).alias("altitude"))
    if (table["groundspeed"] < 0).any():
        fixes.append(pl.when(pl.col("groundspeed") >= 0).then(pl.col("groundspeed")).alias("groundspeed"))
    if ((table["track"] < 0) | (table["track"] >= 360)).any():
        fixes.append((pl.col("track") % 360.0).alias("track"))
    return table.with_columns(fixes) if fixes else table


def _number(column: pl.Series) -> pl.Series:
    """Numbers as floats; null where there is none, or one that is not finite."""
    numbers = column.cast(pl.Float64, strict=False)
    finite = numbers.is_finite().fill_null(True)
    return numbers if finite.all() else numbers.zip_with(finite, _nothing(numbers))


def _nothing(like: pl.Series) -> pl.Series:
    return pl.Series(like.name, [None], dtype=like.dtype)


def _address(texts: pl.Series) -> pl.Series:
    """Lower case, lost leading zeros put back; what is no address stays as it is."""
    address = pl.col("text").str.strip_chars().str.to_lowercase()
    plain = address.str.strip_prefix("~")
    tilde = pl.when(address.str.starts_with("~")).then(pl.lit("~")).otherwise(pl.lit(""))
    fixed = (
        pl.when(plain.str.contains(r"^[0-9a-f]{1,6}$")).then(tilde + plain.str.zfill(6)).otherwise(address)
    )
    return pl.DataFrame({"text": texts}).select(fixed).to_series()


def _is_address(texts: pl.Series) -> pl.Series:
    return texts.str.contains(r"^~?[0-9a-f]{6}$")


def _tidy(texts: pl.Series) -> pl.Series:
    return pl.DataFrame({"text": texts}).select(tidy_text("text")).to_series()


def _source(texts: pl.Series) -> pl.Series:
    return pl.DataFrame({"text": texts}).select(source_of(pl.col("text"))).to_series()


_TEXTS: Final[dict[str, Callable[[pl.Series], pl.Series]]] = {
    "icao24": _address,
    "callsign": _tidy,
    "squawk": _tidy,
    "category": _tidy,
    "source": _source,
}


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
        .when(~pl.col("is_address"))
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
