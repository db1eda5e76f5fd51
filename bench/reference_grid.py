# ruff: noqa: PLR0917 - compiled scalars and arrays are passed by position
"""The yardstick: a plain uniform grid in Numba, as one would write it in an afternoon, and not badly.

Flat: East and North in metres from the middle of the sky (longitude times the cosine of the latitude at the
aircraft; pairs by the mean of both cosines, much as BlueSky does it). The middle of each aircraft's sweep is
put into a square cell as wide as the longest sweep and the minimum; a counting sort puts those of a cell next
to each other, copied in that order; each pair of neighbours is compared once, heights first, then the closest
point on the straight paths. It knows no pole, no antimeridian and no mixed minima. With several threads, rows
of cells are shared out.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numba
import numpy as np
from numpy.typing import NDArray

from bench.skies import M_PER_FT, M_PER_NM, Floats, Sky

RADIUS_M = 6_371_000.0
KT = M_PER_NM / 3600.0


@numba.njit(nogil=True, cache=True)
def prepare(latitude, longitude, altitude_ft, groundspeed_kt, track_deg, lookahead, minimum):  # type: ignore[no-untyped-def]
    """Columns in cell order: East, North, its cosine, velocity, height, number; where each cell begins."""
    n = latitude.shape[0]
    east, north, cosine = np.empty(n), np.empty(n), np.empty(n)
    ve, vn = np.empty(n), np.empty(n)
    fastest = 0.0
    for i in range(n):
        cosine[i] = math.cos(math.radians(latitude[i]))
        east[i] = RADIUS_M * math.radians(longitude[i])
        north[i] = RADIUS_M * math.radians(latitude[i])
        speed = groundspeed_kt[i] * KT
        ve[i] = speed * math.sin(math.radians(track_deg[i]))
        vn[i] = speed * math.cos(math.radians(track_deg[i]))
        fastest = max(fastest, speed)
    size = 1.02 * (fastest * lookahead + minimum)  # 2 % for the mean of cosines
    low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
    x, y = np.empty(n), np.empty(n)
    for i in range(n):
        x[i] = east[i] * cosine[i] + 0.5 * lookahead * ve[i]
        y[i] = north[i] + 0.5 * lookahead * vn[i]
        low_x, low_y = min(low_x, x[i]), min(low_y, y[i])
        high_x, high_y = max(high_x, x[i]), max(high_y, y[i])
    nx, ny = int((high_x - low_x) / size) + 1, int((high_y - low_y) / size) + 1
    offsets = np.zeros(nx * ny + 1, np.int64)
    cell = np.empty(n, np.int64)
    for i in range(n):
        cell[i] = int((y[i] - low_y) / size) * nx + int((x[i] - low_x) / size)
        offsets[cell[i] + 1] += 1
    for c in range(nx * ny):
        offsets[c + 1] += offsets[c]
    free = offsets[:-1].copy()
    order = np.empty(n, np.int64)
    for i in range(n):
        order[free[cell[i]]] = i
        free[cell[i]] += 1
    columns = np.empty((6, n))
    for k in range(n):
        i = order[k]
        columns[0, k], columns[1, k], columns[2, k] = east[i], north[i], cosine[i]
        columns[3, k], columns[4, k], columns[5, k] = ve[i], vn[i], altitude_ft[i] * M_PER_FT
    return columns, order, offsets, nx, ny


@numba.njit(nogil=True, cache=True)
def sweep(columns, order, offsets, nx, ny, lookahead, minimum, height, first_row, last_row):  # type: ignore[no-untyped-def]
    """Pairs whose earlier cell is in rows first_row .. last_row - 1: (m, 2), lesser number first."""
    east, north, cosine, ve, vn, up = columns
    pairs = np.empty((1024, 2), np.int64)
    found = 0
    squared = minimum * minimum
    for row in range(first_row, last_row):
        for column in range(nx):
            here = row * nx + column
            for k in range(offsets[here], offsets[here + 1]):
                for part in range(2):
                    if part == 0:
                        begin, end = k + 1, offsets[row * nx + min(column + 1, nx - 1) + 1]
                    elif row + 1 == ny:
                        break
                    else:
                        begin = offsets[(row + 1) * nx + max(column - 1, 0)]
                        end = offsets[(row + 1) * nx + min(column + 1, nx - 1) + 1]
                    for j in range(begin, end):
                        if abs(up[j] - up[k]) >= height:
                            continue
                        px = (east[j] - east[k]) * 0.5 * (cosine[j] + cosine[k])
                        py = north[j] - north[k]
                        vx, vy = ve[j] - ve[k], vn[j] - vn[k]
                        a, b = vx * vx + vy * vy, px * vx + py * vy
                        time = 0.0
                        if a > 0.0:
                            time = min(max(-b / a, 0.0), lookahead)
                        dx, dy = px + vx * time, py + vy * time
                        if dx * dx + dy * dy < squared:
                            if found == pairs.shape[0]:
                                pairs = np.concatenate((pairs, np.empty_like(pairs)))
                            pairs[found, 0] = min(order[k], order[j])
                            pairs[found, 1] = max(order[k], order[j])
                            found += 1
    return pairs[:found].copy()


def reference_pairs(sky: Sky, threads: int) -> NDArray[np.int64]:
    """Pairs (m, 2) in no particular order. The sky is level and does not cross the antimeridian."""
    kind = sky.kind
    minimum = kind.horizontal_nm * M_PER_NM
    columns, order, offsets, nx, ny = prepare(
        sky.latitude,
        sky.longitude,
        sky.altitude_ft,
        sky.groundspeed_kt,
        sky.track_deg,
        kind.lookahead_s,
        minimum,
    )

    def part(rows: tuple[int, int]) -> NDArray[np.int64]:
        found: NDArray[np.int64] = sweep(
            columns, order, offsets, nx, ny, kind.lookahead_s, minimum, kind.vertical_ft * M_PER_FT, *rows
        )
        return found

    if threads == 1:
        return part((0, ny))
    borders = np.linspace(0, ny, min(ny, 8 * threads) + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(part, pairwise(borders))))


__all__ = ["Floats", "reference_pairs"]
