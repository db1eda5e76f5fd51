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

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skyaccord.airspace.units import (
    DURATION_S_MAX,
    KT_TO_MPS,
    M_PER_FT,
    M_PER_NM,
    Limits,
    parse_within,
)
from skyaccord.base.errors import InputError
from skyaccord.separation.arguments import number, whole
from skyaccord.separation.conflict_rows import Columns
from skyaccord.separation.conflict_search import search
from skyaccord.separation.conflicts_found import Conflicts
from skyaccord.separation.snapshot_table import snapshot_table
from skyaccord.separation.widening import strayed

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LOOKAHEAD_S_MAX: Final = 1_800.0
"""Straight on says nothing half an hour ahead; the plane of a pair errs by metres until then."""


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
    age_s: ArrayLike = 0.0,
    threads: int | None = None,
) -> ConflictPairs:
    """Plain arrays of shape (n,) in, pairs out. Everybody goes straight on.

    horizontal_nm, vertical_ft: one minimum for all, or each aircraft's own; a pair keeps the larger.
    uncertainty_m: of each aircraft's position; a pair's horizontal minimum grows by that of both.
    age_s: since each aircraft's last report, from which its position here was carried straight on; a pair's
    minima grow by what both may have done since (`skyaccord.separation.widening.strayed`).
    Aircraft with a value that is not finite (a minimum may be infinite) or faster than 100,000 kt take no
    part. Raises InputError for shapes that do not fit, minima below 0, uncertainties, ages and look-aheads
    out of range, and for what is no number.
    """
    lookahead_s = number("lookahead_s", lookahead_s, do=f"give 0 to {LOOKAHEAD_S_MAX:g} seconds")
    if threads is not None and whole("threads", threads, do="give 1 or more") < 1:
        raise InputError(f"{threads} threads", do="give 1 or more")
    if not 0.0 <= lookahead_s <= LOOKAHEAD_S_MAX:
        raise InputError(f"look-ahead of {lookahead_s:g} s", do=f"give 0 to {LOOKAHEAD_S_MAX:g} s")
    places = np.atleast_1d(_numbers(latitude))
    n = len(places)
    horizontal, vertical = _column(horizontal_nm, n, alike=True), _column(vertical_ft, n, alike=True)
    if (horizontal < 0.0).any() or (vertical < 0.0).any():  # nobody is nearer than that
        raise InputError("a minimum is negative", do="give NM and ft, 0 or more")
    slack_m, slack_up_m = _column(uncertainty_m, n, alike=True), np.zeros(1)
    speed_kt, age = _column(groundspeed_kt, n), _column(age_s, n, alike=True)
    if not ((slack_m >= 0.0) & np.isfinite(slack_m)).all():
        raise InputError("an uncertainty is negative or not a number", do="give metres, 0 or more")
    if not ((age >= 0.0) & (age <= DURATION_S_MAX)).all():  # nan too: nobody drops out for an age not known
        raise InputError("an age of a state is out of range", do=f"give 0 to {DURATION_S_MAX:g} s")
    if age.any():
        across_m, up_m = strayed(age, speed_kt * KT_TO_MPS)
        slack_m, slack_up_m = slack_m + across_m, slack_up_m + up_m
    sky = Columns(
        latitude=_column(places, n),
        longitude=_column(longitude, n),
        altitude_ft=_column(altitude_ft, n),
        groundspeed_kt=speed_kt,
        track_deg=_column(track_deg, n),
        climb_ftmin=_column(vertical_rate_ftmin, n, alike=True),
        horizontal_m=horizontal * M_PER_NM,
        vertical_m=vertical * M_PER_FT,
        slack_m=slack_m,
        slack_up_m=slack_up_m,
    )
    pairs, times = search(sky, lookahead_s, threads)
    return ConflictPairs(pairs, times[:, 0], times[:, 1])


def _column(values: ArrayLike, n: int, *, alike: bool = False) -> Floats:
    """One value an aircraft; where all may be alike, one value stays one."""
    column = _numbers(values)
    if column.ndim == 0 or column.shape == (1,):
        return np.full(1 if alike else n, column)
    if column.shape != (n,):
        raise InputError("the columns differ in length", do=f"give {n} values in each")
    return np.ascontiguousarray(column)


def _numbers(values: ArrayLike) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("a column holds what is no number", do="give numbers") from error


def find_conflicts(
    states: Any,
    rule: str | Limits,
    lookahead_s: float,
    *,
    horizontal_nm: ArrayLike | None = None,
    vertical_ft: ArrayLike | None = None,
    uncertainty_m: ArrayLike = 0.0,
    age_s: ArrayLike = 0.0,
    threads: int | None = None,
) -> Conflicts:
    """All pairs of a snapshot that infringe now or within the look-ahead, if everybody goes straight on.

    states: a table (pandas, Polars, PyArrow) with a row for each aircraft and the columns icao24, latitude,
    longitude, altitude (ft), groundspeed (kt), track, optionally vertical_rate (ft/min; a gap is level
    flight) and onground. Rows with other gaps take no part, and the result counts them by reason; but who
    stands still (groundspeed 0) needs no track. rule: "5nm,1000ft" or Limits. The rest as in
    `conflict_pairs`, one value or one a row of the table; horizontal_nm and vertical_ft take the place of the
    rule's, so that minima go by class.
    Raises InputError for what is no such table, rule or look-ahead, and for several states of one aircraft.
    """
    import polars as pl

    from skyaccord.tracks.readers.reading import as_polars

    limits = rule if isinstance(rule, Limits) else parse_within(rule, where="rule")
    ahead_s = number("lookahead_s", lookahead_s, do=f"give 0 to {LOOKAHEAD_S_MAX:g} seconds")
    minima = (
        limits.horizontal_nm if horizontal_nm is None else horizontal_nm,
        (np.inf if limits.vertical_ft is None else limits.vertical_ft)
        if vertical_ft is None
        else vertical_ft,
    )
    table = as_polars(states, "<states>")
    snapshot = snapshot_table(table, ahead_s, tuple(_column(minimum, table.height) for minimum in minima))
    found = conflict_pairs(
        *snapshot.columns,
        lookahead_s=ahead_s,
        horizontal_nm=minima[0],
        vertical_ft=minima[1],
        uncertainty_m=uncertainty_m,
        age_s=age_s,
        threads=threads,
    )
    pairs = pl.DataFrame(
        {
            "icao24_a": snapshot.names.gather(found.pairs[:, 0]),
            "icao24_b": snapshot.names.gather(found.pairs[:, 1]),
            "time_in_s": found.time_in_s,
            "time_out_s": found.time_out_s,
        }
    )
    in_order = pairs.select(
        pl.min_horizontal("icao24_a", "icao24_b").alias("icao24_a"),
        pl.max_horizontal("icao24_a", "icao24_b").alias("icao24_b"),
        "time_in_s",
        "time_out_s",
    ).sort("time_in_s", "icao24_a", "icao24_b")
    return Conflicts(in_order, table.height, ahead_s, snapshot.left_out)
