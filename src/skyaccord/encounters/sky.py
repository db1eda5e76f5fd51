"""All encounters of a sky that can be asked for intervals: held whole in memory, or on disk and in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_NM
from skyaccord.encounters.coverage import Counted, Coverage
from skyaccord.encounters.flights import Flights, flights_of
from skyaccord.encounters.kinds import about, kinds_of_tracks
from skyaccord.encounters.label import labels_of
from skyaccord.encounters.question import Question
from skyaccord.encounters.rows import table_of
from skyaccord.encounters.search import Inside, search
from skyaccord.encounters.verdicts import APPROACH, counting, outside_rows, verdicts_of
from skyaccord.separation.walk import COLUMNS, END, START
from skyaccord.tracks.cleaning import Cleaned, lost_tracks

if TYPE_CHECKING:
    from skyaccord.accord.model import Watch

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Sets = NDArray[np.int32]

Part = tuple[Integers, Flights, Integers]
"""Some rows (their places), flights that hold all that is needed to judge them, and the pairs therein."""


class Sky(Protocol):
    """Cleaned states, asked for intervals and for what surrounds them.

    dropped, dropped_states, lost: what cleaning took. left_out: states that take no part, by reason.
    coverage: what there was to compare.
    """

    dropped: dict[str, int]
    dropped_states: pl.DataFrame
    left_out: dict[str, int]
    lost: pl.DataFrame
    coverage: Coverage

    def intervals(self, inside: Inside) -> tuple[Integers, Floats]:
        """Every maximal interval inside: pairs and rows, as `skyaccord.encounters.search.search`."""

    def kinds(self) -> Sets:
        """The kinds of aircraft that each track may be of, by all it says anywhere in the sky."""

    def around(self, pairs: Integers, rows: Floats) -> Iterator[Part]:
        """The rows in parts, each with its flights; at least one part, even without rows."""

    def flights_of_rows(self, table: pl.DataFrame) -> Flights:
        """The tracks behind the finished rows, for figures."""


class WholeSky:
    """Everything in memory: one part."""

    def __init__(self, cleaned: Cleaned, max_gap_s: float) -> None:
        self._flights = flights_of(cleaned.states, max_gap_s)
        self.dropped = cleaned.dropped
        self.dropped_states = cleaned.dropped_states
        self.left_out = self._flights.left_out
        self.lost = lost_tracks(cleaned)
        self.coverage = Counted().add(self._flights).coverage()

    def intervals(self, inside: Inside) -> tuple[Integers, Floats]:
        return search(self._flights, inside)

    def kinds(self) -> Sets:
        return kinds_of_tracks(self._flights)

    def around(self, pairs: Integers, rows: Floats) -> Iterator[Part]:
        yield np.arange(len(rows)), self._flights, pairs

    def flights_of_rows(self, table: pl.DataFrame) -> Flights:
        return self._flights


def find(sky: Sky, question: Question, parties: Mapping[str, str]) -> pl.DataFrame:
    """The table of ENCOUNTER_SCHEMA plus `rule`."""
    pairs, rows = [np.empty((0, 2), np.int64)], [np.empty((0, COLUMNS))]
    verdicts: list[str] = []
    rules: list[str] = []
    doubtful = [np.empty(0, np.bool_)]
    for rule in question.rules:
        found, measured = sky.intervals(rule.inside)
        may_be, must_be = about(rule.classes, sky.kinds(), found)
        found, measured, must_be = found[may_be], measured[may_be], must_be[may_be]
        chosen = _counting(sky, found, measured, question.about(rule))
        doubtful.append(~must_be[chosen])
        pairs.append(found[chosen])
        rows.append(measured[chosen])
        verdicts += verdicts_of(measured[chosen], rule)
        rules += [rule.id] * int(chosen.sum())
    if question.watch_nm is not None:
        found, measured = _watched(sky, question.watch_nm, question.by_class)
        chosen = outside_rows(found, measured, np.concatenate(pairs), np.concatenate(rows))
        found, measured = found[chosen], measured[chosen]
        chosen = _counting(sky, found, measured, question)
        pairs.append(found[chosen])
        rows.append(measured[chosen])
        verdicts += [APPROACH] * int(chosen.sum())
        rules += ["watch"] * int(chosen.sum())
        doubtful.append(np.zeros(int(chosen.sum()), np.bool_))
    all_pairs, all_rows = np.concatenate(pairs), np.concatenate(rows)
    all_kinds, all_doubtful = sky.kinds()[all_pairs], np.concatenate(doubtful)
    tables = []
    for places, flights, part in sky.around(all_pairs, all_rows):
        some = all_rows[places]
        labels = labels_of(flights, part, all_kinds[places], some[:, START], some[:, END])
        told, by = [verdicts[i] for i in places], [rules[i] for i in places]
        tables.append(table_of(flights, part, some, told, labels, by, all_doubtful[places], parties))
    return pl.concat(tables).sort("start_time", "icao24_a", "icao24_b", "rule")


def _watched(sky: Sky, watch_nm: float, by_class: Watch | None) -> tuple[Integers, Floats]:
    """Intervals inside the watch rule: every pair within the one distance, or each within that of its
    classes, which is the distance that the node's monitor watches it at.
    """
    if by_class is None or not by_class.by_class:
        return sky.intervals(Inside(watch_nm * M_PER_NM, np.inf))
    from skyaccord.separation.policy import MonitorPolicy  # costs a tenth of a second, and is seldom needed
    from skyaccord.separation.scope import watched_nm

    policy, parts = MonitorPolicy(watches=(by_class,)), []
    for distance in sorted({by_class.horizontal_nm, *(entry.horizontal_nm for entry in by_class.by_class)}):
        found, measured = sky.intervals(Inside(distance * M_PER_NM, np.inf))
        of_pairs = sky.kinds()[found]
        own = watched_nm(policy, of_pairs[:, 0], of_pairs[:, 1]) == distance
        parts.append((found[own], measured[own]))
    return np.concatenate([pairs for pairs, _ in parts]), np.concatenate([rows for _, rows in parts])


def _counting(sky: Sky, pairs: Integers, rows: Floats, question: Question) -> Booleans:
    counts = np.ones(len(rows), dtype=np.bool_)
    if question.areas or question.start is not None or question.end is not None:
        for places, flights, part in sky.around(pairs, rows):
            counts[places] = counting(flights, part, rows[places], question)
    return counts
