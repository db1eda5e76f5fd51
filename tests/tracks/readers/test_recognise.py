from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.tracks.readers import FORMATS, read_recording
from tests.tracks.samples import line, table, write_csv, write_lines


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("day.jsonl", "{}")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (b"MZ\x90\0\x03\0\0\0", "starts with the bytes 4d 5a 90"),
        (b"hello\nworld\n", "starts with 'hello'"),
        (b"<?xml version='1.0'?>", "XML"),
        (zipped(), "ZIP archive"),
        ("timestamp,icao24\n".encode("utf-16"), "UTF-16"),
        (b"{}\n{}\n", "starts with '{}'"),
        (b'{"a": 1}\n', "starts with"),
        (b"\x00" * 4000, "starts with the bytes 00"),
        (b"\xff" * 4000, "starts with the bytes ff"),
        (gzip.compress(b"hello", mtime=0), "starts with 'hello'"),
        (gzip.compress(gzip.compress(b"hello", mtime=0), mtime=0), "a gzip inside a gzip"),
        (bytes.fromhex("00051a15d7f71a23fe") + b"\0" * 20, "a MAVLink telemetry log (tlog)"),
        (b"ULog\x01\x12\x35\x01" + b"\0" * 20, "a PX4 flight log (ULog)"),
        (bytes.fromhex("d4c3b2a102000400") + b"\0" * 20, "a packet capture (pcap), such as of Remote ID"),
        (bytes.fromhex("0a0d0d0ac0000000") + b"\0" * 20, "a packet capture (pcapng), such as of Remote ID"),
        (b'{"type": "FeatureCollection", "features": []}', "airspace data, not a recording"),
        (b"* EXERCISE\nAC D\nAN Test\nAL GND\nAH FL100\nDP 50:00:00 N 010:00:00 E\n", "airspace data"),
    ],
)
def test_an_unknown_format_says_what_was_seen_and_what_is_accepted(
    tmp_path: Path, content: bytes, seen: str
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match="format not recognised") as caught:
        read_recording([path])
    assert seen in str(caught.value)
    assert "accepted are readsb" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_header_outweighs_what_stands_below_it(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "mixed", table())
    with path.open("a") as file:
        file.write('{"now": 1, "hex": "aaaaaa"}\nMSG,3,1,1,4CA2B6,1,,,,,,,,,,,,,,,,\n')
    recording = read_recording([path])
    assert recording.provenance[0].format == "csv"
    assert (recording.counts["read"], recording.counts["accepted"]) == (5, 3)


def test_an_empty_path() -> None:
    with pytest.raises(UnreadableError, match="the path is empty"):
        read_recording([""])


def test_the_name_says_nothing(tmp_path: Path) -> None:
    assert (
        read_recording([write_lines(tmp_path / "day.csv.parquet", [line()])]).provenance[0].format
        == "readsb-jsonl"
    )
    assert read_recording([write_csv(tmp_path / "day.json.gz", table())]).provenance[0].format == "csv"


@pytest.mark.parametrize("packed", [False, True])
def test_each_format_is_recognised(tmp_path: Path, packed: bool) -> None:
    frame = pl.DataFrame(table())
    parquet = io.BytesIO()
    frame.write_parquet(parquet)
    contents = {
        "readsb-jsonl": write_lines(tmp_path / "l", [line()]).read_bytes(),
        "csv": write_csv(tmp_path / "c", table()).read_bytes(),
        "parquet": parquet.getvalue(),
        "json": frame.write_json().encode(),
    }
    assert tuple(contents) == FORMATS[:4]
    for name, content in contents.items():
        path = tmp_path / "x"
        path.write_bytes(gzip.compress(content) if packed else content)
        [source] = read_recording([path]).provenance
        assert source.format == name + ("+gzip" if packed else "")


def test_the_first_line_may_be_bad(tmp_path: Path) -> None:
    recording = read_recording([write_lines(tmp_path / "x", ["{cut off", line()])])
    assert recording.counts == {"read": 2, "accepted": 1, "refused: not JSON": 1}


def test_input_format_overrules(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x", table())
    with pytest.raises(UnreadableError, match=r"not JSON \(4\)"):
        read_recording([path], input_format="readsb-jsonl")
    with pytest.raises(UnreadableError, match="Parquet file is damaged"):
        read_recording([path], input_format="parquet")
    assert read_recording([path], input_format="csv").states.height == 3


def test_input_format_must_exist(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"'kml' is no format; use one of readsb-jsonl, csv, parquet, json, readsb-aircraft"
    ):
        read_recording([write_csv(tmp_path / "x", table())], input_format="kml")


def test_latitude_4330_hints_at_another_edition(tmp_path: Path) -> None:
    with pytest.raises(
        UnreadableError, match=r"latitude outside -90..90 \(2, first: 4330.0\).*another edition"
    ):
        read_recording([write_lines(tmp_path / "x", [line(lat=4330), line(lat=4331)])])
