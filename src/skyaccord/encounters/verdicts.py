"""Verdicts, rising: approach, infringement, breach, nmac; and which rows count under an accord."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import geographic
from skyaccord.encounters.flights import US_PER_S, Flights
from skyaccord.encounters.question import Question, RuleAsked
from skyaccord.separation.walk import END, IS_NMAC, START

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

APPROACH: Final = "approach"
INFRINGEMENT: Final = "infringement"
BREACH: Final = "breach"
NMAC: Final = "nmac"
VERDICTS: Final = (APPROACH, INFRINGEMENT, BREACH, NMAC)

AREA_STEP_S: Final = 1.0
"""Whether an aircraft is in an area is looked at this often: at 250 m/s a corner cut by less is not seen."""


def verdicts_of(rows: Floats, rule: RuleAsked) -> list[str]:
    """The verdict of each row of a rule: nmac outranks breach outranks infringement."""
    dwell_s = rows[:, END] - rows[:, START]
    too_long = np.zeros(len(rows), dtype=np.bool_)
    if rule.max_dwell_s is not None:
        too_long = dwell_s > rule.max_dwell_s
    verdicts = np.where(rows[:, IS_NMAC] > 0, NMAC, np.where(too_long, BREACH, INFRINGEMENT))
    return [str(verdict) for verdict in verdicts]


def outside_rows(watch_pairs: Integers, watch_rows: Floats, pairs: Integers, rows: Floats) -> Booleans:
    """Which watch intervals hold no row of a rule: those are approaches."""
    by_pair: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for (a, b), row in zip(pairs.tolist(), rows, strict=True):
        by_pair.setdefault((a, b), []).append((row[START], row[END]))
    return np.array(
        [
            not any(start <= row[END] and row[START] <= end for start, end in by_pair.get((a, b), ()))
            for (a, b), row in zip(watch_pairs.tolist(), watch_rows, strict=True)
        ],
        dtype=np.bool_,
    )


def counting(flights: Flights, pairs: Integers, rows: Floats, question: Question) -> Booleans:
    """Which rows count: some of the interval in the validity, either aircraft in an area during it."""
    counts = np.ones(len(rows), dtype=np.bool_)
    if question.start is not None:
        counts &= rows[:, END] >= question.start.timestamp() - flights.epoch_us / US_PER_S
    if question.end is not None:
        counts &= rows[:, START] < question.end.timestamp() - flights.epoch_us / US_PER_S
    if question.areas:
        for i in np.flatnonzero(counts):
            counts[i] = _in_area(flights, pairs[i], float(rows[i, START]), float(rows[i, END]), question)
    return counts


def _in_area(flights: Flights, pair: Integers, start: float, end: float, question: Question) -> bool:
    times = np.linspace(start, end, 2 + int((end - start) / AREA_STEP_S))
    for track in pair:
        low, high = np.searchsorted(flights.track, (track, track + 1))
        latitude, longitude = geographic(
            np.column_stack(
                [
                    np.interp(times, flights.time[low:high], flights.samples[low:high, axis])
                    for axis in range(3)
                ]
            )
        )
        if any(bool(area.contains(latitude, longitude).any()) for area in question.areas):
            return True
    return False
