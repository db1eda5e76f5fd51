"""One batch of a table (any file format, or a table in memory) made ready for the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from skyaccord.base.errors import InputError
from skyaccord.tracks.readers.by_value import by_value
from skyaccord.tracks.readers.checking import accept
from skyaccord.tracks.readers.table_times import TableTimes
from skyaccord.tracks.readers.tally import Tally
from skyaccord.tracks.states import STATE_SCHEMA

_MISSING_WORDS: Final = ["", "nan", "none", "null", "na", "<na>", "nat"]
"""How CSV writers spell a value that is not there."""

_REQUIRED_NUMBERS: Final = ("latitude", "longitude", "altitude")


def accept_table(
    table: pl.DataFrame,
    lines: pl.Series,
    times: TableTimes,
    tally: Tally,
    text_of: Callable[[int], str | bytes],
) -> pl.DataFrame:
    """States of one batch.

    table: columns of STATE_SCHEMA (all of REQUIRED, any of the rest), as texts or as typed values.
    lines: the line or row number of each record, for the user. text_of: the text of record i of the batch.
    Raises InputError for a time without a zone (see TableTimes), or a column of a type that cannot be read.
    """
    try:
        moments = times.read(table["timestamp"], lines)
        columns: list[pl.Series] = []
        problems: list[pl.Series] = [moments["problem"]]
        ground: pl.Series | None = None
        for name in table.columns:
            if name == "timestamp":
                continue
            if STATE_SCHEMA[name] in (pl.Float64(), pl.Int16()):
                numbers, problem, is_ground = _numbers(table[name])
                columns.append(numbers)
                if name in _REQUIRED_NUMBERS and problem is not None:
                    problems.append(problem)
                if name == "altitude":
                    ground = is_ground
            elif STATE_SCHEMA[name] == pl.Boolean():
                columns.append(_booleans(table[name]))
            else:
                columns.append(_texts(table[name]))
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"a column has a type that cannot be read ({str(error).splitlines()[0]})",
            where=tally.source,
            do="write numbers, texts and times",
        ) from error
    raw = pl.DataFrame([moments["timestamp"], *columns])
    if ground is not None:
        said = raw["onground"] if "onground" in raw.columns else pl.Series([None], dtype=pl.Boolean)
        raw = raw.with_columns(pl.when(ground).then(True).otherwise(said).alias("onground"))
    raw = raw.with_columns(
        pl.coalesce(problems).alias("problem"),
        pl.int_range(table.height, dtype=pl.Int64).alias("row"),
        lines.cast(pl.Int64).alias("line"),
    )
    return accept(raw, tally, text_of)


def _numbers(column: pl.Series) -> tuple[pl.Series, pl.Series | None, pl.Series | None]:
    """Numbers, a reason where a text is no number, and whether it is the word `ground` (None: never)."""
    name = column.name
    if column.dtype.is_numeric() or column.dtype == pl.Null:
        return column.cast(pl.Float64), None, None
    text = column.cast(pl.String).str.strip_chars()
    lower = text.str.to_lowercase()
    numbers = text.cast(pl.Float64, strict=False)
    ground = (lower == "ground").fill_null(False)
    wrong = numbers.is_null() & text.is_not_null() & ~lower.is_in(_MISSING_WORDS) & ~ground
    problem = pl.select(
        pl.when(wrong).then(pl.lit(f"{name} is not a number")).otherwise(pl.lit(None, dtype=pl.String))
    ).to_series()
    return numbers.alias(name), problem, ground if ground.any() else None


def _booleans(column: pl.Series) -> pl.Series:
    if column.dtype in (pl.Boolean(), pl.Null()):
        return column.cast(pl.Boolean)
    lower = column.cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.select(
        pl.when(lower.is_in(["true", "t", "1", "1.0", "yes"]))
        .then(True)
        .when(lower.is_in(["false", "f", "0", "0.0", "no"]))
        .then(False)
        .otherwise(None)
        .alias(column.name)
    ).to_series()


def _texts(column: pl.Series) -> pl.Series:
    return by_value(column.cast(pl.String), _without_missing)


def _without_missing(text: pl.Series) -> pl.Series:
    missing = text.str.strip_chars().str.to_lowercase().is_in(_MISSING_WORDS)
    return pl.select(pl.when(missing).then(None).otherwise(text).alias(text.name)).to_series()
