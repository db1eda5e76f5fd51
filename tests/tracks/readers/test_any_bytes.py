"""Any bytes give states or one clear error: never another exception, never half of one."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import SkyAccordError
from skyaccord.tracks.readers import FORMATS, read_recording
from skyaccord.tracks.states import REQUIRED, STATE_SCHEMA
from tests.tracks.readers.test_igc import FIX, HEAD
from tests.tracks.readers.test_opensky import HEADER, ROW
from tests.tracks.readers.test_readsb_documents import SNAPSHOTS, TRACE
from tests.tracks.readers.test_sbs import LINES
from tests.tracks.readers.test_tables import WRITERS
from tests.tracks.samples import full_states, line

GOOD = {name: writer(full_states()) for name, writer in WRITERS.items()}
GOOD["aircraft"] = SNAPSHOTS[0].read_bytes()[:3000] + b"]}"
GOOD["trace"] = json.dumps(TRACE).encode()
GOOD["sbs"] = "\n".join(LINES).encode()
GOOD["opensky"] = f"{HEADER}\n{ROW}\n".encode()
GOOD["igc"] = "\r\n".join([*HEAD, FIX, FIX]).encode()
GOOD["readsb"] = "".join(json.dumps(line(now=1748865600 + i)) + "\n" for i in range(5)).encode()


def read_or_refuse(content: bytes, input_format: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        recording = None
        message = "read"
        try:
            recording = read_recording([path], input_format=input_format, timezone="UTC")
        except SkyAccordError as error:
            message = str(error)
    assert message
    assert "\n" not in message
    if recording is None:
        return
    states = recording.states
    assert dict(states.schema) == STATE_SCHEMA
    assert states.height == recording.counts["accepted"] > 0
    refused = sum(count for name, count in recording.counts.items() if name.startswith("refused: "))
    assert recording.counts["read"] == recording.counts["accepted"] + refused
    assert states.select(
        pl.col("latitude").is_between(-90, 90).all()
        & pl.col("longitude").is_between(-180, 180, closed="left").all()
        & pl.col("icao24").str.contains(r"^~?[0-9a-f]{6}$").all()
        & (pl.col("altitude").is_finite() | pl.col("onground")).all()
    ).item()


@given(content=st.binary(max_size=400), input_format=st.sampled_from([None, *FORMATS]))
@example(content=b"PAR1", input_format=None)
@example(content=b"PAR1PAR1", input_format=None)
@example(content=b"(\xb5/\xfd", input_format="readsb-jsonl")
@example(content=b"(\xb5/\xfd", input_format="csv")
@example(content=b"x\x01", input_format="json")
@example(content=b"\x1f\x8b", input_format=None)
@settings(max_examples=120, deadline=None)
def test_any_bytes(content: bytes, input_format: str | None) -> None:
    read_or_refuse(content, input_format)


@given(
    name=st.sampled_from(sorted(GOOD)),
    place=st.floats(0, 1),
    insert=st.binary(max_size=8),
    remove=st.integers(0, 40),
    packed=st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_good_files_damaged_anywhere(
    name: str, place: float, insert: bytes, remove: int, packed: bool
) -> None:
    content = gzip.compress(GOOD[name]) if packed else GOOD[name]
    at = int(place * len(content))
    read_or_refuse(content[:at] + insert + content[at + remove :])


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
)
KEYS = st.sampled_from(
    ["now", "hex", "lat", "lon", "alt_baro", "gs", "seen_pos", "flightdict", "squawk", "nic", "é"]
)
TABLE_KEYS = st.sampled_from(
    ["timestamp", "icao24", "latitude", "longitude", "altitude", "onground", "track", "sil"]
)


@given(records=st.lists(st.dictionaries(KEYS, VALUES), min_size=1, max_size=5), good=st.booleans())
@settings(max_examples=120, deadline=None)
def test_readsb_lines_of_any_values(records: list[dict[str, object]], good: bool) -> None:
    lines = [{**line(), **record} if good else record for record in records]
    read_or_refuse("\n".join(map(json.dumps, lines)).encode(), "readsb-jsonl")


@given(records=st.lists(st.dictionaries(TABLE_KEYS, VALUES), min_size=1, max_size=5), as_lines=st.booleans())
@example(records=[dict.fromkeys(REQUIRED), {"timestamp": False}, {"timestamp": -6.3e16}], as_lines=False)
@settings(max_examples=120, deadline=None)
def test_json_tables_of_any_values(records: list[dict[str, object]], as_lines: bool) -> None:
    text = "\n".join(map(json.dumps, records)) if as_lines else json.dumps(records)
    read_or_refuse(text.encode(), "json")


@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=7), max_size=5))
@settings(max_examples=120, deadline=None)
def test_csv_of_any_fields(rows: list[list[str]]) -> None:
    header = "timestamp,icao24,latitude,longitude,altitude"
    read_or_refuse("\n".join([header, *(",".join(row) for row in rows)]).encode("utf-8", "replace"), "csv")
