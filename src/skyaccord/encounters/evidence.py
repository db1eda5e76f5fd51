"""The tracks behind the rows, as the search saw them: what a map or a report is drawn from.

The same arrays, not a copy: a figure cannot show other positions than those that were measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.encounters.coverage import Coverage
from skyaccord.encounters.flights import US_PER_S, Flights
from skyaccord.encounters.question import Question, RuleAsked
from skyaccord.encounters.search import Inside
from skyaccord.encounters.verdicts import APPROACH


@dataclass(frozen=True)
class Evidence:
    """What was searched and under which rules. flights: of a recording that does not fit in memory, only what
    is near the rows. dropped: states that cleaning took out, with `reason`. coverage: of the whole recording.
    """

    flights: Flights
    question: Question
    dropped: pl.DataFrame
    coverage: Coverage

    def nothing_compared(self) -> str:
        """Why no pair was held to any rule, in words; empty if some were."""
        asked, seen = self.question, self.coverage
        told = seen.nothing_compared()
        if told or seen.first is None or seen.last is None:
            return told
        if asked.start is not None and seen.last < asked.start:
            return f"the recording ends before the accord is valid, from {asked.start:%Y-%m-%d %H:%M:%S}Z on"
        if asked.end is not None and seen.first >= asked.end:
            return (
                f"the recording begins when the accord is not valid any more, {asked.end:%Y-%m-%d %H:%M:%S}Z"
            )
        return ""

    def track(self, icao24: str) -> int:
        """Index of an aircraft in the arrays. Raises KeyError for one that took no part."""
        index = int(np.searchsorted(self.flights.names, icao24))
        if index == len(self.flights.names) or self.flights.names[index] != icao24:
            raise KeyError(icao24)
        return index

    def samples(self, track: int) -> slice:
        """Where the samples of a track are."""
        low, high = np.searchsorted(self.flights.track, (track, track + 1))
        return slice(int(low), int(high))

    def breaks(self, samples: slice) -> NDArray[np.int64]:
        """Samples of a track, counted from its first, that are not joined to the one before."""
        joined = np.zeros(len(self.flights.time) + 1, dtype=np.bool_)
        joined[self.flights.first + 1] = True
        return np.flatnonzero(~joined[samples])

    def seconds(self, moment: datetime) -> float:
        """A time as seconds in the arrays."""
        since: timedelta = moment - datetime(1970, 1, 1, tzinfo=UTC)
        return (since // timedelta(microseconds=1) - self.flights.epoch_us) / US_PER_S

    def rule_of(self, row: dict[str, Any]) -> RuleAsked:
        """The rule that a row of the table is of; for an approach, the watch."""
        watch_nm = self.question.watch_nm
        if row["verdict"] == APPROACH and watch_nm is not None:
            return RuleAsked("watch", Inside(watch_nm * M_PER_NM, np.inf))
        rules = {rule.id: rule for rule in self.question.rules}
        return rules[row["rule"]] if "rule" in row else self.question.rules[0]

    def severity(self, row: dict[str, Any]) -> float:
        """The cylindrical norm at the CPA, max(h/H, v/V): below 1 inside a rule of combinator "either"."""
        inside = self.rule_of(row).inside
        horizontal: float = row["cpa_horizontal_nm"] * M_PER_NM / inside.horizontal_m
        vertical: float = row["cpa_vertical_ft"] * M_PER_FT / inside.vertical_m
        return max(horizontal, vertical)
