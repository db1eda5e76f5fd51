"""WGS 84 against Vincenty's iteration, which shares no formula with ours, and at the awkward places."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.airspace.geodesy import (
    ecef,
    enu_axes,
    geographic,
    horizontal_distance_m,
    normals_at,
    velocity_ecef,
)

A, F = 6378137.0, 1 / 298.257223563
B = A * (1 - F)


def vincenty_m(latitude_1: float, longitude_1: float, latitude_2: float, longitude_2: float) -> float:
    """T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid", Survey Review 1975."""
    u1 = math.atan((1 - F) * math.tan(math.radians(latitude_1)))
    u2 = math.atan((1 - F) * math.tan(math.radians(latitude_2)))
    length = math.radians(longitude_2 - longitude_1)
    lam = length
    for _ in range(200):
        sin_s = math.hypot(
            math.cos(u2) * math.sin(lam),
            math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam),
        )
        if sin_s == 0:
            return 0.0
        cos_s = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        s = math.atan2(sin_s, cos_s)
        sin_a = math.cos(u1) * math.cos(u2) * math.sin(lam) / sin_s
        cos2_a = 1 - sin_a**2
        cos_2m = cos_s - 2 * math.sin(u1) * math.sin(u2) / cos2_a if cos2_a > 1e-15 else 0.0
        c = F / 16 * cos2_a * (4 + F * (4 - 3 * cos2_a))
        before = lam
        lam = length + (1 - c) * F * sin_a * (s + c * sin_s * (cos_2m + c * cos_s * (-1 + 2 * cos_2m**2)))
        if abs(lam - before) < 1e-13:
            break
    u = cos2_a * (A**2 - B**2) / B**2
    big_a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    big_b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    delta = (
        big_b
        * sin_s
        * (
            cos_2m
            + big_b
            / 4
            * (cos_s * (-1 + 2 * cos_2m**2) - big_b / 6 * cos_2m * (-3 + 4 * sin_s**2) * (-3 + 4 * cos_2m**2))
        )
    )
    return B * big_a * (s - delta)


@given(st.floats(-85, 85), st.floats(-180, 180), st.floats(-3, 3), st.floats(-3, 3))
@settings(deadline=None)
def test_distance_agrees_with_vincenty_to_a_millimetre(
    latitude: float, longitude: float, north: float, east: float
) -> None:
    other = latitude + north
    expected = vincenty_m(latitude, longitude, other, longitude + east)
    if expected <= 200 * 1852:
        assert horizontal_distance_m(latitude, longitude, other, longitude + east) == pytest.approx(
            expected, abs=1e-3
        )


def test_distance_far_away_is_within_one_part_in_a_thousand() -> None:
    generator = np.random.default_rng(7)
    for _ in range(300):
        lat1, lat2 = np.degrees(np.arcsin(generator.uniform(-1, 1, 2)))
        lon1, lon2 = generator.uniform(-180, 180, 2)
        expected = vincenty_m(lat1, lon1, lat2, lon2)
        if expected <= 10e6:
            assert horizontal_distance_m(lat1, lon1, lat2, lon2) == pytest.approx(expected, rel=1e-3)


def test_no_seam_at_antimeridian_and_poles() -> None:
    assert horizontal_distance_m(0, 179.99, 0, -179.99) == pytest.approx(0.02 * math.pi / 180 * A, abs=1e-3)
    meridian_radius = A**2 / B  # at the pole
    across = 0.02 * math.pi / 180 * meridian_radius
    assert horizontal_distance_m(89.99, 10, 89.99, -170) == pytest.approx(across, rel=1e-6)
    assert horizontal_distance_m(-90, 0, -90, 123) == pytest.approx(0, abs=1e-6)
    assert horizontal_distance_m(12, 34, 12, 34) == 0


def test_ecef_at_the_axes_and_back() -> None:
    points = ecef([0, 0, 90, -90], [0, 90, 17, 0])
    np.testing.assert_allclose(points, [[A, 0, 0], [0, A, 0], [0, 0, B], [0, 0, -B]], atol=1e-9)
    generator = np.random.default_rng(3)
    latitude, longitude = generator.uniform(-90, 90, 500), generator.uniform(-180, 180, 500)
    back = geographic(ecef(latitude, longitude))
    np.testing.assert_allclose(back[0], latitude, atol=1e-10)
    np.testing.assert_allclose(back[1], longitude, atol=1e-10)


def test_axes_are_right_handed_and_upright() -> None:
    generator = np.random.default_rng(5)
    latitude, longitude = generator.uniform(-90, 90, 200), generator.uniform(-180, 180, 200)
    east, north, up = enu_axes(latitude, longitude)
    np.testing.assert_allclose(np.cross(east, north), up, atol=1e-12)
    np.testing.assert_allclose(normals_at(ecef(latitude, longitude)), up, atol=1e-12)


def test_velocity_points_where_the_track_says() -> None:
    moved = ecef(40, 20) + velocity_ecef(40, 20, 100.0, 90.0)
    latitude, longitude = geographic(moved[None, :] if moved.ndim == 1 else moved)
    assert latitude == pytest.approx(40, abs=1e-6)
    assert horizontal_distance_m(40, 20, latitude, longitude) == pytest.approx(100, abs=1e-3)
    assert longitude > 20
