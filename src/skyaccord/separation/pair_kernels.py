# ruff: noqa: PLR0917 - compiled arrays and scalars are passed by position
"""Many pairs at once over `piece`'s exact solutions: one compiled loop each."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.compiled import compiled
from skyaccord.separation.piece import inside_piece, least_horizontal_time

Floats = NDArray[np.float64]


@compiled
def inside_pieces(
    position: Floats,
    velocity: Floats,
    horizontal_m: Floats,
    vertical_m: Floats,
    any_breaks: bool,
    duration_s: Floats,
) -> Floats:
    """When each pair is inside within [0, duration]: shape (n, 4), in, out, in, out, nan where there is none.

    position, velocity: relative, East/North/up, metres and m/s, shape (n, 3). horizontal_m,
    vertical_m: each pair's limits. any_breaks: one broken limit
    is enough (combinator "both").
    """
    found = np.empty((position.shape[0], 4))
    for i in range(position.shape[0]):
        found[i, 0], found[i, 1], found[i, 2], found[i, 3] = inside_piece(
            position[i, 0],
            position[i, 1],
            position[i, 2],
            velocity[i, 0],
            velocity[i, 1],
            velocity[i, 2],
            horizontal_m[i],
            vertical_m[i],
            any_breaks,
            duration_s[i],
        )
    return found


@compiled
def least_horizontal_on(
    position: Floats, velocity: Floats, time_in: Floats, time_out: Floats
) -> tuple[Floats, Floats, Floats]:
    """Time, horizontal and vertical distance where each pair is horizontally nearest in [time_in, time_out].

    nan bounds give nan.
    """
    n = position.shape[0]
    time, horizontal, vertical = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        if math.isnan(time_in[i]):
            time[i], horizontal[i], vertical[i] = math.nan, math.nan, math.nan
            continue
        at = least_horizontal_time(
            position[i, 0], position[i, 1], velocity[i, 0], velocity[i, 1], time_in[i], time_out[i]
        )
        x, y = position[i, 0] + velocity[i, 0] * at, position[i, 1] + velocity[i, 1] * at
        time[i], horizontal[i] = at, math.sqrt(x * x + y * y)
        vertical[i] = abs(position[i, 2] + velocity[i, 2] * at)
    return time, horizontal, vertical
