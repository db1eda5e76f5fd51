# ruff: noqa: PLR0917 - compiled scalars and arrays are passed by position
"""All pairs of a snapshot that come inside their minima within a look-ahead: a grid of swept boxes.

Each aircraft sweeps a box while it flies on straight for the look-ahead; it is put into the one cell of a
grid in which the middle of its box lies. A cell is as large as the largest box and minimum together, so that
boxes that come within the minimum lie in the same cell or in neighbours, and each pair is met once (own cell,
then the 13 neighbours on one side).

    ┌─────┬─────┬─────┐    The axes are Earth-centred, turned so that the third points up in the middle of all
    │     │ ·b──┼─►   │    aircraft: over one region the grid is flat, round the globe it is a shell. Where
    ├─────┼─────┼─────┤    the grid would be too large for the aircraft in it, cells share buckets (hashing);
    │ ·a──┼─►   │     │    aircraft know their own cell, so that sharing costs time and no pairs.
    └─────┴─────┴─────┘

Two aircraft of different minima are held to the larger one.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ECCENTRICITY_SQUARED, SEMI_MAJOR_M
from skyaccord.separation.compiled import compiled
from skyaccord.separation.kernels import cylinder_one

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CELLS_PER_AIRCRAFT_MAX: Final = 8
"""Beyond it (or CELLS_AT_LEAST) cells share buckets: memory stays in proportion to the aircraft."""
CELLS_AT_LEAST: Final = 1 << 16
RADIUS_LEAST_M: Final = 6_335_439.0
"""Smallest radius of curvature of the ellipsoid."""
SLACK_M: Final = 1.0
"""Widening of each box for rounding."""

FOUND_AT_FIRST: Final = 1024

# columns of an aircraft in the grid
X, Y, Z, VX, VY, VZ, UX, UY, UZ, ALT, CLIMB, H, V = range(13)
COLUMNS: Final = 13


@compiled
def fill(
    aircraft: Floats,
    latitude: Floats,
    longitude: Floats,
    speed: Floats,
    track: Floats,
) -> None:
    """Write position, velocity and vertical (ECEF, metres and m/s) from degrees and m/s."""
    for i in range(aircraft.shape[0]):
        phi, lam, heading = math.radians(latitude[i]), math.radians(longitude[i]), math.radians(track[i])
        sin_phi, cos_phi, sin_lam, cos_lam = math.sin(phi), math.cos(phi), math.sin(lam), math.cos(lam)
        prime = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_phi * sin_phi)
        aircraft[i, UX], aircraft[i, UY], aircraft[i, UZ] = cos_phi * cos_lam, cos_phi * sin_lam, sin_phi
        aircraft[i, X], aircraft[i, Y] = prime * aircraft[i, UX], prime * aircraft[i, UY]
        aircraft[i, Z] = prime * (1.0 - ECCENTRICITY_SQUARED) * sin_phi
        east, north = speed[i] * math.sin(heading), speed[i] * math.cos(heading)
        aircraft[i, VX] = -sin_lam * east - sin_phi * cos_lam * north
        aircraft[i, VY] = cos_lam * east - sin_phi * sin_lam * north
        aircraft[i, VZ] = cos_phi * north


@compiled
def turned(aircraft: Floats, axes: Floats) -> None:
    """Turn position, velocity and vertical into other axes (3, 3, as columns), in place."""
    for i in range(aircraft.shape[0]):
        for column in (X, VX, UX):
            x, y, z = aircraft[i, column], aircraft[i, column + 1], aircraft[i, column + 2]
            for axis in range(3):
                aircraft[i, column + axis] = x * axes[0, axis] + y * axes[1, axis] + z * axes[2, axis]


@compiled
def swept(aircraft: Floats, lookahead: float) -> tuple[Floats, float]:
    """Boxes (n, 8): middle x, y, z and altitude, then half widths; and how large a cell must be.

    Straight on means along the tangent, off the surface; the pair's distance is taken in the plane below its
    middle, which leaves out what points up there. For a pair that covers s together that is at most
    (s + H)²/2R, so each box is widened by half of it for the fastest pair.
    """
    n = aircraft.shape[0]
    box = np.empty((n, 8))
    fastest, minimum, widest = 0.0, 0.0, 0.0
    for i in range(n):
        vx, vy, vz = aircraft[i, VX], aircraft[i, VY], aircraft[i, VZ]
        fastest = max(fastest, math.sqrt(vx * vx + vy * vy + vz * vz))
        minimum = max(minimum, aircraft[i, H])
    rise = (2.0 * fastest * lookahead + minimum) ** 2 / (4.0 * RADIUS_LEAST_M) + SLACK_M
    for i in range(n):
        for axis in range(3):
            move = 0.5 * lookahead * aircraft[i, VX + axis]
            box[i, axis] = aircraft[i, axis] + move
            box[i, 4 + axis] = abs(move) + rise
            widest = max(widest, box[i, 4 + axis])
        climb = 0.5 * lookahead * aircraft[i, CLIMB]
        box[i, 3] = aircraft[i, ALT] + climb
        box[i, 7] = abs(climb)
    return box, 2.0 * widest + minimum


@compiled
def bucket_of(ix: int, iy: int, iz: int, ny: int, nz: int, mask: int) -> int:
    """Row-major cell number; with a mask, a hash of it."""
    if mask == 0:
        return (ix * ny + iy) * nz + iz
    return ((ix * 73856093) ^ (iy * 19349663) ^ (iz * 83492791)) & mask


@compiled
def sort_into_cells(box: Floats, size: float) -> tuple[Integers, Integers, Integers, Integers]:
    """Counting sort by cell: (order, offsets of buckets, cells (n, 3) in that order, (nx, ny, nz, mask))."""
    n = box.shape[0]
    low = np.array([np.inf, np.inf, np.inf])
    high = -low
    for i in range(n):
        for axis in range(3):
            low[axis] = min(low[axis], box[i, axis])
            high[axis] = max(high[axis], box[i, axis])
    counts = np.empty(3, np.int64)
    for axis in range(3):
        counts[axis] = np.int64((high[axis] - low[axis]) / size) + 1
    most = max(CELLS_PER_AIRCRAFT_MAX * n, CELLS_AT_LEAST)
    mask, buckets = np.int64(0), np.int64(1)
    if float(counts[0]) * float(counts[1]) * float(counts[2]) > most:
        while buckets < most:
            buckets *= 2
        mask = buckets - 1
    else:
        buckets = counts[0] * counts[1] * counts[2]
    cell = np.empty((n, 3), np.int64)
    bucket = np.empty(n, np.int64)
    offsets = np.zeros(buckets + 1, np.int64)
    for i in range(n):
        for axis in range(3):
            cell[i, axis] = np.int64((box[i, axis] - low[axis]) / size)
        bucket[i] = bucket_of(cell[i, 0], cell[i, 1], cell[i, 2], counts[1], counts[2], int(mask))
        offsets[bucket[i] + 1] += 1
    for k in range(buckets):
        offsets[k + 1] += offsets[k]
    free = offsets[:-1].copy()
    order = np.empty(n, np.int64)
    sorted_cell = np.empty((n, 3), np.int64)
    for i in range(n):
        place = free[bucket[i]]
        free[bucket[i]] += 1
        order[place] = i
        sorted_cell[place] = cell[i]
    return order, offsets, sorted_cell, np.array([counts[0], counts[1], counts[2], mask])


@compiled
def interval_of(aircraft: Floats, i: int, j: int, lookahead: float) -> tuple[float, float]:
    """When two aircraft are inside the larger of their minima, in the plane below their middle."""
    nx = aircraft[i, UX] + aircraft[j, UX]
    ny = aircraft[i, UY] + aircraft[j, UY]
    nz = aircraft[i, UZ] + aircraft[j, UZ]
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    px, py, pz = (
        aircraft[j, X] - aircraft[i, X],
        aircraft[j, Y] - aircraft[i, Y],
        aircraft[j, Z] - aircraft[i, Z],
    )
    vx, vy, vz = (
        aircraft[j, VX] - aircraft[i, VX],
        aircraft[j, VY] - aircraft[i, VY],
        aircraft[j, VZ] - aircraft[i, VZ],
    )
    up_p, up_v = px * nx + py * ny + pz * nz, vx * nx + vy * ny + vz * nz
    px, py, pz = px - up_p * nx, py - up_p * ny, pz - up_p * nz
    vx, vy, vz = vx - up_v * nx, vy - up_v * ny, vz - up_v * nz
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    if speed == 0.0:
        along, across = math.sqrt(px * px + py * py + pz * pz), 0.0
    else:  # axes along the relative motion and across it
        along = (px * vx + py * vy + pz * vz) / speed
        across = (nx * (py * vz - pz * vy) + ny * (pz * vx - px * vz) + nz * (px * vy - py * vx)) / speed
    return cylinder_one(
        along,
        across,
        aircraft[j, ALT] - aircraft[i, ALT],
        speed,
        0.0,
        aircraft[j, CLIMB] - aircraft[i, CLIMB],
        max(aircraft[i, H], aircraft[j, H]),
        max(aircraft[i, V], aircraft[j, V]),
        0.0,
        lookahead,
    )


@compiled
def pairs_in(
    aircraft: Floats,
    box: Floats,
    cell: Integers,
    offsets: Integers,
    shape: Integers,
    lookahead: float,
    first: int,
    last: int,
) -> tuple[Integers, Floats]:
    """Pairs whose earlier member, in cell order, is first .. last - 1: (m, 2) places and times."""
    ny, nz, mask = shape[1], shape[2], shape[3]
    pairs = np.empty((FOUND_AT_FIRST, 2), np.int64)
    times = np.empty((FOUND_AT_FIRST, 2))
    count = 0
    for i in range(first, last):
        mx, my, mz, malt = box[i, 0], box[i, 1], box[i, 2], box[i, 3]
        hx, hy, hz, halt = box[i, 4], box[i, 5], box[i, 6], box[i, 7]
        horizontal, vertical = aircraft[i, H], aircraft[i, V]
        cx, cy, cz = cell[i, 0], cell[i, 1], cell[i, 2]
        for neighbour in range(14):  # own cell is number 0, then the 13 that come after it
            step = neighbour + 13
            ox, oy, oz = cx + step // 9 - 1, cy + step // 3 % 3 - 1, cz + step % 3 - 1
            if ox < 0 or oy < 0 or oz < 0 or ox >= shape[0] or oy >= ny or oz >= nz:
                continue
            k = bucket_of(ox, oy, oz, ny, nz, mask)
            low = i + 1 if neighbour == 0 else offsets[k]
            for j in range(low, offsets[k + 1]):
                if abs(box[j, 3] - malt) > halt + box[j, 7] + max(vertical, aircraft[j, V]):
                    continue
                reach = max(horizontal, aircraft[j, H])
                if (
                    abs(box[j, 0] - mx) > hx + box[j, 4] + reach
                    or abs(box[j, 1] - my) > hy + box[j, 5] + reach
                ):
                    continue
                if abs(box[j, 2] - mz) > hz + box[j, 6] + reach:
                    continue
                if mask != 0 and (cell[j, 0] != ox or cell[j, 1] != oy or cell[j, 2] != oz):
                    continue
                time_in, time_out = interval_of(aircraft, i, j, lookahead)
                if time_in <= time_out:
                    if count == pairs.shape[0]:
                        pairs = np.concatenate((pairs, np.empty_like(pairs)))
                        times = np.concatenate((times, np.empty_like(times)))
                    pairs[count, 0], pairs[count, 1] = i, j
                    times[count, 0], times[count, 1] = time_in, time_out
                    count += 1
    return pairs[:count].copy(), times[:count].copy()
