"""What must not change the answer of `find_conflicts`: the pole, the clock, the order of rows, the names."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from skyaccord import find_conflicts
from skyaccord.airspace.geodesy import ecef, enu_axes, geographic, velocity_ecef
from skyaccord.airspace.units import KT_TO_MPS
from skyaccord.base.errors import InputError
from skyaccord.separation.conflicts import conflict_pairs
from tests.separation.test_conflicts import Sky, all_pairs, as_tuples, sky

PLACES = ["region", "pole", "antimeridian", "globe"]
LOOKAHEAD_S = 300.0
N = 300


def table_of(made: Sky, names: list[str] | None = None) -> pl.DataFrame:
    n = len(made["latitude"])
    return pl.DataFrame(
        {
            "icao24": names or [f"{number:06x}" for number in range(n)],
            "latitude": made["latitude"],
            "longitude": made["longitude"],
            "altitude": made["altitude_ft"],
            "groundspeed": made["groundspeed_kt"],
            "track": made["track_deg"],
            "vertical_rate": made["vertical_rate_ftmin"],
        }
    )


def conflicts(table: Any) -> pl.DataFrame:
    return find_conflicts(table, "8nm,1500ft", LOOKAHEAD_S).to_polars().sort("icao24_a", "icao24_b")


def assert_same(one: pl.DataFrame, other: pl.DataFrame, within_s: float) -> None:
    names = ["icao24_a", "icao24_b"]
    assert one.select(names).rows() == other.select(names).rows()
    for column in ("time_in_s", "time_out_s"):
        np.testing.assert_allclose(one[column], other[column], rtol=0, atol=within_s)


def test_any_kind_of_table_and_nothing_else() -> None:
    table = table_of(sky("region", 100, seed=20))
    expected = conflicts(table)
    assert expected.height > 0
    for other in (table.to_pandas(), table.to_arrow(), table.lazy()):
        assert_same(conflicts(other), expected, 0.0)
    for other in (None, {"icao24": 1}, [1, 2]):
        with pytest.raises(InputError):
            conflicts(other)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("by_deg", [0.001, 90.0, 173.3, -180.0])
def test_rotation_about_the_pole(place: str, by_deg: float) -> None:
    made = sky(place, N, seed=21)
    expected = conflicts(table_of(made))
    assert place == "globe" or expected.height > 10
    turned = made | {"longitude": (made["longitude"] + by_deg + 180.0) % 360.0 - 180.0}
    assert_same(conflicts(table_of(turned)), expected, 1e-5)


@pytest.mark.parametrize("place", PLACES)
def test_mirror_at_the_equator(place: str) -> None:
    made = sky(place, N, seed=22)
    mirrored = made | {"latitude": -made["latitude"], "track_deg": (180.0 - made["track_deg"]) % 360.0}
    assert_same(conflicts(table_of(mirrored)), conflicts(table_of(made)), 1e-5)


@pytest.mark.parametrize("place", PLACES)
def test_shuffled_rows_give_the_same_table(place: str) -> None:
    table = table_of(sky(place, N, seed=23))
    expected = find_conflicts(table, "8nm,1500ft", LOOKAHEAD_S).to_polars()
    for seed in range(3):
        shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)
        found = find_conflicts(shuffled, "8nm,1500ft", LOOKAHEAD_S).to_polars()
        assert_same(found.sort("icao24_a", "icao24_b"), expected.sort("icao24_a", "icao24_b"), 1e-9)
        assert found["time_in_s"].is_sorted()


@pytest.mark.parametrize("place", PLACES)
def test_names_the_other_way_round_swap_the_two_and_nothing_else(place: str) -> None:
    made = sky(place, N, seed=24)
    names = [f"{number:06x}" for number in range(N)]
    expected, swapped = conflicts(table_of(made, names)), conflicts(table_of(made, names[::-1]))
    other = dict(zip(names, reversed(names), strict=True))
    renamed = swapped.with_columns(
        icao24_a=swapped["icao24_b"].replace_strict(other), icao24_b=swapped["icao24_a"].replace_strict(other)
    )
    assert_same(renamed.sort("icao24_a", "icao24_b"), expected, 1e-9)


@pytest.mark.parametrize("place", ["region", "pole", "antimeridian"])
def test_some_seconds_later_everything_is_as_much_sooner(place: str) -> None:
    """Everybody straight on for 20 s: what was ahead then is 20 s nearer, and nothing comes or goes."""
    later_s = 20.0
    made = sky(place, N, seed=25)
    speed = made["groundspeed_kt"] * KT_TO_MPS
    moving = velocity_ecef(made["latitude"], made["longitude"], speed, made["track_deg"])
    latitude, longitude = geographic(ecef(made["latitude"], made["longitude"]) + moving * later_s)
    east, north, _ = enu_axes(latitude, longitude)
    track = np.degrees(np.arctan2((moving * east).sum(axis=1), (moving * north).sum(axis=1)))
    moved = made | {
        "latitude": latitude,
        "longitude": longitude,
        "track_deg": track % 360.0,
        "altitude_ft": made["altitude_ft"] + made["vertical_rate_ftmin"] * later_s / 60.0,
    }

    def times(of: Sky, lookahead_s: float, wider: float) -> dict[tuple[int, int], float]:
        limits = {name: of[name] * wider for name in ("horizontal_nm", "vertical_ft")}
        found = conflict_pairs(**{**of, **limits}, lookahead_s=lookahead_s)
        return dict(zip(as_tuples(found.pairs), found.time_in_s.tolist(), strict=True))

    before, after = times(made, LOOKAHEAD_S, 1.0), times(moved, LOOKAHEAD_S - later_s, 1.0)
    ahead = {pair for pair, time_in in before.items() if time_in > later_s}
    assert len(ahead) > 5
    hair = 1.001  # both planes err by less, and who only grazes may be in one answer alone
    assert ahead <= times(moved, LOOKAHEAD_S - later_s, hair).keys()
    assert after.keys() <= times(made, LOOKAHEAD_S, hair).keys()
    # how soon: to 0.1 s for those that do not come in at a grazing angle
    apart_s = [abs(before[pair] - later_s - after[pair]) for pair in ahead & after.keys()]
    assert np.median(apart_s) < 0.01
    assert np.quantile(apart_s, 0.9) < 0.1


def test_who_flies_fast_and_who_is_slow_meet_in_all_directions_round_the_globe() -> None:
    """Cells of two sizes in three dimensions: each of the 27 neighbours of a place holds somebody's pair."""
    generator = np.random.default_rng(26)
    n, lookahead_s = 2_400, 600.0
    half = n // 2
    point = generator.normal(size=(half, 3))
    point /= np.linalg.norm(point, axis=1, keepdims=True)
    latitude, longitude = geographic(6_371_000.0 * point)
    track = generator.uniform(0, 360, half)
    # the slow one hovers near where the fast one is towards the end (or the beginning) of the look-ahead
    ahead_m = 480.0 * KT_TO_MPS * generator.uniform(0.0, lookahead_s, half)
    place = ecef(latitude, longitude) + velocity_ecef(latitude, longitude, ahead_m, track)
    there, beside = geographic(place)
    made = {
        "latitude": np.concatenate((latitude, there)),
        "longitude": np.concatenate((longitude, beside)),
        "altitude_ft": np.full(n, 3_000.0),
        "groundspeed_kt": np.repeat([480.0, 0.5], half),
        "track_deg": np.concatenate((track, track)),
        "vertical_rate_ftmin": np.zeros(n),
        "horizontal_nm": np.full(n, 0.5),
        "vertical_ft": np.full(n, 500.0),
    }
    expected, _ = all_pairs(made, lookahead_s)
    assert len(expected) >= half
    assert as_tuples(conflict_pairs(**made, lookahead_s=lookahead_s).pairs) == expected


def scattered(generator: np.random.Generator, count: int, apart_m: float) -> Sky:
    """`count` pairs (k, k + count) all over the globe, `apart_m` apart in any direction; nobody moves."""
    point = generator.normal(size=(count, 3))
    latitude, longitude = geographic(6_371_000.0 * point / np.linalg.norm(point, axis=1, keepdims=True))
    away = velocity_ecef(latitude, longitude, np.full(count, apart_m), generator.uniform(0, 360, count))
    there, beside = geographic(ecef(latitude, longitude) + away)
    return {
        "latitude": np.concatenate((latitude, there)),
        "longitude": np.concatenate((longitude, beside)),
        "altitude_ft": np.full(2 * count, 300.0),
        "groundspeed_kt": np.zeros(2 * count),
        "track_deg": np.zeros(2 * count),
        "vertical_rate_ftmin": np.zeros(2 * count),
    }


def test_pairs_across_every_fold_of_a_folded_grid() -> None:
    """The globe in cells of some ten metres is folded a thousand times; many pairs lie across a fold."""
    count = 6_000
    made = scattered(np.random.default_rng(27), count, 45.0)
    found = conflict_pairs(**made, lookahead_s=0.0, horizontal_nm=50.0 / 1852, vertical_ft=50.0)
    assert as_tuples(found.pairs) == [(k, k + count) for k in range(count)]


@pytest.mark.parametrize("slack_m", [0.0, 2_000.0])
def test_large_minima_of_the_slow_and_long_ways_of_the_fast(slack_m: float) -> None:
    """One has the minimum and the other the sweep, both as long as a cell's reach: they meet all the same
    where a cell of that reach alone would be too small."""
    generator = np.random.default_rng(28)
    count, lookahead_s = 150, 300.0
    sweep_m = 480.0 * KT_TO_MPS * lookahead_s
    made = scattered(generator, count, 0.0)
    place = made["latitude"][:count] / 30.0, made["longitude"][:count] / 60.0  # 6 by 6 degrees
    track = generator.uniform(0, 360, count)
    # ahead of the fast one by its sweep and nearly the slow one's minimum
    ahead_m = sweep_m + generator.uniform(0.9, 0.999, count) * (sweep_m + slack_m)
    there, beside = geographic(ecef(*place) + velocity_ecef(*place, ahead_m, track))
    made |= {
        "latitude": np.concatenate((place[0], there)),
        "longitude": np.concatenate((place[1], beside)),
        "altitude_ft": np.tile(np.arange(count) * 1_000.0, 2),  # only the two of a pair are level
        "groundspeed_kt": np.repeat([480.0, 0.0], count),
        "track_deg": np.tile(track, 2),
        "horizontal_nm": np.repeat([0.01, sweep_m / 1852], count),
        "vertical_ft": np.full(2 * count, 500.0),
        "uncertainty_m": np.repeat([0.0, slack_m], count),
    }
    expected, _ = all_pairs(made, lookahead_s)
    assert len(expected) > 0.9 * count
    assert as_tuples(conflict_pairs(**made, lookahead_s=lookahead_s).pairs) == expected
