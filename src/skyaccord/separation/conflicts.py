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
from typing import TYPE_CHECKING, Any, Final

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
from skyaccord.separation.conflict_rows import Columns
from skyaccord.separation.conflict_search import search
from skyaccord.separation.widening import strayed

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEEDED: Final = ("icao24", "latitude", "longitude", "altitude", "groundspeed", "track")
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
    part. Raises InputError for shapes that do not fit, uncertainties, ages and look-aheads out of range.
    """
    if not 0.0 <= lookahead_s <= LOOKAHEAD_S_MAX:
        raise InputError(f"look-ahead of {lookahead_s:g} s", do=f"give 0 to {LOOKAHEAD_S_MAX:g} s")
    places = np.atleast_1d(np.asarray(latitude, dtype=np.float64))
    n = len(places)
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
        horizontal_m=_column(horizontal_nm, n, alike=True) * M_PER_NM,
        vertical_m=_column(vertical_ft, n, alike=True) * M_PER_FT,
        slack_m=slack_m,
        slack_up_m=slack_up_m,
    )
    pairs, times = search(sky, lookahead_s, threads)
    return ConflictPairs(pairs, times[:, 0], times[:, 1])


def _column(values: ArrayLike, n: int, *, alike: bool = False) -> Floats:
    """One value an aircraft; where all may be alike, one value stays one."""
    column = np.asarray(values, dtype=np.float64)
    if column.ndim == 0 or column.shape == (1,):
        return np.full(1 if alike else n, column)
    if column.shape != (n,):
        raise InputError("the columns differ in length", do=f"give {n} values in each")
    return np.ascontiguousarray(column)


def find_conflicts(states: Any, rule: str | Limits, lookahead_s: float, **options: Any) -> pl.DataFrame:
    """All pairs of a snapshot that infringe now or within the look-ahead, if everybody goes straight on.

    states: a table (pandas, Polars, PyArrow) with a row for each aircraft and the columns icao24, latitude,
    longitude, altitude (ft), groundspeed (kt), track, optionally vertical_rate (ft/min; a gap is level
    flight). Rows with other gaps take no part, but who stands still (groundspeed 0) needs no track. rule:
    "5nm,1000ft" or Limits. options: those of `conflict_pairs` (horizontal_nm and vertical_ft as columns make
    minima by class). Returns icao24_a < icao24_b, time_in_s, time_out_s, sorted by time_in_s.
    Raises InputError for what is no such table, rule or look-ahead, and for several states of one aircraft.
    """
    import polars as pl

    from skyaccord.tracks.readers.reading import as_polars

    table = as_polars(states, "<states>")
    for name in NEEDED:
        if name not in table.columns:
            raise InputError(f"no column {name!r}", do=f"give {', '.join(NEEDED)}")
    if not 0.0 <= lookahead_s <= DURATION_S_MAX:
        raise InputError(f"look-ahead of {lookahead_s:g} s", do="give seconds")
    limits = parse_within(rule) if isinstance(rule, str) else rule
    if "onground" in table.columns:
        table = table.filter(~pl.col("onground").fill_null(False))
    for name in {*NEEDED[1:], "vertical_rate"} & set(table.columns):
        try:
            table = table.with_columns(pl.col(name).cast(pl.Float64))
        except pl.exceptions.PolarsError as error:
            raise InputError(f"column {name!r} holds what is no number", do="give numbers") from error
    stands = pl.col("groundspeed") == 0.0  # who hovers flies in no direction, and says none
    table = table.with_columns(pl.when(stands).then(0.0).otherwise(pl.col("track")).alias("track"))
    columns = [table[name].to_numpy() for name in NEEDED[1:]]
    names = table["icao24"].cast(pl.String)
    if names.null_count() or names.n_unique() < len(names):  # else it would be in conflict with itself
        twice = names.filter(names.is_duplicated() | names.is_null())[0]
        raise InputError(
            f"several states of {twice}" if twice is not None else "a state without icao24",
            do="give one state of each aircraft, such as the latest, each with its address",
        )
    if "vertical_rate" in table.columns:
        columns.append(table["vertical_rate"].fill_nan(None).fill_null(0.0).to_numpy())
    minima = {
        "horizontal_nm": limits.horizontal_nm,
        "vertical_ft": np.inf if limits.vertical_ft is None else limits.vertical_ft,
    }
    found = conflict_pairs(*columns, lookahead_s=lookahead_s, **(minima | options))
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
