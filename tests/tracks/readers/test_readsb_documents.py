from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers import read_recording
from tests.tracks.samples import ROOT

SNAPSHOTS = [ROOT / f"tests/data/readsb_aircraft_{number}.json" for number in (1, 2)]

DETAIL = {"flight": "UAL12   ", "squawk": "0611", "category": "A3", "nic": 8, "type": "adsb_icao"}
TRACE: dict[str, Any] = {
    "icao": "a5314e",
    "r": "N123AB",
    "timestamp": 1748822400.0,
    "trace": [
        [0.5, 36.9, -121.5, 3000, 101.5, 90.0, 0, -64, DETAIL, "adsb_icao", 3125, None, None, None],
        [10.25, 36.9, -121.49, 3050, None, None, 4, 320, None, "tisb_icao", None, 320, None, None],
        [20.0, 36.9, -121.48, "ground", 12.0, 90.0, 0, None, None, "adsb_icao", None, None, None, None],
        [30.0, 36.9, -121.47, 3200, 101.5, 90.0, 8, None, None, "adsb_icao", None, None, None, None],
        [40.0, 36.9, -121.46, None, 101.5, 90.0, 0, None, None, "adsb_icao", None, None, None, None],
    ],
}


def write(tmp_path: Path, *documents: Any, packed: bool = False) -> Path:
    text = "\n".join(json.dumps(document) for document in documents).encode()
    path = tmp_path / "trace_full_a5314e.json"
    path.write_bytes(gzip.compress(text) if packed else text)
    return path


def test_real_snapshots() -> None:
    recording = read_recording(SNAPSHOTS)
    assert recording.counts == {
        "read": 133,
        "accepted": 129,
        "refused: no position": 3,
        "refused: no altitude": 1,
    }
    assert {source.format for source in recording.provenance} == {"readsb-aircraft"}
    state = recording.states.filter(icao24="a3e31a").row(0, named=True)
    assert state["callsign"] == "N35GR"
    assert state["timestamp"].timestamp() == pytest.approx(1700513836.875 - 1.939, abs=1e-5)
    assert (state["altitude"], state["geoaltitude"], state["groundspeed"]) == (45000.0, 45700.0, 489.0)


@pytest.mark.parametrize("repeat", [1, 3])
def test_snapshots_one_a_line(tmp_path: Path, repeat: int) -> None:
    documents = [json.loads(path.read_text()) for path in SNAPSHOTS] * repeat
    assert read_recording([write(tmp_path, *documents)]).counts["accepted"] == 129 * repeat


def test_snapshots_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("".join(path.read_text() for path in SNAPSHOTS))
    assert read_recording([path]).counts["accepted"] == 129


@pytest.mark.parametrize("packed", [False, True])
def test_a_trace(tmp_path: Path, packed: bool) -> None:
    recording = read_recording([write(tmp_path, TRACE, packed=packed)])
    assert recording.counts == {"read": 5, "accepted": 3, "refused: no altitude": 2}
    assert recording.provenance[0].format == "readsb-trace" + ("+gzip" if packed else "")
    states = recording.states
    assert [moment.timestamp() - 1748822400 for moment in states["timestamp"]] == [0.5, 10.25, 20.0]
    assert states["altitude"].to_list() == [3000.0, 3050.0, None]
    assert states["onground"].to_list() == [False, False, True]
    assert states["source"].to_list() == ["adsb", "tisb", "adsb"]
    assert states["callsign"].to_list() == ["UAL12"] * 3
    assert states["vertical_rate"].to_list() == [-64.0, 320.0, None]
    assert states["geoaltitude"][0] == 3125.0


def test_bad_points_among_good_ones(tmp_path: Path) -> None:
    trace = {**TRACE, "trace": [TRACE["trace"][0], 7, [1, 2], [5.0, "x", -121.5, 3000, 1, 1], None]}
    counts = read_recording([write(tmp_path, trace)]).counts
    assert counts == {
        "read": 5,
        "accepted": 1,
        "refused: no aircraft or trace point": 3,
        "refused: no position": 1,
    }


def test_a_snapshot_without_a_time(tmp_path: Path) -> None:
    snapshot = json.loads(SNAPSHOTS[0].read_text())
    del snapshot["now"]
    with pytest.raises(UnreadableError, match=r"no time \(64\)"):
        read_recording([write(tmp_path, snapshot)])


def test_a_trace_without_a_time(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no time"):
        read_recording([write(tmp_path, {**TRACE, "timestamp": "today"})])


@pytest.mark.parametrize("size", [600, 1000, 30_000])
def test_a_snapshot_cut_short(tmp_path: Path, size: int) -> None:
    path = tmp_path / "x"
    path.write_text(SNAPSHOTS[0].read_text()[:size])
    with pytest.raises(UnreadableError, match="not whole JSON"):
        read_recording([path])


@pytest.mark.parametrize("name", ["readsb-aircraft", "readsb-trace"])
def test_other_json_under_that_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableError, match="no usable record among 1: no"):
        read_recording([write(tmp_path, {"a": [1]})], input_format=name)
