# ruff: noqa: PLR0917 - the columns of a snapshot, in their usual order
"""`skyaccord.find_conflicts`: all pairs of aircraft that infringe now or will within a look-ahead.

>>> import numpy as np
>>> found = conflict_pairs(
...     np.array([50.0, 50.0]), np.array([10.0, 10.5]), np.array([35000.0, 35000.0]),
...     np.array([450.0, 450.0]), np.array([90.0, 270.0]), lookahead_s=120.0,
... )
>>> found.pairs.tolist()
[[0, 1]]
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skyaccord.airspace.units import (
    DURATION_S_MAX,
    FTMIN_TO_MPS,
    KT_TO_MPS,
    M_PER_FT,
    M_PER_NM,
    Limits,
    parse_within,
)
from skyaccord.base.errors import InputError
from skyaccord.separation.conflict_grid import (
    ALT,
    CLIMB,
    COLUMNS,
    UX,
    H,
    V,
    fill,
    pairs_in,
    sort_into_cells,
    swept,
    turned,
)

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEEDED: Final = ("icao24", "latitude", "longitude", "altitude", "groundspeed", "track")
LOOKAHEAD_S_MAX: Final = 1_800.0
"""Straight on says nothing half an hour ahead; the plane of a pair errs by metres until then."""
THREADS_FROM: Final = 20_000
"""Fewer aircraft are searched faster than threads start."""
BATCHES_PER_THREAD: Final = 8


@dataclass(frozen=True)
class ConflictPairs:
    """pairs: (m, 2) rows, first < second, sorted. time_in_s, time_out_s: (m,), within the look-ahead."""

    pairs: Integers
    time_in_s: Floats
    time_out_s: Floats


def conflict_pairs(
    latitude: ArrayLike,
    longitude: ArrayLike,
    altitude_ft: ArrayLike,
    groundspeed_kt: ArrayLike,
    track_deg: ArrayLike,
    vertical_rate_ftmin: ArrayLike = 0.0,
    *,
    lookahead_s: float,
    horizontal_nm: ArrayLike = 5.0,
    vertical_ft: ArrayLike = 1000.0,
    uncertainty_m: ArrayLike = 0.0,
    threads: int | None = None,
) -> ConflictPairs:
    """Plain arrays of shape (n,) in, pairs out. Everybody goes straight on.

    horizontal_nm, vertical_ft: one minimum for all, or each aircraft's own; a pair keeps the larger.
    uncertainty_m: of each aircraft's position; a pair's horizontal minimum grows by at least that of both.
    Aircraft with a value that is not finite take no part. Raises InputError for shapes that do not fit and
    look-aheads out of range.
    """
    if not 0.0 <= lookahead_s <= LOOKAHEAD_S_MAX:
        raise InputError(f"look-ahead of {lookahead_s:g} s", do=f"give 0 to {LOOKAHEAD_S_MAX:g} s")
    places = np.atleast_1d(np.asarray(latitude, dtype=np.float64))
    n = len(places)
    given = [longitude, altitude_ft, groundspeed_kt, track_deg, vertical_rate_ftmin]
    try:
        lon, alt, speed, track, climb, own_h, own_v, unsure = (
            np.broadcast_to(np.asarray(values, dtype=np.float64), (n,))
            for values in (*given, horizontal_nm, vertical_ft, uncertainty_m)
        )
    except ValueError as error:
        raise InputError("the columns differ in length", do=f"give {n} values in each") from error
    known = np.flatnonzero(np.isfinite(places + lon + alt + speed + track + climb))
    aircraft = np.empty((len(known), COLUMNS))
    speed_mps = speed[known] * KT_TO_MPS
    fill(aircraft, places[known], lon[known], speed_mps, track[known])
    aircraft[:, ALT] = alt[known] * M_PER_FT
    aircraft[:, CLIMB] = climb[known] * FTMIN_TO_MPS
    # each with twice its own uncertainty: the larger of two is at least the minimum and both uncertainties
    aircraft[:, H] = own_h[known] * M_PER_NM + 2.0 * unsure[known]
    aircraft[:, V] = own_v[known] * M_PER_FT
    return _search(aircraft, known, lookahead_s, threads)


def _search(aircraft: Floats, known: Integers, lookahead_s: float, threads: int | None) -> ConflictPairs:
    if len(aircraft) < 2:
        return ConflictPairs(np.empty((0, 2), np.int64), np.empty(0), np.empty(0))
    turned(aircraft, _upright(aircraft[:, UX : UX + 3]))
    box, size = swept(aircraft, lookahead_s)
    order, offsets, cell, shape = sort_into_cells(box, size)
    aircraft, box = aircraft[order], box[order]
    n = len(aircraft)
    threads = threads or ((os.cpu_count() or 1) if n >= THREADS_FROM else 1)
    borders = np.linspace(0, n, threads * BATCHES_PER_THREAD + 1).astype(int) if threads > 1 else [0, n]

    def run(k: int) -> tuple[Integers, Floats]:
        return pairs_in(
            aircraft, box, cell, offsets, shape, lookahead_s, int(borders[k]), int(borders[k + 1])
        )

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(run, range(len(borders) - 1)))
    else:
        parts = [run(0)]
    pairs = np.sort(known[order[np.concatenate([part[0] for part in parts])]], axis=1)
    times = np.concatenate([part[1] for part in parts])
    by_row = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return ConflictPairs(pairs[by_row], times[by_row, 0], times[by_row, 1])


def _upright(up: Floats) -> Floats:
    """Axes (3, 3), as columns, the third along the mean of all verticals."""
    mean = up.mean(axis=0)
    length = float(np.linalg.norm(mean))
    third = mean / length if length > 1e-6 else np.array([0.0, 0.0, 1.0])
    start = np.eye(3)[int(np.argmin(np.abs(third)))]
    first = np.cross(start, third)
    first /= np.linalg.norm(first)
    return np.column_stack((first, np.cross(third, first), third))


def find_conflicts(states: Any, rule: str | Limits, lookahead_s: float, **options: Any) -> pl.DataFrame:
    """All pairs of a snapshot that infringe now or within the look-ahead, if everybody goes straight on.

    states: a table (pandas, Polars) with a row for each aircraft and the columns icao24, latitude, longitude,
    altitude (ft), groundspeed (kt), track, optionally vertical_rate (ft/min); rows with gaps take no part.
    rule: "5nm,1000ft" or Limits. options: those of `conflict_pairs` (horizontal_nm and vertical_ft as columns
    make minima by class). Returns icao24_a < icao24_b, time_in_s, time_out_s, sorted by time_in_s.
    """
    import polars as pl

    table = states if isinstance(states, pl.DataFrame) else pl.from_pandas(states)
    for name in NEEDED:
        if name not in table.columns:
            raise InputError(f"no column {name!r}", do=f"give {', '.join(NEEDED)}")
    if not 0.0 <= lookahead_s <= DURATION_S_MAX:
        raise InputError(f"look-ahead of {lookahead_s:g} s", do="give seconds")
    limits = parse_within(rule) if isinstance(rule, str) else rule
    if "onground" in table.columns:
        table = table.filter(~pl.col("onground").fill_null(False))
    columns = [table[name].cast(pl.Float64).to_numpy() for name in NEEDED[1:]]
    if "vertical_rate" in table.columns:
        columns.append(table["vertical_rate"].cast(pl.Float64).fill_null(0.0).to_numpy())
    minima = {
        "horizontal_nm": limits.horizontal_nm,
        "vertical_ft": np.inf if limits.vertical_ft is None else limits.vertical_ft,
    }
    found = conflict_pairs(*columns, lookahead_s=lookahead_s, **(minima | options))
    names = table["icao24"].cast(pl.String)
    pairs = pl.DataFrame(
        {
            "icao24_a": names.gather(found.pairs[:, 0]),
            "icao24_b": names.gather(found.pairs[:, 1]),
            "time_in_s": found.time_in_s,
            "time_out_s": found.time_out_s,
        }
    )
    return pairs.select(
        pl.min_horizontal("icao24_a", "icao24_b").alias("icao24_a"),
        pl.max_horizontal("icao24_a", "icao24_b").alias("icao24_b"),
        "time_in_s",
        "time_out_s",
    ).sort("time_in_s", "icao24_a", "icao24_b")
