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
