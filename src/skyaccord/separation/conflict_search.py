# ruff: noqa: PLR0917 - the arrays of a search, in the order of its stages
"""The snapshot search, stage by stage: locate, number cells, sort, arrange, sweep; each on all threads.

Every stage writes where no other thread does, and the pairs are sorted at the end: the answer does not depend
on the threads. A plain sky (`Grid.plain`) has a sweep of its own, which finds the same.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Sequence
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
    NX,
    NY,
    PADDING,
    PLAIN_FIELDS,
    Grid,
    arrange,
    arrange_plain,
    grid_for,
    number_cells,
    number_plain,
    put,
    starts_of,
)
from skyaccord.separation.conflict_plain import pairs_in_plain
from skyaccord.separation.conflict_rows import (
    HIGH,
    LEAST_REACH,
    LOW,
    RECORD,
    SUMMARY,
    Columns,
    Floats,
    locate,
)
from skyaccord.separation.conflict_solve import in_order
from skyaccord.separation.conflict_sweep import pairs_in
from skyaccord.separation.workspace import LINE_BYTES, Workspace

THREADS_FROM: Final = 20_000
"""Fewer aircraft are searched faster than threads start."""
BATCHES_PER_THREAD: Final = 8
"""Of the sweep: some parts of a sky are more crowded than others."""
HORIZONTAL_COLUMN: Final = Columns._fields.index("horizontal_m")
"""From it on: minima and slack."""
SAMPLE: Final = 64
"""Aircraft that say where the middle of all is; it need not be exact."""

Stage = Callable[..., Any]


class Found(NamedTuple):
    """pairs (m, 2): first < second, sorted. times (m, 2): in and out."""

    pairs: NDArray[np.int64]
    times: Floats


def search(sky: Columns, lookahead_s: float, threads: int | None = None) -> Found:
    n = len(sky.latitude)
    if n < 2:
        return Found(np.empty((0, 2), np.int64), np.empty((0, 2)))
    threads = threads or ((os.cpu_count() or 1) if n >= THREADS_FROM else 1)
    if threads == 1:
        return _search(sky, lookahead_s, _Crew(1, None))
    with ThreadPoolExecutor(threads - 1) as pool:
        return _search(sky, lookahead_s, _Crew(threads, pool))


class _Crew:
    """The calling thread and its helpers: whoever is free takes the next part."""

    def __init__(self, threads: int, pool: ThreadPoolExecutor | None) -> None:
        self.threads = threads
        self._pool = pool

    def each(self, stage: Stage, parts: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The stage's answer for each part, in their order."""
        if self._pool is None:
            return [stage(*part) for part in parts]
        pool, waiting = self._pool, deque(enumerate(parts))
        answers: list[Any] = [None] * len(parts)

        def work() -> None:
            while waiting:
                try:
                    number, part = waiting.popleft()
                except IndexError:  # another thread was quicker
                    return
                answers[number] = stage(*part)

        helpers = [pool.submit(work) for _ in range(min(self.threads, len(parts)) - 1)]
        work()
        for helper in helpers:
            helper.result()
        return answers


def _search(sky: Columns, lookahead_s: float, crew: _Crew) -> Found:
    n, threads = len(sky.latitude), crew.threads
    axes = _axes(sky)
    centre = axes[2] * SEMI_MAJOR_M
    arrays = 5
    space = Workspace(4 * (n * (RECORD + 1) + FIELDS * (n + PADDING)) + arrays * LINE_BYTES)
    records, order = space.take((n, RECORD), np.float32), space.take((n,), np.int32)
    sorting = space.mark()  # of use until all are in order; then the fields lie there
    middles, cell = space.take((2, n), np.float32), space.take((n,), np.int32)
    shares = _shares(n, threads)

    summaries = np.empty((threads, SUMMARY))
    crew.each(
        lambda t, i, j: locate(sky, axes, centre, lookahead_s, records, middles, summaries[t], i, j), shares
    )
    summary = summaries.max(axis=0)
    for least in (LOW, LOW + 1, LOW + 2, LEAST_REACH):
        summary[least] = summaries[:, least].min()
    if not summary[LOW] <= summary[HIGH]:  # nobody takes part
        return Found(np.empty((0, 2), np.int64), np.empty((0, 2)))
    one_minimum = all(len(values) == 1 for values in sky[HORIZONTAL_COLUMN:])
    grid = grid_for(summary, n, lookahead_s, one_minimum)

    counts = np.zeros((threads, grid.cells), np.int32)
    offsets = np.empty(grid.cells + 1, np.int32)
    crew.each(_numbering(sky, lookahead_s, grid, records, middles, cell, counts), shares)
    starts_of(counts, offsets)
    crew.each(lambda t, i, j: put(cell, counts[t], order, i, j), shares)
    taking_part = int(offsets[-1])

    space.back_to(sorting)
    fields = space.take((PLAIN_FIELDS if grid.plain else FIELDS, n + PADDING), np.float32)
    fields[:, taking_part:] = 0.0
    crew.each(_arranging(sky, grid, records, order, fields), _shares(taking_part, threads))
    # cells, cut so that each part has as many aircraft
    parts = threads * BATCHES_PER_THREAD if threads > 1 else 1
    borders = np.searchsorted(offsets, np.linspace(0, taking_part, parts + 1).astype(int))
    borders[0], borders[-1] = 0, grid.cells
    found = crew.each(
        _sweeping(sky, lookahead_s, grid, fields, order, offsets), list(pairwise(borders.tolist()))
    )
    pairs, times = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Found(*in_order(pairs, times, n))


def _numbering(
    sky: Columns, lookahead_s: float, grid: Grid, records: Any, middles: Any, cell: Any, counts: Any
) -> Stage:
    """The stage that numbers cells, for part (thread, first, last)."""
    low, size, shape = grid.low, grid.size, grid.shape
    if grid.plain:
        return lambda t, i, j: number_plain(middles, low, size, shape, grid.fine, cell, counts[t], i, j)
    places = low, size, grid.least_reach, shape
    return lambda t, i, j: number_cells(sky, records, middles, lookahead_s, *places, cell, counts[t], i, j)


def _arranging(sky: Columns, grid: Grid, records: Any, order: Any, fields: Any) -> Stage:
    """The stage that puts neighbours next to each other, for part (_, first, last)."""
    margins = grid.margin_m, grid.altitude_margin_m
    if grid.plain:
        return lambda _, i, j: arrange_plain(records, margins[1], order, fields, i, j)
    return lambda _, i, j: arrange(sky, records, *margins, order, fields, i, j)


def _sweeping(sky: Columns, lookahead_s: float, grid: Grid, fields: Any, order: Any, offsets: Any) -> Stage:
    """The stage that finds pairs, for part (first cell, last cell)."""
    shape = grid.shape
    if grid.plain:
        minimum = float(sky.horizontal_m[0] + 2.0 * sky.slack_m[0])
        wide = (minimum + grid.margin_m) ** 2 + float(grid.rise[0]) ** 2
        nx, ny = int(shape[0, NX]), int(shape[0, NY])
        return lambda i, j: pairs_in_plain(
            sky, fields, order, offsets, nx, ny, grid.fine, wide, lookahead_s, i, j
        )
    shape[:, EMPTY] = [offsets[a] == offsets[b] for a, b in pairwise([*shape[:, BASE], grid.cells])]
    places = shape, grid.low, grid.size, grid.rise
    return lambda i, j: pairs_in(sky, fields, order, offsets, *places, lookahead_s, i, j)


def _shares(n: int, parts: int) -> list[tuple[int, int, int]]:
    """(number, first, last) of each part."""
    borders = np.linspace(0, n, parts + 1).astype(int).tolist()
    return [(k, first, last) for k, (first, last) in enumerate(pairwise(borders))]


def _axes(sky: Columns) -> Floats:
    """Axes (3, 3), one a row, the third along the mean of some verticals."""
    some = slice(None, None, max(1, len(sky.latitude) // SAMPLE))
    latitude, longitude = sky.latitude[some], sky.longitude[some]
    known = np.isfinite(latitude + longitude)
    mean = normals(latitude[known], longitude[known]).sum(axis=0).tolist()
    length = math.hypot(*mean)
    x, y, z = (part / length for part in mean) if length > 1e-6 else (0.0, 0.0, 1.0)
    sign = math.copysign(1.0, z)  # as in `conflict_solve.interval_of`
    c = -1.0 / (sign + z)
    d = x * y * c
    return np.array(((1.0 + sign * x * x * c, sign * d, -sign * x), (d, sign + y * y * c, -y), (x, y, z)))
