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


def about(classes: Iterable[str] | None, kinds: Sets, pairs: Integers) -> tuple[Booleans, Booleans]:
    """Which pairs of tracks (m, 2) a rule may be about, and which it is about for certain. classes: two, or
    None for a rule for all. kinds: of each track."""
    if classes is None:
        everyone = np.ones(len(pairs), np.bool_)
        return everyone, everyone
    return of_classes(classes, kinds[pairs[:, 0]], kinds[pairs[:, 1]])
