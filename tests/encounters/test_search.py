"""The search against brute force on made-up skies, and what must not change its answer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skyaccord.encounters import search as search_module
from skyaccord.encounters.flights import flights_of
from skyaccord.encounters.search import Inside, search
from skyaccord.separation.walk import (
    CPA_HORIZONTAL,
    CPA_NORM,
    CPA_TIME,
    CPA_VERTICAL,
    END,
    LEAST_HORIZONTAL,
    LEAST_VERTICAL,
    START,
)
from tests.encounters import brute
from tests.encounters.synthetic import START as NOON
from tests.encounters.synthetic import states

CLEAR = 1e-4  # a norm this near 1 is at the boundary: not for a comparison of two ways of rounding


@st.composite
def skies(draw: st.DrawFn) -> list[tuple[str, float, float, float, float]]:
    """A few aircraft that wander through some kilometres, with holes in their tracks."""
    latitude = draw(st.sampled_from([-55.0, 0.0, 36.5, 64.0]))
    rows = []
    for name in ("aaaaaa", "bbbbbb", "cccccc", "~ddddd")[: draw(st.integers(2, 4))]:
        times = draw(
            st.lists(st.integers(0, 2400).map(lambda tenth: tenth / 10), min_size=1, max_size=7, unique=True)
        )
        for seconds in sorted(times):
            north = draw(st.integers(-60, 60)) * 1e-3
            east = draw(st.integers(-60, 60)) * 1e-3
            altitude = draw(st.integers(36, 60)) * 25.0
            rows.append((name, seconds, latitude + north, east, altitude))
    return rows


def found_in(table: pl.DataFrame, inside: Inside, max_gap_s: float = 60.0) -> list[tuple[object, ...]]:
    """Rows as (a, b, start, end, CPA time, norm, horizontal, vertical, least horizontal, least vertical)."""
    flights = flights_of(table, max_gap_s)
    pairs, rows = search(flights, inside, threads=1)
    zero = flights.epoch_us / 1e6
    return [
        (
            flights.names[a],
            flights.names[b],
            zero + row[START],
            zero + row[END],
            zero + row[CPA_TIME],
            *row[[CPA_NORM, CPA_HORIZONTAL, CPA_VERTICAL, LEAST_HORIZONTAL, LEAST_VERTICAL]],
        )
        for (a, b), row in zip(pairs.tolist(), rows, strict=True)
    ]


@given(skies(), st.sampled_from([(200.0, 30.0), (926.0, 152.4), (5556.0, 100.0), (3000.0, 914.4)]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_never_missed_and_never_false(
    sky: list[tuple[str, float, float, float, float]], limits: tuple[float, float]
) -> None:
    table = states(sky)
    expected = brute.encounters(table, *limits)
    found = found_in(table, Inside(*limits))
    # a piece that only just dips in, or two intervals with next to nothing between: rounding decides those
    assume(all(row.norm < 1 - CLEAR for row in expected))
    assume(all(row[5] < 1 - CLEAR for row in found))
    for one, other in pairwise(expected):
        assume((one.a, one.b) != (other.a, other.b) or other.start - one.end > 1e-3)
    assert [row[:2] for row in found] == [(row.a, row.b) for row in expected]
    for row, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(row[2:4], (other.start, other.end), atol=2e-3, rtol=0)
        assert row[5] == pytest.approx(other.norm, abs=1e-5)
        assert row[8] == pytest.approx(other.least_horizontal_m, abs=0.05)
        assert row[9] == pytest.approx(other.least_vertical_m, abs=0.05)


@given(skies(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_of_rows_and_cutting_of_time_change_nothing(
    sky: list[tuple[str, float, float, float, float]], random: object
) -> None:
    inside = Inside(3000.0, 300.0)
    table = states(sky)
    expected = found_in(table, inside)
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=random.randint(0, 2**31))  # type: ignore[attr-defined]
    assert found_in(shuffled, inside) == expected
    flights = flights_of(table, 60.0)
    reference = search(flights, inside, threads=1)
    for threads in (2, 5):
        for ours, theirs in zip(search(flights, inside, threads=threads), reference, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@given(skies(), st.sampled_from([8.0, 16.0, 32.0, 64.0]))
@settings(max_examples=60, deadline=None)
def test_length_of_slices_changes_nothing(
    sky: list[tuple[str, float, float, float, float]], slice_s: float
) -> None:
    flights = flights_of(states(sky), 60.0)
    inside = Inside(3000.0, 300.0)
    reference = search(flights, inside, threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_module, "SLICES_S", (slice_s,))
        for ours, theirs in zip(search(flights, inside, threads=1), reference, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@given(skies(), st.sampled_from([179.99, -180.0, 77.0]))
@settings(max_examples=60, deadline=None)
def test_rotation_about_the_pole_changes_nothing(
    sky: list[tuple[str, float, float, float, float]], turn: float
) -> None:
    inside = Inside(3000.0, 300.0)
    expected = found_in(states(sky), inside)
    turned = [
        (name, seconds, latitude, (longitude + turn + 180) % 360 - 180, altitude)
        for name, seconds, latitude, longitude, altitude in sky
    ]
    found = found_in(states(turned), inside)
    assume(all(row[5] < 1 - CLEAR for row in [*expected, *found]))  # type: ignore[operator]
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    for row, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(row[2:4], other[2:4], atol=1e-3, rtol=0)  # type: ignore[arg-type]
        np.testing.assert_allclose(row[5:], other[5:], atol=1e-3, rtol=0)  # type: ignore[arg-type]


@given(skies(), st.integers(-10_000, 10_000))
@settings(max_examples=40, deadline=None)
def test_shift_in_time_shifts_the_answer(
    sky: list[tuple[str, float, float, float, float]], shift_s: int
) -> None:
    inside = Inside(3000.0, 300.0)
    expected = found_in(states(sky), inside)
    moved = found_in(states([(row[0], row[1] + shift_s, *row[2:]) for row in sky]), inside)
    assert [row[:2] for row in moved] == [row[:2] for row in expected]
    for row, other in zip(moved, expected, strict=True):
        np.testing.assert_allclose(np.array(row[2:5]) - shift_s, other[2:5], atol=1e-6, rtol=0)  # type: ignore[arg-type]
        assert row[5:] == other[5:]


@given(skies())
@settings(max_examples=40, deadline=None)
def test_other_names_swap_the_pair_and_nothing_else(
    sky: list[tuple[str, float, float, float, float]],
) -> None:
    inside = Inside(3000.0, 300.0)
    other_names = {"aaaaaa": "ffffff", "bbbbbb": "eeeeee", "cccccc": "cccccc", "~ddddd": "aaaaaa"}
    expected = {
        tuple(sorted((other_names[str(row[0])], other_names[str(row[1])]))) + row[2:4]
        for row in found_in(states(sky), inside)
    }
    swapped = found_in(states([(other_names[row[0]], *row[1:]) for row in sky]), inside)
    assert {row[:4] for row in swapped} == expected
    assert all(str(row[0]) < str(row[1]) for row in swapped)


def test_two_over_the_pole() -> None:
    # one along the meridians 0 and 180, one along 90 and -90, both over the pole, 10 s apart
    rows = []
    step = 100 / 111_694  # about 100 m/s; a degree of latitude at the pole is 111.694 km
    for seconds in range(0, 121, 20):
        for name, meridian, pole_at in (("aaaaaa", 0.0, 60.0), ("bbbbbb", 90.0, 70.0)):
            away = (pole_at - seconds) * step
            rows.append((name, seconds, 90 - abs(away), meridian if away >= 0 else meridian - 180, 1000.0))
    (row,) = found_in(states(rows), Inside(1000.0, 300.0))
    # perpendicular tracks, offset 1,000 m along one: least distance 1,000/√2, half way between the two passes
    assert row[8] == pytest.approx(1000 / np.sqrt(2), abs=0.2)
    assert float(row[4]) - NOON.timestamp() == pytest.approx(65.0, abs=0.01)  # type: ignore[arg-type]
    assert float(row[3]) - float(row[2]) == pytest.approx(10.0, abs=0.05)  # type: ignore[arg-type]


def test_exactly_at_the_limit_all_along_is_no_encounter() -> None:
    rows = [
        (name, seconds, 50.0, 1e-3 * seconds, altitude)
        for seconds in range(0, 200, 10)
        for name, altitude in (("aaaaaa", 4000.0), ("bbbbbb", 3000.0))
    ]
    assert found_in(states(rows), Inside(9260.0, 304.8)) == []
    assert len(found_in(states(rows), Inside(9260.0, 304.8001))) == 1


def test_touching_the_limit_at_one_sample_cuts_the_encounter_in_two() -> None:
    # 400, 500, 400 ft apart under a limit of 500 ft: at the middle sample the limit is kept
    rows = [
        (name, seconds, 50.0, 10.0, altitude)
        for seconds, apart in ((0, 400.0), (30, 500.0), (60, 400.0))
        for name, altitude in (("aaaaaa", 5000.0), ("bbbbbb", 5000.0 + apart))
    ]
    noon = NOON.timestamp()
    intervals = [(row[2], row[3]) for row in found_in(states(rows), Inside(926.0, 152.4))]
    assert [(float(a) - noon, float(b) - noon) for a, b in intervals] == [  # type: ignore[arg-type]
        pytest.approx((0, 30)),
        pytest.approx((30, 60)),
    ]


def test_a_gap_ends_an_encounter_and_a_short_one_does_not() -> None:
    rows = [
        (name, seconds, 50.0, 10.0, 5000.0)
        for seconds in (0, 60, 120, 181, 240)
        for name in ("aaaaaa", "bbbbbb")
    ]
    assert len(found_in(states(rows), Inside(926.0, 152.4), 60.0)) == 2
    assert len(found_in(states(rows), Inside(926.0, 152.4), 61.0)) == 1


def test_passing_between_unaligned_samples_is_not_missed() -> None:
    # head-on at 500 m/s together, samples 50 s apart and never at the same time: inside for 3.7 s only
    rows = [("aaaaaa", t, 50.0, 10 + 250 * t / 71_700, 9000.0) for t in (0, 50, 100)]
    rows += [("bbbbbb", t, 50.0, 10 + 250 * (140 - t) / 71_700, 9000.0) for t in (7, 57, 107)]
    (row,) = found_in(states(rows), Inside(926.0, 152.4))
    assert float(row[4]) - NOON.timestamp() == pytest.approx(70, abs=0.5)  # type: ignore[arg-type]
    assert float(row[8]) < 30  # type: ignore[arg-type]


def test_both_limits_to_be_kept_breaks_on_either() -> None:
    rows = [
        (name, seconds, latitude, 10.0, altitude)
        for seconds in (0, 30, 60)
        for name, latitude, altitude in (
            ("aaaaaa", 50.0, 5000.0),
            ("bbbbbb", 50.0, 20_000.0),  # beside a, far above
            ("cccccc", 55.0, 5100.0),  # far from a, level with it
            ("~ddddd", 60.0, 40_000.0),  # neither
        )
    ]
    found = found_in(states(rows), Inside(926.0, 152.4, either_breaks=True))
    assert [row[:2] for row in found] == [("aaaaaa", "bbbbbb"), ("aaaaaa", "cccccc")]


def test_both_limits_joins_where_one_break_hands_over_to_the_other() -> None:
    # level with each other until 40 s, horizontally near from 20 s on: one infringement without a seam
    rows = []
    for seconds in range(0, 101, 10):
        above = max(0.0, seconds - 30) * 100.0
        rows.append(("aaaaaa", seconds, 50.0, 10.0, 5000.0))
        rows.append(("bbbbbb", seconds, 50.0 + max(0.0, 40 - seconds) * 4e-4, 10.0, 5000.0 + above))
    found = found_in(states(rows), Inside(926.0, 152.4, either_breaks=True))
    assert len(found) == 1
    assert float(found[0][3]) - float(found[0][2]) == pytest.approx(100)  # type: ignore[arg-type]


def test_nobody_meets_in_an_empty_sky() -> None:
    assert found_in(states([]), Inside(926.0, 152.4)) == []
    assert found_in(states([("aaaaaa", 0, 50.0, 10.0, 1000.0)]), Inside(926.0, 152.4)) == []


def test_what_is_loaded_while_files_are_read_is_the_kernel_that_the_search_calls() -> None:
    search_module.wake()
    rows = [(name, t, 36.5, -122.0 + 1e-4 * t, 3000.0) for name in ("aaaaaa", "bbbbbb") for t in (0.0, 10.0)]
    search(flights_of(states(rows), 60.0), Inside(926.0, 152.4))
    search(flights_of(states(rows), 60.0), Inside(926.0, np.inf))
    assert len(search_module.boxes.signatures) == 1  # type: ignore[attr-defined]
