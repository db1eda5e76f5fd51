from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.readers import read_recording

HEADER = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,geoaltitude,"
    "lastposupdate,lastcontact"
)
ROW = (
    "1655683200,4b1803,47.2,8.5,100.0,90.5,-5.08,SWR12A  ,False,False,False,1000,3048.0,3100.0,"
    "1655683195.25,1655683199.9"
)


def write(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "states"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_units_and_times(tmp_path: Path) -> None:
    recording = read_recording([write(tmp_path, ROW)])
    assert recording.provenance[0].format == "opensky-csv"
    state = recording.states.row(0, named=True)
    assert state["timestamp"].timestamp() == 1655683195.25
    assert state["altitude"] == pytest.approx(10_000)
    assert state["geoaltitude"] == pytest.approx(10_170.6, abs=0.1)
    assert state["groundspeed"] == pytest.approx(194.384, abs=0.001)
    assert state["vertical_rate"] == pytest.approx(-1000, abs=0.1)
    assert (state["track"], state["callsign"], state["squawk"], state["onground"]) == (
        90.5,
        "SWR12A",
        "1000",
        False,
    )


def test_a_position_repeated_row_after_row_is_one_state(tmp_path: Path) -> None:
    recording = read_recording([write(tmp_path, ROW, ROW.replace("1655683200,", "1655683210,", 1))])
    assert recording.counts["accepted"] == 2
    assert clean(recording.states).states.height == 1


def test_empty_rows_and_bad_numbers(tmp_path: Path) -> None:
    empty = "1655683200,4b1804,,,,,,,False,False,False,,,,,1655683199.9"
    high = ROW.replace("3048.0", "high")
    late = ROW.replace("1655683195.25", "")
    counts = read_recording([write(tmp_path, ROW, empty, high, late)]).counts
    assert counts == {
        "read": 4,
        "accepted": 2,
        "refused: no position": 1,
        "refused: altitude is not a number": 1,
    }


def test_a_missing_column(tmp_path: Path) -> None:
    header = HEADER.replace("baroaltitude", "altitude_m")
    with pytest.raises(InputError, match="no column baroaltitude; an OpenSky table must have time, icao24"):
        read_recording([write(tmp_path, ROW, header=header)])


def test_the_short_columns_of_other_tables_are_not_taken_for_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rename 'lat' to 'latitude'"):
        read_recording(
            [write(tmp_path, "1,4b1803,47,8,3000", header="timestamp,icao24,lat,longitude,altitude")]
        )
