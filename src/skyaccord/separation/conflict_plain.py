# ruff: noqa: PLR0912, PLR0917 - compiled scalars and arrays are passed by position
"""The sweep over a plain sky: one region, one minimum for all, alike speeds (`Grid.plain`).

┌──┬──┬──┬──┬──┐   A cell's aircraft meet those after them in their own cell and in the `fine` cells on
│  │  │k │▒▒│▒▒│   the right, and those of the next row on both sides: two lines of the order, each looked
├──┼──┼──┼──┼──┤   at VECTOR at a time. All others are farther apart than any minimum.
│▒▒│▒▒│▒▒│▒▒│▒▒│
└──┴──┴──┴──┴──┘   The general sweep (`conflict_sweep`) finds the same pairs, and a test holds it to that.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.compiled import compiled, compiled_coarse
from skyaccord.separation.conflict_rows import (
    HALF_CLIMB,
    HEIGHT,
    MX,
    MY,
    WX,
    WY,
    Columns,
    Floats,
    Integers,
    Singles,
)
from skyaccord.separation.conflict_solve import BATCH, grown, room, solve

VECTOR: Final = 16
"""Aircraft looked at together; at most conflict_grid.PADDING and conflict_solve.SPARE."""
STILL: Final = np.float32(1e-30)
"""Below this squared speed a pair stands still: its path is shorter than any rounding."""


@compiled_coarse
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

    Seen from above, which is never farther than in space. No memory is written and the number of turns is
    fixed, so that this becomes some twenty vector instructions.
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


# where `look_on` goes on: cell, aircraft in it, which of its two lines, from where in it
CELL, AIRCRAFT, LINE, START = range(4)


@compiled
def look_on(
    fields: Singles,
    order: Integers,
    offsets: Integers,
    nx: int,
    ny: int,
    fine: int,
    near: np.float32,
    tall: np.float32,
    half: np.float32,
    last: int,
    place: NDArray[np.int64],
    batch: Integers,
) -> int:
    """Look at cells up to last - 1 until the batch is full; returns how many pairs wait in it.

    Goes on from `place`, and leaves there where the next call goes on. A function of its own, because what
    solves the pairs would take its registers.
    """
    x, y, vx, vy = fields[MX], fields[MY], fields[WX], fields[WY]
    heights, half_climbs = fields[HEIGHT], fields[HALF_CLIMB]
    waiting = 0
    from_aircraft, from_line, from_start = place[AIRCRAFT], place[LINE], place[START]
    row, column = place[CELL] // nx, place[CELL] % nx - 1
    for cell in range(place[CELL], last):
        column += 1
        if column == nx:
            row, column = row + 1, 0
        begin, end = offsets[cell], offsets[cell + 1]
        if begin == end:
            continue
        right = min(column + fine, nx - 1) + 1
        own_end = offsets[row * nx + right]
        next_begin, next_end = 0, 0
        if row + 1 < ny:
            beyond = (row + 1) * nx
            next_begin, next_end = offsets[beyond + max(column - fine, 0)], offsets[beyond + right]
        for k in range(max(begin, from_aircraft), end):
            kx, ky, kvx, kvy = x[k], y[k], vx[k], vy[k]
            height, reach = heights[k], half_climbs[k] + tall
            for line in range(from_line, 2):
                if line == 0:
                    line_begin, line_end = k + 1, own_end
                else:
                    line_begin, line_end = next_begin, next_end
                for start in range(max(line_begin, from_start), line_end, VECTOR):
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
                        near,
                        start,
                    )
                    if might == 0:
                        continue
                    j = start
                    while might != 0 and j < line_end:
                        if might & np.uint32(1):
                            batch[2 * waiting], batch[2 * waiting + 1] = order[k], order[j]
                            waiting += 1
                        might >>= np.uint32(1)
                        j += 1
                    if waiting >= BATCH:
                        place[CELL], place[AIRCRAFT], place[LINE], place[START] = (
                            cell,
                            k,
                            line,
                            start + VECTOR,
                        )
                        return waiting
                from_start = 0
            from_line = 0
    place[CELL] = last
    return waiting


@compiled
def pairs_in_plain(
    sky: Columns,
    fields: Singles,
    order: Integers,
    offsets: Integers,
    nx: int,
    ny: int,
    fine: int,
    wide: float,
    lookahead: float,
    first: int,
    last: int,
) -> tuple[NDArray[np.int64], Floats]:
    """Pairs first met from cells first .. last - 1: (m, 2) aircraft, the lesser first, and times.

    wide: the square of the distance that a look lets pass, m².
    """
    batch, sines, rows, pairs, times = room()
    found = 0
    tall = np.float32(sky.vertical_m[0] + 2.0 * sky.slack_up_m[0])
    half = np.float32(0.5 * lookahead)
    place = np.zeros(4, np.int64)
    place[CELL] = first
    while place[CELL] < last:
        waiting = look_on(
            fields, order, offsets, nx, ny, fine, np.float32(wide), tall, half, last, place, batch
        )
        found = solve(sky, batch, waiting, lookahead, sines, rows, pairs, times, found)
        pairs, times = grown(pairs, times, found)
    return pairs[:found].copy(), times[:found].copy()
