"""The age of states widens the snapshot search, when asked, by what the aircraft may have done since."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import skyaccord
from skyaccord.airspace.units import KT_TO_MPS, M_PER_FT, M_PER_NM
from skyaccord.base.errors import InputError
from skyaccord.separation.conflicts import conflict_pairs
from skyaccord.separation.widening import LEVEL_CHANGE_FTMIN, MANOEUVRE_MPS2, SETS_OFF_MPS, strayed
from tests.separation.test_conflicts import as_tuples, sky

NORTH_NM = 60.0  # NM to a degree of latitude, within a third of a percent


def two(apart_nm: float, up_ft: float, speed_kt: float = 480.0, **more: object) -> int:
    """How many conflicts there are now, side by side at one velocity."""
    places = ([45.0, 45.0 + apart_nm / NORTH_NM], [10.0, 10.0], [30_000.0, 30_000.0 + up_ft])
    found = conflict_pairs(*places, [speed_kt] * 2, [90.0] * 2, lookahead_s=0, **more)  # type: ignore[arg-type]
    return len(found.pairs)


def test_how_far_one_may_have_strayed() -> None:
    age_s = np.array([0.0, 10.0, 60.0, 60.0])
    across_m, up_m = strayed(age_s, np.array([200.0, 200.0, 50.0, math.nan]))
    turned_m = 0.5 * MANOEUVRE_MPS2 * 10.0**2
    assert across_m.tolist() == [0.0, turned_m, 2 * 50.0 * 60.0, SETS_OFF_MPS * 60.0]
    assert up_m.tolist() == pytest.approx([s * LEVEL_CHANGE_FTMIN * M_PER_FT / 60 for s in age_s])


def test_who_hovers_may_have_set_off() -> None:
    age_s = np.array([1.0, 10.0, 30.0])
    hovering, _ = strayed(age_s, np.zeros(3))
    # half a g from standing, until it flies at SETS_OFF_MPS
    assert hovering.tolist() == pytest.approx([0.5 * MANOEUVRE_MPS2, 0.5 * MANOEUVRE_MPS2 * 100, 1_200.0])
    for slower, faster in ((0.0, 1.0), (1.0, 39.0), (39.0, 41.0), (41.0, 200.0)):  # no step in between
        assert (strayed(age_s, np.full(3, slower))[0] <= strayed(age_s, np.full(3, faster))[0]).all()
    beyond_nm = 5.0 + 2 * 1_200.0 / M_PER_NM
    assert two(beyond_nm - 0.05, 0.0, speed_kt=0.0, age_s=30.0) == 1
    assert two(beyond_nm + 0.05, 0.0, speed_kt=0.0, age_s=30.0) == 0


@pytest.mark.filterwarnings("error")
def test_a_speed_that_is_none_takes_no_part_and_disturbs_nobody() -> None:
    places = ([45.0, 45.01, 45.02], [10.0] * 3, [30_000.0] * 3)
    for speed_kt in (math.inf, math.nan):
        found = conflict_pairs(*places, [480.0, speed_kt, 480.0], [90.0] * 3, lookahead_s=60.0, age_s=5.0)
        assert as_tuples(found.pairs) == [(0, 2)]


def test_age_widens_across() -> None:
    turned_nm = 0.5 * MANOEUVRE_MPS2 * 20.0**2 / M_PER_NM
    just_within = 5.0 + 2 * turned_nm - 0.05
    assert two(just_within, 0.0) == 0
    assert two(just_within, 0.0, age_s=20.0) == 1
    assert two(just_within + 0.1, 0.0, age_s=20.0) == 0
    one_within = 5.0 + turned_nm - 0.05  # only one of them is not where it seems
    assert two(one_within, 0.0, age_s=[0.0, 20.0]) == two(one_within, 0.0, age_s=[20.0, 0.0]) == 1
    assert two(one_within + 0.1, 0.0, age_s=[0.0, 20.0]) == 0


def test_the_larger_minimum_and_the_slack_of_both() -> None:
    """The larger minimum is one's, the slack the other's: neither's own sum covers the pair."""
    slack_nm = 3.0
    unlike = {"horizontal_nm": [10.0, 1.0], "uncertainty_m": [0.0, slack_nm * M_PER_NM]}
    assert two(13.0 - 0.05, 0.0, **unlike) == 1
    assert two(13.0 + 0.05, 0.0, **unlike) == 0
    changed_ft = LEVEL_CHANGE_FTMIN * 30.0 / 60
    up = {"vertical_ft": [2000.0, 500.0], "age_s": [0.0, 30.0]}
    assert two(0.0, 2000.0 + changed_ft - 1, **up) == 1
    assert two(0.0, 2000.0 + changed_ft + 1, **up) == 0


def test_age_widens_up_and_down() -> None:
    changed_ft = LEVEL_CHANGE_FTMIN * 30.0 / 60
    assert two(0.0, 1000.0 + 2 * changed_ft - 1, age_s=30.0) == 1
    assert two(0.0, 1000.0 + 2 * changed_ft + 1, age_s=30.0) == 0
    assert two(0.0, 1000.0 + 2 * changed_ft - 1) == 0


@settings(max_examples=60)
@example(2430163, 0.0, 16.0, 60.0)  # unlike minima and ages: lost while a pair kept the larger of two sums
@given(st.integers(0, 2**31), st.sampled_from([0.0, 60.0]), st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_age_adds_pairs_takes_none_and_finds_who_may_really_be_there(
    seed: int, lookahead_s: float, least_s: float, most_s: float
) -> None:
    made = sky("region", 40, seed)
    made["latitude"], made["longitude"] = 45 + (made["latitude"] - 45) * 0.1, made["longitude"] * 0.1
    generator = np.random.default_rng(seed)
    age_s = generator.uniform(min(least_s, most_s), max(least_s, most_s), 40)
    plain = set(as_tuples(conflict_pairs(**made, lookahead_s=lookahead_s).pairs))
    aged = set(as_tuples(conflict_pairs(**made, lookahead_s=lookahead_s, age_s=age_s).pairs))
    older = set(as_tuples(conflict_pairs(**made, lookahead_s=lookahead_s, age_s=age_s * 1.5).pairs))
    assert plain <= aged <= older
    # wherever each really is, within what it may have done: the conflicts there are among those found
    across_m, up_m = strayed(age_s, made["groundspeed_kt"] * KT_TO_MPS)
    share, bearing = generator.uniform(0.0, 0.99, 40), generator.uniform(0.0, 2 * math.pi, 40)
    north, east = share * across_m * np.cos(bearing) / 111_200, share * across_m * np.sin(bearing) / 111_400
    truly = made | {
        "latitude": made["latitude"] + north,
        "longitude": made["longitude"] + east / np.cos(np.radians(made["latitude"] + north)),
        "altitude_ft": made["altitude_ft"] + generator.uniform(-0.99, 0.99, 40) * up_m / M_PER_FT,
    }
    assert set(as_tuples(conflict_pairs(**truly, lookahead_s=lookahead_s).pairs)) <= aged


@pytest.mark.parametrize("age_s", [-1.0, math.nan, math.inf, [0.0, math.nan]])
def test_an_age_that_is_none_is_refused(age_s: object) -> None:
    with pytest.raises(InputError, match="age"):
        two(1.0, 0.0, age_s=age_s)


def test_from_a_table() -> None:
    table = pl.DataFrame(
        {
            "icao24": ["a", "b"],
            "latitude": [45.0, 45.1],
            "longitude": [10.0, 10.0],
            "altitude": [30_000.0, 30_000.0],
            "groundspeed": [480.0, 480.0],
            "track": [90.0, 90.0],
        }
    )
    assert skyaccord.find_conflicts(table, "5nm,1000ft", 0.0).to_dicts() == []
    assert len(skyaccord.find_conflicts(table, "5nm,1000ft", 0.0, age_s=[25.0, 25.0])) == 1
