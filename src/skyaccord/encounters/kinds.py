"""Of which class each aircraft of a recording is: what it says of itself anywhere in it counts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.classes import UNKNOWN, kinds_said, of_classes
from skyaccord.encounters.flights import Flights

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Sets = NDArray[np.int32]


def kinds_of_tracks(flights: Flights) -> Sets:
    """The kinds that each track may be of (`skyaccord.airspace.classes`), by all its states: (tracks,)."""
    said = np.zeros(len(flights.names), np.int32)
    told = flights.states.select(
        pl.col("category"), pl.Series("track", flights.track, dtype=pl.Int64)
    ).drop_nulls()
    for category, track in told.unique().iter_rows():
        said[track] |= kinds_said(category)
    return np.where(said, said, np.int32(UNKNOWN))


def may_be_about(classes: Iterable[str], kinds: Sets, pairs: Integers) -> Booleans:
    """Which pairs of tracks (m, 2) a rule for two classes may be about. kinds: of each track."""
    may_be, _ = of_classes(classes, kinds[pairs[:, 0]], kinds[pairs[:, 1]])
    return may_be
