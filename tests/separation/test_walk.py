"""The ground under a scan: where a link has an aircraft, how a piece is projected, what a stretch records."""

from __future__ import annotations

import numpy as np
import pytest

from skyaccord.airspace.geodesy import ecef
from skyaccord.separation.walk import (
    COLUMNS,
    END,
    JOIN_AFTER,
    JOIN_BEFORE,
    NO_JOIN,
    START,
    position_at,
    project,
    write_stretch,
)

GENERATOR = np.random.default_rng(32)


def test_a_link_has_its_aircraft_at_its_samples_and_in_between_on_the_straight_line() -> None:
    samples = GENERATOR.normal(size=(5, 4))
    first, start, end = np.array([0, 1, 3]), np.array([0.0, 10.0, 40.0]), np.array([10.0, 25.0, 50.0])
    for link, sample in enumerate(first):
        here, there = samples[sample], samples[sample + 1]
        for share, time in ((0.0, start[link]), (1.0, end[link]), (0.3, 0.7 * start[link] + 0.3 * end[link])):
            found = position_at(time, link, first, start, end, samples)
            np.testing.assert_allclose(found, here + share * (there - here), rtol=1e-12)
        assert position_at(start[link] - 1.0, link, first, start, end, samples) == tuple(here)
        assert position_at(end[link] + 1.0, link, first, start, end, samples) == tuple(there)


@pytest.mark.parametrize("latitude", [-90.0, -89.9, -50.0, 0.0, 36.5, 63.0, 65.0, 89.9, 90.0])
@pytest.mark.parametrize("longitude", [-180.0, -122.0, 0.0, 45.0, 180.0])
def test_a_piece_is_seen_from_above_the_middle_of_the_pair(latitude: float, longitude: float) -> None:
    """The up direction by geography, not by the ellipsoid's equation; what lies across it is kept whole."""
    phi, theta = np.radians(latitude), np.radians(longitude)
    up = np.array([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])
    middle = ecef(np.array([latitude]), np.array([longitude]))[0]
    for _ in range(5):
        offsets = GENERATOR.uniform(-8e3, 8e3, (3, 3))
        offsets = np.vstack((offsets, -offsets.sum(axis=0)))  # four points about that middle
        heights = GENERATOR.uniform(0.0, 1e4, 4)
        a_start, b_start, a_end, b_end = (
            (*(middle + offset).tolist(), float(height))
            for offset, height in zip(offsets, heights, strict=True)
        )
        px, py, pz, vx, vy, vz = project(a_start, b_start, a_end, b_end, 20.0)
        gaps = offsets[1] - offsets[0], offsets[3] - offsets[2]
        flat = [gap - up * (gap @ up) for gap in gaps]
        places = np.array([px, py]), np.array([px + 20 * vx, py + 20 * vy])
        for place, gap in zip(places, flat, strict=True):
            assert np.hypot(*place) == pytest.approx(np.linalg.norm(gap), rel=1e-6)
        assert places[0] @ places[1] == pytest.approx(flat[0] @ flat[1], rel=1e-6, abs=10.0)
        assert (pz, pz + 20 * vz) == pytest.approx((heights[1] - heights[0], heights[3] - heights[2]))


@pytest.mark.parametrize(
    ("place", "move", "joins"),
    [
        ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (True, True)),
        ((0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (True, False)),
        ((0.0, 0.0, 0.0), (0.0, 10.0, 0.0), (True, False)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 10.0), (True, False)),
        ((150.0, 0.0, 0.0), (-10.0, 0.0, 0.0), (False, True)),
        ((0.0, -150.0, 0.0), (0.0, 10.0, 0.0), (False, True)),
        ((0.0, 0.0, 150.0), (0.0, 0.0, -10.0), (False, True)),
        ((-150.0, 0.0, 0.0), (20.0, 0.0, 0.0), (False, False)),
    ],
)
def test_a_stretch_may_join_where_the_pair_is_inside_at_the_end_of_its_piece(
    place: tuple[float, ...], move: tuple[float, ...], joins: tuple[bool, bool]
) -> None:
    row = np.zeros(COLUMNS)
    write_stretch(row, 100.0, 115.0, *place, *move, 100.0, 100.0, False, 5.0, 9.0)
    expected = (100.0 if joins[0] else NO_JOIN, 115.0 if joins[1] else NO_JOIN)
    assert (row[JOIN_BEFORE], row[JOIN_AFTER]) == expected
    assert (row[START], row[END]) == (105.0, 109.0)
