"""All encounters of prepared flights under one pair of limits: slices, threads, joined intervals."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.encounters.flights import Flights
from skyaccord.separation.join import join_stretches
from skyaccord.separation.sweep import boxes, sweep
from skyaccord.separation.walk import COLUMNS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SLICES_S: Final = (8.0, 16.0, 32.0, 64.0)
"""Lengths a time slice can have: powers of two, so that slice numbers and borders are exact in binary."""
SLICE_SPEED_MPS: Final = 150.0
"""A slice lasts about as long as an aircraft of this speed needs to cross the horizontal limit: much longer,
and boxes overlap that never meet; much shorter, and boxes are all margin."""
THREADS_MAX: Final = 16
"""Memory bandwidth is used up before more threads help."""
BATCHES_PER_THREAD: Final = 4
"""Slices differ in traffic; smaller batches even that out."""


@dataclass(frozen=True)
class Inside:
    """What a search looks for: metres; `vertical_m` infinite for horizontal only.

    either_breaks: False, inside means both limits broken; True, at least one.
    """

    horizontal_m: float
    vertical_m: float
    either_breaks: bool = False


def wake() -> None:
    """Load what kernels need and the first of them: a tenth of a second, while files are read."""
    nothing = np.empty(0, np.int64)
    boxes(nothing, nothing, nothing, np.empty((0, 4)), 1.0, 1.0)


def search(flights: Flights, inside: Inside, *, threads: int | None = None) -> tuple[Integers, Floats]:
    """Every maximal interval in which two flights are inside: pairs (m, 2) of track indices, a < b, and rows
    whose columns are those of `skyaccord.separation.walk`; sorted by pair and start.

    `threads` and the lengths of slices have no influence on the result.
    """
    return join_stretches(*stretches(flights, inside, threads=threads), inside.horizontal_m)


def stretches(
    flights: Flights,
    inside: Inside,
    *,
    between_s: tuple[float, float] = (-np.inf, np.inf),
    threads: int | None = None,
) -> tuple[Integers, Floats]:
    """The stretches on single pieces from which `join_stretches` makes intervals, in any order.

    between_s: only pieces that start in [first, second), both whole multiples of SLICES_S[-1] or infinite.
    """
    if not len(flights.first):
        return np.empty((0, 2), np.int64), np.empty((0, COLUMNS))
    slice_s = _slice_s(inside.horizontal_m)
    entries = _entries(flights, slice_s)
    wanted = (entries[0] >= between_s[0] / slice_s) & (entries[0] < between_s[1] / slice_s)
    if not wanted.any():
        return np.empty((0, 2), np.int64), np.empty((0, COLUMNS))
    if not wanted.all():
        entries = (entries[0][wanted], entries[1][wanted], entries[2][wanted], entries[3][wanted])
    entry_slice, entry_track, entry_first, entry_last = entries
    box = boxes(
        entry_first,
        entry_last,
        flights.first,
        flights.samples,
        inside.horizontal_m,
        inside.vertical_m,
    )
    used, offsets = np.unique(entry_slice, return_index=True)
    offsets = np.append(offsets, len(entry_slice)).astype(np.int64)

    def run(batch: tuple[int, int]) -> tuple[Integers, Floats]:
        return sweep(
            offsets,
            used,
            slice_s,
            entry_track,
            entry_first,
            entry_last,
            box,
            flights.first,
            flights.link_start,
            flights.link_end,
            flights.samples,
            inside.horizontal_m,
            inside.vertical_m,
            inside.either_breaks,
            inside.either_breaks,
            batch[0],
            batch[1],
        )

    threads = threads or min(os.cpu_count() or 1, THREADS_MAX)
    batches = _batches(offsets, threads * BATCHES_PER_THREAD if threads > 1 else 1)
    if threads > 1 and len(batches) > 1:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(run, batches))
    else:
        parts = [run(batch) for batch in batches]
    pairs = np.concatenate([part[0] for part in parts])
    rows = np.concatenate([part[1] for part in parts])
    return pairs, rows


def _slice_s(horizontal_m: float) -> float:
    wanted = horizontal_m / SLICE_SPEED_MPS
    return next((length for length in SLICES_S if length >= wanted), SLICES_S[-1])


def _entries(flights: Flights, slice_s: float) -> tuple[Integers, Integers, Integers, Integers]:
    """For each slice and track in it, the range of links that touch the slice; sorted by slice, track."""
    low = np.floor(flights.link_start / slice_s).astype(np.int64)
    high = np.floor(flights.link_end / slice_s).astype(np.int64)
    copies = high - low + 1
    link = np.repeat(np.arange(len(low)), copies)
    step = np.arange(len(link)) - np.repeat(np.cumsum(copies) - copies, copies)
    number, track = low[link] + step, flights.link_track[link]
    order = np.lexsort((link, track, number))
    link, number, track = link[order], number[order], track[order]
    is_new = np.ones(len(link), dtype=np.bool_)
    is_new[1:] = (number[1:] != number[:-1]) | (track[1:] != track[:-1])
    begin = np.flatnonzero(is_new)
    finish = np.append(begin[1:], len(link))
    # one track's links of one slice follow one another without a gap, so first and last tell them all
    return number[begin], track[begin], link[begin], link[finish - 1] + 1


def _batches(offsets: Integers, wanted: int) -> list[tuple[int, int]]:
    """Cut the slices into ranges of about equal work (entries squared)."""
    slices = len(offsets) - 1
    work = np.cumsum(np.diff(offsets).astype(np.float64) ** 2)
    if slices <= wanted or wanted <= 1:
        return [(0, slices)]
    cuts = np.searchsorted(work, work[-1] * np.arange(1, wanted) / wanted) + 1
    borders = np.unique(np.concatenate(([0], cuts, [slices])))
    return [(int(a), int(b)) for a, b in pairwise(borders)]
