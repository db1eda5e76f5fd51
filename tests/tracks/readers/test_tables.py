from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.tracks.readers import Rejected, read_recording, states_from_table
from tests.tracks.samples import NOON, full_states, table, write_csv, write_lines


def as_json_lines(states: pl.DataFrame) -> bytes:
    return states.write_ndjson().encode()


def as_columns(states: pl.DataFrame) -> bytes:
    columns = states.with_columns(pl.col("timestamp").dt.strftime("%+")).to_dict(as_series=False)
    return json.dumps(columns).encode()


def as_pandas_columns(states: pl.DataFrame) -> bytes:
    text = states.to_pandas().to_json(date_format="iso", date_unit="us", double_precision=15)
    assert isinstance(text, str)
    return text.encode()


def as_parquet(states: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    states.write_parquet(buffer)
    return buffer.getvalue()


WRITERS = {
    "csv": lambda s: s.write_csv().encode(),
    "csv with pandas' index": lambda s: s.to_pandas().to_csv().encode(),
    "csv with semicolons": lambda s: s.write_csv(separator=";").encode(),
    "csv, everything quoted": lambda s: s.write_csv(quote_style="always").encode(),
    "csv with a byte order mark and CRLF": lambda s: s.write_csv(
        include_bom=True, line_terminator="\r\n"
    ).encode(),
    "parquet": as_parquet,
    "json records": lambda s: s.write_json().encode(),
    "json records, indented": lambda s: json.dumps(json.loads(s.write_json()), indent=2).encode(),
    "json columns": as_columns,
    "json columns by pandas": as_pandas_columns,
    "json lines": as_json_lines,
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("writer", WRITERS)
def test_round_trip(tmp_path: Path, writer: str, packed: bool) -> None:
    states = full_states()
    content = WRITERS[writer](states)
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(content) if packed else content)
    recording = read_recording([path], timezone="UTC")  # CSV by Polars: the zone is not written
    assert recording.states.equals(states), recording.states
    assert recording.counts == {"read": 10, "accepted": 10}


@pytest.mark.parametrize(
    "convert", [lambda s: s, lambda s: s.lazy(), lambda s: s.to_pandas(), lambda s: s.to_arrow()]
)
def test_tables_in_memory(convert: Any) -> None:
    states = full_states()
    recording = states_from_table(convert(states))
    assert recording.states.equals(states)
    [source] = recording.provenance
    assert (source.path, source.sha256, source.format, source.timezone) == ("<table>", None, "table", "UTC")


def test_a_pandas_index_counts_as_a_column() -> None:
    frame = (
        pd.DataFrame(table())
        .assign(timestamp=lambda d: pd.to_datetime(d["timestamp"]))
        .set_index("timestamp")
    )
    assert states_from_table(frame).states["timestamp"][0] == NOON


def test_tables_with_extra_columns_and_other_order() -> None:
    frame = pl.DataFrame(table(onground=[False] * 3, typecode=["C172"] * 3)).select(pl.all().reverse())
    assert states_from_table(frame).states.height == 3


def test_rows_come_sorted() -> None:
    frame = pl.DataFrame(table(icao24=["b00000", "a00000", "a00000"])).reverse()
    states = states_from_table(frame).states
    assert states["icao24"].to_list() == ["a00000", "a00000", "b00000"]
    assert states["timestamp"].dt.second().to_list() == [1, 2, 0]


@pytest.mark.parametrize("missing", ["timestamp", "icao24", "latitude", "longitude", "altitude"])
@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "jsonl"])
def test_a_missing_column_is_named(tmp_path: Path, missing: str, suffix: str) -> None:
    frame = pl.DataFrame({name: values for name, values in table().items() if name != missing})
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(
        {
            "csv": WRITERS["csv"],
            "parquet": as_parquet,
            "json": WRITERS["json records"],
            "jsonl": as_json_lines,
        }[suffix](frame)
    )
    with pytest.raises(
        InputError, match=f"no column {missing}; the table must have timestamp, icao24"
    ) as caught:
        read_recording([path])
    assert all(repr(name) in str(caught.value) for name in frame.columns)


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("lat", "latitude"),
        ("lon", "longitude"),
        ("time", "timestamp"),
        ("hex", "icao24"),
        ("baroaltitude", "altitude"),
        ("lattitude", "latitude"),
    ],
)
def test_a_near_name_is_suggested(tmp_path: Path, given: str, ours: str) -> None:
    columns = {given if name == ours else name: values for name, values in table().items()}
    with pytest.raises(InputError, match=f"no column {ours}; rename '{given}' to '{ours}'"):
        read_recording([write_csv(tmp_path / "x", columns)])


def test_a_column_given_twice(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("timestamp,icao24,latitude,longitude,altitude,Altitude\n1,a,1,1,1,1\n")
    with pytest.raises(InputError, match="column altitude is there twice"):
        read_recording([tmp_path / "x"])
    (tmp_path / "y").write_text("timestamp,icao24,latitude,longitude,altitude,altitude\n1,a,1,1,1,2\n")
    with pytest.raises(InputError, match="column altitude is there twice"):
        read_recording([tmp_path / "y"])


@pytest.mark.parametrize("thing", [None, 5, b"bytes", pl.Series([1]), pd.Series([1]), [1], {"a": 1}])
def test_what_is_no_table_is_told_so(thing: Any) -> None:
    with pytest.raises(InputError, match="give the path of a file, or a pandas, Polars or PyArrow table"):
        states_from_table(thing)


def test_a_table_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("name,colour\napple,red\n")
    with pytest.raises(InputError, match="no column timestamp and no column icao24"):
        read_recording([tmp_path / "x"])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"latitude": "north"}, "latitude is not a number"),
        ({"longitude": "1,5 W"}, None),
        ({"altitude": "FL350"}, "altitude is not a number"),
        ({"latitude": ""}, "no position"),
        ({"longitude": "NaN"}, "no position"),
        ({"latitude": "inf"}, "no position"),
        ({"altitude": ""}, "no altitude"),
        ({"latitude": 4330}, "latitude outside -90..90"),
        ({"icao24": ""}, "no icao24"),
        ({"icao24": "hello!"}, "icao24 is not six hex digits"),
        ({"timestamp": ""}, "no time"),
        ({"timestamp": "yesterday"}, "time is not understood"),
        ({"timestamp": "2025-06-02T25:00:00Z"}, "time is not understood"),
        ({"timestamp": "2300-06-02T12:00:00Z"}, "time outside 1970..2100"),
    ],
)
def test_a_bad_row_among_good_ones_is_refused_and_counted(
    tmp_path: Path, bad: dict[str, Any], reason: str | None
) -> None:
    columns = table(3)
    for name, value in bad.items():
        columns[name][1] = value
    rejects: list[Rejected] = []
    recording = read_recording([write_csv(tmp_path / "x", columns)], rejects=rejects)
    wanted = reason or "wrong number of fields"
    assert recording.counts == {"read": 3, "accepted": 2, f"refused: {wanted}": 1}
    assert (rejects[0].line, rejects[0].reason) == (3, wanted)
    assert str(next(iter(bad.values()))) in rejects[0].text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2025-06-02T12:00:05Z,a5314e,36.9", "wrong number of fields"),
        ('2025-06-02T12:00:05Z,"a5314e,36.9,-121.5,3000', "a quote is not closed"),
        ("2025-06-02T12:00:05Z,a5314e,36.9,-121.5,3000,7,8", "wrong number of fields"),
        ("2025-06-02T12:00:05Z,a5\udcff14e,36.9,-121.5,3000", "not UTF-8 text"),
    ],
)
def test_a_broken_line_costs_only_itself(tmp_path: Path, row: str, reason: str) -> None:
    path = write_csv(tmp_path / "x", table())
    path.write_bytes(path.read_bytes() + row.encode("utf-8", "surrogateescape"))
    assert read_recording([path]).counts == {"read": 4, "accepted": 3, f"refused: {reason}": 1}


@pytest.mark.parametrize("bad", ["7", "null", "[1]"])
def test_a_json_record_that_is_no_record(tmp_path: Path, bad: str) -> None:
    records = pl.DataFrame(table()).write_json()
    (tmp_path / "x").write_text(records[:-1] + f",{bad}]")
    assert read_recording([tmp_path / "x"]).counts == {
        "read": 4,
        "accepted": 3,
        "refused: not a JSON object": 1,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"timestamp": 1, "icao24": ', "is not whole JSON"),
        ("[" * 200_000, "nested too deeply"),
        (
            '{"timestamp": [1, 2], "icao24": ["a"], "latitude": [1], "longitude": [1], "altitude": [1]}',
            "different length",
        ),
        ("[]", "holds no record"),
        (
            '{"timestamp": [], "icao24": [], "latitude": [], "longitude": [], "altitude": []}',
            "holds no record",
        ),
        ("[1, 2]", r"not a JSON object \(2\)"),
    ],
)
def test_json_that_is_no_table(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x").write_text(text)
    with pytest.raises(InputError, match=message):
        read_recording([tmp_path / "x"], input_format="json")


def test_a_header_alone(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="holds no record"):
        read_recording([write_csv(tmp_path / "x", table(0))])


@pytest.mark.parametrize("keep", [4, 100, 600, -8, -1])
def test_a_cut_parquet_file(tmp_path: Path, keep: int) -> None:
    (tmp_path / "x").write_bytes(as_parquet(full_states())[:keep])
    with pytest.raises(UnreadableError, match="damaged or cut short"):
        read_recording([tmp_path / "x"])


NOONS = """
2025-06-02T12:00:00Z
2025-06-02 12:00:00+00:00
2025-06-02T14:00:00.000+0200
2025-06-02 07:00-05
2025-06-02 12:00:00 UTC
20250602T120000Z
1748865600
1748865600.0
1748865600000
1748865600000000
1748865600000000000
"""


@pytest.mark.parametrize("time", NOONS.split("\n")[1:-1])
def test_times_with_a_zone_or_as_epochs(tmp_path: Path, time: str) -> None:
    recording = read_recording([write_csv(tmp_path / "x", table(1, timestamp=[time]))], timezone="Asia/Tokyo")
    assert recording.states["timestamp"][0] == NOON
    assert recording.provenance[0].timezone == "UTC"


@pytest.mark.parametrize(
    "time", ["2025-06-02 12:00:03", "2025-06-02T12:00:03.5", "20250602T120003", "2025-06-02 12:00"]
)
def test_a_time_without_a_zone_is_refused(tmp_path: Path, time: str) -> None:
    columns = table(3)
    columns["timestamp"][2] = time
    path = write_csv(tmp_path / "x", columns)
    with pytest.raises(
        InputError, match=rf"x, line 4, column timestamp: time {time} has no zone; pass --timezone"
    ):
        read_recording([path])


def test_a_time_without_a_zone_is_read_in_the_zone_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x", table(1, timestamp=["2025-06-02 14:00:00"]))
    recording = read_recording([path], timezone="Europe/Zurich")
    assert recording.states["timestamp"][0] == NOON
    assert recording.provenance[0].timezone == "Europe/Zurich"


@pytest.mark.parametrize("time", ["2025-03-30 02:30:00", "2025-10-26 02:30:00"])
def test_a_local_time_that_is_not_one_instant_is_refused(tmp_path: Path, time: str) -> None:
    path = write_csv(tmp_path / "x", table(2, timestamp=[time, "2025-06-02 14:00:00"]))
    counts = read_recording([path], timezone="Europe/Zurich").counts
    assert counts["refused: time falls into a clock change of Europe/Zurich"] == 1


@pytest.mark.parametrize("naive", [pl.Datetime("ns"), pl.Datetime("ms"), pl.Date])
def test_naive_typed_times(naive: Any) -> None:
    frame = pl.DataFrame(table(1)).with_columns(pl.Series("timestamp", [datetime(2025, 6, 2)]).cast(naive))  # noqa: DTZ001
    with pytest.raises(InputError, match="has no zone"):
        states_from_table(frame)
    assert states_from_table(frame, timezone="UTC").states["timestamp"][0] == datetime(2025, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", " ", "local", "CESTT"])
def test_no_such_zone(tmp_path: Path, zone: str) -> None:
    with pytest.raises(InputError, match="is no time zone"):
        read_recording([write_csv(tmp_path / "x", table())], timezone=zone)


def test_lost_leading_zeros(tmp_path: Path) -> None:
    frame = pl.DataFrame(table(icao24=[1, 10123, 999999]))
    assert states_from_table(frame).states["icao24"].to_list() == ["000001", "010123", "999999"]
    assert read_recording([write_csv(tmp_path / "x", table(icao24=["1", "1012B", "A"]))]).states[
        "icao24"
    ].to_list() == ["000001", "00000a", "01012b"]


def test_ground_in_tables(tmp_path: Path) -> None:
    columns = table(3, onground=["True", "0", ""])
    columns["altitude"] = [25, "ground", 1000]
    states = read_recording([write_csv(tmp_path / "x", columns)]).states
    assert states["onground"].to_list() == [True, True, None]
    assert states["altitude"].to_list() == [None, None, 1000.0]


def test_upper_case_headers(tmp_path: Path) -> None:
    columns = {name.upper(): values for name, values in table().items()}
    assert read_recording([write_csv(tmp_path / "x", columns)]).states.height == 3


def test_columns_of_odd_types_are_an_input_error() -> None:
    with pytest.raises(InputError):
        states_from_table(pl.DataFrame(table(latitude=[[1.0], [2.0], [3.0]])))
    with pytest.raises(InputError):
        states_from_table(pa.table(table(latitude=[{"a": 1}, {"a": 2}, {"a": 3}])))
    with pytest.raises(InputError):
        states_from_table(pd.DataFrame({**table(), "latitude": [1.0, "x", [3]]}))


def test_json_lines_with_bad_ones(tmp_path: Path) -> None:
    good = [json.loads(text) for text in as_json_lines(pl.DataFrame(table())).splitlines()]
    path = write_lines(tmp_path / "x", [good[0], "{", good[1], "7"])
    assert read_recording([path]).counts == {
        "read": 4,
        "accepted": 2,
        "refused: not JSON": 1,
        "refused: not a JSON object": 1,
    }
