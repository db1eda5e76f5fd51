# ruff: noqa: PLR0917 - eight parallel columns of one table
"""From what the search found to the rows that people read: names, times, units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.encounters.flights import US_PER_S, Flights
from skyaccord.encounters.label import Label
from skyaccord.encounters.quality import qualities, samples_before
from skyaccord.encounters.result import ENCOUNTER_SCHEMA
from skyaccord.separation.walk import (
    CPA_HORIZONTAL,
    CPA_TIME,
    CPA_VERTICAL,
    END,
    LEAST_HORIZONTAL,
    LEAST_TIME,
    LEAST_VERTICAL,
    START,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NM_DIGITS: Final = 6  # 2 mm
FT_DIGITS: Final = 3  # 0.3 mm
S_DIGITS: Final = 6  # as fine as the times
"""Digits kept: far more than is known, few enough that 100 ft reads 100.0."""


def table_of(
    flights: Flights,
    pairs: Integers,
    rows: Floats,
    verdicts: list[str],
    labels: list[Label],
    rules: list[str],
    doubtful: NDArray[np.bool_],
    party_map: Mapping[str, str],
) -> pl.DataFrame:
    """The table of ENCOUNTER_SCHEMA plus `rule`, sorted by start time, pair and rule. doubtful: rows that are
    held to a rule by class although nobody knows that the two are of it."""
    columns: dict[str, pl.Series] = {}
    for side, index in (("a", 0), ("b", 1)):
        names = [flights.names[track] for track in pairs[:, index].tolist()]
        samples = samples_before(flights, pairs[:, index], rows[:, CPA_TIME])
        columns[f"icao24_{side}"] = pl.Series(names, dtype=pl.String)
        columns[f"callsign_{side}"] = _callsigns(flights, samples)
        columns[f"party_{side}"] = pl.Series([party_map.get(name) for name in names], dtype=pl.String)
    for name, column in (
        ("start_time", START),
        ("end_time", END),
        ("cpa_time", CPA_TIME),
        ("min_horizontal_time", LEAST_TIME),
    ):
        columns[name] = _times(flights, rows[:, column])
    for name, metres, unit, digits in (
        ("cpa_horizontal_nm", rows[:, CPA_HORIZONTAL], M_PER_NM, NM_DIGITS),
        ("cpa_vertical_ft", rows[:, CPA_VERTICAL], M_PER_FT, FT_DIGITS),
        ("min_horizontal_nm", rows[:, LEAST_HORIZONTAL], M_PER_NM, NM_DIGITS),
        ("min_vertical_ft", rows[:, LEAST_VERTICAL], M_PER_FT, FT_DIGITS),
    ):
        columns[name] = pl.Series(np.round(metres / unit, digits))
    columns["dwell_s"] = pl.Series(np.round(rows[:, END] - rows[:, START], S_DIGITS))
    columns["verdict"] = pl.Series(verdicts, dtype=pl.String)
    columns["label"] = pl.Series([label.name for label in labels], dtype=pl.String)
    columns["label_evidence"] = pl.Series([label.evidence for label in labels], dtype=pl.String)
    columns["quality"] = pl.Series(qualities(flights, pairs, rows, doubtful), dtype=pl.String)
    columns["rule"] = pl.Series(rules, dtype=pl.String)
    table = pl.DataFrame({name: columns[name] for name in (*ENCOUNTER_SCHEMA, "rule")})
    return table.cast(dict(ENCOUNTER_SCHEMA)).sort("start_time", "icao24_a", "icao24_b", "rule")  # type: ignore[arg-type]


def _callsigns(flights: Flights, samples: Integers) -> pl.Series:
    """The call sign heard last at each of these samples, or if there was none yet, the next one."""
    said = flights.states["callsign"]
    count = len(said)
    heard = said.is_not_null().to_numpy()
    places = np.arange(count)
    last = np.maximum.accumulate(np.where(heard, places, -1))[samples]
    following = np.minimum.accumulate(np.where(heard, places, count)[::-1])[::-1][samples]
    own = (last >= 0) & (flights.track[last] == flights.track[samples])
    other = (following < count) & (flights.track[np.minimum(following, count - 1)] == flights.track[samples])
    chosen = np.where(own, last, np.where(other, following, -1))
    return pl.Series([said[int(place)] if place >= 0 else None for place in chosen], dtype=pl.String)


def _times(flights: Flights, seconds: Floats) -> pl.Series:
    micros = flights.epoch_us + np.round(seconds * US_PER_S).astype(np.int64)
    return pl.Series(micros).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
