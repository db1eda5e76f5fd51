"""Areas on WGS 84: polygons and circles, and which points lie in them.

A polygon's edges are great circles between its vertices, as charted airspace has them, each vertex seen
as the direction straight up from it (geodetic latitude and longitude). An edge along a parallel is
therefore not followed: across 8 degrees of longitude at 33°N the great circle runs 4 NM north of it. Give
a long parallel more vertices.

How it works: the gnomonic projection maps great circles to straight lines. All vertices are projected
onto the plane that touches the sphere at their middle, and the question becomes one for a flat polygon. A
point on the far hemisphere has no projection and is outside. There is no seam: a polygon over the
antimeridian or a pole is like any other. The price is that a polygon must lie well within one hemisphere
(SPAN_DEG_MAX).

        vertices        ●───────●
     on the sphere     ╱ ⟍     ⟋ ╲            the plane touches in the middle;
                      ╱    ⟍ ⟋    ╲           rays run from the centre of the sphere
                             ·centre
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skyaccord.airspace.geodesy import horizontal_distance_m, normals
from skyaccord.airspace.units import M_PER_NM
from skyaccord.base.errors import InputError, LimitError

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

VERTICES_MIN: Final = 3
VERTICES_MAX: Final = 1_000  # points times edges is the work
SPAN_DEG_MAX: Final = (
    60.0  # farthest vertex from the middle: the projection stretches by 1/cos², here at most 4
)
RADIUS_NM_MAX: Final = 2_000.0  # beyond it the distance on the ellipsoid loses its last metres
EDGE_TOLERANCE: Final = 1e-9  # radians, 6 mm on the ground: the border itself belongs to the area
_BATCH: Final = 2_000_000  # points × edges held at once, 16 MB an array


class Shape(Protocol):
    """An area as geometry."""

    def contains(self, latitude: ArrayLike, longitude: ArrayLike) -> Booleans:
        """Which points (degrees, broadcastable shapes) lie inside or on the border; nan is nowhere."""
        ...


@dataclass(frozen=True)
class CircleShape:
    """All points within a distance of a centre, along the ellipsoid. Make it with `circle()`."""

    latitude: float
    longitude: float
    radius_nm: float

    def contains(self, latitude: ArrayLike, longitude: ArrayLike) -> Booleans:
        distance_m = horizontal_distance_m(self.latitude, self.longitude, latitude, longitude)
        with np.errstate(invalid="ignore"):
            inside: Booleans = np.asarray(distance_m <= self.radius_nm * M_PER_NM)
        return inside


@dataclass(frozen=True, eq=False)
class PolygonShape:
    """The inside of a closed line of great circles. Make it with `polygon()`, which checks it.

    vertices: degrees [latitude, longitude], shape (n, 2), not closed. east, north, middle: the axes of
    the plane. corners: the vertices on the plane, shape (n, 2).
    """

    vertices: Floats
    east: Floats
    north: Floats
    middle: Floats
    corners: Floats

    def contains(self, latitude: ArrayLike, longitude: ArrayLike) -> Booleans:
        latitude, longitude = np.broadcast_arrays(
            np.asarray(latitude, dtype=np.float64), np.asarray(longitude, dtype=np.float64)
        )
        points = normals(latitude, longitude).reshape(-1, 3)
        inside = np.zeros(len(points), dtype=np.bool_)
        toward = points @ self.middle
        reach = float(
            np.min(1 / np.sqrt(1 + np.sum(self.corners**2, axis=1)))
        )  # cosine to the farthest vertex
        near = np.flatnonzero(toward >= reach - EDGE_TOLERANCE)  # no inside point lies farther than a vertex
        step = max(1, _BATCH // len(self.corners))
        for start in range(0, len(near), step):
            chosen = near[start : start + step]
            x = points[chosen] @ self.east / toward[chosen]
            y = points[chosen] @ self.north / toward[chosen]
            inside[chosen] = _inside(x, y, self.corners)
        return inside.reshape(latitude.shape)


def circle(latitude: float, longitude: float, radius_nm: float) -> CircleShape:
    """A circle around a point in degrees. Raises InputError for values out of range."""
    _check_point(latitude, longitude, "the centre")
    if not 0 < radius_nm <= RADIUS_NM_MAX:
        raise InputError(
            f"a radius of {radius_nm:g} NM is out of range", do=f"more than 0, at most {RADIUS_NM_MAX:g} NM"
        )
    return CircleShape(float(latitude), float(longitude), float(radius_nm))


def polygon(vertices: Sequence[Sequence[float]] | Floats) -> PolygonShape:
    """A polygon from [latitude, longitude] vertices in degrees, in either turn, not closed.

    Raises InputError for fewer than 3 vertices, repeated ones, crossing edges, or one too large for one
    plane; LimitError for more than VERTICES_MAX.
    """
    if len(vertices) > VERTICES_MAX:
        raise LimitError(f"a polygon of {len(vertices)} vertices; at most {VERTICES_MAX} are possible")
    if len(vertices) < VERTICES_MIN:
        raise InputError(f"a polygon of {len(vertices)} vertices", do=f"give at least {VERTICES_MIN}")
    for number, vertex in enumerate(vertices):
        if len(vertex) != 2:
            raise InputError(f"vertex {number} has {len(vertex)} numbers", do="write [latitude, longitude]")
        _check_point(float(vertex[0]), float(vertex[1]), f"vertex {number}")
    points = np.asarray(vertices, dtype=np.float64)
    directions = normals(points[:, 0], points[:, 1])
    _check_distinct(directions)
    middle = directions.sum(axis=0)
    length = float(np.linalg.norm(middle))
    middle = middle / length if length > EDGE_TOLERANCE else directions[0]
    toward = directions @ middle
    if toward.min() < np.cos(np.radians(SPAN_DEG_MAX)):
        span = float(np.degrees(np.arccos(np.clip(toward.min(), -1, 1))))
        raise InputError(
            f"the polygon reaches {span:.0f}° from its middle, at most {SPAN_DEG_MAX:.0f}° are possible",
            do="split it into several areas",
        )
    # any two axes across the middle will do; take the coordinate axis least along it to start from
    start = np.eye(3)[int(np.argmin(np.abs(middle)))]
    east = np.cross(start, middle)
    east /= np.linalg.norm(east)
    north = np.cross(middle, east)
    corners = np.stack((directions @ east, directions @ north), axis=1) / toward[:, None]
    _check_simple(corners)
    return PolygonShape(points, east, north, middle, corners)


def _check_point(latitude: float, longitude: float, what: str) -> None:
    if not -90 <= latitude <= 90:
        raise InputError(f"{what} has latitude {latitude:g}", do="latitudes are -90 to 90 and come first")
    if not -180 <= longitude <= 180:
        raise InputError(f"{what} has longitude {longitude:g}", do="longitudes are -180 to 180")


def _check_distinct(directions: Floats) -> None:
    """No two vertices are one point (also at a pole, or at longitudes 180 and -180)."""
    count = len(directions)
    for first in range(count):
        apart = np.linalg.norm(directions[first + 1 :] - directions[first], axis=1)
        same = np.flatnonzero(apart <= EDGE_TOLERANCE)
        if not len(same):
            continue
        second = first + 1 + int(same[0])
        if (first, second) == (0, count - 1):
            raise InputError(
                "the last vertex repeats the first", do="leave it out: a polygon is closed by itself"
            )
        raise InputError(f"vertices {first} and {second} are the same point", do="remove one")


def _check_simple(corners: Floats) -> None:
    """No two edges cross or touch, but neighbours in their common vertex; and there is an inside."""
    count = len(corners)
    after = np.roll(corners, -1, axis=0)
    for first in range(count):
        if count == 3:
            break  # a triangle's edges are all neighbours
        others = np.array([k for k in range(first + 2, count) if (k + 1) % count != first], dtype=np.int64)
        if not len(others):
            continue
        hit = _segments_touch(corners[first], after[first], corners[others], after[others])
        if hit.any():
            second = int(others[int(np.argmax(hit))])
            raise InputError(
                f"the edge after vertex {first} crosses the edge after vertex {second}",
                do="put the vertices in order along the border",
            )
    for vertex in range(count):  # neighbours that run back over one another
        back, on = corners[vertex - 1] - corners[vertex], after[vertex] - corners[vertex]
        if abs(_cross(back, on)) <= EDGE_TOLERANCE * max(np.hypot(*back), np.hypot(*on)) and back @ on > 0:
            raise InputError(
                f"the edges at vertex {vertex} lie on one another", do="put the vertices in order"
            )


def _segments_touch(a: Floats, b: Floats, c: Floats, d: Floats) -> Booleans:
    """Whether segment a-b (shape (2,)) has a point in common with each segment c-d (shape (n, 2))."""
    c_side, d_side = _cross(b - a, c - a), _cross(b - a, d - a)
    a_side, b_side = _cross(d - c, a - c), _cross(d - c, b - c)
    apart = (
        (np.minimum(c, d) > np.maximum(a, b)).any(axis=1)  # bounding boxes, which also settles parallels
        | (np.maximum(c, d) < np.minimum(a, b)).any(axis=1)
    )
    touch: Booleans = (c_side * d_side <= 0) & (a_side * b_side <= 0) & ~apart
    return touch


def _cross(u: Floats, v: Floats) -> Floats:
    crossed: Floats = np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])
    return crossed


def _inside(x: Floats, y: Floats, corners: Floats) -> Booleans:
    """Even-odd rule on the plane, the border included; x, y of shape (m,)."""
    x, y = x[:, None], y[:, None]
    x1, y1 = corners[:, 0], corners[:, 1]
    x2, y2 = np.roll(x1, -1), np.roll(y1, -1)
    straddles = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    odd = np.count_nonzero(straddles & (x < crossing), axis=1) % 2 == 1
    edge_squared = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = np.clip(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / edge_squared, 0, 1)
    off_squared = (x1 + along * (x2 - x1) - x) ** 2 + (y1 + along * (y2 - y1) - y) ** 2
    on_border = (off_squared <= EDGE_TOLERANCE**2).any(axis=1)
    inside: Booleans = odd | on_border
    return inside
