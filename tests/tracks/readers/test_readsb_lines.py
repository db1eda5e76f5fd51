from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers import Rejected, read_recording
from skyaccord.tracks.states import STATE_SCHEMA
from tests.tracks.samples import KWVI, MONTEREY, NETJSON, line, write_lines


def states_of(tmp_path: Path, *records: object) -> pl.DataFrame:
    return read_recording([write_lines(tmp_path / "x", list(records))]).states


def test_the_monterey_day_is_read_whole() -> None:
    recording = read_recording([MONTEREY])
    assert recording.counts == {"read": 41294, "accepted": 41202, "refused: no altitude": 92}
    assert dict(recording.states.schema) == STATE_SCHEMA
    assert recording.states["icao24"].n_unique() == 506  # a29a6d never gave an altitude
    assert recording.states.filter(pl.col("icao24").str.starts_with("~"))["icao24"].n_unique() == 41
    assert recording.states.filter(pl.col("altitude") == 0, pl.col("groundspeed") > 100).is_empty()
    assert recording.states.equals(recording.states.sort("icao24", "timestamp", maintain_order=True))
    [source] = recording.provenance
    assert source.sha256 == "c7929582a9d63e791b37a99332dea9bbcbfcc708a7d69e8926178a1918077d82"
    assert (source.bytes, source.format, source.timezone) == (958109, "readsb-jsonl+gzip", "UTC")


def test_two_days_are_read_into_one_table() -> None:
    recording = read_recording([MONTEREY, KWVI])
    assert recording.counts == {"read": 41294 + 9614, "accepted": 41202 + 9613, "refused: no altitude": 93}
    assert [source.path for source in recording.provenance] == [str(MONTEREY), str(KWVI)]


def test_values_of_a_trace_record(tmp_path: Path) -> None:
    detail = {"type": "adsb_icao", "flight": "UAL12   ", "alt_geom": 3125, "baro_rate": -64, "nic": 8}
    detail |= {"nac_p": 10, "sil": 3, "squawk": "0611", "category": "A3"}
    states = states_of(tmp_path, line(flightdict=detail, now=1748865600.25))
    assert states.row(0, named=True) == {
        "timestamp": pl.Series([1748865600250]).cast(pl.Datetime("ms", "UTC"))[0],
        "icao24": "a5314e",
        "callsign": "UAL12",
        "latitude": 36.9,
        "longitude": -121.5,
        "altitude": 3000.0,
        "geoaltitude": 3125.0,
        "groundspeed": 100.0,
        "track": 90.0,
        "vertical_rate": -64.0,
        "onground": False,
        "squawk": "0611",
        "category": "A3",
        "source": "adsb",
        "nic": 8,
        "nac_p": 10,
        "sil": 3,
    }


def test_a_readsb_line_is_as_old_as_it_says(tmp_path: Path) -> None:
    record = {"now": 1700000000.5, "seen_pos": 2.25, "hex": "aa6abc", "type": "mlat", "flight": "TIV770  "}
    record |= {"r": "N770TM", "lat": 35.5, "lon": -110.0, "alt_baro": 38875, "gs": 477.1, "geom_rate": 192}
    state = states_of(tmp_path, record).row(0, named=True)
    assert state["timestamp"].timestamp() == 1699999998.25
    assert (state["callsign"], state["source"]) == ("TIV770", "mlat")
    assert (state["groundspeed"], state["vertical_rate"]) == (477.1, 192.0)


def test_real_readsb_lines_with_a_time(tmp_path: Path) -> None:
    timed = [
        text.replace("{", '{"now":1700513836.875,', 1) for text in NETJSON.read_text().splitlines() if text
    ]
    recording = read_recording([write_lines(tmp_path / "x", timed)])
    assert recording.counts == {"read": 48, "accepted": 45, "refused: no position": 3}


def test_readsb_lines_without_a_time_are_refused_with_that_reason() -> None:
    with pytest.raises(UnreadableError, match=r"no usable record among 48: no time \(48\)"):
        read_recording([NETJSON])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ("x" * 2_000_000, "line longer than 1048576 bytes"),
        (line(lat=4330.0), "latitude outside -90..90"),
        (line(lat=None), "no position"),
        (line(lat="north"), "no position"),
        (line(lon=361), "longitude outside -180..360"),
        (line(lon=-181), "longitude outside -180..360"),
        (line(lat=0, lon=0.0), "position exactly 0,0"),
        (line(alt_baro=None), "no altitude"),
        (line(alt_baro="high"), "no altitude"),
        (line(alt_baro="0"), "no altitude"),
        (line(now=None), "no time"),
        (line(now="noon"), "no time"),
        (line(now=1e300), "no time"),
        (line(now=-5), "time outside 1970..2100"),
        (line(now=1748865600000), "time outside 1970..2100"),
        (line(hex="xyz123"), "icao24 is not six hex digits"),
        (line(hex="a5314e7"), "icao24 is not six hex digits"),
        (line(hex=None), "no icao24"),
        (line(hex="  "), "no icao24"),
    ],
)
def test_a_bad_record_among_good_ones_is_refused_and_counted(
    tmp_path: Path, bad: object, reason: str
) -> None:
    rejects: list[Rejected] = []
    path = write_lines(tmp_path / "x", [line(), bad, line(now=1748865610)])
    recording = read_recording([path], rejects=rejects)
    assert recording.counts == {"read": 3, "accepted": 2, f"refused: {reason}": 1}
    [rejected] = rejects
    assert (rejected.reason, rejected.file, rejected.line) == (reason, str(path), 2)
    assert rejected.text


def test_a_wrong_optional_field_costs_only_itself(tmp_path: Path) -> None:
    states = states_of(tmp_path, line(track="east", squawk=1200, gscp=None, flightdict={"nic": 10**30}))
    assert states.select("track", "squawk", "groundspeed", "nic").row(0) == (None, "1200", None, None)


def test_the_same_lines_read_together_or_apart_give_the_same_states(tmp_path: Path) -> None:
    lines = [
        line(now=1748865600 + i, squawk=None if i % 2 else "1200", alt_baro="ground" if i == 3 else 1000)
        for i in range(6)
    ]
    together = states_of(tmp_path, *lines)
    apart = states_of(tmp_path, *lines, "broken")
    assert together.equals(apart)


def test_the_number_0_is_an_altitude(tmp_path: Path) -> None:
    assert states_of(tmp_path, line(alt_baro=0), line(now=1748865610, alt_baro=-75))[
        "altitude"
    ].to_list() == [0.0, -75.0]


def test_on_the_ground(tmp_path: Path) -> None:
    states = states_of(tmp_path, line(alt_baro="ground"))
    assert states.select("altitude", "onground").row(0) == (None, True)


@pytest.mark.parametrize(
    ("given", "read"), [("1", "000001"), ("A5314E", "a5314e"), ("~2B3577", "~2b3577"), ("~1f", "~00001f")]
)
def test_addresses(tmp_path: Path, given: str, read: str) -> None:
    assert states_of(tmp_path, line(hex=given))["icao24"][0] == read


@pytest.mark.parametrize(("given", "read"), [(180, -180.0), (359.5, -0.5), (-180, -180.0), (360, 0.0)])
def test_longitudes(tmp_path: Path, given: float, read: float) -> None:
    assert states_of(tmp_path, line(lon=given))["longitude"][0] == read


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("adsb_icao", "adsb"),
        ("adsb_icao_nt", "adsb"),
        ("adsr_other", "adsr"),
        ("tisb_trackfile", "tisb"),
        ("mlat", "mlat"),
        ("mode_s", "modes"),
        ("adsc", "other"),
    ],
)
def test_sources(tmp_path: Path, kind: str, source: str) -> None:
    assert states_of(tmp_path, line(flightdict={"type": kind}))["source"][0] == source


def test_callsign_and_source_are_carried_forward_but_not_over_a_pause(tmp_path: Path) -> None:
    said = {"type": "adsr_icao", "flight": "SKW3259 "}
    states = states_of(
        tmp_path,
        line(now=1748865600),
        line(now=1748865610, flightdict=said),
        line(now=1748865620),
        line(now=1748865620 + 601),
        line(now=1748865600, hex="b00000", flight="b00000"),
    )
    assert states["callsign"].to_list() == ["N123AB", "SKW3259", "SKW3259", "N123AB", None]
    assert states["source"].to_list() == [None, "adsr", "adsr", None, None]


def test_an_unknown_speed_is_not_standing_still(tmp_path: Path) -> None:
    first, second = line(gscp=0, track=None), line(gscp=0, now=1748865610)
    assert states_of(tmp_path, first, second)["groundspeed"].to_list() == [None, 0.0]
