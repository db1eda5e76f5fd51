"""The picture: latest states in columns, derived velocities, extrapolation, marks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.airspace.classes import SETS, UNKNOWN
from skyaccord.airspace.geodesy import horizontal_distance_m
from skyaccord.airspace.units import KT_TO_MPS, M_PER_NM
from skyaccord.tracks import marks
from skyaccord.tracks.picture import DROP_S, FUTURE_S, STALE_S, Picture
from skyaccord.tracks.states import conform

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def state(second: float, icao24: str = "abc123", **more: Any) -> dict[str, Any]:
    basis = {
        "timestamp": at(second),
        "icao24": icao24,
        "callsign": None,
        "latitude": 36.0,
        "longitude": -120.0,
        "altitude": 10_000.0,
        "groundspeed": 360.0,
        "track": 90.0,
        "vertical_rate": 600.0,
        "onground": False,
    }
    return {**basis, **more}


def feed(picture: Picture, *rows: dict[str, Any], now: float | None = None) -> None:
    latest = max(row["timestamp"] for row in rows)
    picture.feed(
        conform(pl.DataFrame(list(rows), infer_schema_length=None)), latest if now is None else at(now)
    )


def north(second: float, icao24: str = "abc123", **more: Any) -> dict[str, Any]:
    """360 kt northbound: 0.1 NM a second."""
    return state(second, icao24, latitude=36.0 + second * 0.1 / 60, track=0.0, **more)


def test_extrapolated_goes_straight_on() -> None:
    picture = Picture()
    feed(picture, state(0, callsign="ABC1"))
    now = picture.extrapolated(at(30))
    moved_nm = horizontal_distance_m(36.0, -120.0, now.latitude[0], now.longitude[0]) / M_PER_NM
    assert moved_nm == pytest.approx(3.0, abs=1e-4)
    assert now.longitude[0] > -120.0
    assert now.altitude_ft[0] == pytest.approx(10_300.0)
    assert now.age_s[0] == 30.0
    assert now.stale[0]
    assert now.callsign == ("ABC1",)
    assert np.linalg.norm(now.velocity_mps[0]) == pytest.approx(360 * KT_TO_MPS)


@settings(max_examples=50, deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 179.99), st.floats(0, 900), st.floats(0, 359.9), st.floats(0, 120))
def test_extrapolation_covers_the_distance_everywhere(
    latitude: float, longitude: float, speed_kt: float, track_deg: float, age_s: float
) -> None:
    picture = Picture()
    feed(picture, state(0, latitude=latitude, longitude=longitude, groundspeed=speed_kt, track=track_deg))
    now = picture.extrapolated(at(age_s))
    moved_m = horizontal_distance_m(latitude, longitude, now.latitude[0], now.longitude[0])
    # the tangent leaves the surface by d²/2R; its foot is short by d³/3R²
    assert moved_m == pytest.approx(speed_kt * KT_TO_MPS * age_s, abs=3.0)
    assert np.linalg.norm(now.velocity_mps[0]) == pytest.approx(speed_kt * KT_TO_MPS, rel=1e-9)


def test_late_and_repeated_states_change_nothing() -> None:
    picture = Picture()
    feed(picture, north(10))
    before = picture.extrapolated(at(20))
    feed(picture, north(5), now=10)
    feed(picture, north(10))
    after = picture.extrapolated(at(20))
    assert (before.latitude == after.latitude).all()
    assert picture.counts["late"] == 1
    assert picture.counts["duplicate"] == 1
    assert picture.counts["applied"] == 1


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(12)), st.integers(1, 12))
def test_the_order_within_a_batch_does_not_matter(order: list[int], size: int) -> None:
    rows = [north(second // 2, f"00000{second % 2}", callsign=f"C{second}") for second in range(12)]
    straight, shuffled = Picture(), Picture()
    feed(straight, *rows)
    feed(shuffled, *(rows[number] for number in order))
    one, other = straight.extrapolated(at(9)), shuffled.extrapolated(at(9))
    index = [other.icao24.index(address) for address in one.icao24]
    assert (one.latitude == other.latitude[index]).all()
    assert (one.vertical_rate_ftmin == other.vertical_rate_ftmin[index]).all()
    assert [other.callsign[row] for row in index] == list(one.callsign)


def test_a_report_from_the_future_is_refused() -> None:
    picture = Picture()
    feed(picture, north(FUTURE_S + 11), now=10)
    assert len(picture) == 0
    assert picture.counts["future"] == 1
    feed(picture, north(FUTURE_S + 9), now=10)
    assert len(picture) == 1


def test_what_a_report_leaves_out_is_carried_forward() -> None:
    picture = Picture()
    feed(picture, north(0, callsign="ABC1"))
    feed(picture, north(1, altitude=None, callsign=None, groundspeed=None, vertical_rate=None))
    now = picture.extrapolated(at(1))
    assert now.callsign == ("ABC1",)
    assert now.altitude_ft[0] == 10_000.0
    assert now.groundspeed_kt[0] == 360.0
    assert now.vertical_rate_ftmin[0] == 600.0


def test_an_altitude_not_heard_any_more_is_not_known_for_ever() -> None:
    """Positions go on, altitudes do not: a descent that nobody reports must not look like level flight."""
    picture = Picture()
    feed(picture, north(0))
    for second in (10, 20):
        feed(picture, north(second, altitude=None, vertical_rate=None))
        assert picture.extrapolated(at(second)).altitude_ft[0] == 10_000.0
    feed(picture, north(20.5, altitude=None, vertical_rate=None))
    assert np.isnan(picture.extrapolated(at(20.5)).altitude_ft[0])
    feed(picture, north(22, altitude=3_000.0))
    assert picture.extrapolated(at(22)).altitude_ft[0] == 3_000.0
    assert not picture.extrapolated(at(22)).suspect[0]


def test_velocity_is_derived_from_positions() -> None:
    picture = Picture()
    for second in range(0, 30, 3):
        row = north(second, groundspeed=None, vertical_rate=None, altitude=5000.0 + 20 * second)
        feed(picture, {**row, "track": None})
        known = picture.extrapolated(at(second)).velocity_known[0]
        assert known == (second > 0)
    now = picture.extrapolated(at(27))
    assert now.groundspeed_kt[0] == pytest.approx(360.0, rel=0.005)
    assert (now.track_deg[0] + 180.0) % 360.0 == pytest.approx(180.0, abs=0.01)
    assert now.vertical_rate_ftmin[0] == pytest.approx(1200.0)


def test_without_a_velocity_the_track_is_doubtful() -> None:
    picture = Picture()
    feed(picture, state(0, groundspeed=None, track=None))
    now = picture.extrapolated(at(5))
    assert now.doubtful[0]
    assert now.doubts(0) == ["abc123 has no known velocity yet"]
    assert now.latitude[0] == pytest.approx(36.0)


def test_the_silent_become_stale_then_leave() -> None:
    picture = Picture()
    feed(picture, north(0, "aaaaaa"), north(0, "bbbbbb"), north(0, "cccccc"))
    feed(picture, north(60, "bbbbbb"))
    now = picture.extrapolated(at(60))
    assert now.stale.tolist() == [True, False, True]
    assert now.doubts(0) == ["aaaaaa last heard 60 s ago"]
    version = picture.roster_version
    assert picture.drop_silent(at(DROP_S)) == []
    assert picture.drop_silent(at(DROP_S + 1)) == ["aaaaaa", "cccccc"]
    assert picture.roster_version > version
    assert picture.icao24 == ["bbbbbb"]
    assert picture.row("bbbbbb") == 0
    assert picture.row("aaaaaa") is None
    assert picture.extrapolated(at(61)).latitude[0] == pytest.approx(36.0 + 6.1 / 60, abs=1e-5)


def test_stale_begins_after_its_limit() -> None:
    picture = Picture()
    feed(picture, north(0))
    assert not picture.extrapolated(at(STALE_S)).stale[0]
    assert picture.extrapolated(at(STALE_S + 0.1)).stale[0]


def test_an_impossible_speed_is_suspect_for_a_while() -> None:
    picture = Picture()
    feed(picture, north(0))
    feed(picture, north(1, longitude=-119.0))
    now = picture.extrapolated(at(1))
    assert now.suspect[0] == 1 << marks.SPEED
    assert now.doubts(0) == ["abc123 moved at an impossible speed"]
    for second in range(2, 40):
        feed(picture, north(second, longitude=-119.0))
    assert picture.extrapolated(at(39)).suspect[0] == 0


def test_moving_far_faster_than_reported_is_suspect() -> None:
    picture = Picture()
    for second in range(5):
        feed(picture, state(second, longitude=-120.0 + second * 0.005, groundspeed=50.0))
    assert picture.extrapolated(at(4)).suspect[0] == 1 << marks.DISAGREES


def test_a_leap_in_altitude_is_suspect_a_steep_climb_is_not() -> None:
    leaping, climbing = Picture(), Picture()
    feed(leaping, north(0))
    feed(leaping, north(1, altitude=30_000.0))
    assert leaping.extrapolated(at(1)).suspect[0] == 1 << marks.ALTITUDE
    for second in range(20):
        feed(climbing, north(second, altitude=10_000.0 + 400.0 * second))
    assert climbing.extrapolated(at(19)).suspect[0] == 0


def test_a_quick_jet_and_whole_seconds_are_not_suspect() -> None:
    picture = Picture()
    # 600 kt and time stamps cut to whole seconds: two reports 0.9 s apart can share one
    for second in (0, 1, 1, 2, 3, 5):
        moved = (second + 0.9 * (second == 1)) * 600 / 3600 / 60
        feed(picture, north(second, groundspeed=600.0) | {"latitude": 36.0 + moved})
    assert picture.extrapolated(at(5)).suspect[0] == 0


def test_many_on_one_point_are_suspect_three_in_formation_are_not() -> None:
    picture = Picture()
    together = [state(0, f"00000{number}", altitude=1000.0 * number) for number in range(4)]
    feed(picture, *together[:3])
    assert not picture.extrapolated(at(0)).suspect.any()
    feed(picture, together[3])
    now = picture.extrapolated(at(0))
    assert (now.suspect == 1 << marks.ONE_POINT).all()
    assert now.doubts(0) == ["000000 shares one position with several aircraft"]


def test_on_one_point_finds_groups_across_cell_borders() -> None:
    chance = np.random.default_rng(4)
    for _ in range(200):
        centre = chance.uniform(-6.0e6, 6.0e6, 3)
        group = centre + chance.uniform(-marks.ONE_POINT_M / 4, marks.ONE_POINT_M / 4, (4, 3))
        alone = centre + np.array([[1000.0, 0.0, 0.0]])
        assert marks.on_one_point(np.concatenate((group, alone))).tolist() == [True] * 4 + [False]


def test_low_integrity_needs_both_figures_low() -> None:
    def suspect(nic: int | None, nac_p: int | None) -> bool:
        picture = Picture()
        feed(picture, north(0, nic=nic, nac_p=nac_p))
        return bool(picture.extrapolated(at(0)).suspect[0])

    assert suspect(0, 0)
    assert suspect(4, None)
    assert not suspect(0, 9)
    assert not suspect(8, 9)
    assert not suspect(None, None)


@pytest.mark.parametrize("every_s", [1, 3, 8])
def test_turning_is_seen_at_any_report_rate_and_ends(every_s: int) -> None:
    picture = Picture()
    for second in range(0, 25, every_s):
        feed(picture, north(second) | {"track": 3.0 * second})
        feed(picture, north(second, "bbbbbb") | {"track": 2.0 * (second % 2)})
    assert picture.extrapolated(at(24)).turning.tolist() == [True, False]
    for second in range(25, 41, every_s):
        feed(picture, north(second) | {"track": 75.0})
    assert not picture.extrapolated(at(41)).turning[0]


def test_positions_missing_are_counted() -> None:
    picture = Picture()
    feed(picture, north(0) | {"latitude": None})
    assert len(picture) == 0
    assert picture.counts["no position"] == 1


def test_a_picture_needs_sensible_limits() -> None:
    with pytest.raises(ValueError, match="before it is dropped"):
        Picture(stale_s=200.0, drop_s=100.0)


def test_an_aircraft_may_be_of_every_class_it_has_said_and_of_any_until_it_says_one() -> None:
    picture = Picture()
    feed(picture, state(0), state(0, "def456", category="B6"))
    assert picture.extrapolated(at(0)).kinds.tolist() == [UNKNOWN, SETS["unmanned"]]
    feed(picture, state(1, category="A0"), state(1, "def456", category=None))
    assert picture.extrapolated(at(1)).kinds.tolist() == [UNKNOWN, SETS["unmanned"]]
    feed(picture, state(2, category="B1"), state(2, "def456", category="A7"))
    assert picture.extrapolated(at(2)).kinds.tolist() == [
        SETS["glider"],
        SETS["unmanned"] | SETS["rotorcraft"],
    ]
    feed(picture, state(DROP_S + 1, "def456"))
    assert picture.drop_silent(at(DROP_S + 3)) == ["abc123"]
    assert picture.extrapolated(at(DROP_S + 3)).kinds.tolist() == [SETS["unmanned"] | SETS["rotorcraft"]]
    feed(picture, state(DROP_S + 4))
    assert picture.extrapolated(at(DROP_S + 4)).kinds[1] == UNKNOWN
