from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers import read_recording
from tests.tracks.samples import ROOT

REAL = ROOT / "tests/data/xctrack-2020-09-04.igc"

HEAD = ["AXXX001 EXERCISE", "HFDTEDATE:311299,01", "HFGIDGLIDERID:D-1234"]
FIX = "B2359584845381S00824437WA0080600893"


def write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "x"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="latin-1")
    return path


def test_a_real_flight() -> None:
    recording = read_recording([REAL])
    assert recording.counts == {"read": 583, "accepted": 583}
    assert recording.provenance[0].format == "igc"
    state = recording.states.row(0, named=True)
    assert state["timestamp"] == datetime(2020, 9, 4, 16, 27, 53, tzinfo=UTC)
    assert state["latitude"] == pytest.approx(48 + 45.381 / 60)
    assert state["longitude"] == pytest.approx(8 + 24.437 / 60)
    assert state["altitude"] == pytest.approx(806 / 0.3048)
    assert state["geoaltitude"] == pytest.approx(893 / 0.3048)
    assert recording.states["icao24"].n_unique() == 1
    assert state["icao24"].startswith("~")


def test_midnight_hemispheres_and_name(tmp_path: Path) -> None:
    states = read_recording([write(tmp_path, *HEAD, FIX, FIX.replace("B235958", "B000003"))]).states
    assert states["timestamp"].to_list() == [
        datetime(1999, 12, 31, 23, 59, 58, tzinfo=UTC),
        datetime(2000, 1, 1, 0, 0, 3, tzinfo=UTC),
    ]
    assert states["callsign"].to_list() == ["D-1234"] * 2
    assert (states["latitude"][0] < 0, states["longitude"][0] < 0) == (True, True)


def test_the_same_recorder_is_the_same_target(tmp_path: Path) -> None:
    first = read_recording([write(tmp_path, *HEAD, FIX)]).states["icao24"][0]
    later = read_recording([write(tmp_path, *HEAD, FIX.replace("B2359", "B1200"))]).states["icao24"][0]
    other = read_recording([write(tmp_path, "AXXX002", *HEAD[1:], FIX)]).states["icao24"][0]
    assert first == later != other


def test_without_a_pressure_sensor_there_is_no_altitude(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"no altitude \(2\)"):
        read_recording([write(tmp_path, *HEAD, *[FIX.replace("A00806", "A00000")] * 2)])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("B2359594845381N", "not a fix (B record)"),
        (FIX.replace("B235958", "B996199"), "no time"),
        (FIX.replace("4845381S", "9945381S"), "latitude outside -90..90"),
    ],
)
def test_bad_fixes_among_good_ones(tmp_path: Path, bad: str, reason: str) -> None:
    assert read_recording([write(tmp_path, *HEAD, FIX, bad)]).counts == {
        "read": 2,
        "accepted": 1,
        f"refused: {reason}": 1,
    }


def test_no_date(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"no time \(1\)"):
        read_recording([write(tmp_path, HEAD[0], FIX)])


def test_not_igc(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="does not begin with an A record"):
        read_recording([write(tmp_path, "hello")], input_format="igc")
