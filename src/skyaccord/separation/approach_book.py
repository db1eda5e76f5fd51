"""Approaches under the watch rule while they happen. Horizontal only; recorded, never alarmed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_NM
from skyaccord.separation.encounter_book import REJOIN_S, feet
from skyaccord.separation.events import ApproachClosed, ApproachOpened, MonitorEvent
from skyaccord.separation.facts import PairFacts, PairKey, Step
from skyaccord.separation.pair_kernels import least_horizontal_on
from skyaccord.separation.wording import duration_text, moment, with_doubts

Floats = NDArray[np.float64]


@dataclass
class ApproachRecord:
    """One open approach. Times are epoch seconds, distances metres; nan is "not known"."""

    facts: PairFacts
    start_s: float
    inside_until_s: float
    min_horizontal_m: float = math.inf
    min_horizontal_s: float = math.nan
    vertical_m: float = math.nan
    contains_encounter: bool = False


class ApproachBook:
    """All open approaches."""

    def __init__(self) -> None:
        self.open: dict[PairKey, ApproachRecord] = {}

    def step(
        self, step: Step, inside: Floats, watch_nm: float, encounters: set[PairKey]
    ) -> list[MonitorEvent]:
        """inside: the part of the piece within the watch rule, shape (k, 2). encounters: pairs inside a
        rule."""
        events: list[MonitorEvent] = []
        pairs = step.pairs
        begin_s = step.now_s - pairs.piece_s
        times, horizontal, vertical = least_horizontal_on(
            pairs.piece_start, pairs.piece_velocity, inside[:, 0], inside[:, 1]
        )
        seen: set[PairKey] = set()
        for k in np.flatnonzero(~np.isnan(inside[:, 0])).tolist():
            key = step.key(k)
            seen.add(key)
            start_s = float(begin_s[k] + inside[k, 0])
            record = self.open.get(key)
            if record is not None and start_s - record.inside_until_s > REJOIN_S:
                events.append(self._close(step, key, "outside the watch rule again"))
                record = None
            opened = record is None
            if record is None:
                record = self.open[key] = ApproachRecord(step.facts(k), start_s, start_s)
            record.inside_until_s = float(begin_s[k] + inside[k, 1])
            if horizontal[k] < record.min_horizontal_m:
                record.min_horizontal_m = float(horizontal[k])
                record.min_horizontal_s = float(begin_s[k] + times[k])
                record.vertical_m = float(vertical[k]) if pairs.vertical_known[k] else math.nan
            if opened:
                reason = with_doubts(f"nearer than {watch_nm:g} NM", record.facts.doubts)
                events.append(ApproachOpened(**self._values(record, step.now_s, None, reason)))
        for key in sorted(self.open.keys() & encounters):
            self.open[key].contains_encounter = True
        for key in sorted(self.open.keys() - seen):
            gone = step.gone(key)
            if gone is not None:
                events.append(self._close(step, key, gone))
            elif step.now_s - self.open[key].inside_until_s > REJOIN_S:
                events.append(self._close(step, key, "outside the watch rule again"))
        return events

    def close_all(self, step: Step, reason: str) -> list[MonitorEvent]:
        """Close everything, for a reason that is not in the sky."""
        return [self._close(step, key, reason) for key in sorted(self.open)]

    def _close(self, step: Step, key: PairKey, why: str) -> ApproachClosed:
        record = self.open.pop(key)
        k = step.index(key)
        record.facts = step.facts(k) if k is not None else record.facts
        within = duration_text(record.inside_until_s - record.start_s)
        reason = with_doubts(f"{why}, within it for {within}", record.facts.doubts)
        values = self._values(record, step.now_s, record.inside_until_s, reason)
        return ApproachClosed(**values, contains_encounter=record.contains_encounter)

    def _values(
        self, record: ApproachRecord, now_s: float, end_s: float | None, reason: str
    ) -> dict[str, Any]:
        facts = record.facts
        return {
            "sky_time": moment(now_s),
            "pair": facts.key,
            "callsigns": facts.callsigns,
            "parties": facts.parties,
            "confident": not facts.doubts,
            "reason": reason,
            "start_time": moment(record.start_s),
            "end_time": None if end_s is None else moment(end_s),
            "min_horizontal_nm": record.min_horizontal_m / M_PER_NM,
            "min_horizontal_time": moment(record.min_horizontal_s),
            "vertical_ft": feet(record.vertical_m),
        }
