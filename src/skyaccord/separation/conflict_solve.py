# ruff: noqa: PLR0917 - compiled scalars and arrays are passed by position
"""The exact answer for the pairs that a quick look leaves, and their order.

Rows of 64 bits are made for these alone: of 100,000 airliners some 10,000, of a million drones 400,000.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ECCENTRICITY_SQUARED
from skyaccord.separation.compiled import compiled
from skyaccord.separation.conflict_rows import (
    ALT,
    CLIMB,
    COLUMNS,
    VX,
    VY,
    VZ,
    Columns,
    Floats,
    Integers,
    X,
    Y,
    Z,
    rows_of,
)
from skyaccord.separation.kernels import cylinder_one

BATCH: Final = 512
"""Pairs left by the quick look that are solved together: their columns are fetched at once, and their rows
(64 KiB) stay near."""
SPARE: Final = 16
"""Room behind a batch for what one look may leave beyond it."""
FOUND_AT_FIRST: Final = 1024


@compiled
def interval_of(
    rows: Floats, i: int, j: int, horizontal: float, vertical: float, lookahead: float
) -> tuple[float, float]:
    """When two aircraft are inside the minima, in the plane below their middle."""
    squash = 1.0 / (1.0 - ECCENTRICITY_SQUARED)  # makes the vertical of a place on the ellipsoid
    ax, ay, az = rows[i, X], rows[i, Y], rows[i, Z] * squash
    bx, by, bz = rows[j, X], rows[j, Y], rows[j, Z] * squash
    a_long, b_long = math.sqrt(ax * ax + ay * ay + az * az), math.sqrt(bx * bx + by * by + bz * bz)
    nx, ny, nz = ax / a_long + bx / b_long, ay / a_long + by / b_long, az / a_long + bz / b_long
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    px, py, pz = rows[j, X] - rows[i, X], rows[j, Y] - rows[i, Y], rows[j, Z] - rows[i, Z]
    vx, vy, vz = rows[j, VX] - rows[i, VX], rows[j, VY] - rows[i, VY], rows[j, VZ] - rows[i, VZ]
    # two axes of the plane, from its normal alone: a pair that keeps together moves in no direction
    # (Duff et al., "Building an orthonormal basis, revisited", JCGT 6(1), 2017)
    sign = math.copysign(1.0, nz)
    c = -1.0 / (sign + nz)
    d = nx * ny * c
    ex, ey, ez = 1.0 + sign * nx * nx * c, sign * d, -sign * nx
    fx, fy, fz = d, sign + ny * ny * c, -ny
    return cylinder_one(
        px * ex + py * ey + pz * ez,
        px * fx + py * fy + pz * fz,
        rows[j, ALT] - rows[i, ALT],
        vx * ex + vy * ey + vz * ez,
        vx * fx + vy * fy + vz * fz,
        rows[j, CLIMB] - rows[i, CLIMB],
        horizontal,
        vertical,
        0.0,
        lookahead,
    )


@compiled
def minimum_of(minima: Floats, slack: Floats, i: int, j: int) -> float:
    """What a pair has to keep: the larger minimum, and the slack of both. Columns may be one value."""
    a, b = (minima[i], minima[j]) if minima.shape[0] > 1 else (minima[0], minima[0])
    c, d = (slack[i], slack[j]) if slack.shape[0] > 1 else (slack[0], slack[0])
    return float(max(a, b) + (c + d))


@compiled
def room() -> tuple[Integers, Floats, Floats, NDArray[np.int64], Floats]:
    """What `solve` works in: the batch (its pairs one after the other), sines, rows; then pairs and times."""
    most = 2 * (BATCH + SPARE)
    found = FOUND_AT_FIRST + BATCH + SPARE
    return (
        np.empty(most, np.int32),
        np.empty((9, most)),
        np.empty((most, COLUMNS)),
        np.empty((found, 2), np.int64),
        np.empty((found, 2)),
    )


@compiled
def solve(
    sky: Columns,
    batch: Integers,
    waiting: int,
    lookahead: float,
    sines: Floats,
    rows: Floats,
    pairs: NDArray[np.int64],
    times: Floats,
    found: int,
) -> int:
    """Solve `waiting` pairs, write those in conflict from number `found` on; returns how many now."""
    rows_of(sky, batch, 2 * waiting, sines, rows)
    for b in range(waiting):
        one, other = 2 * b, 2 * b + 1
        if batch[one] > batch[other]:
            one, other = other, one
        i, j = int(batch[one]), int(batch[other])
        time_in, time_out = interval_of(
            rows,
            one,
            other,
            minimum_of(sky.horizontal_m, sky.slack_m, i, j),
            minimum_of(sky.vertical_m, sky.slack_up_m, i, j),
            lookahead,
        )
        if time_in <= time_out:
            pairs[found, 0], pairs[found, 1] = i, j
            times[found, 0], times[found, 1] = time_in, time_out
            found += 1
    return found


@compiled
def grown(pairs: NDArray[np.int64], times: Floats, found: int) -> tuple[NDArray[np.int64], Floats]:
    """Pairs and times with room for one more batch."""
    if found + BATCH + SPARE < pairs.shape[0]:
        return pairs, times
    return np.concatenate((pairs, np.empty_like(pairs))), np.concatenate((times, np.empty_like(times)))


@compiled
def in_order(pairs: NDArray[np.int64], times: Floats, n: int) -> tuple[NDArray[np.int64], Floats]:
    """Pairs of n aircraft and their times, sorted by first, then second: a counting sort for each."""
    order, before = np.arange(pairs.shape[0]), np.empty(pairs.shape[0], np.int64)
    for column in (1, 0):
        starts = np.zeros(n + 1, np.int32)
        for k in range(pairs.shape[0]):
            starts[pairs[k, column] + 1] += 1
        for aircraft in range(n):
            starts[aircraft + 1] += starts[aircraft]
        before[:] = order
        for k in range(pairs.shape[0]):
            aircraft = pairs[before[k], column]
            order[starts[aircraft]] = before[k]
            starts[aircraft] += 1
    sorted_pairs, sorted_times = np.empty_like(pairs), np.empty_like(times)
    for k in range(pairs.shape[0]):
        sorted_pairs[k, 0], sorted_pairs[k, 1] = pairs[order[k], 0], pairs[order[k], 1]
        sorted_times[k, 0], sorted_times[k, 1] = times[order[k], 0], times[order[k], 1]
    return sorted_pairs, sorted_times
