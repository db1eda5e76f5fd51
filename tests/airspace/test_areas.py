"""Areas: what is inside, everywhere on Earth, against independent geometry; and what is no area."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.airspace.areas import RADIUS_NM_MAX, VERTICES_MAX, PolygonShape, circle, polygon
from skyaccord.airspace.geodesy import ecef
from skyaccord.airspace.units import M_PER_NM
from skyaccord.base.errors import InputError, LimitError

SQUARE = [[10.0, 10.0], [10.0, 20.0], [20.0, 20.0], [20.0, 10.0]]
SEAM = [[10, 170], [10, -170], [-10, -170], [-10, 170]]
NORTH = [[80, 0], [80, 90], [80, 180], [80, -90]]
SOUTH = [[-60, 30], [-70, -90], [-65, 150]]


def turned(points: np.ndarray, axis: np.ndarray, angle: float) -> np.ndarray:
    """Rodrigues' rotation of unit vectors."""
    cos, sin = np.cos(angle), np.sin(angle)
    along = (points @ axis)[:, None] * axis
    return points * cos + np.cross(axis, points) * sin + along * (1 - cos)


def to_vectors(degrees: np.ndarray) -> np.ndarray:
    phi, lam = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=1)


def to_degrees(vectors: np.ndarray) -> np.ndarray:
    return np.degrees(
        np.stack(
            (np.arctan2(vectors[:, 2], np.hypot(vectors[:, 0], vectors[:, 1])),
             np.arctan2(vectors[:, 1], vectors[:, 0])),
            axis=1,
        )
    )  # fmt: skip


def winding(shape: PolygonShape, latitude: float, longitude: float) -> int:
    """How often the border turns around a point: the sum of angles it is seen under, in whole turns.

    Works on the sphere, with no projection and no even-odd rule: an independent answer.
    """
    point = to_vectors(np.array([[latitude, longitude]]))[0]
    corners = to_vectors(shape.vertices)
    flat = corners - (corners @ point)[:, None] * point
    total = 0.0
    for here, after in zip(flat, np.roll(flat, -1, axis=0), strict=True):
        total += np.arctan2(np.cross(here, after) @ point, here @ after)
    return round(total / (2 * np.pi))


@pytest.mark.parametrize(
    ("vertices", "inside", "outside"),
    [
        (SQUARE, [(15, 15), (10.2, 19.9), (10, 10), (20, 20)], [(9.9, 15), (15, 21), (-15, -165)]),
        (SEAM, [(0, 180), (0, -180), (0, 175), (0, -175)], [(0, 0), (0, 165), (0, -165), (11, 180)]),
        (NORTH, [(90, 0), (90, 77), (85, 45), (85, -170)], [(80, 45), (-90, 0), (-85, 0), (79, 90)]),
        (SOUTH, [(-90, 5), (-80, 0), (-75, -90)], [(90, 0), (-60, -90), (-55, 30), (0, 0)]),
        # an L: not convex
        ([[0, 0], [0, 3], [1, 3], [1, 1], [3, 1], [3, 0]], [(2, 0.5), (0.5, 2)], [(2, 2), (1.5, 1.5)]),
        (list(reversed(SQUARE)), [(15, 15)], [(9.9, 15)]),
    ],
)  # fmt: skip
def test_inside_and_outside(
    vertices: list[list[float]], inside: list[tuple[float, float]], outside: list[tuple[float, float]]
) -> None:
    shape = polygon(vertices)
    latitude, longitude = np.array([*inside, *outside], dtype=float).T
    expected = [True] * len(inside) + [False] * len(outside)
    assert shape.contains(latitude, longitude).tolist() == expected


def test_an_edge_is_a_great_circle() -> None:
    """Half way between two points of one parallel the great circle is nearer to the pole."""
    shape = polygon([[33, 35], [33, 43], [30, 39]])
    highest = np.degrees(np.arctan(np.tan(np.radians(33)) / np.cos(np.radians(4))))
    assert shape.contains(highest - 1e-6, 39.0)
    assert not shape.contains(highest + 1e-6, 39.0)
    assert (highest - 33) * 60 == pytest.approx(3.83, abs=0.01)  # NM


def test_shapes_of_the_answer() -> None:
    shape = polygon(SQUARE)
    assert shape.contains(15.0, 15.0).shape == ()
    assert shape.contains(np.full((2, 3), 15.0), 15.0).shape == (2, 3)
    assert shape.contains([], []).shape == (0,)
    assert shape.contains([np.nan, 15.0], [15.0, np.nan]).tolist() == [False, False]
    assert circle(0, 0, 10).contains(np.array([0.0, np.nan, 1.0]), 0.0).tolist() == [True, False, False]


def test_many_points_are_done_in_batches() -> None:
    generator = np.random.default_rng(5)
    count = 40_000
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    star = (
        np.stack((5 * np.cos(angles), 5 * np.sin(angles)), axis=1) * (1 + 0.3 * np.cos(angles * 9))[:, None]
    )
    shape = polygon(star)
    latitude, longitude = generator.uniform(-8, 8, (2, count))
    whole = shape.contains(latitude, longitude)
    parts = np.concatenate([shape.contains(latitude[i::7], longitude[i::7]) for i in range(7)])
    assert np.count_nonzero(whole) == np.count_nonzero(parts) > 1000
    chosen = generator.choice(count, 300, replace=False)
    assert [bool(whole[i]) for i in chosen] == [
        winding(shape, latitude[i], longitude[i]) != 0 for i in chosen
    ]


@st.composite
def stars(draw: st.DrawFn) -> np.ndarray:
    """Vertices in order around the point (0, 0), at most 40 degrees away: never crossing."""
    count = draw(st.integers(3, 9))
    shifts = draw(st.lists(st.floats(0.1, 0.9), min_size=count, max_size=count))
    radii = draw(st.lists(st.floats(1.0, 40.0), min_size=count, max_size=count))
    bearings = (np.arange(count) + shifts) * 2 * np.pi / count
    distance = np.radians(radii)
    vectors = np.stack(
        (np.cos(distance), np.sin(distance) * np.sin(bearings), np.sin(distance) * np.cos(bearings)), axis=1
    )
    return vectors


angle = st.floats(-np.pi, np.pi)


@settings(max_examples=60, deadline=None)
@given(stars(), angle, angle, angle, st.integers(0, 2**32 - 1))
def test_anywhere_on_earth_it_agrees_with_winding_numbers(
    vectors: np.ndarray, yaw: float, pitch: float, roll: float, seed: int
) -> None:
    """One star-shaped polygon, turned onto poles, seams and everything between; points near and far."""
    for axis, turn in zip(np.eye(3), (yaw, pitch, roll), strict=True):
        vectors = turned(vectors, axis, turn)
    try:
        shape = polygon(to_degrees(vectors))
    except InputError as error:  # the middle may lie far off in a lopsided star; nothing else may be wrong
        assert "from its middle" in str(error) or "crosses" in str(error)  # noqa: PT017
        return
    near = to_degrees(vectors.mean(axis=0) + np.random.default_rng(seed).normal(0, 0.4, (40, 3)))
    inside = shape.contains(near[:, 0], near[:, 1])
    for (latitude, longitude), found in zip(near, inside, strict=True):
        planar = to_vectors(np.array([[latitude, longitude]]))[0]
        if planar @ shape.middle < 0.1:  # winding numbers count the other side of the Earth as well
            assert not found
        else:
            assert found == (winding(shape, latitude, longitude) != 0)
    assert shape.contains(shape.vertices[:, 0], shape.vertices[:, 1]).all()
    antipodes = to_degrees(-vectors)
    assert not shape.contains(antipodes[:, 0], antipodes[:, 1]).any()


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.floats(0.1, 300), st.floats(0, 360), st.floats(-0.01, 0.01)
)
def test_a_circle_is_all_points_within_its_radius(
    latitude: float, longitude: float, radius_nm: float, bearing_deg: float, off_nm: float
) -> None:
    """A point at radius + off along a bearing on the local sphere of the ellipsoid's own chord lengths."""
    shape = circle(latitude, longitude, radius_nm)
    assert shape.contains(latitude, longitude)
    phi, lam, bearing = np.radians([latitude, longitude, bearing_deg])
    distance = (radius_nm + off_nm) * M_PER_NM / 6_371_000.0
    phi2 = np.arcsin(np.sin(phi) * np.cos(distance) + np.cos(phi) * np.sin(distance) * np.cos(bearing))
    lam2 = lam + np.arctan2(
        np.sin(bearing) * np.sin(distance) * np.cos(phi), np.cos(distance) - np.sin(phi) * np.sin(phi2)
    )
    there = np.degrees([phi2, lam2])
    chord_m = float(np.linalg.norm(ecef(*there) - ecef(latitude, longitude)))
    # a chord of c spans an arc of at least c, and at most c plus a little: c³/24R² on the most curved Earth
    arc_at_most_m = chord_m + chord_m**3 / (24 * 6_330_000.0**2) * 1.01 + 1e-6
    if arc_at_most_m < radius_nm * M_PER_NM:
        assert shape.contains(*there)
    if chord_m > radius_nm * M_PER_NM + 1e-3:
        assert not shape.contains(*there)


def test_a_circle_over_a_pole_and_the_seam() -> None:
    pole = circle(90, 0, 60)
    assert pole.contains([89.1, 89.1, 90], [0.0, 180.0, 45.0]).all()
    assert not pole.contains(88.9, 10.0)
    seam = circle(0, 180, 60)
    assert seam.contains([0, 0], [179.1, -179.1]).all()
    assert not seam.contains(0.0, 178.9)


@pytest.mark.parametrize(
    ("vertices", "words"),
    [
        ([[0, 0], [1, 1]], "at least 3"),
        ([[0, 0], [1, 1], [91, 0]], "vertex 2 has latitude 91"),
        ([[0, 0], [1, 1], [0, 181]], "vertex 2 has longitude 181"),
        ([[0, 0], [1, 1], [0, float("nan")]], "longitude nan"),
        ([[0, 0], [1, 1, 1], [0, 1]], "vertex 1 has 3 numbers"),
        ([[0, 0], [1, 1], [0, 1], [0, 0]], "the last vertex repeats the first"),
        ([[0, 0], [1, 1], [1, 1], [0, 1]], "vertices 1 and 2 are the same point"),
        ([[0, 180], [1, 170], [0, -180], [5, 175]], "vertices 0 and 2 are the same point"),
        ([[90, 0], [80, 0], [90, 50]], "same point|repeats the first"),
        ([[0, 0], [1, 1], [0, 1], [1, 0]], "crosses"),
        ([[0, 0], [0, 2], [0, 1], [1, 1]], "lie on one another|crosses"),
        ([[0, 0], [0, 1], [0, 2]], "lie on one another"),
        ([[0, 0], [0, 120], [0, -120]], "split it"),
        ([[80, 0], [80, 180], [-80, 90]], "split it"),
    ],
)
def test_what_is_no_polygon(vertices: list[list[float]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        polygon(vertices)


def test_limits() -> None:
    with pytest.raises(LimitError, match=str(VERTICES_MAX)):
        polygon([[0.0, 0.0]] * (VERTICES_MAX + 1))
    for radius_nm in (0, -1, RADIUS_NM_MAX * 1.01, float("nan"), float("inf")):
        with pytest.raises(InputError, match="radius"):
            circle(0, 0, radius_nm)
    with pytest.raises(InputError, match="the centre has latitude"):
        circle(-91, 0, 5)
