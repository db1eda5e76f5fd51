# ruff: noqa: PLR0917 - compiled scalars and arrays are passed by position
"""Aircraft sorted into cells, so that those who could meet lie in the same cell or in neighbours.

Each aircraft flies on straight for the look-ahead; it is put into the cell in which the middle of its sweep
lies. Two can only come within their minimum if their middles are nearer than half of both sweeps and the
minimum: a cell is that large for the farthest-flying pair, so each pair is met once (own cell, then the
neighbours on one side). Cells that follow each other along the first axis follow each other in memory.

    ┌─────┬─────┬─────┐    The axes are turned so that the third points up in the middle of all aircraft.
    │  ·b─┼──►  │     │    Over one region two axes are enough: a cell is a column of air. Round the globe
    ├─────┼─────┼─────┤    there are three. A grid too large for its aircraft is folded, like a map: every so
    │     │ ·a──┼─►   │    many cells it starts again, and far apart aircraft share a cell. Distances are
    └─────┴─────┴─────┘    always taken unfolded, so folding costs time and no pairs.

Aircraft that sweep far less than the farthest have a grid of their own with smaller cells (a *level*): one
jet does not make a million drones look at each other. A pair of two levels is met in the larger cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.compiled import compiled
from skyaccord.separation.conflict_rows import (
    ALT,
    ALTITUDE,
    CLIMB,
    HIGH,
    HORIZONTAL,
    LEAST_REACH,
    LOW,
    REACH,
    SPEED,
    VX,
    VY,
    VZ,
    Floats,
    Singles,
    X,
    middle_of,
)

Integers = NDArray[np.int32]

LEVELS: Final = 5
LEVEL_RATIO: Final = 4.0
"""Each level's reach over the next one's. The fifth takes all that reach less than 1/256 of the farthest."""
CLEARLY_LESS: Final = 1.0 - 1e-6
"""An aircraft at the border of two levels, to rounding, stays with the larger cells."""
CELLS_PER_AIRCRAFT_MAX: Final = 4
"""Beyond it (or CELLS_AT_LEAST) a grid is folded: memory stays in proportion to the aircraft."""
CELLS_AT_LEAST: Final = 1 << 16
RADIUS_LEAST_M: Final = 6_335_439.0
"""Smallest radius of curvature of the ellipsoid."""
FLAT_FROM_Z_M: Final = -0.5 * RADIUS_LEAST_M
"""Aircraft all less than about 60 degrees from the middle: cells are columns."""
ROUNDING: Final = 32.0 * 2.0**-24
"""Of the 32-bit look, relative to the largest coordinate and distance in it; see `grid_for`."""
SLACK_M: Final = 1.0
"""Widening for rounding, and for the ellipsoid, whose chords are not quite level in their middle."""

FETCH: Final = 256
"""Rows fetched together: they fill half of the nearest cache."""

# what the sweep needs of each aircraft, rows of a (10, n) array of 32 bits
MX, MY, MZ, WX, WY, WZ, HEIGHT, HALF_CLIMB, WIDE, TALL = range(10)
FIELDS: Final = 10
PADDING: Final = 64
"""Spare columns at the end, so that the sweep may read whole vectors."""

# a level's grid, a row of integers: cells along each axis, folded or not, its first cell, nobody there
NX, NY, NZ, FOLD_X, FOLD_Y, FOLD_Z, BASE, EMPTY = range(8)


@dataclass(frozen=True)
class Grid:
    """low: corner (3,). size: of each level's cells (m). rise: what its pairs may lose to the plane (m)."""

    low: Floats
    size: Floats
    rise: Floats
    shape: NDArray[np.int64]
    cells: int
    margin_m: float
    altitude_margin_m: float
    least_reach: Floats
    flat: bool


def grid_for(summary: Floats, n: int, lookahead_s: float) -> Grid:
    """The grid for what `locate` summed up.

    Why no pair is lost. A pair inside its minimum H at time t is apart, in the plane below its middle, by
    less than H, and along the vertical there by what the plane leaves out. If both cover S together and are
    D apart now, that is at most S·D/2R, since each velocity is level at its own place, D/2R away from the
    middle (and at most S in any case); and D ≤ (H + S)/(1 − S/2R). That is `rise`. The middles of the sweeps
    are then at most H + rise + S/2 apart.
    With 32 bits a coordinate is off by 2^-24 of the largest, a difference by two of these for each axis, a
    velocity over the look-ahead by as much of the sweep; the time of the closest is off by so little that the
    distance errs by 5·2^-24 of the distance now. `ROUNDING` allows 32·2^-24 of everything together.
    """
    low, high = summary[LOW : LOW + 3], summary[HIGH : HIGH + 3]
    alike = float(summary[LEAST_REACH]) * LEVEL_RATIO >= float(summary[REACH])
    levels = 1 if alike else LEVELS
    widest = float(summary[HORIZONTAL])
    reach = float(summary[REACH]) / LEVEL_RATIO ** np.arange(levels)
    both = 2.0 * reach
    bend = np.maximum(1.0 - both / (2.0 * RADIUS_LEAST_M), 0.1)
    rise = np.minimum(both * both / (2.0 * RADIUS_LEAST_M) / bend, both) + SLACK_M
    largest = float(np.max(np.abs(summary[LOW : HIGH + 3])) + reach[0] + rise[0])
    margin = ROUNDING * largest
    sweep = float(summary[SPEED]) * lookahead_s
    flat_size = np.minimum(widest + sweep, reach + 0.5 * np.minimum(widest, reach))
    size = (flat_size + rise + 2.0 * margin) * (1.0 + 1e-9)
    most = max(CELLS_PER_AIRCRAFT_MAX * n, CELLS_AT_LEAST) // levels
    flat = float(low[2]) > FLAT_FROM_Z_M
    shape = np.zeros((levels, 8), np.int64)
    base = 0
    for level in range(levels):
        real = [1 if flat and axis == 2 else _cells(high[axis] - low[axis], size[level]) for axis in range(3)]
        folded = list(real)
        while math.prod(folded) > most:
            longest = int(np.argmax(folded))
            if folded[longest] <= 3:
                break
            folded[longest] = max(3, (folded[longest] + 1) // 2)
        shape[level, NX : NZ + 1] = folded
        shape[level, FOLD_X : FOLD_Z + 1] = [f < r for f, r in zip(folded, real, strict=True)]
        shape[level, BASE] = base
        base += math.prod(folded)
    return Grid(
        low=low.copy(),
        size=size,
        rise=rise,
        shape=shape,
        cells=base,
        margin_m=margin,
        altitude_margin_m=ROUNDING * float(summary[ALTITUDE]) + 1e-3,
        least_reach=np.array(reach[1:], np.float64),
        flat=flat,
    )


def _cells(width: float, size: float) -> int:
    return int(min(width / size, 1e9)) + 1


@compiled
def cell_of(
    x: float, y: float, z: float, low: Floats, size: Floats, shape: NDArray[np.int64], level: int
) -> tuple[int, int, int]:
    """Place of a middle in a level's grid, folded. With infinite cells it is 0."""
    per_metre = 1.0 / size[level]
    ix, iy, iz = int((float(x) - low[0]) * per_metre), int((float(y) - low[1]) * per_metre), 0
    if shape[level, FOLD_X]:
        ix %= shape[level, NX]
    if shape[level, FOLD_Y]:
        iy %= shape[level, NY]
    if shape[level, NZ] > 1:
        iz = int((float(z) - low[2]) * per_metre)
        if shape[level, FOLD_Z]:
            iz %= shape[level, NZ]
    return ix, iy, iz


@compiled
def number_cells(
    rows: Floats,
    middles: Singles,
    horizontal_m: Floats,
    lookahead: float,
    low: Floats,
    size: Floats,
    least_reach: Floats,
    shape: NDArray[np.int64],
    cell: Integers,
    counts: Integers,
    first: int,
    last: int,
) -> None:
    """Write each aircraft's cell, -1 for those that take no part, and count them by cell."""
    levels = shape.shape[0]
    x, y, z = middles[0], middles[1], middles[2]
    if levels == 1 and shape[0, NZ] == 1 and shape[0, FOLD_X] + shape[0, FOLD_Y] == 0:
        # most skies; without branches, so that it becomes vector code
        low_x, low_y, per_metre, nx = low[0], low[1], 1.0 / size[0], shape[0, NX]
        for i in range(first, last):
            column, row = int((float(x[i]) - low_x) * per_metre), int((float(y[i]) - low_y) * per_metre)
            cell[i] = -1 if math.isnan(x[i]) else row * nx + column
    else:
        step = np.int64(horizontal_m.shape[0] > 1)
        for i in range(first, last):
            if math.isnan(x[i]):
                cell[i] = -1
                continue
            k = 0
            if levels > 1:
                vx, vy, vz = rows[i, VX], rows[i, VY], rows[i, VZ]
                reach = horizontal_m[i * step] + math.sqrt(vx * vx + vy * vy + vz * vz) * lookahead
                while k < levels - 1 and reach < least_reach[k] * CLEARLY_LESS:
                    k += 1
            ix, iy, iz = cell_of(x[i], y[i], z[i], low, size, shape, k)
            cell[i] = shape[k, BASE] + (iz * shape[k, NY] + iy) * shape[k, NX] + ix
    for i in range(first, last):
        if cell[i] >= 0:
            counts[cell[i]] += 1


@compiled
def starts_of(counts: Integers, offsets: Integers) -> None:
    """From counts (threads, cells) to where each cell begins, and in `counts` each thread's part of it."""
    place = np.int32(0)
    for cell in range(counts.shape[1]):
        offsets[cell] = place
        for thread in range(counts.shape[0]):
            here = counts[thread, cell]
            counts[thread, cell] = place
            place += here
    offsets[counts.shape[1]] = place


@compiled
def put(cell: Integers, starts: Integers, order: Integers, first: int, last: int) -> None:
    for i in range(first, last):
        if cell[i] >= 0:
            order[starts[cell[i]]] = i
            starts[cell[i]] += 1


@compiled
def arrange(
    rows: Floats,
    horizontal_m: Floats,
    vertical_m: Floats,
    axes: Floats,
    centre: Floats,
    lookahead: float,
    margin: float,
    altitude_margin: float,
    flat: bool,
    order: Integers,
    fields: Singles,
    first: int,
    last: int,
) -> None:
    """Write what the sweep needs of the aircraft at places first .. last - 1 of the order."""
    horizontal_step = np.int64(horizontal_m.shape[0] > 1)
    vertical_step = np.int64(vertical_m.shape[0] > 1)
    half = 0.5 * lookahead
    touched = 0.0
    for start in range(first, last, FETCH):
        end = min(start + FETCH, last)
        for k in range(start, end):  # independent reads, so that memory answers many at once
            touched += rows[order[k], X]
        fields[MX, start] = touched  # or the compiler drops them; overwritten below
        for k in range(start, end):
            i = order[k]
            vx, vy, vz = rows[i, VX], rows[i, VY], rows[i, VZ]
            x, y, z = middle_of(rows, i, axes, centre, lookahead)
            fields[MX, k], fields[MY, k] = x, y
            fields[WX, k] = vx * axes[0, 0] + vy * axes[0, 1] + vz * axes[0, 2]
            fields[WY, k] = vx * axes[1, 0] + vy * axes[1, 1] + vz * axes[1, 2]
            fields[HEIGHT, k] = rows[i, ALT] + half * rows[i, CLIMB]
            fields[HALF_CLIMB, k] = abs(half * rows[i, CLIMB]) + altitude_margin
            if flat and k > 0:  # seen from above, and the first one's minima are everybody's
                continue
            fields[MZ, k] = z
            fields[WZ, k] = vx * axes[2, 0] + vy * axes[2, 1] + vz * axes[2, 2]
            wide = horizontal_m[i * horizontal_step] + margin
            fields[WIDE, k] = wide * wide
            fields[TALL, k] = vertical_m[i * vertical_step]
