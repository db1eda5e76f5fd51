# ruff: noqa: PLR0917, PLR0912 - compiled scalars and arrays are passed by position; a sweep is loops in loops
"""Pairs in neighbouring cells: a quick look with 32 bits at many, the exact answer for the few that are left.

The quick look takes the distance of two straight paths at their closest within the look-ahead and compares it
with the minimum, widened by what 32 bits and the bend of the Earth may hide (`grid_for`). It has no branches
and writes nothing, so that the compiler makes vector code of it: sixteen pairs take some 8 ns.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.compiled import compiled, compiled_coarse
from skyaccord.separation.conflict_grid import (
    BASE,
    EMPTY,
    FOLD_X,
    FOLD_Y,
    FOLD_Z,
    NX,
    NY,
    NZ,
    STRAY,
    STRAY_UP,
    TALL,
    WIDE,
    cell_of,
)
from skyaccord.separation.conflict_plain import STILL, VECTOR
from skyaccord.separation.conflict_rows import (
    HALF_CLIMB,
    HEIGHT,
    MX,
    MY,
    MZ,
    WX,
    WY,
    WZ,
    Columns,
    Floats,
    Integers,
    Singles,
)
from skyaccord.separation.conflict_solve import BATCH, grown, room, solve

LINES_MAX: Final = 18
"""Nine lines of cells, each of which a fold may cut in two."""


@compiled_coarse
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
    strays: Singles,
    strays_up: Singles,
    k: int,
    half: np.float32,
    rise_squared: np.float32,
    start: int,
) -> np.uint32:
    """Which of the VECTOR aircraft from `start` might come within the minimum of number k: a bit for each.

    In space, and each pair with the larger of its own two minima. No branches, as `conflict_plain.look_flat`.
    """
    kx, ky, kz, kvx, kvy, kvz = x[k], y[k], z[k], vx[k], vy[k], vz[k]
    height, half_climb, wide, tall = heights[k], half_climbs[k], wides[k], talls[k]
    stray, stray_up = strays[k], strays_up[k]
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
        minimum = max(wide, wides[j]) + (stray + strays[j])
        near = px * px + py * py + pz * pz <= minimum * minimum + rise_squared
        minimum_up = max(tall, talls[j]) + (stray_up + strays_up[j])
        level = abs(heights[j] - height) <= half_climb + half_climbs[j] + minimum_up
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
def pairs_in(
    sky: Columns,
    fields: Singles,
    order: Integers,
    offsets: Integers,
    shape: NDArray[np.int64],
    low: Floats,
    size: Floats,
    rise: Floats,
    lookahead: float,
    first: int,
    last: int,
) -> tuple[NDArray[np.int64], Floats]:
    """Pairs first met from cells first .. last - 1: (m, 2) aircraft, the lesser first, and times."""
    batch, sines, rows, pairs, times = room()
    found, waiting = 0, 0
    lines = np.empty((2 * LINES_MAX, 2), np.int64)  # in its own level, then in another
    x, y, z, vx, vy, vz = fields[MX], fields[MY], fields[MZ], fields[WX], fields[WY], fields[WZ]
    heights, half_climbs, wides, talls = fields[HEIGHT], fields[HALF_CLIMB], fields[WIDE], fields[TALL]
    strays, strays_up = fields[STRAY], fields[STRAY_UP]
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
            for here in range(own, -1, -1):
                line_from, line_to = 0, own_count
                if here < own:
                    if shape[here, EMPTY]:
                        continue
                    at = cell_of(x[k], y[k], z[k], low, size, shape, here)
                    line_from = LINES_MAX
                    line_to = lines_of(at[0], at[1], at[2], here, False, offsets, shape, lines, LINES_MAX)
                rise_squared = np.float32(rise[here] * rise[here])
                for line in range(line_from, line_to):
                    begin, end = lines[line, 0], lines[line, 1]
                    if line == 0 and here == own:
                        begin = k + 1
                    for start in range(begin, end, VECTOR):
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
                            strays,
                            strays_up,
                            k,
                            half,
                            rise_squared,
                            start,
                        )
                        j = start
                        while might != 0 and j < end:
                            if might & np.uint32(1):
                                batch[2 * waiting], batch[2 * waiting + 1] = order[k], order[j]
                                waiting += 1
                            might >>= np.uint32(1)
                            j += 1
                        if waiting >= BATCH:
                            found = solve(sky, batch, waiting, lookahead, sines, rows, pairs, times, found)
                            pairs, times = grown(pairs, times, found)
                            waiting = 0
    found = solve(sky, batch, waiting, lookahead, sines, rows, pairs, times, found)
    return pairs[:found].copy(), times[:found].copy()
