"""readsb and adsb.lol JSON lines: one JSON object a line, one position an object.

Two dialects share this reader, because they share every name that matters:

* `readsb --net-json-port` (and the lines adsb.lol serves): the position was made `seen_pos` seconds before
  `now`; ground speed is `gs`. Older readsb writes no `now`: such a line has no time, and is refused.
* traces taken apart into lines (as the adsb_actions project stores adsb.lol days): `now` is the position's
  own time cut to seconds, ground speed is `gscp`, `flight` is the registration, and the full message is in
  `flightdict` on some lines and null on the others. The text "0" as `alt_baro` (the number 0 is an altitude)
  stands for one that was not known: 92 of 41,294 lines at Monterey, most of them of a69c56 at 200 kt between
  lines at 2,075 ft. Such a line has no altitude, and is refused.

Fields: https://github.com/wiedehopf/readsb/blob/dev/README-json.md
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from skyaccord.tracks.readers.checking import accept, tidy_text
from skyaccord.tracks.readers.lines import line_batches
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.tally import Tally

FORMAT: Final = "readsb-jsonl"
NOT_JSON: Final = "not JSON"
NOT_AN_OBJECT: Final = "not a JSON object"
_UNKNOWN_ALTITUDE: Final = re.compile(rb'"alt_baro"\s*:\s*"0"')

_DETAIL: Final[dict[str, pl.DataType]] = {
    "type": pl.String(),
    "flight": pl.String(),
    "alt_geom": pl.Float64(),
    "baro_rate": pl.Float64(),
    "geom_rate": pl.Float64(),
    "squawk": pl.String(),
    "category": pl.String(),
    "nic": pl.Float64(),
    "nac_p": pl.Float64(),
    "sil": pl.Float64(),
}
_LINE: Final[dict[str, pl.DataType]] = {
    "now": pl.Float64(),
    "seen_pos": pl.Float64(),
    "hex": pl.String(),
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "alt_baro": pl.String(),  # a number or the word "ground"
    "gs": pl.Float64(),
    "gscp": pl.Float64(),
    "track": pl.Float64(),
    "r": pl.String(),
    **_DETAIL,
    "flightdict": pl.Struct(_DETAIL),
}


def read(opened: OpenedFile, tally: Tally) -> Iterator[pl.DataFrame]:
    """Batches of states. Raises UnreadableError only for what `opened` cannot deliver."""
    for first, lines in line_batches(opened, tally):
        states = states_of_lines(lines, first, tally)
        if states is not None:
            yield states


def states_of_lines(lines: list[bytes], first: int, tally: Tally) -> pl.DataFrame | None:
    """The states on these lines, of which the first has number `first`; None if all are blank."""
    wanted = [index for index, line in enumerate(lines) if line and not line.isspace()]
    if not wanted:
        return None
    stripped = [lines[index].rstrip(b", \t\r") for index in wanted]
    raw = _parse_together(stripped)
    if raw is None:
        raw, wanted = _parse_apart(stripped, wanted, first, tally)
    raw = raw.with_columns(
        _without_unknown_altitudes(raw["alt_baro"], [lines[index] for index in wanted]),
        pl.Series("row", wanted, dtype=pl.Int64),
        (pl.Series("line", wanted, dtype=pl.Int64) + first).alias("line"),
    )
    return accept(_as_states(raw), tally, lines.__getitem__)


def _without_unknown_altitudes(altitudes: pl.Series, lines: list[bytes]) -> pl.Series:
    """`alt_baro` with the text "0" as null. (The parser turns the number 0 into the same text.)"""
    suspects = (altitudes == "0").fill_null(False).arg_true().to_list()
    unknown = [index for index in suspects if _UNKNOWN_ALTITUDE.search(lines[index])]
    return altitudes.scatter(unknown, None) if unknown else altitudes


def _parse_together(lines: list[bytes]) -> pl.DataFrame | None:
    """One vectorised parse of all lines; None if any of them is wrong (then they are parsed one by one)."""
    try:
        # The blank line in front keeps Polars from taking a first line for the magic of a compressed file.
        table = pl.read_ndjson(io.BytesIO(b"\n".join([b"", *lines])), schema=_LINE)
    except (pl.exceptions.PolarsError, ValueError):
        return None
    return table if table.height == len(lines) else None


def _parse_apart(
    lines: list[bytes], wanted: list[int], first: int, tally: Tally
) -> tuple[pl.DataFrame, list[int]]:
    """The lines that are JSON objects; the others are refused. Same fields as `_parse_together`."""
    records: list[dict[str, Any]] = []
    kept: list[int] = []
    for line, index in zip(lines, wanted, strict=True):
        record = parse_object(line)
        if isinstance(record, str):
            tally.read += 1
            tally.refuse(record, first + index, line)
            continue
        records.append(record)
        kept.append(index)
    return _table_of(records), kept


def accept_records(records: list[dict[str, Any]], lines: list[int], tally: Tally) -> pl.DataFrame:
    """States of records with the fields of a line, wherever they come from. lines: for the user."""
    raw = _table_of(records).with_columns(
        pl.int_range(len(records), dtype=pl.Int64).alias("row"), pl.Series("line", lines, dtype=pl.Int64)
    )
    return accept(_as_states(raw), tally, lambda row: json.dumps(records[row]))


def _table_of(records: list[dict[str, Any]]) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for record in records:
        detail = record.get("flightdict")
        fields = {
            name: _usable(record.get(name), dtype) for name, dtype in _LINE.items() if name != "flightdict"
        }
        fields["flightdict"] = (
            {name: _usable(detail.get(name), dtype) for name, dtype in _DETAIL.items()}
            if isinstance(detail, dict)
            else None
        )
        rows.append(fields)
    return pl.DataFrame(rows, schema=_LINE)


def parse_object(line: bytes) -> dict[str, Any] | str:
    """The JSON object on this line, or the reason why there is none."""
    try:
        record = json.loads(line, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        return NOT_JSON
    return record if isinstance(record, dict) else NOT_AN_OBJECT


def _usable(value: object, dtype: pl.DataType) -> object:
    """The value if it fits the column, else null: a wrong optional field never costs the record."""
    if dtype == pl.String():
        text = str(value) if isinstance(value, str | int | float) else None
        return text.encode("utf-8", "replace").decode() if text is not None else None
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return None
    return None


def _as_states(raw: pl.DataFrame) -> pl.DataFrame:
    detail = {name: pl.col("flightdict").struct.field(name) for name in _DETAIL}
    raw = raw.with_columns(tidy_text("flight"), tidy_text("r"), detail["flight"].alias("detail_flight"))
    raw = raw.with_columns(tidy_text("detail_flight"))
    # A trace line carries the registration in `flight` (and says so by having a `flightdict`, if only null);
    # a readsb line carries the call sign there and the registration in `r`.
    is_trace = pl.col("gscp").is_not_null() | pl.col("flightdict").is_not_null()
    seconds = pl.col("now") - pl.col("seen_pos").fill_null(0.0)
    in_range = seconds.is_finite() & (seconds.abs() < 9e12)  # what fits 64 bits of microseconds
    on_ground = pl.col("alt_baro").str.strip_chars().str.to_lowercase() == "ground"
    return raw.select(
        "row",
        "line",
        pl.when(in_range)
        .then((seconds * 1e6).round())
        .cast(pl.Int64)
        .cast(pl.Datetime("us", "UTC"))
        .alias("timestamp"),
        pl.col("hex").alias("icao24"),
        pl.when(is_trace).then(pl.col("detail_flight")).otherwise(pl.col("flight")).alias("callsign"),
        pl.when(is_trace).then(pl.col("flight")).otherwise(pl.col("r")).alias("registration"),
        pl.col("lat").alias("latitude"),
        pl.col("lon").alias("longitude"),
        pl.col("alt_baro").cast(pl.Float64, strict=False).alias("altitude"),
        pl.coalesce("alt_geom", detail["alt_geom"]).alias("geoaltitude"),
        # A trace's first point has gscp 0 and no track: nothing is known yet, rather than standing still.
        pl.coalesce("gs", pl.when((pl.col("gscp") != 0) | pl.col("track").is_not_null()).then("gscp")).alias(
            "groundspeed"
        ),
        pl.col("track"),
        pl.coalesce("baro_rate", detail["baro_rate"], "geom_rate", detail["geom_rate"]).alias(
            "vertical_rate"
        ),
        on_ground.fill_null(False).alias("onground"),
        pl.coalesce("squawk", detail["squawk"]).alias("squawk"),
        pl.coalesce("category", detail["category"]).alias("category"),
        pl.coalesce("type", detail["type"]).alias("source"),
        pl.coalesce("nic", detail["nic"]).alias("nic"),
        pl.coalesce("nac_p", detail["nac_p"]).alias("nac_p"),
        pl.coalesce("sil", detail["sil"]).alias("sil"),
    )
