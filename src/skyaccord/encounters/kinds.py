"""Of which class each aircraft of a recording is: what it says of itself anywhere in it counts."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.classes import UNKNOWN, kinds_said, of_classes
from skyaccord.encounters.flights import Flights
from skyaccord.encounters.question import RuleAsked

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


def may_be_about(flights: Flights, pairs: Integers, rule: RuleAsked) -> Booleans:
    """Which pairs of tracks (m, 2) a rule may be about by the classes of the aircraft."""
    if rule.classes is None or not len(pairs):
        return np.ones(len(pairs), np.bool_)
    kinds = kinds_of_tracks(flights)
    may_be, _ = of_classes(rule.classes, kinds[pairs[:, 0]], kinds[pairs[:, 1]])
    return may_be
