"""Lines on WGS 84: great circles from point to point, as the edges of `areas.py`.

Each point is the direction straight up from it. A piece of line and the way of an aircraft between two
positions are both arcs of great circles; whether and where they meet is a question of four signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.areas import EDGE_TOLERANCE, VERTICES_MAX
from skyaccord.airspace.geodesy import normals
from skyaccord.base.errors import InputError, LimitError

Floats = NDArray[np.float64]

POINTS_MIN: Final = 2
PIECE_DEG_MAX: Final = 90.0
"""The longest piece between two points. Towards 180 degrees there is no one great circle between them; a line
that needs more has a point on the way."""


@dataclass(frozen=True, eq=False)
class LineShape:
    """Make it with `line()`. points: unit vectors straight up, shape (n, 3)."""

    points: Floats


def line(points: Sequence[Sequence[float]] | Floats) -> LineShape:
    """A line through [latitude, longitude] points in degrees.

    Raises InputError for fewer than two points, the same point twice in a row, or pieces of more than
    PIECE_DEG_MAX; LimitError for more than VERTICES_MAX points.
    """
    if len(points) > VERTICES_MAX:
        raise LimitError(f"a line of {len(points)} points; at most {VERTICES_MAX} are possible")
    if len(points) < POINTS_MIN:
        raise InputError(f"a line of {len(points)} points", do="it needs at least 2")
    degrees = np.asarray(points, dtype=np.float64)
    up = normals(degrees[:, 0], degrees[:, 1])
    apart = np.linalg.norm(np.diff(up, axis=0), axis=1)
    if (apart <= EDGE_TOLERANCE).any():
        where = int(np.argmax(apart <= EDGE_TOLERANCE))
        raise InputError(f"points {where} and {where + 1} of the line are the same", do="remove one")
    cosine = np.einsum("ij,ij->i", up[:-1], up[1:])
    if (cosine < np.cos(np.radians(PIECE_DEG_MAX)) - EDGE_TOLERANCE).any():
        where = int(np.argmin(cosine))
        raise InputError(
            f"points {where} and {where + 1} of the line are more than {PIECE_DEG_MAX:g} degrees apart",
            do="add points between them",
        )
    return LineShape(up)


@dataclass(frozen=True)
class Meetings:
    """Where ways cross a line, in no order.

    way: index of the way. piece: of the line. fraction: how far along the way, 0 to 1. to_left: it then lies
    left of the line. point: unit vectors straight up, shape (k, 3).
    """

    way: NDArray[np.int64]
    piece: NDArray[np.int64]
    fraction: Floats
    to_left: NDArray[np.bool_]
    point: Floats


def meetings(shape: LineShape, start: Floats, end: Floats) -> Meetings:
    """Every crossing of a line by ways from `start` to `end`, unit vectors straight up, shape (m, 3).

    A point on the line itself counts as left of it, and a point of the line on a way as left of that: so a
    way that ends on the line and the next one, which begins there, cross it once between them, and a way
    through a point where two pieces join crosses one of them. Ways that do not move cross nothing.
    """
    first, second = shape.points[:-1], shape.points[1:]
    of_piece = np.cross(first, second)
    of_way = np.cross(start, end)
    was_left, is_left = start @ of_piece.T >= 0, end @ of_piece.T >= 0
    left_of_way = of_way @ shape.points.T >= 0
    moving = np.any(start != end, axis=1)
    crossing = (was_left != is_left) & (left_of_way[:, :-1] != left_of_way[:, 1:]) & moving[:, None]
    way, piece = np.nonzero(crossing)
    point = np.cross(of_piece[piece], of_way[way])
    length = np.linalg.norm(point, axis=1, keepdims=True)
    point = point / np.where(length > 0, length, 1.0)
    middle = first[piece] + second[piece]
    point *= np.where(np.einsum("ij,ij->i", point, middle) >= 0, 1.0, -1.0)[:, None]
    # two great circles meet twice; the other meeting is on the far side of the Earth
    here = np.einsum("ij,ij->i", point, start[way] + end[way]) > 0
    way, piece, point = way[here], piece[here], point[here]
    whole = _angle(start[way], end[way])
    fraction = np.clip(_angle(start[way], point) / np.where(whole > 0, whole, 1.0), 0.0, 1.0)
    return Meetings(way, piece, fraction, is_left[way, piece], point)


def _angle(one: Floats, other: Floats) -> Floats:
    """Between unit vectors, exact also when it is tiny."""
    across = np.linalg.norm(np.cross(one, other), axis=1)
    angle: Floats = np.arctan2(across, np.einsum("ij,ij->i", one, other))
    return angle
