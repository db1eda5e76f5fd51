"""SBS-1 BaseStation lines (dump1090 and readsb port 30003, ADSBHub): one message a line, a few fields each.

    MSG,3,,,4CA1B2,,2026/02/24,14:57:36.000,2026/02/24,14:57:36.000,,37000,,,50.69046,3.128951,,,0,,0,0

Messages 2 and 3 carry a position and become states. Call sign (1), speed and direction (4), squawk (6) come
in messages of their own; they are taken from the same aircraft's last such message, or one of the same time.
Times are local to whoever recorded and say no zone: `timezone` must. Addresses may have lost leading zeros.

Fields: http://woodair.net/sbs/article/barebones42_socket_data.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from skyaccord.tracks.readers.checking import tidy_text
from skyaccord.tracks.readers.lines import line_batches
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.table import accept_table
from skyaccord.tracks.readers.table_times import TableTimes
from skyaccord.tracks.readers.tally import Tally

FORMAT: Final = "sbs"
PREFIXES: Final = (b"MSG,", b"SEL,", b"ID,", b"AIR,", b"STA,", b"CLK,")
"""First words of a line. Only MSG says anything about an aircraft's movement."""

FIELDS: Final = 22
FIELDS_MIN: Final = 16
"""Up to the longitude; programs differ in whether they write the empty fields after it."""

NOT_SBS: Final = "not an SBS message"
OTHER_MESSAGES: Final = "messages without a position"

_POSITION_TYPES: Final = ("2", "3")
_SAID: Final = ("callsign", "groundspeed", "track", "vertical_rate", "squawk")
_COLUMNS: Final = {
    1: "type",
    4: "icao24",
    6: "date",
    7: "clock",
    10: "callsign",
    11: "altitude",
    12: "groundspeed",
    13: "track",
    14: "latitude",
    15: "longitude",
    16: "vertical_rate",
    17: "squawk",
    21: "onground",
}
_SCHEMA: Final = {"row": pl.Int64(), **{name: pl.String() for name in _COLUMNS.values()}}


def read(opened: OpenedFile, tally: Tally, times: TableTimes) -> Iterator[pl.DataFrame]:
    """Batches of states. Raises InputError if no time zone was named."""
    last = pl.DataFrame(schema={name: pl.String() for name in ("icao24", *_SAID)})
    for first, lines in line_batches(opened, tally):
        rows = []
        for index, line in enumerate(lines):
            if not line or line.isspace():
                continue
            fields = line.decode("utf-8", "replace").rstrip("\r").split(",")
            if fields[0] != "MSG":
                if not line.startswith(PREFIXES):
                    tally.read += 1
                    tally.refuse(NOT_SBS, first + index, line)
                continue
            if len(fields) < FIELDS_MIN:
                tally.read += 1
                tally.refuse("wrong number of fields", first + index, line)
                continue
            fields += [""] * (FIELDS - len(fields))
            rows.append((index, *(fields[place] for place in _COLUMNS)))
        if not rows:
            continue
        messages = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
        filled = _with_what_was_said(messages, last)
        last = filled.group_by("icao24").agg(pl.col(name).drop_nulls().last() for name in _SAID)
        positions = filled.filter(pl.col("row") >= 0, pl.col("type").str.strip_chars().is_in(_POSITION_TYPES))
        tally.note(OTHER_MESSAGES, len(rows) - positions.height)
        if positions.height:
            numbers = (positions["row"] + first).alias("line")
            indices = positions["row"].to_list()
            texts = [lines[index] for index in indices] if tally.keeps_texts else []
            yield accept_table(_as_table(positions), numbers, times, tally, texts.__getitem__)


def _with_what_was_said(messages: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """The messages after what each aircraft said last before them, every message filled from those before it
    and from those of the same time. Rows of `last` have row -1."""
    known = [tidy_text(name) for name in _SAID]
    before = last.with_columns(pl.lit(-1, dtype=pl.Int64).alias("row"))
    table = pl.concat([before, messages.with_columns(known)], how="diagonal")
    at_once = [
        pl.col(name).fill_null(pl.col(name).drop_nulls().first().over("icao24", "date", "clock"))
        for name in _SAID
    ]
    return table.with_columns(at_once).with_columns(
        pl.col(name).forward_fill().over("icao24") for name in _SAID
    )


def _as_table(positions: pl.DataFrame) -> pl.DataFrame:
    """Columns of STATE_SCHEMA as texts."""
    date = pl.col("date").str.strip_chars().str.replace_all("/", "-", literal=True)
    time = date + "T" + pl.col("clock").str.strip_chars()
    flag = pl.col("onground").str.strip_chars()
    on_ground = (
        pl.when((pl.col("type").str.strip_chars() == "2") | flag.is_in(["-1", "1"]))
        .then(pl.lit("true"))
        .when(flag == "0")
        .then(pl.lit("false"))
    )
    return positions.select(
        pl.when(time.str.len_chars() > 1).then(time).alias("timestamp"),
        "icao24",
        "latitude",
        "longitude",
        "altitude",
        *_SAID,
        on_ground.alias("onground"),
    )
