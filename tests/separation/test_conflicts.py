"""The snapshot search against all pairs, everywhere on Earth, and what must not change its answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import skyaccord
from skyaccord.airspace.geodesy import ecef, normals, velocity_ecef
from skyaccord.base.errors import InputError
from skyaccord.separation import conflict_search
from skyaccord.separation.conflict_grid import FOLD_X, FOLD_Z, Grid, grid_for
from skyaccord.separation.conflicts import conflict_pairs
from skyaccord.separation.pairwise import cylinder_interval
from tests.separation.oracle import Floats, Oracle

Sky = dict[str, Floats]
NEAR_M = 1.2e6  # pairs farther apart cannot meet within minutes, and have no common horizon


def sky(place: str, n: int, seed: int) -> Sky:
    generator = np.random.default_rng(seed)
    uniform = generator.uniform
    latitude, longitude = {
        "region": (uniform(40, 50, n), uniform(0, 12, n)),
        "pole": (uniform(86, 90, n), uniform(-180, 180, n)),
        "south pole": (uniform(-90, -87, n), uniform(-180, 180, n)),
        "antimeridian": (uniform(-5, 5, n), (uniform(175, 185, n) + 180) % 360 - 180),
        "globe": (np.degrees(np.arcsin(uniform(-1, 1, n))), uniform(-180, 180, n)),
        "two swarms": (
            50 + uniform(-0.05, 0.05, n),
            np.where(np.arange(n) % 2, 10, -170) + uniform(0, 0.1, n),
        ),
    }[place]
    return {
        "latitude": latitude,
        "longitude": longitude,
        "altitude_ft": uniform(30_000, 36_000, n),
        "groundspeed_kt": uniform(0, 500, n),
        "track_deg": uniform(0, 360, n),
        "vertical_rate_ftmin": uniform(-2000, 2000, n),
        "horizontal_nm": generator.choice([0.1, 1.0, 5.0, 10.0], n),
        "vertical_ft": generator.choice([100.0, 500.0, 1000.0], n),
    }


def all_pairs(sky: Sky, lookahead_s: float) -> tuple[list[tuple[int, int]], Floats]:
    """No grid: the pairwise kernel on every pair, in East and North of the plane below the pair's middle."""
    point = ecef(sky["latitude"], sky["longitude"])
    moving = velocity_ecef(
        sky["latitude"], sky["longitude"], sky["groundspeed_kt"] * 1852 / 3600, sky["track_deg"]
    )
    up = normals(sky["latitude"], sky["longitude"])
    i, j = np.triu_indices(len(point), 1)
    apart, relative = point[j] - point[i], moving[j] - moving[i]
    near = np.linalg.norm(apart, axis=1) < NEAR_M
    i, j, apart, relative = i[near], j[near], apart[near], relative[near]
    normal = up[i] + up[j]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    one = np.cross([0.3, 0.5, 0.81], normal)
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    other = np.cross(normal, one)
    climb = sky["vertical_rate_ftmin"] * 0.3048 / 60
    slack = sky.get("uncertainty_m", np.zeros(len(point)))

    def flat(vector: Floats, height: Floats) -> Floats:
        return np.column_stack(((vector * one).sum(1), (vector * other).sum(1), height))

    time_in, _ = cylinder_interval(
        flat(apart, (sky["altitude_ft"][j] - sky["altitude_ft"][i]) * 0.3048),
        flat(relative, climb[j] - climb[i]),
        np.maximum(sky["horizontal_nm"][i], sky["horizontal_nm"][j]) * 1852 + slack[i] + slack[j],
        np.maximum(sky["vertical_ft"][i], sky["vertical_ft"][j]) * 0.3048,
        lookahead_s,
    )
    found = ~np.isnan(time_in)
    return list(zip(i[found].tolist(), j[found].tolist(), strict=True)), time_in[found]


def as_tuples(pairs: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in pairs]


@pytest.mark.parametrize("place", ["region", "pole", "south pole", "antimeridian", "globe", "two swarms"])
@pytest.mark.parametrize("lookahead_s", [0.0, 60.0, 600.0])
def test_the_same_pairs_as_without_a_grid(place: str, lookahead_s: float) -> None:
    made = sky(place, 250 if place == "two swarms" else 500, seed=len(place))
    expected, time_in = all_pairs(made, lookahead_s)
    found = conflict_pairs(**made, lookahead_s=lookahead_s)
    assert as_tuples(found.pairs) == expected
    np.testing.assert_allclose(found.time_in_s, time_in, atol=1e-6)
    if place != "globe":
        assert len(expected) > 5


@given(st.integers(0, 2**31), st.integers(2, 40), st.sampled_from([0.0, 45.0, 300.0]))
@settings(max_examples=60, deadline=None)
def test_crowds_of_any_size_and_minima(seed: int, n: int, lookahead_s: float) -> None:
    made = sky("region", n, seed)
    made["latitude"] = 45 + (made["latitude"] - 45) * 0.02
    made["longitude"] *= 0.02
    expected, _ = all_pairs(made, lookahead_s)
    assert as_tuples(conflict_pairs(**made, lookahead_s=lookahead_s).pairs) == expected


@pytest.mark.parametrize("place", ["region", "globe", "two swarms"])
def test_sharing_buckets_and_threads_change_nothing(place: str) -> None:
    made = sky(place, 400, seed=3)
    expected = conflict_pairs(**made, lookahead_s=120, threads=1)
    for threads in (2, 7):
        found = conflict_pairs(**made, lookahead_s=120, threads=threads)
        np.testing.assert_array_equal(found.pairs, expected.pairs)
        np.testing.assert_array_equal(found.time_in_s, expected.time_in_s)


def test_a_folded_grid_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # two swarms on opposite sides of the Earth: 50 m minima make a grid far larger than they need
    made = sky("two swarms", 300, seed=9)
    made["horizontal_nm"] = np.full(300, 50 / 1852)
    made["groundspeed_kt"] *= 0.08
    grids: list[Grid] = []
    monkeypatch.setattr(
        conflict_search, "grid_for", lambda *given: grids.append(grid_for(*given)) or grids[0]
    )
    found = conflict_pairs(**made, lookahead_s=60)
    assert grids[0].shape[0, FOLD_X : FOLD_Z + 1].any()  # folded indeed
    expected, _ = all_pairs(made, 60.0)
    assert as_tuples(found.pairs) == expected


def test_order_of_aircraft_changes_nothing() -> None:
    made = sky("region", 400, seed=4)
    expected = set(as_tuples(conflict_pairs(**made, lookahead_s=120).pairs))
    order = np.random.default_rng(0).permutation(400)
    found = conflict_pairs(**{name: values[order] for name, values in made.items()}, lookahead_s=120)
    assert {tuple(sorted(order[list(pair)].tolist())) for pair in as_tuples(found.pairs)} == expected


def test_side_by_side_at_one_velocity_and_exactly_at_the_minimum() -> None:
    same = conflict_pairs([50.0, 50.01], [10.0, 10.0], [9000.0, 9000.0], 400.0, 90.0, lookahead_s=120)
    assert as_tuples(same.pairs) == [(0, 1)]
    assert (same.time_in_s[0], same.time_out_s[0]) == (0.0, 120.0)
    apart = conflict_pairs([50.0, 50.01], [10.0, 10.0], [9000.0, 10_000.0], 400.0, 90.0, lookahead_s=120)
    assert len(apart.pairs) == 0


def test_uncertainty_widens() -> None:
    places = ([50.0, 50.1], [10.0, 10.0], [9000.0, 9000.0], 0.0, 0.0)  # 6 NM apart
    assert len(conflict_pairs(*places, lookahead_s=0).pairs) == 0
    assert len(conflict_pairs(*places, lookahead_s=0, uncertainty_m=1000.0).pairs) == 1


def test_the_oracle_s_places_on_earth() -> None:
    """DAIDALUS on a sphere, we on the ellipsoid: flags may differ where a boundary is within 0.5 %."""
    oracle = Oracle("daidalus_latlon.csv")
    agree = 0
    for k in range(600):

        def both(name: str, k: int = k) -> Floats:
            return np.array([oracle[f"o_{name}"][k], oracle[f"i_{name}"][k]])

        east, north = both("ve_mps"), both("vn_mps")
        found = conflict_pairs(
            both("lat_deg"),
            both("lon_deg"),
            both("alt_m") / 0.3048,
            np.hypot(east, north) * 3600 / 1852,
            np.degrees(np.arctan2(east, north)),
            both("vu_mps") * 60 / 0.3048,
            lookahead_s=300,
        )
        agree += (len(found.pairs) > 0) == (oracle["cyl_5nm_1000ft_conf"][k] > 0)
    assert agree >= 597


def test_from_a_table() -> None:
    table = pl.DataFrame(
        {
            "icao24": ["bbbbbb", "aaaaaa", "cccccc", "dddddd"],
            "latitude": [50.0, 50.0, 50.0, None],
            "longitude": [10.0, 10.5, 10.2, 10.0],
            "altitude": [35_000.0, 35_000.0, 35_000.0, 35_000.0],
            "groundspeed": [450.0, 450.0, 450.0, 450.0],
            "track": [90.0, 270.0, 0.0, 0.0],
            "onground": [False, False, True, False],
        }
    )
    found = skyaccord.find_conflicts(table, "5nm,1000ft", 120.0).to_polars()
    assert found.select("icao24_a", "icao24_b").rows() == [("aaaaaa", "bbbbbb")]
    assert 0 < found["time_in_s"][0] < found["time_out_s"][0] <= 120
    assert skyaccord.find_conflicts(table.to_pandas(), "5nm,1000ft", 120.0).to_polars().equals(found)
    with pytest.raises(InputError, match="groundspeed"):
        skyaccord.find_conflicts(table.drop("groundspeed"), "5nm,1000ft", 120.0)
    with pytest.raises(InputError, match="look-ahead"):
        skyaccord.find_conflicts(table, "5nm,1000ft", -1.0)


@pytest.mark.parametrize("none", [None, float("nan")])
def test_who_hovers_needs_no_track_and_nobody_a_climb(none: float | None) -> None:
    columns: dict[str, list[Any]] = {
        "icao24": ["drone1", "plane1", "plane2"],
        "latitude": [50.0, 50.001, 50.002],
        "longitude": [10.0] * 3,
        "altitude": [400.0] * 3,
        "groundspeed": [0.0, 60.0, 60.0],
        "track": [none, 90.0, none],  # of plane2 nobody knows where it goes
        "vertical_rate": [none] * 3,
    }
    table = pl.DataFrame(columns, strict=False)
    for states in (table, table.to_pandas()):
        found = skyaccord.find_conflicts(states, "1nm,100ft", 30.0)
        assert found.to_polars().select("icao24_a", "icao24_b").rows() == [("drone1", "plane1")]
        assert found.left_out == {"no velocity": 1}


def test_nobody_is_in_conflict_with_himself_and_everybody_has_a_name() -> None:
    columns = {name: [1.0, 1.0] for name in ("latitude", "longitude", "altitude", "groundspeed", "track")}
    for names, told in ((["aaaaaa"] * 2, "several states of aaaaaa"), (["aaaaaa", None], "without icao24")):
        with pytest.raises(InputError, match=told):
            skyaccord.find_conflicts(pl.DataFrame({"icao24": names} | columns), "1nm,100ft", 30.0)
    for name in ("latitude", "vertical_rate"):
        words = {"icao24": ["aaaaaa", "bbbbbb"]} | columns | {name: ["1", "far"]}
        with pytest.raises(InputError, match=f"column '{name}' holds what is no number"):
            skyaccord.find_conflicts(pl.DataFrame(words), "1nm,100ft", 30.0)


@pytest.mark.parametrize("unsure_m", [-1.0, float("nan"), float("inf"), [0.0, float("nan")]])
def test_nobody_drops_out_for_an_uncertainty_that_is_none(unsure_m: float | list[float]) -> None:
    with pytest.raises(InputError, match="an uncertainty is negative or not a number"):
        conflict_pairs(
            [1.0] * 2, [1.0] * 2, [1.0] * 2, [1.0] * 2, [1.0] * 2, lookahead_s=1, uncertainty_m=unsure_m
        )


def test_nobody_and_one() -> None:
    for n in (0, 1):
        empty = np.zeros(n)
        assert len(conflict_pairs(empty, empty, empty, empty, empty, lookahead_s=60).pairs) == 0
    with pytest.raises(InputError, match="length"):
        conflict_pairs(np.zeros(2), np.zeros(3), np.zeros(2), 0.0, 0.0, lookahead_s=60)
