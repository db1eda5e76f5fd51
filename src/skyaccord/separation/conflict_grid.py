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

from skyaccord.airspace.units import KT_TO_MPS
from skyaccord.separation.compiled import compiled
from skyaccord.separation.conflict_rows import (
    ALTITUDE,
    HALF_CLIMB,
    HEIGHT,
    HIGH,
    HORIZONTAL,
    LEAST_REACH,
    LOW,
    MX,
    MY,
    MZ,
    REACH,
    RECORD,
    SLACK,
    SPEED,
    WX,
    WY,
    Columns,
    Floats,
    Integers,
    Singles,
)

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

CROWDED: Final = 8
"""Aircraft a cell from which on a plain sky's cells are halved along the first axis: the lines of neighbours
that are looked at get a sixth shorter, and with fewer a cell that saves less than more cells cost."""
FETCH: Final = 256
"""Records fetched together: a quarter of the nearest cache."""

# the sweep's fields, rows of an array of 32 bits: a record's (the first six on a plain sky), then the minima
WIDE, TALL, STRAY, STRAY_UP = RECORD, RECORD + 1, RECORD + 2, RECORD + 3
FIELDS: Final = RECORD + 4
PLAIN_FIELDS: Final = HALF_CLIMB + 1
PADDING: Final = 64
"""Spare columns at the end, so that the sweep may read whole vectors."""

# a level's grid, a row of integers: cells along each axis, folded or not, its first cell, nobody there
NX, NY, NZ, FOLD_X, FOLD_Y, FOLD_Z, BASE, EMPTY = range(8)


@dataclass(frozen=True)
class Grid:
    """low: corner (3,). size: of each level's cells (m). rise: what its pairs may lose to the plane (m).

    plain: one level of unfolded columns of air and one minimum for all, as most skies are. fine: then as many
    columns of cells share a cell's size.
    """

    low: Floats
    size: Floats
    rise: Floats
    shape: NDArray[np.int64]
    cells: int
    margin_m: float
    altitude_margin_m: float
    least_reach: Floats
    plain: bool
    fine: int


def grid_for(summary: Floats, n: int, lookahead_s: float, one_minimum: bool) -> Grid:
    """The grid for what `locate` summed up. one_minimum: minima and slack are the same for all aircraft.

    Why no pair is lost. A pair inside its minimum H at time t is apart, in the plane below its middle, by
    less than H, and along the vertical there by what the plane leaves out. If both cover S together and are
    D apart now, that is at most S·D/2R, since each velocity is level at its own place, D/2R away from the
    middle (and at most S in any case); and D ≤ (H + S)/(1 − S/2R). That is `rise`. The middles of the sweeps
    are then at most H + rise + S/2 apart.
    H is the larger minimum and the slack of both. Half of both reaches, which hold a minimum and twice a
    slack each, and half of the larger minimum are no less than H + S/2: so a level's cells suffice.
    With 32 bits a coordinate is off by 2^-24 of the largest, a difference by two of these for each axis, a
    velocity over the look-ahead by as much of the sweep; the time of the closest is off by so little that the
    distance errs by 5·2^-24 of the distance now. `ROUNDING` allows 32·2^-24 of everything together.
    """
    low, high = summary[LOW : LOW + 3], summary[HIGH : HIGH + 3]
    alike = float(summary[LEAST_REACH]) * LEVEL_RATIO >= float(summary[REACH])
    levels = 1 if alike else LEVELS
    widest = float(summary[HORIZONTAL]) + 2.0 * float(summary[SLACK])
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
    plain = flat and one_minimum and levels == 1 and not shape[0, FOLD_X : FOLD_Z + 1].any()
    fine = 2 if plain and n >= CROWDED * base else 1
    if fine > 1:
        shape[0, NX] = _cells(high[0] - low[0], size[0] / fine)
        base = int(shape[0, NX] * shape[0, NY])
    return Grid(
        low=low.copy(),
        size=size,
        rise=rise,
        shape=shape,
        cells=base,
        margin_m=margin,
        altitude_margin_m=ROUNDING * float(summary[ALTITUDE]) + 1e-3,
        least_reach=np.array(reach[1:], np.float64),
        plain=plain,
        fine=fine,
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
def number_plain(
    middles: Singles,
    low: Floats,
    size: Floats,
    shape: NDArray[np.int64],
    fine: int,
    cell: Integers,
    counts: Integers,
    first: int,
    last: int,
) -> None:
    """`number_cells` of a plain grid; without branches, so that it becomes vector code."""
    x, y = middles[0], middles[1]
    low_x, low_y, nx = low[0], low[1], shape[0, NX]
    per_metre_x, per_metre_y = fine / size[0], 1.0 / size[0]
    for i in range(first, last):
        column, row = int((float(x[i]) - low_x) * per_metre_x), int((float(y[i]) - low_y) * per_metre_y)
        cell[i] = -1 if math.isnan(x[i]) else row * nx + column
    for i in range(first, last):
        if cell[i] >= 0:
            counts[cell[i]] += 1


@compiled
def number_cells(
    sky: Columns,
    records: Singles,
    middles: Singles,
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
    step = np.int64(sky.horizontal_m.shape[0] > 1)
    slack_step = np.int64(sky.slack_m.shape[0] > 1)
    for i in range(first, last):
        cell[i] = -1
        if math.isnan(middles[0, i]):
            continue
        k = 0
        if levels > 1:
            reach = sky.horizontal_m[i * step] + 2.0 * sky.slack_m[i * slack_step]
            reach += abs(sky.groundspeed_kt[i]) * KT_TO_MPS * lookahead
            while k < levels - 1 and reach < least_reach[k] * CLEARLY_LESS:
                k += 1
        ix, iy, iz = cell_of(middles[0, i], middles[1, i], records[i, MZ], low, size, shape, k)
        cell[i] = shape[k, BASE] + (iz * shape[k, NY] + iy) * shape[k, NX] + ix
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
def fetch(records: Singles, order: Integers, first: int, last: int) -> np.float32:
    """Read these records once: independent reads, so that memory answers many at once."""
    touched = np.float32(0.0)
    for k in range(first, last):
        touched += records[order[k], 0]
    return touched


@compiled
def arrange_plain(
    records: Singles, altitude_margin: float, order: Integers, fields: Singles, first: int, last: int
) -> None:
    """Write a plain sky's fields of the aircraft at places first .. last - 1 of the order."""
    x, y, vx, vy = fields[MX], fields[MY], fields[WX], fields[WY]
    heights, half_climbs = fields[HEIGHT], fields[HALF_CLIMB]
    allowed = np.float32(altitude_margin)
    for start in range(first, last, FETCH):
        end = min(start + FETCH, last)
        x[start] = fetch(records, order, start, end)  # or the compiler drops it; overwritten below
        for k in range(start, end):
            record = records[order[k]]
            x[k], y[k], vx[k], vy[k] = record[MX], record[MY], record[WX], record[WY]
            heights[k], half_climbs[k] = record[HEIGHT], record[HALF_CLIMB] + allowed


@compiled
def arrange(
    sky: Columns,
    records: Singles,
    margin: float,
    altitude_margin: float,
    order: Integers,
    fields: Singles,
    first: int,
    last: int,
) -> None:
    """The same of any sky: whole records, then minima and slack."""
    horizontal_step = np.int64(sky.horizontal_m.shape[0] > 1)
    vertical_step = np.int64(sky.vertical_m.shape[0] > 1)
    slack_step = np.int64(sky.slack_m.shape[0] > 1)
    slack_up_step = np.int64(sky.slack_up_m.shape[0] > 1)
    allowed = np.float32(altitude_margin)
    for start in range(first, last, FETCH):
        end = min(start + FETCH, last)
        fields[0, start] = fetch(records, order, start, end)
        for k in range(start, end):
            i = order[k]
            for field in range(RECORD):
                fields[field, k] = records[i, field]
            fields[HALF_CLIMB, k] += allowed
            fields[WIDE, k] = sky.horizontal_m[i * horizontal_step] + margin
            fields[TALL, k] = sky.vertical_m[i * vertical_step]
            fields[STRAY, k] = sky.slack_m[i * slack_step]
            fields[STRAY_UP, k] = sky.slack_up_m[i * slack_up_step]
