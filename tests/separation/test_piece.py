"""One piece of relative motion against dense sampling; ties as they are defined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.separation.piece import (
    closest_in,
    inside_piece,
    least_horizontal_time,
    least_vertical,
    touches_cylinder,
)

motion = st.tuples(
    *(st.floats(low, high) for low, high in [(-5000, 5000), (-5000, 5000), (-400, 400)]),
    *(st.floats(low, high) for low, high in [(-200, 200), (-200, 200), (-20, 20)]),
)
limits = st.tuples(st.floats(50, 9000), st.floats(10, 900))
DURATION = 60.0


def sampled(piece: tuple[float, ...], count: int = 6001) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
    times = np.linspace(0, DURATION, count)
    px, py, pz, vx, vy, vz = piece
    return times, np.hypot(px + vx * times, py + vy * times), np.abs(pz + vz * times)


@given(motion, limits)
@settings(max_examples=200, deadline=None)
def test_closest_is_least_of_the_norm(piece: tuple[float, ...], limit: tuple[float, float]) -> None:
    time, norm, distance = closest_in(*piece, *limit, 0.0, DURATION)
    _, beside, above = sampled(piece)
    norms = np.maximum(beside / limit[0], above / limit[1])
    assert 0 <= time <= DURATION
    assert norm <= norms.min() + 1e-9
    px, py, pz, vx, vy, vz = piece
    assert distance == pytest.approx(np.hypot(px + vx * time, py + vy * time), abs=1e-6)
    assert norm == pytest.approx(max(distance / limit[0], abs(pz + vz * time) / limit[1]), abs=1e-12)


@given(motion, limits, st.booleans())
@settings(max_examples=200, deadline=None)
def test_inside_where_the_limits_are_broken(
    piece: tuple[float, ...], limit: tuple[float, float], either_breaks: bool
) -> None:
    in_1, out_1, in_2, out_2 = inside_piece(*piece, *limit, either_breaks, DURATION)
    times, beside, above = sampled(piece)
    combine = np.minimum if either_breaks else np.maximum
    norms = combine(beside / limit[0], above / limit[1])
    inside = ((times >= in_1) & (times <= out_1)) | ((times >= in_2) & (times <= out_2))
    assert not (inside & (norms > 1 + 1e-6)).any()
    assert not (~inside & (norms < 1 - 1e-6)).any()
    assert either_breaks or np.isnan(in_2)
    assert np.isnan(in_2) or out_1 <= in_2


@given(motion)
@settings(max_examples=100, deadline=None)
def test_least_distances(piece: tuple[float, ...]) -> None:
    _, beside, above = sampled(piece)
    px, py, pz, vx, vy, vz = piece
    time = least_horizontal_time(px, py, vx, vy, 0.0, DURATION)
    assert np.hypot(px + vx * time, py + vy * time) <= beside.min() + 1e-9
    least = least_vertical(pz, vz, 0.0, DURATION)
    assert least <= above.min() + 1e-9
    assert least >= above.min() - abs(vz) * DURATION / 6000 - 1e-9


def test_ties_go_to_the_smaller_distance_then_to_the_earlier_instant() -> None:
    # 100 m above all along: the norm is level while the horizontal distance falls and rises again
    time, norm, distance = closest_in(-300.0, 40.0, 100.0, 10.0, 0.0, 0.0, 926.0, 152.4, 0.0, DURATION)
    assert (time, distance) == (pytest.approx(30.0), pytest.approx(40.0))
    assert norm == pytest.approx(100 / 152.4)
    # nothing changes at all: the first instant
    assert closest_in(300.0, 0.0, 10.0, 0.0, 0.0, 0.0, 926.0, 152.4, 7.0, DURATION)[0] == 7.0
    # side by side, one climbing through the other's level: the norm is level while the horizontal distance
    # decides, so the first instant at which it does
    time, _, _ = closest_in(463.0, 0.0, -152.4, 0.0, 0.0, 5.08, 926.0, 152.4, 0.0, DURATION)
    assert time == pytest.approx(15.0)


def test_horizontal_only() -> None:
    time, norm, _ = closest_in(-1000.0, 0.0, 9000.0, 100.0, 0.0, 0.0, 926.0, np.inf, 0.0, DURATION)
    assert (time, norm) == (10.0, 0.0)


def test_touching_a_cylinder_between_the_ends() -> None:
    crossing = (-3000.0, 0.0, 50.0, 100.0, 0.0, -1.0)
    assert touches_cylinder(*crossing, 152.4, 30.48, 0.0, DURATION)
    assert not touches_cylinder(*crossing, 152.4, 30.48, 0.0, 20.0)


def test_closest_against_a_search_that_knows_no_formula() -> None:
    """400 pieces of ordinary motion; the norm is convex, so that thirds lead to its least value."""
    generator = np.random.default_rng(20150930)
    position = generator.uniform((-3000, -3000, -400), (3000, 3000, 400), (400, 3))
    velocity = generator.uniform((-150, -150, -15), (150, 150, 15), (400, 3))
    limits_m = generator.uniform((300, 50), (6000, 600), (400, 2))
    low, high = np.zeros(400), np.full(400, DURATION)

    def norm_at(time: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        apart = position + velocity * time[:, None]
        beside, above = np.hypot(apart[:, 0], apart[:, 1]), np.abs(apart[:, 2])
        return np.maximum(beside / limits_m[:, 0], above / limits_m[:, 1])

    for _ in range(120):
        third = (high - low) / 3
        left = norm_at(low + third) < norm_at(high - third)
        low, high = np.where(left, low, low + third), np.where(left, high - third, high)
    found = [
        closest_in(*place, *move, *limit, 0.0, DURATION)
        for place, move, limit in zip(position, velocity, limits_m, strict=True)
    ]
    np.testing.assert_allclose([norm for _, norm, _ in found], norm_at((low + high) / 2), atol=1e-9)


def test_the_two_distances_draw_level_once_where_they_change_alike() -> None:
    time, norm, distance = closest_in(-100.0, 0.0, 10.0, 2.0, 0.0, 1.0, 100.0, 50.0, 0.0, DURATION)
    assert (time, norm, distance) == pytest.approx((20.0, 0.6, 60.0))


def test_one_limit_kept_for_an_instant_between_two_breaks_leaves_two_parts() -> None:
    parts = inside_piece(0.0, 0.0, 150.0, 10.0, 0.0, -5.0, 100.0, 100.0, True, DURATION)
    assert parts == pytest.approx((0.0, 10.0, 10.0, 50.0))


@pytest.mark.parametrize(
    ("height", "climb", "least"),
    [
        (0.5, 1.0, 0.5),
        (-0.5, -1.0, 0.5),
        (2.0, -0.15, 0.5),
        (-2.0, 0.15, 0.5),
        (0.5, -1.0, 0.0),
        (-0.5, 1.0, 0.0),
    ],
)
def test_nearly_level_is_not_level(height: float, climb: float, least: float) -> None:
    assert least_vertical(height, climb, 0.0, 10.0) == pytest.approx(least)
