"""Altitudes of 0 that stand for none: what some feeds write where no altitude was heard.

ADSBHub's SBS feed does: 380 of its states are at 0 ft and 13 at another altitude within 100 ft. Those at 0
stand on the aprons of Denver (5,431 ft) and Salt Lake City. Taken at their word, aircraft at the gate, on the
runway and in the air over it are all level with one another.

One state does not show it, 0 ft is an altitude like any other. The whole recording does: true altitudes
spread over the steps round 0 (Mode S sends steps of 25 ft), missing ones pile up on it. So a census is taken
first, and nothing is dropped from a recording in which the pile is missing.
"""

from __future__ import annotations

from typing import Final

import polars as pl

ZERO: Final = "altitude 0 that stands for none"

LOW_FT: Final = 100.0
"""Round 0: with steps of 25 ft these are 8 altitudes beside 0 itself, crossed by whoever crosses 0."""
PILE: Final = 10
"""States at 0 for each one at another altitude within LOW_FT. True altitudes give one to 8; a field that lies
at 0 exactly, with the pressure of the day, gives a few for one (rounding spreads it over two steps)."""
AIRCRAFT_MIN: Final = 10
"""So many different aircraft: one drone that counts from where it took off is no pile."""


class ZeroCensus:
    """Counts altitudes at and round 0 over all batches of a recording, in any order and any parts."""

    def __init__(self) -> None:
        self._zero = 0
        self._low = 0
        self._aircraft: set[str] = set()

    def add(self, states: pl.DataFrame) -> None:
        """Count one batch. states: the columns icao24, altitude and (if there is one) onground."""
        low = states.filter((pl.col("altitude").abs() <= LOW_FT) & _in_flight(states))
        at_zero = low.filter(pl.col("altitude") == 0.0)
        self._zero += at_zero.height
        self._low += low.height - at_zero.height
        if len(self._aircraft) < AIRCRAFT_MIN:
            self._aircraft.update(at_zero["icao24"].unique().drop_nulls().to_list())

    @property
    def stands_for_none(self) -> bool:
        """Whether an altitude of 0 says nothing in this recording."""
        return len(self._aircraft) >= AIRCRAFT_MIN and self._zero > PILE * self._low


def mark_zeros(states: pl.DataFrame) -> pl.Series:
    """A reason for each state in flight at exactly 0 ft, else null. To be asked only after a census."""
    return states.select(
        pl.when(is_zero(states)).then(pl.lit(ZERO)).otherwise(pl.lit(None, dtype=pl.String)).alias("reason")
    ).to_series()


def is_zero(states: pl.DataFrame) -> pl.Expr:
    """Which states are in flight at exactly 0 ft."""
    return (pl.col("altitude") == 0.0) & _in_flight(states)


def _in_flight(states: pl.DataFrame) -> pl.Expr:
    if "onground" not in states.columns:
        return pl.lit(True)
    return ~pl.col("onground").fill_null(False)
