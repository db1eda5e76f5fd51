"""OGN lines. Every sample is written here. EXERCISE."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers import Recording, read_recording
from skyaccord.tracks.readers.recording import Rejected

ADSB = (
    "2025-06-02T12:00:03.250Z ICA00A1B2>OGADSB,qAS,EXER1:/120001h5139.52N/00356.23W^026/307/A=018175 "
    "!W87! id2500A1B2 -1664fpm FL179.98 A3:EXR12A"
)
GLIDER = (
    "2025-06-03T00:00:02.000Z FLRDDE626>OGFLR,qAS,EXER1:/235959h3339.52S/00956.23E'180/055/A=003300 "
    "!W00! id06DDE626 +020fpm +0.0rot 5.5dB FL032.10"
)


def read(tmp_path: Path, *lines: str, rejects: list[Rejected] | None = None) -> Recording:
    path = tmp_path / "x.log"
    path.write_text("\n".join(lines) + "\n", encoding="latin-1")
    return read_recording([path], rejects=rejects)


def test_a_beacon_by_adsb(tmp_path: Path) -> None:
    recording = read(tmp_path, "# aprsc EXERCISE", ADSB)
    assert recording.provenance[0].format == "ogn"
    state = recording.states.row(0, named=True)
    assert state["timestamp"] == datetime(2025, 6, 2, 12, 0, 1, tzinfo=UTC)
    assert (state["icao24"], state["callsign"], state["category"]) == ("00a1b2", "EXR12A", "A3")
    assert state["latitude"] == pytest.approx(51 + 39.528 / 60)
    assert state["longitude"] == pytest.approx(-(3 + 56.237 / 60))
    assert state["altitude"] == pytest.approx(17_998)  # the pressure altitude, not A=
    assert state["geoaltitude"] is None  # A= is above the sea, not above the ellipsoid
    assert (state["groundspeed"], state["track"], state["vertical_rate"]) == (307.0, 26.0, -1664.0)
    assert state["source"] == "adsb"


def test_a_tracker_of_its_own_and_a_beacon_of_yesterday(tmp_path: Path) -> None:
    state = read(tmp_path, GLIDER).states.row(0, named=True)
    assert state["timestamp"] == datetime(2025, 6, 2, 23, 59, 59, tzinfo=UTC)
    assert (state["icao24"], state["category"], state["source"]) == ("~dde626", "B1", "other")
    assert state["latitude"] == pytest.approx(-(33 + 39.52 / 60))


def test_a_beacon_of_tomorrow_and_of_a_doubled_backslash(tmp_path: Path) -> None:
    early = ADSB.replace("12:00:03", "23:59:59").replace("/120001h", "/000000h").replace("N/", "N\\\\")
    assert read(tmp_path, early).states["timestamp"].to_list() == [datetime(2025, 6, 3, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (ADSB.replace("FL179.98", ""), "no altitude"),
        (ADSB.removeprefix("2025-06-02T12:00:03.250Z "), "no time"),
        (ADSB.replace("03.250Z", "03.250"), "no time"),  # no zone
        (ADSB.replace("/120001h", "/126101h"), "no time"),
        (ADSB.replace("id2500A1B2", ""), "no OGN beacon with a position"),
        (ADSB.replace("5139.52N", "5139.5xN"), "no OGN beacon with a position"),
        (ADSB.replace("5139.52N", "9939.52N"), "latitude outside -90..90"),
    ],
)
def test_what_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    rejects: list[Rejected] = []
    assert read(tmp_path, ADSB, line, rejects=rejects).counts["accepted"] == 1
    assert [(rejected.reason, rejected.line) for rejected in rejects] == [(reason, 2)]


def test_lines_about_receivers_are_counted(tmp_path: Path) -> None:
    status = "2025-06-02T12:00:05Z EXER1>OGNSDR,TCPIP*,qAC,GLIDERN1:>120005h v0.3.2 CPU:0.5"
    assert read(tmp_path, ADSB, status).counts == {
        "read": 1,
        "accepted": 1,
        "comments and lines about receivers": 1,
    }


def test_trackers_without_pressure_are_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"no altitude \(2\)"):
        read(tmp_path, *[GLIDER.replace(" FL032.10", "")] * 2)
