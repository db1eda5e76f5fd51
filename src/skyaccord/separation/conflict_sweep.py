# ruff: noqa: PLR0917, PLR0912, PLR0915 - compiled scalars and arrays are passed by position; a sweep is loops in loops
"""Pairs in neighbouring cells: a quick look with 32 bits at many, the exact answer for the few that are left.

The quick look takes the distance of two straight paths at their closest within the look-ahead and compares it
with the minimum, widened by what 32 bits and the bend of the Earth may hide (`grid_for`). It has no branches
and writes nothing, so that the compiler makes vector code of it: sixteen pairs take some 8 ns.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ECCENTRICITY_SQUARED
from skyaccord.separation.compiled import compiled
from skyaccord.separation.conflict_grid import (
    BASE,
    EMPTY,
    FOLD_X,
    FOLD_Y,
    FOLD_Z,
    HALF_CLIMB,
    HEIGHT,
    MX,
    MY,
    MZ,
    NX,
    NY,
    NZ,
    TALL,
    WIDE,
    WX,
    WY,
    WZ,
    Integers,
    cell_of,
)
from skyaccord.separation.conflict_rows import ALT, CLIMB, VX, VY, VZ, Floats, Singles, X, Y, Z
from skyaccord.separation.kernels import cylinder_one

FOUND_AT_FIRST: Final = 1024
BATCH: Final = 1024
"""Pairs left by the quick look that are solved together: their rows are fetched at once, and stay near."""
VECTOR: Final = 16
"""Aircraft looked at together; at most conflict_grid.PADDING."""
LINES_MAX: Final = 18
"""Nine lines of cells, each of which a fold may cut in two."""
STILL: Final = np.float32(1e-30)
"""Below this squared speed a pair stands still: its path is shorter than any rounding."""


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
def look_flat(
    x: Singles,
    y: Singles,
    vx: Singles,
    vy: Singles,
    heights: Singles,
    half_climbs: Singles,
    kx: np.float32,
    ky: np.float32,
    kvx: np.float32,
    kvy: np.float32,
    height: np.float32,
    reach: np.float32,
    half: np.float32,
    wide: np.float32,
    start: int,
) -> np.uint32:
    """Which of the VECTOR aircraft from `start` might come within the minimum of one (k...): a bit for each.

    Seen from above, which is never farther than in space, and with one minimum for all. No memory is written
    and the number of turns is fixed, so that this becomes some twenty vector instructions.
    """
    found = np.uint32(0)
    for bit in range(VECTOR):
        j = np.uint64(start) + np.uint64(bit)
        px, py, qx, qy = x[j] - kx, y[j] - ky, vx[j] - kvx, vy[j] - kvy
        time = -(px * qx + py * qy) / max(qx * qx + qy * qy, STILL)
        time = min(max(time, -half), half)
        px += qx * time
        py += qy * time
        near = px * px + py * py <= wide
        level = abs(heights[j] - height) <= reach + half_climbs[j]
        found |= np.uint32(near & level) << np.uint32(bit)
    return found


@compiled
def look(
    x: Singles,
    y: Singles,
    z: Singles,
    vx: Singles,
    vy: Singles,
    vz: Singles,
    heights: Singles,
    half_climbs: Singles,
    wides: Singles,
    talls: Singles,
    k: int,
    half: np.float32,
    rise_squared: np.float32,
    start: int,
) -> np.uint32:
    """The same in space, and each pair with the larger of its own two minima."""
    kx, ky, kz, kvx, kvy, kvz = x[k], y[k], z[k], vx[k], vy[k], vz[k]
    height, half_climb, wide, tall = heights[k], half_climbs[k], wides[k], talls[k]
    found = np.uint32(0)
    for bit in range(VECTOR):
        j = np.uint64(start) + np.uint64(bit)
        px, py, pz = x[j] - kx, y[j] - ky, z[j] - kz
        qx, qy, qz = vx[j] - kvx, vy[j] - kvy, vz[j] - kvz
        time = -(px * qx + py * qy + pz * qz) / max(qx * qx + qy * qy + qz * qz, STILL)
        time = min(max(time, -half), half)
        px += qx * time
        py += qy * time
        pz += qz * time
        near = px * px + py * py + pz * pz <= max(wide, wides[j]) + rise_squared
        level = abs(heights[j] - height) <= half_climb + half_climbs[j] + max(tall, talls[j])
        found |= np.uint32(near & level) << np.uint32(bit)
    return found


@compiled
def lines_of(
    ix: int,
    iy: int,
    iz: int,
    here: int,
    same: bool,
    offsets: Integers,
    shape: NDArray[np.int64],
    lines: NDArray[np.int64],
    count: int,
) -> int:
    """Write where the neighbours of a cell lie in the order, (begin, end) each, from number `count` on.

    here: the level whose grid is looked at. same: the aircraft is of that level itself, and only what comes
    after its own cell is wanted, beginning with its own. Returns the number after the last.
    """
    nx, ny, nz, base = shape[here, NX], shape[here, NY], shape[here, NZ], shape[here, BASE]
    for line in range(4 if same else 0, 9):  # lines of three cells; one's own is number 4
        cz, cy = iz + line // 3 - 1, iy + line % 3 - 1
        if cz < 0 or cz >= nz:
            if not shape[here, FOLD_Z]:
                continue
            cz = (cz + nz) % nz
        if cy < 0 or cy >= ny:
            if not shape[here, FOLD_Y]:
                continue
            cy = (cy + ny) % ny
        row = base + (cz * ny + cy) * nx
        own = same and line == 4
        left = ix if own else max(ix - 1, 0)
        lines[count, 0], lines[count, 1] = offsets[row + left], offsets[row + min(ix + 1, nx - 1) + 1]
        if lines[count, 0] < lines[count, 1]:
            count += 1
        if shape[here, FOLD_X] and (ix == nx - 1 or (ix == 0 and not own)):  # beyond the fold
            beyond = row + (nx - 1 if ix == 0 else 0)
            lines[count, 0], lines[count, 1] = offsets[beyond], offsets[beyond + 1]
            if lines[count, 0] < lines[count, 1]:
                count += 1
    return count


@compiled
def place_of(cell: int, shape: NDArray[np.int64]) -> tuple[int, int, int, int]:
    """Level and place in its grid of a cell's number."""
    level = 0
    while level + 1 < shape.shape[0] and cell >= shape[level + 1, BASE]:
        level += 1
    nx, ny = int(shape[level, NX]), int(shape[level, NY])
    place = cell - int(shape[level, BASE])
    return level, place % nx, place // nx % ny, place // (nx * ny)


@compiled
def solve(
    rows: Floats,
    batch: Integers,
    count: int,
    horizontal_m: Floats,
    vertical_m: Floats,
    lookahead: float,
    pairs: NDArray[np.int64],
    times: Floats,
    found: int,
) -> int:
    """Solve the pairs of a batch, write those in conflict from number `found` on; returns how many now."""
    horizontal_step = np.int64(horizontal_m.shape[0] > 1)
    vertical_step = np.int64(vertical_m.shape[0] > 1)
    touched = 0.0
    for b in range(count):  # independent reads, so that memory answers many at once
        touched += rows[batch[b, 0], X] + rows[batch[b, 1], X]
    pairs[found, 0] = np.int64(touched == 0.0)  # or the compiler drops them; overwritten below
    for b in range(count):
        i, j = int(min(batch[b, 0], batch[b, 1])), int(max(batch[b, 0], batch[b, 1]))
        time_in, time_out = interval_of(
            rows,
            i,
            j,
            max(horizontal_m[i * horizontal_step], horizontal_m[j * horizontal_step]),
            max(vertical_m[i * vertical_step], vertical_m[j * vertical_step]),
            lookahead,
        )
        if time_in <= time_out:
            pairs[found, 0], pairs[found, 1] = i, j
            times[found, 0], times[found, 1] = time_in, time_out
            found += 1
    return found


@compiled
def pairs_in(
    rows: Floats,
    fields: Singles,
    order: Integers,
    offsets: Integers,
    shape: NDArray[np.int64],
    low: Floats,
    size: Floats,
    rise: Floats,
    flat: bool,
    horizontal_m: Floats,
    vertical_m: Floats,
    lookahead: float,
    first: int,
    last: int,
) -> tuple[NDArray[np.int64], Floats]:
    """Pairs first met from cells first .. last - 1: (m, 2) aircraft, the lesser first, and times."""
    pairs, times = (
        np.empty((FOUND_AT_FIRST + BATCH + 2 * VECTOR, 2), np.int64),
        np.empty((FOUND_AT_FIRST + BATCH + 2 * VECTOR, 2)),
    )
    batch = np.empty((BATCH + VECTOR, 2), np.int32)
    found, waiting = 0, 0
    lines = np.empty((2 * LINES_MAX, 2), np.int64)  # in its own level, then in another
    x, y, z, vx, vy, vz = fields[MX], fields[MY], fields[MZ], fields[WX], fields[WY], fields[WZ]
    heights, half_climbs, wides, talls = fields[HEIGHT], fields[HALF_CLIMB], fields[WIDE], fields[TALL]
    half = np.float32(0.5 * lookahead)
    own, ix, iy, iz = place_of(first, shape)
    for cell in range(first, last):
        if cell > first:  # counted on: dividing anew costs more than the rest
            ix += 1
            if ix == shape[own, NX]:
                ix, iy = 0, iy + 1
                if iy == shape[own, NY]:
                    iy, iz = 0, iz + 1
                    if iz == shape[own, NZ]:
                        own, iz = own + 1, 0
        if offsets[cell] == offsets[cell + 1]:
            continue
        own_count = lines_of(ix, iy, iz, own, True, offsets, shape, lines, 0)
        for k in range(offsets[cell], offsets[cell + 1]):
            kx, ky, kvx, kvy = x[k], y[k], vx[k], vy[k]
            height, reach = heights[k], half_climbs[k] + talls[0]
            for here in range(own, -1, -1):
                line_from, line_to = 0, own_count
                if here < own:
                    if shape[here, EMPTY]:
                        continue
                    at = cell_of(x[k], y[k], 0.0 if flat else z[k], low, size, shape, here)
                    line_from = LINES_MAX
                    line_to = lines_of(at[0], at[1], at[2], here, False, offsets, shape, lines, LINES_MAX)
                rise_squared = np.float32(rise[here] * rise[here])
                wide = wides[0] + rise_squared
                for line in range(line_from, line_to):
                    begin, end = lines[line, 0], lines[line, 1]
                    if line == 0 and here == own:
                        begin = k + 1
                    for start in range(begin, end, VECTOR):
                        if flat:
                            might = look_flat(
                                x,
                                y,
                                vx,
                                vy,
                                heights,
                                half_climbs,
                                kx,
                                ky,
                                kvx,
                                kvy,
                                height,
                                reach,
                                half,
                                wide,
                                start,
                            )
                        else:
                            might = look(
                                x,
                                y,
                                z,
                                vx,
                                vy,
                                vz,
                                heights,
                                half_climbs,
                                wides,
                                talls,
                                k,
                                half,
                                rise_squared,
                                start,
                            )
                        if might == 0:
                            continue
                        j = start
                        while might != 0 and j < end:
                            if might & np.uint32(1):
                                batch[waiting, 0], batch[waiting, 1] = order[k], order[j]
                                waiting += 1
                            might >>= np.uint32(1)
                            j += 1
                        if waiting >= BATCH:
                            found = solve(
                                rows, batch, waiting, horizontal_m, vertical_m, lookahead, pairs, times, found
                            )
                            waiting = 0
                            if found + BATCH + VECTOR >= pairs.shape[0]:
                                pairs = np.concatenate((pairs, np.empty_like(pairs)))
                                times = np.concatenate((times, np.empty_like(times)))
    found = solve(rows, batch, waiting, horizontal_m, vertical_m, lookahead, pairs, times, found)
    return pairs[:found].copy(), times[:found].copy()


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
