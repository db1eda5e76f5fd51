"""A table of one state an aircraft, as the snapshot search takes it: who takes part, who does not, and why.

Nobody drops out in silence. An aircraft without a velocity may be in conflict with everybody, and an answer
that leaves it out must say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import FTMIN_TO_MPS, M_PER_FT
from skyaccord.base.errors import InputError
from skyaccord.separation.conflict_rows import ALTITUDE_M_MAX, SPEED_KT_MAX

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

NEEDED: Final = ("icao24", "latitude", "longitude", "altitude", "groundspeed", "track")

ON_GROUND: Final = "on the ground"
NO_POSITION: Final = "no position"
NOT_ON_EARTH: Final = "position not on Earth"
NO_ALTITUDE: Final = "no altitude"
NO_VELOCITY: Final = "no velocity"
TOO_FAST: Final = "faster or higher than anything flies"
NO_MINIMUM: Final = "no minimum"
"""Why an aircraft takes no part, as the counts name it; the first that holds."""


@dataclass(frozen=True)
class SnapshotTable:
    """names: addresses, one a row. columns: latitude, longitude, altitude, groundspeed, track, climb; nan for
    who takes no part. left_out: how many, by reason.
    """

    names: pl.Series
    columns: tuple[Floats, ...]
    left_out: dict[str, int]


def snapshot_table(table: pl.DataFrame, lookahead_s: float, minima: tuple[Any, ...]) -> SnapshotTable:
    """minima: what the caller asks of all or of each row; where one is nan, nothing is asked of that row.

    Raises InputError for a column that is missing or holds what is no number, for several states of one
    aircraft, and for one without an address.
    """
    import polars as pl

    for name in NEEDED:
        if name not in table.columns:
            raise InputError(f"no column {name!r}", do=f"give {', '.join(NEEDED)}")
    n = table.height
    grounded = np.zeros(n, np.bool_)
    if "onground" in table.columns:
        grounded = _truths(table, "onground")
    latitude, longitude, altitude, speed, track = (_numbers(table, name) for name in NEEDED[1:])
    climb = _numbers(table, "vertical_rate") if "vertical_rate" in table.columns else np.zeros(n)
    climb = np.where(np.isfinite(climb), climb, 0.0)
    with np.errstate(invalid="ignore"):  # of an infinite track, which is none
        track = np.where(np.abs(track) > 360.0, np.mod(track, 360.0), track)
    track = np.where(speed == 0.0, 0.0, track)  # who hovers flies in no direction, and says none
    names = table["icao24"].cast(pl.String)
    _reject_twice(names.filter(pl.Series(~grounded)).str.to_lowercase())  # in capitals: the same aircraft

    highest_m = np.abs(altitude) * M_PER_FT + np.abs(climb) * FTMIN_TO_MPS * lookahead_s
    asked = np.ones(n, np.bool_)
    for minimum in minima:
        values = np.asarray(minimum, np.float64)
        if values.ndim == 0 or values.shape == (n,):  # other shapes are refused with all columns
            asked &= ~np.isnan(values)
    reasons = (
        (ON_GROUND, grounded),
        (NO_POSITION, ~(np.isfinite(latitude) & np.isfinite(longitude))),
        (NOT_ON_EARTH, (np.abs(latitude) > 90.0) | (longitude < -180.0) | (longitude > 360.0)),
        (NO_ALTITUDE, ~np.isfinite(altitude)),
        (NO_VELOCITY, ~(np.isfinite(speed) & np.isfinite(track)) | (speed < 0.0)),
        (TOO_FAST, (speed > SPEED_KT_MAX) | (highest_m > ALTITUDE_M_MAX)),
        (NO_MINIMUM, ~asked),
    )
    left_out: dict[str, int] = {}
    is_out = np.zeros(n, np.bool_)
    for reason, holds in reasons:
        if count := int((holds & ~is_out).sum()):
            left_out[reason] = count
        is_out |= holds
    columns = (np.where(is_out, np.nan, latitude), longitude, altitude, speed, track, climb)
    return SnapshotTable(names, columns, left_out)


def _numbers(table: pl.DataFrame, name: str) -> Floats:
    """A column as floats, nan where there is none."""
    import polars as pl

    try:
        values: Floats = table[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    except pl.exceptions.PolarsError as error:
        raise InputError(f"column {name!r} holds what is no number", do="give numbers") from error
    return values


def _truths(table: pl.DataFrame, name: str) -> Booleans:
    """A column as truths; a gap is false."""
    import polars as pl

    try:
        values: Booleans = table[name].cast(pl.Boolean).fill_null(False).to_numpy()
    except pl.exceptions.PolarsError as error:
        raise InputError(f"column {name!r} holds what is neither true nor false", do="give truths") from error
    return values


def _reject_twice(names: pl.Series) -> None:
    """Raises InputError for two states of one aircraft, which would be in conflict with itself."""
    if names.null_count() or names.n_unique() < len(names):
        twice = names.filter(names.is_duplicated() | names.is_null())[0]
        raise InputError(
            f"several states of {twice}" if twice is not None else "a state without icao24",
            do="give one state of each aircraft, such as the latest, each with its address",
        )


def in_words(left_out: dict[str, int]) -> Iterator[str]:
    """`3 left out: no velocity`, for each reason."""
    for reason, count in left_out.items():
        yield f"{count:,} left out: {reason}"
