"""The samples are made up, in the dialects of dump1090, BaseStation and ADSBHub."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.tracks.readers import read_recording

WHEN = "2026/02/24,14:57:{:06.3f},2026/02/24,14:57:36.000"


def msg(kind: int, second: float, fields: str, address: str = "1012B") -> str:
    return f"MSG,{kind},1,1,{address},1,{WHEN.format(second)},{fields}"


LINES = [
    "STA,,5,179,400AE7,10103,2026/02/24,14:57:30.000,2026/02/24,14:57:30.000,RM",
    msg(1, 36, "MSR778  ,,,,,,,,,,,"),
    msg(3, 36, ",37000,,,50.690460,3.128951,,,0,,0,0"),
    msg(4, 36, ",,476.9,113.6,,,-64,,,,,0"),
    msg(6, 37, ",37000,,,,,,0611,0,0,0,0"),
    msg(3, 38.25, ",37025,,,50.70,3.14,,,0,,0,0"),
    msg(2, 40, ",,12,90,50.71,3.15,,,,,,-1", "A1"),
    msg(3, 41, ",37000,,,50.72,3.16", "A1"),  # a short line
]


def write(tmp_path: Path, lines: list[str], end: str = "\n") -> Path:
    path = tmp_path / "x"
    path.write_bytes(end.join(lines).encode() + end.encode())
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_messages_become_states(tmp_path: Path, end: str) -> None:
    recording = read_recording([write(tmp_path, LINES, end)], timezone="UTC")
    assert recording.counts == {"read": 4, "accepted": 4, "messages without a position": 3}
    assert recording.provenance[0].format == "sbs"
    ground, short, first, second = recording.states.iter_rows(named=True)
    assert (first["icao24"], first["callsign"], first["altitude"]) == ("01012b", "MSR778", 37000.0)
    assert (first["groundspeed"], first["track"], first["vertical_rate"]) == (476.9, 113.6, -64.0)
    assert (first["squawk"], second["squawk"]) == (None, "0611")
    assert second["timestamp"] == datetime(2026, 2, 24, 14, 57, 38, 250_000, tzinfo=UTC)
    assert (second["groundspeed"], second["onground"]) == (476.9, False)
    assert (ground["icao24"], ground["onground"], ground["altitude"]) == ("0000a1", True, None)
    assert (short["onground"], short["altitude"]) == (None, 37000.0)


def test_the_zone_must_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    with pytest.raises(
        InputError, match=r"line 3, column timestamp: time 2026-02-24T14:57:36.000 has no zone; pass"
    ):
        read_recording([path])
    recording = read_recording([path], timezone="Europe/Zurich")
    assert recording.states["timestamp"].min() == datetime(2026, 2, 24, 13, 57, 36, tzinfo=UTC)
    assert recording.provenance[0].timezone == "Europe/Zurich"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("MSG,3,1,1,1012B", "wrong number of fields"),
        ("hello", "not an SBS message"),
        (msg(3, 39, ",37000,,,,,,,0,,0,0"), "no position"),
        (msg(3, 39, ",,,,50.7,3.1,,,0,,0,0"), "no altitude"),
        (msg(3, 39, ",37000,,,4330,3.1,,,0,,0,0"), "latitude outside -90..90"),
        (msg(3, 39, ",37000,,,50.7,3.1,,,0,,0,0", "HELLO"), "icao24 is not six hex digits"),
        ("MSG,3,1,1,1012B,1,,,,,,37000,,,50.7,3.1,,,0,,0,0", "no time"),
        ("MSG,3,1,1,1012B,1,24.02.2026,14:57,,,,37000,,,50.7,3.1,,,0,,0,0", "time is not understood"),
    ],
)
def test_bad_lines_among_good_ones(tmp_path: Path, bad: str, reason: str) -> None:
    recording = read_recording([write(tmp_path, [*LINES, bad])], timezone="UTC")
    assert recording.counts["accepted"] == 4
    assert recording.counts[f"refused: {reason}"] == 1


def test_what_was_said_is_kept_over_batches(tmp_path: Path) -> None:
    filler = msg(3, 39, ",1000,,,50,3,,,0,,0,0", "2")
    lines = [*LINES[:4], *[filler] * 60_000, msg(3, 50, ",37000,,,50.8,3.2,,,0,,0,0")]
    states = read_recording([write(tmp_path, lines)], timezone="UTC").states.filter(icao24="01012b")
    assert states["callsign"].to_list() == ["MSR778"] * 2
    assert states["groundspeed"].to_list() == [476.9] * 2


def test_no_position_at_all(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="holds no record"):
        read_recording([write(tmp_path, LINES[:2])], timezone="UTC")
