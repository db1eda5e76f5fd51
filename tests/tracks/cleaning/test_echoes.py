from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.cleaning.verdict import ECHO, OTHER_ALTITUDE_ECHO, SINGLE_ECHO
from tests.tracks.cleaning.flights import every, fly, straight, turning

HOST = straight(0, 0, 120, 45)
GHOST = "~2b0001"


def ghosts(*flights: pl.DataFrame) -> dict[str, int]:
    return clean(pl.concat(flights)).ghosts


def host(seconds: float = 300, **changes: object) -> pl.DataFrame:
    return fly("a00001", HOST, every(5, seconds), **changes)  # type: ignore[arg-type]


# -- echoes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("latency_s", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("noise_m", [0.0, 30.0, 60.0])
@pytest.mark.parametrize("altitude_ft", [3000.0, 3200.0])
def test_an_echo_is_found(latency_s: float, noise_m: float, altitude_ft: float) -> None:
    times = every(4.8, 200, start_s=12.3)
    echo = fly(
        GHOST, HOST, times, altitude_ft=altitude_ft, source="tisb", noise_m=noise_m, latency_s=latency_s
    )
    cleaned = clean(pl.concat([host(), echo]))
    assert cleaned.dropped == cleaned.ghosts == {ECHO: len(times)}
    assert cleaned.dropped_states["of"].unique().to_list() == ["a00001"]
    assert cleaned.states["icao24"].unique().to_list() == ["a00001"]


@pytest.mark.parametrize("seconds", [5.0, 10.0, 15.0])
def test_a_short_echo_is_found(seconds: float) -> None:
    echo = fly(GHOST, HOST, every(4.8, 50 + seconds, start_s=50), source="tisb", noise_m=30)
    assert sum(ghosts(host(), echo).values()) == echo.height


def test_an_echo_without_motion_or_source_is_found() -> None:
    echo = fly(GHOST, HOST, every(5, 200, start_s=2), source=None, noise_m=30, reported=False)
    assert ghosts(host(source=None), echo) == {ECHO: echo.height}


@pytest.mark.parametrize("rate_deg_s", [3.0, -5.0])
def test_an_echo_that_runs_straight_on_in_a_turn_is_found(rate_deg_s: float) -> None:
    real = turning(100, rate_deg_s, 60, 60 + 180 / abs(rate_deg_s))

    def tracker(t: float) -> tuple[float, float]:  # where it would be by its velocity six seconds ago
        (east, north), (later_e, later_n) = real(t - 6), real(t - 5)
        return east + 6 * (later_e - east), north + 6 * (later_n - north)

    flown = fly("a00001", real, every(3, 200))
    echo = fly(GHOST, tracker, every(4.8, 190, start_s=20), source="tisb", noise_m=30)
    assert ghosts(flown, echo) == {ECHO: echo.height}


def test_one_state_right_on_the_host_is_an_echo() -> None:
    echo = fly(GHOST, HOST, [101.0], source="tisb", noise_m=20)
    assert ghosts(host(), echo) == {SINGLE_ECHO: 1}


def test_partial_overlap_keeps_what_radar_alone_saw() -> None:
    seen = [t for t in every(5, 600) if t <= 200 or t >= 400]  # the host is not heard for 200 s
    echo = fly(GHOST, HOST, every(5, 598, start_s=2), source="tisb", noise_m=30)
    cleaned = clean(pl.concat([fly("a00001", HOST, seen), echo]))
    kept = cleaned.states.filter(pl.col("icao24") == GHOST)["timestamp"].dt.epoch("s") % 3600
    assert (kept.min(), kept.max()) == (202, 397)
    assert kept.len() == 40


def test_kept_parts_are_never_joined_across_the_host() -> None:
    seen = [t for t in every(5, 600) if not (200 < t < 300 or 320 < t < 420)]  # seen from 300 to 320 only
    echo = fly(GHOST, HOST, every(5, 598, start_s=2), source="tisb", noise_m=30)
    kept = clean(pl.concat([fly("a00001", HOST, seen), echo])).states.filter(pl.col("icao24") == GHOST)
    gaps = kept["timestamp"].diff().dt.total_seconds().drop_nulls()
    assert gaps.filter(gaps > 5).min() > 60  # type: ignore[operator]


def test_a_track_number_used_again_is_judged_again() -> None:
    echo = fly(GHOST, HOST, every(5, 100, start_s=2), source="tisb", noise_m=30)
    other = fly(GHOST, straight(-9000, 4000, 100, 200), every(5, 300, start_s=180), source="tisb")
    cleaned = clean(pl.concat([host(), echo, other]))
    assert cleaned.ghosts == {ECHO: echo.height}
    assert cleaned.states.filter(pl.col("icao24") == GHOST).height == other.height


def test_an_echo_that_changes_its_host() -> None:
    second = straight(300, -200, 120, 80)
    swap = fly(GHOST, HOST, every(5, 92, start_s=2), source="tisb", noise_m=20)
    swapped = fly(GHOST, second, every(5, 300, start_s=97), source="tisb", noise_m=20, seed=2)
    cleaned = clean(pl.concat([host(), fly("a00002", second, every(5, 300)), swap, swapped]))
    assert set(cleaned.dropped_states["of"].unique()) == {"a00001", "a00002"}
    assert cleaned.states.filter(pl.col("icao24") == GHOST).height <= 2


def test_an_echo_at_another_altitude_is_found_when_it_follows_through_a_turn() -> None:
    real = turning(100, 3, 100, 130)
    flown = fly("a00001", real, every(5, 300))
    echo = fly(GHOST, real, every(4.8, 290), source="tisb", noise_m=30, altitude_ft=1400)
    short = fly("~2b0002", real, every(4.8, 299, start_s=291), source="tisb", noise_m=30, altitude_ft=5000)
    assert ghosts(flown, echo, short) == {OTHER_ALTITUDE_ECHO: echo.height + short.height}
    assert ghosts(flown, short) == {}


# -- aircraft -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("track_deg", [225, 135, 90, 60, 30])  # head-on, crossing, converging
@pytest.mark.parametrize("miss_m", [0, 100])
def test_an_aircraft_that_meets_another_is_kept(track_deg: float, miss_m: float) -> None:
    east, north = HOST(150)
    passing = straight(east + miss_m, north, 120, track_deg)
    radar_only = fly(GHOST, lambda t: passing(t - 150), every(4.8, 300), source="tisb", noise_m=30)
    assert ghosts(host(), radar_only) == {}


@pytest.mark.parametrize("faster_kt", [10, 20, 40])
@pytest.mark.parametrize("beside_m", [50, 150])
def test_an_aircraft_that_overtakes_is_kept(faster_kt: float, beside_m: float) -> None:
    east, north = HOST(150)
    passing = straight(east + beside_m, north, 120 + faster_kt, 45)
    radar_only = fly(GHOST, lambda t: passing(t - 150), every(4.8, 300), source="tisb", noise_m=30)
    assert ghosts(host(), radar_only) == {}


@pytest.mark.parametrize(("east_m", "north_m"), [(200, -200), (-150, 150), (-350, -350)])
def test_a_wing_man_is_kept(east_m: float, north_m: float) -> None:
    wing_man = fly(GHOST, straight(east_m, north_m, 120, 45), every(4.8, 300), source="tisb", noise_m=30)
    assert ghosts(host(), wing_man) == {}


def test_a_formation_that_opens_is_kept_from_where_it_opens() -> None:
    real = turning(120, 3, 150, 180)
    wing_man = fly(GHOST, straight(60, 0, 120, 0), every(4.8, 300), source="tisb", noise_m=20)
    cleaned = clean(pl.concat([fly("a00001", real, every(5, 300)), wing_man]))
    kept = cleaned.states.filter(pl.col("icao24") == GHOST)["timestamp"].dt.epoch("s") % 3600
    assert kept.max() == wing_man["timestamp"].max().timestamp() // 1 % 3600  # type: ignore[union-attr]
    assert kept.filter(kept > 175).len() == wing_man.height - int(175 // 4.8) - 1


def test_an_aircraft_above_another_on_the_same_airway_is_kept() -> None:
    above = fly(GHOST, HOST, every(4.8, 300), source="tisb", noise_m=30, altitude_ft=4000)
    assert ghosts(host(), above) == {}


def test_an_aircraft_without_altitude_is_kept() -> None:
    ground = fly(GHOST, HOST, every(4.8, 300), source="tisb").with_columns(
        pl.lit(None, dtype=pl.Float64).alias("altitude"), pl.lit(True).alias("onground")
    )
    assert ghosts(host(), ground) == {}


@pytest.mark.parametrize(("icao24", "source"), [("a00002", "tisb"), ("~2b0001", "adsb"), ("~2b0001", "adsr")])
def test_a_target_that_speaks_for_itself_is_never_an_echo(icao24: str, source: str) -> None:
    twin = fly(icao24, HOST, every(4.8, 300), source=source, noise_m=30)
    assert ghosts(host(), twin) == {}


def test_radar_targets_alone_are_kept() -> None:
    alone = fly(GHOST, HOST, every(4.8, 300), source="tisb")
    twin = fly("~2b0002", HOST, every(4.8, 300), source="tisb", noise_m=30)
    assert ghosts(alone, twin) == {}


# -- whatever the place, order and option -------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", [(36.9, -121.5), (0.0, 179.999), (89.999, 10.0), (-33.0, -0.001), (-89.95, 0.0)]
)
def test_the_same_anywhere_on_earth(place: tuple[float, float]) -> None:
    echo = fly(GHOST, HOST, every(4.8, 200), source="tisb", noise_m=30, place=place)
    passing = fly("~2b0002", straight(6000, 0, 120, 315), every(4.8, 300), source="tisb", place=place)
    assert ghosts(host(place=place), echo, passing) == {ECHO: echo.height}


def test_ghosts_are_kept_and_counted_on_request() -> None:
    echo = fly(GHOST, HOST, every(4.8, 200), source="tisb", noise_m=30)
    cleaned = clean(pl.concat([host(), echo, echo]), keep_ghosts=True)
    assert cleaned.ghosts == {ECHO: echo.height}
    assert cleaned.dropped == {"duplicate report": echo.height}
    assert cleaned.states.height == host().height + echo.height
    assert cleaned.dropped_states["reason"].value_counts().height == 2


@given(seed=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_says_nothing(seed: object) -> None:
    echo = fly(GHOST, HOST, every(4.8, 100), source="tisb", noise_m=30)
    again = host(120).with_columns(pl.col("longitude") + 0.0002)
    states = pl.concat([host(120), echo, again, fly("a00002", straight(500, 0, 90, 10), every(7, 100))])
    rows = list(range(states.height))
    seed.shuffle(rows)  # type: ignore[attr-defined]
    assert clean(states[rows]).states.equals(clean(states).states)


def test_nothing_at_all() -> None:
    empty = clean(host().clear())
    assert (empty.states.height, empty.dropped, empty.ghosts) == (0, {}, {})
