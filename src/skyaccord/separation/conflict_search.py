"""The snapshot search, stage by stage: locate, number cells, sort, arrange, sweep; each on all threads.

Every stage writes where no other thread does, and the pairs are sorted at the end: the answer does not depend
on the threads.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import SEMI_MAJOR_M, normals
from skyaccord.separation.conflict_grid import (
    BASE,
    EMPTY,
    FIELDS,
    PADDING,
    arrange,
    grid_for,
    number_cells,
    put,
    starts_of,
)
from skyaccord.separation.conflict_rows import (
    HIGH,
    LEAST_REACH,
    LOW,
    SUMMARY,
    Floats,
    empty_rows,
    locate,
)
from skyaccord.separation.conflict_sweep import in_order, pairs_in

THREADS_FROM: Final = 20_000
"""Fewer aircraft are searched faster than threads start."""
BATCHES_PER_THREAD: Final = 8
"""Of the sweep: some parts of a sky are more crowded than others."""
SAMPLE: Final = 64
"""Aircraft that say where the middle of all is; it need not be exact."""


class Snapshot(NamedTuple):
    """Columns of shape (n,); the last three may have one value for all, shape (1,)."""

    latitude: Floats
    longitude: Floats
    altitude_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    climb_ftmin: Floats
    horizontal_m: Floats
    vertical_m: Floats


class Found(NamedTuple):
    """pairs (m, 2): first < second, sorted. times (m, 2): in and out."""

    pairs: NDArray[np.int64]
    times: Floats


def search(sky: Snapshot, lookahead_s: float, threads: int | None = None) -> Found:
    n = len(sky.latitude)
    if n < 2:
        return Found(np.empty((0, 2), np.int64), np.empty((0, 2)))
    threads = threads or ((os.cpu_count() or 1) if n >= THREADS_FROM else 1)
    if threads == 1:
        return _search(sky, lookahead_s, 1, map)
    with ThreadPoolExecutor(threads) as pool:
        return _search(sky, lookahead_s, threads, pool.map)


def _search(sky: Snapshot, lookahead_s: float, threads: int, mapped: Callable[..., Iterable[Any]]) -> Found:
    n = len(sky.latitude)
    axes = _axes(sky)
    centre = axes[2] * SEMI_MAJOR_M
    rows = empty_rows(n)
    middles = np.empty((3, n), np.float32)
    summaries = np.empty((threads, SUMMARY))
    shares = _shares(n, threads)

    def each(stage: Callable[[int, int, int], object]) -> None:
        for _ in mapped(lambda part: stage(*part), shares):
            pass

    each(lambda t, i, j: locate(*sky, axes, centre, lookahead_s, rows, middles, summaries[t], i, j))
    summary = summaries.max(axis=0)
    for least in (LOW, LOW + 1, LOW + 2, LEAST_REACH):
        summary[least] = summaries[:, least].min()
    if not summary[LOW] <= summary[HIGH]:  # nobody takes part
        return Found(np.empty((0, 2), np.int64), np.empty((0, 2)))
    grid = grid_for(summary, n, lookahead_s)

    cell = np.empty(n, np.int32)
    counts = np.zeros((threads, grid.cells), np.int32)
    offsets = np.empty(grid.cells + 1, np.int32)
    minimum, places = sky.horizontal_m, (grid.low, grid.size, grid.least_reach, grid.shape)
    each(lambda t, i, j: number_cells(rows, middles, minimum, lookahead_s, *places, cell, counts[t], i, j))
    starts_of(counts, offsets)
    order = np.empty(n, np.int32)
    each(lambda t, i, j: put(cell, counts[t], order, i, j))
    taking_part = int(offsets[-1])

    grid.shape[:, EMPTY] = [offsets[a] == offsets[b] for a, b in pairwise([*grid.shape[:, BASE], grid.cells])]
    fields = np.empty((FIELDS, n + PADDING), np.float32)
    fields[:, taking_part:] = 0.0
    minima = sky.horizontal_m, sky.vertical_m
    margins = grid.margin_m, grid.altitude_margin_m
    shares = _shares(taking_part, threads)
    flat = grid.flat and all(len(values) == 1 for values in minima)
    each(
        lambda _, i, j: arrange(rows, *minima, axes, centre, lookahead_s, *margins, flat, order, fields, i, j)
    )
    # cells, cut so that each part has as many aircraft
    parts = threads * BATCHES_PER_THREAD if threads > 1 else 1
    borders = np.searchsorted(offsets, np.linspace(0, taking_part, parts + 1).astype(int))
    borders[0], borders[-1] = 0, grid.cells
    sweep = (
        rows,
        fields,
        order,
        offsets,
        grid.shape,
        grid.low,
        grid.size,
        grid.rise,
        flat,
        *minima,
        lookahead_s,
    )
    found = list(mapped(lambda part: pairs_in(*sweep, *part), pairwise(borders.tolist())))
    pairs, times = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Found(*in_order(pairs, times, n))


def _shares(n: int, parts: int) -> list[tuple[int, int, int]]:
    """(number, first, last) of each part."""
    borders = np.linspace(0, n, parts + 1).astype(int).tolist()
    return [(k, first, last) for k, (first, last) in enumerate(pairwise(borders))]


def _axes(sky: Snapshot) -> Floats:
    """Axes (3, 3), one a row, the third along the mean of some verticals."""
    some = slice(None, None, max(1, len(sky.latitude) // SAMPLE))
    latitude, longitude = sky.latitude[some], sky.longitude[some]
    known = np.isfinite(latitude + longitude)
    mean = normals(latitude[known], longitude[known]).sum(axis=0).tolist()
    length = math.hypot(*mean)
    x, y, z = (part / length for part in mean) if length > 1e-6 else (0.0, 0.0, 1.0)
    sign = math.copysign(1.0, z)  # as in `conflict_sweep.interval_of`
    c = -1.0 / (sign + z)
    d = x * y * c
    return np.array(((1.0 + sign * x * x * c, sign * d, -sign * x), (d, sign + y * y * c, -y), (x, y, z)))
