# ruff: noqa: PLR0917 - compiled scalars and arrays are passed by position
"""Which tracks come near each other, and when: slices of time, a box for each track, a sweep in space.

    time   ├──── slice 7 ────┼──── slice 8 ────┤       in one slice, boxes sorted along the longest axis:
    a      ●─────●──────●────────●─────●                    ┌────┐ a
    b        ●────────●───────────●──────────●           ┌──┼─┐  │  b   overlap → the pieces are solved
    c          ●───●                                     └──┼─┘  │
                                                            └────┘        c ┌──┐  passed over

Boxes stand in ECEF coordinates and altitude, so that poles and antimeridian are places like any other, and
hold the whole of every link that touches the slice, widened so that nothing inside can be overlooked.
A piece is solved in the slice where it starts: slicing decides where to look, never what is found.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.compiled import compiled
from skyaccord.separation.walk import COLUMNS, walk_pair

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RADIUS_LEAST_M: Final = 6_335_439.0
"""Smallest radius of curvature of the ellipsoid (in the meridian, at the equator)."""
SLACK_M: Final = 20.0
"""Widening beyond the derived one: rounding, and third-order terms of the ellipsoid (0.4 m at 200 NM)."""

ROWS_AT_FIRST: Final = 4096


@compiled
def boxes(
    entry_first: Integers,
    entry_last: Integers,
    first: Integers,
    samples: Floats,
    horizontal: float,
    vertical: float,
) -> Floats:
    """A box for each entry (links entry_first .. entry_last - 1 of a track): (n, 8) low, high x, y, z, alt.

    Two boxes overlap whenever their tracks could be inside the limits. The horizontal distance leaves out the
    part of the difference along the vertical of the piece's middle; that part is at most
    h·L/R + L²/4R for links of length L (the pair moves L/2 to either side, and a chord sags by L²/8R), so
    half the limit and this much more, on each side of each box, is enough.
    """
    n = entry_first.shape[0]
    box = np.empty((n, 8))
    for e in range(n):
        length_squared = 0.0
        for axis in range(4):
            box[e, 2 * axis] = np.inf
            box[e, 2 * axis + 1] = -np.inf
        for link in range(entry_first[e], entry_last[e]):
            i = first[link]
            for j in (i, i + 1):
                for axis in range(4):
                    value = samples[j, axis]
                    box[e, 2 * axis] = min(box[e, 2 * axis], value)
                    box[e, 2 * axis + 1] = max(box[e, 2 * axis + 1], value)
            step = samples[i + 1] - samples[i]
            length_squared = max(length_squared, step[0] ** 2 + step[1] ** 2 + step[2] ** 2)
        radial = (horizontal * np.sqrt(length_squared) + 0.25 * length_squared) / RADIUS_LEAST_M
        margin = 0.5 * horizontal + radial + SLACK_M
        for axis in range(3):
            box[e, 2 * axis] -= margin
            box[e, 2 * axis + 1] += margin
        box[e, 6] -= 0.5 * vertical
        box[e, 7] += 0.5 * vertical
    return box


@compiled
def longest_axis(box: Floats, low: int, high: int) -> int:
    """The ECEF axis along which the boxes low .. high - 1 are spread most."""
    best, best_spread = 0, -1.0
    for axis in range(3):
        least, most = np.inf, -np.inf
        for e in range(low, high):
            least = min(least, box[e, 2 * axis])
            most = max(most, box[e, 2 * axis])
        if most - least > best_spread:
            best, best_spread = axis, most - least
    return best


@compiled
def overlap(box: Floats, e: int, f: int) -> bool:
    """Whether two boxes share a point."""
    for axis in range(4):
        if box[e, 2 * axis] > box[f, 2 * axis + 1] or box[f, 2 * axis] > box[e, 2 * axis + 1]:
            return False
    return True


@compiled
def sweep(
    slice_offsets: Integers,
    slice_numbers: Integers,
    slice_s: float,
    entry_track: Integers,
    entry_first: Integers,
    entry_last: Integers,
    box: Floats,
    first: Integers,
    link_start: Floats,
    link_end: Floats,
    samples: Floats,
    horizontal: float,
    vertical: float,
    either_breaks: bool,
    everywhere: bool,
    low_slice: int,
    high_slice: int,
) -> tuple[Integers, Floats]:
    """Stretches inside the limits in slices low_slice .. high_slice - 1: pairs (m, 2), a < b, and rows.

    slice_offsets: entries of the i-th used slice are slice_offsets[i] .. slice_offsets[i + 1] - 1.
    everywhere: take every pair of a slice (limits that can be broken at any horizontal distance).
    """
    rows = np.empty((ROWS_AT_FIRST, COLUMNS))
    pairs = np.empty((ROWS_AT_FIRST, 2), np.int64)
    count = 0
    for k in range(low_slice, high_slice):
        low, high = slice_offsets[k], slice_offsets[k + 1]
        if high - low < 2:
            continue
        start, end = slice_numbers[k] * slice_s, (slice_numbers[k] + 1) * slice_s
        axis = longest_axis(box, low, high)
        order = low + np.argsort(box[low:high, 2 * axis])
        for p in range(high - low):
            e = order[p]
            for q in range(p + 1, high - low):
                f = order[q]
                if not everywhere:
                    if box[f, 2 * axis] > box[e, 2 * axis + 1]:
                        break
                    if not overlap(box, e, f):
                        continue
                if entry_track[e] == entry_track[f]:
                    continue
                a, b = (e, f) if entry_track[e] < entry_track[f] else (f, e)
                room = count + 2 * (entry_last[a] - entry_first[a] + entry_last[b] - entry_first[b])
                if room > rows.shape[0]:
                    rows = np.concatenate((rows, np.empty((room, COLUMNS))))
                    pairs = np.concatenate((pairs, np.empty((room, 2), np.int64)))
                before = count
                count = walk_pair(
                    entry_first[a],
                    entry_last[a],
                    entry_first[b],
                    entry_last[b],
                    start,
                    end,
                    first,
                    link_start,
                    link_end,
                    samples,
                    horizontal,
                    vertical,
                    either_breaks,
                    rows,
                    count,
                )
                pairs[before:count, 0] = entry_track[a]
                pairs[before:count, 1] = entry_track[b]
    return pairs[:count].copy(), rows[:count].copy()
