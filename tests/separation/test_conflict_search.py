"""The search's hard cases: skies made to lose a pair, if a pair can be lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.separation import conflict_search
from skyaccord.separation.conflict_grid import FOLD_X, LEVELS, Grid, grid_for
from skyaccord.separation.conflict_rows import sines_cosines
from skyaccord.separation.conflict_solve import in_order
from skyaccord.separation.conflicts import conflict_pairs
from tests.separation.test_conflicts import Sky, all_pairs, as_tuples

CORNERS = [(0.0, 0.0), (89.9999, 10.0), (-90.0, 0.0), (52.0, 180.0), (-8.0, -179.9999), (45.0, 7.0)]


def moved(sky: Sky, rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Sky:
    return {name: values[rows] for name, values in sky.items()}


@st.composite
def adversarial(draw: st.DrawFn) -> tuple[Sky, float]:
    """Few places, few speeds, few heights, exactly at minima: all on a border, or on top of another."""
    generator = np.random.default_rng(draw(st.integers(0, 2**31)))
    n = draw(st.integers(2, 70))
    corner = draw(st.sampled_from(CORNERS))
    spread = draw(st.sampled_from([0.0, 1e-4, 0.01, 0.3, 3.0]))
    steps = draw(st.sampled_from([2, 5, 1000]))
    pick = generator.integers
    latitude = np.clip(corner[0] + spread * pick(-steps, steps + 1, n) / steps, -90, 90)
    longitude = (corner[1] + spread * pick(-steps, steps + 1, n) / steps + 180) % 360 - 180
    kinds = draw(st.sampled_from([[0.0], [250.0], [0.0, 3.0, 40.0, 500.0], [60.0, 600.0], [5.0, 3000.0]]))
    minima = draw(st.sampled_from([[5.0], [0.027], [0.027, 0.5, 5.0], [0.0, 20.0]]))
    sky = {
        "latitude": latitude,
        "longitude": longitude,
        "altitude_ft": 10_000.0 + 500.0 * pick(0, draw(st.integers(1, 6)), n),
        "groundspeed_kt": generator.choice(kinds, n),
        "track_deg": generator.choice([0.0, 90.0, 180.0, 270.0, 360.0, 45.0, 213.7], n),
        "vertical_rate_ftmin": generator.choice(draw(st.sampled_from([[0.0], [0.0, 1500.0, -1500.0]])), n),
        "horizontal_nm": generator.choice(minima, n),
        "vertical_ft": generator.choice(draw(st.sampled_from([[1000.0], [500.0], [50.0, 1000.0]])), n),
        "uncertainty_m": generator.choice(draw(st.sampled_from([[0.0], [0.0, 5_000.0], [30.0, 700.0]])), n),
    }
    return sky, draw(st.sampled_from([0.0, 1.0, 60.0, 300.0, 900.0]))


@given(adversarial())
@settings(max_examples=150)
def test_never_a_pair_lost_never_a_false_one(made: tuple[Sky, float]) -> None:
    sky, lookahead_s = made
    expected, _ = all_pairs(sky, lookahead_s)
    found = as_tuples(conflict_pairs(**sky, lookahead_s=lookahead_s).pairs)
    assert len(set(found)) == len(found)
    # the two are rounded differently: to the last digit of a border either may be right
    for pair in set(found) ^ set(expected):
        wider, narrower = dict(sky), dict(sky)
        for name in ("horizontal_nm", "vertical_ft"):
            wider[name], narrower[name] = sky[name] * (1 + 1e-8), sky[name] * (1 - 1e-8)
        assert pair in all_pairs(wider, lookahead_s)[0]
        assert pair not in all_pairs(narrower, lookahead_s)[0]


@given(adversarial())
@settings(max_examples=40)
def test_one_minimum_for_all_is_the_same_as_everyone_s_own(made: tuple[Sky, float]) -> None:
    """One value each takes the shorter way through the plain sweep, a column the general one."""
    sky, lookahead_s = made
    n = len(sky["latitude"])
    values = {"horizontal_nm": 3.0, "vertical_ft": 900.0, "uncertainty_m": 120.0}
    one = conflict_pairs(**{**sky, **values}, lookahead_s=lookahead_s)
    columns = {name: np.full(n, value) for name, value in values.items()}
    own = conflict_pairs(**{**sky, **columns}, lookahead_s=lookahead_s)
    np.testing.assert_array_equal(one.pairs, own.pairs)
    np.testing.assert_array_equal(one.time_in_s, own.time_in_s)


@pytest.fixture
def grids(monkeypatch: pytest.MonkeyPatch) -> list[Grid]:
    """The grids that the search makes."""
    seen: list[Grid] = []

    def noted(*given: object) -> Grid:
        seen.append(grid_for(*given))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr(conflict_search, "grid_for", noted)
    return seen


def test_a_few_fast_among_many_slow(grids: list[Grid]) -> None:
    generator = np.random.default_rng(5)
    n = 600
    fast = np.arange(n) % 40 == 0
    sky = {
        "latitude": 45 + generator.uniform(-0.2, 0.2, n),
        "longitude": generator.uniform(-0.2, 0.2, n),
        "altitude_ft": generator.uniform(0, 400, n),
        "groundspeed_kt": np.where(fast, 480.0, generator.uniform(0, 40, n)),
        "track_deg": generator.uniform(0, 360, n),
        "vertical_rate_ftmin": np.zeros(n),
        "horizontal_nm": np.where(fast, 1.0, 0.03),
        "vertical_ft": np.where(fast, 500.0, 50.0),
    }
    expected, _ = all_pairs(sky, 60.0)
    assert as_tuples(conflict_pairs(**sky, lookahead_s=60.0).pairs) == expected
    assert len(grids[0].size) == LEVELS
    assert grids[0].size[0] > 10 * grids[0].size[-1]
    slow = moved(sky, np.flatnonzero(~fast))
    conflict_pairs(**slow | {"groundspeed_kt": np.full(585, 20.0)}, lookahead_s=60.0)
    assert len(grids[1].size) == 1


@pytest.mark.parametrize("spread", [0.0, 1e-7, 170.0])
def test_swarms_far_apart_fold_the_grid(grids: list[Grid], spread: float) -> None:
    """Swarms at even distances share cells when the grid is folded; each pair is still met once."""
    generator = np.random.default_rng(6)
    n = 240
    swarm = np.arange(n) % 8
    sky = {
        "latitude": -70 + 20.0 * swarm + generator.uniform(-0.004, 0.004, n),
        "longitude": spread * swarm % 360 - 180 + generator.uniform(0, 0.004, n),
        "altitude_ft": generator.uniform(0, 200, n),
        "groundspeed_kt": generator.uniform(20, 40, n),
        "track_deg": generator.uniform(0, 360, n),
        "vertical_rate_ftmin": np.zeros(n),
        "horizontal_nm": np.full(n, 0.01),
        "vertical_ft": np.full(n, 50.0),
    }
    expected, _ = all_pairs(sky, 10.0)
    found = conflict_pairs(**sky, lookahead_s=10.0)
    assert as_tuples(found.pairs) == expected
    assert len(expected) > 20
    assert grids[0].shape[0, FOLD_X : FOLD_X + 3].any()


def test_infinite_minima_and_values_that_are_not_numbers() -> None:
    flat = {"groundspeed_kt": 100.0, "track_deg": 0.0, "lookahead_s": 60.0}
    places = [10.0, 10.01, 10.02, np.nan], [5.0, 5.0, np.inf, 5.0], [0.0, 90_000.0, 0.0, 0.0]
    assert as_tuples(conflict_pairs(*places, vertical_ft=np.inf, **flat).pairs) == [(0, 1)]
    assert as_tuples(conflict_pairs(*places, vertical_ft=[1e3, np.inf, 1e3, 1e3], **flat).pairs) == [(0, 1)]
    far = [0.0, 30.0, 60.0], [0.0, 0.0, 0.0], [0.0, 0.0, 5e3]
    assert as_tuples(conflict_pairs(*far, horizontal_nm=np.inf, **flat).pairs) == [(0, 1)]
    nobody = conflict_pairs([np.nan] * 3, [0.0] * 3, [0.0] * 3, **flat)
    assert nobody.pairs.shape == (0, 2)
    assert (
        len(conflict_pairs([10.0, 10.0], [5.0, 5.0], [0.0, 0.0], [100.0, 1e7], 0.0, lookahead_s=60).pairs)
        == 0
    )


def test_a_crowd_on_one_spot_is_all_pairs() -> None:
    """More pairs than a batch and than the first room for answers."""
    n = 200
    found = conflict_pairs(np.full(n, 48.0), np.full(n, 9.0), np.full(n, 1e3), 200.0, 90.0, lookahead_s=30)
    assert as_tuples(found.pairs) == [(i, j) for i in range(n) for j in range(i + 1, n)]
    assert (found.time_in_s == 0).all()
    assert (found.time_out_s == 30).all()


def test_sines_and_cosines() -> None:
    degrees = np.concatenate(
        [np.arange(-3600.0, 3601.0, 15.0), np.random.default_rng(1).uniform(-720, 720, 9999)]
    )
    sines, cosines = np.empty_like(degrees), np.empty_like(degrees)
    sines_cosines(degrees, sines, cosines)
    whole = np.radians(np.remainder(degrees, 360.0))
    np.testing.assert_allclose(sines, np.sin(whole), atol=9e-16)
    np.testing.assert_allclose(cosines, np.cos(whole), atol=9e-16)
    straight = np.isin(degrees % 90, 0)
    assert set(np.abs(sines[straight]).tolist()) == {0.0, 1.0}
    np.testing.assert_allclose(sines**2 + cosines**2, 1.0, atol=4e-16)


def test_pairs_come_in_order() -> None:
    generator = np.random.default_rng(2)
    pairs = np.unique(np.sort(generator.integers(0, 50, (300, 2)), axis=1), axis=0)
    times = pairs * 1.5
    mixed = generator.permutation(len(pairs))
    sorted_pairs, sorted_times = in_order(pairs[mixed], times[mixed], 50)
    np.testing.assert_array_equal(sorted_pairs, pairs)
    np.testing.assert_array_equal(sorted_times, times)
