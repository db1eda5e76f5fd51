"""Approaches under the watch rule while they happen. Horizontal only; recorded, never alarmed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_NM
from skyaccord.separation.encounter_book import REJOIN_S, feet
from skyaccord.separation.events import ApproachClosed, ApproachNow, ApproachOpened, MonitorEvent
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
    heard_until_s: float  # as far as both tracks were heard
    held_until_s: float  # until when nobody has seen it end, be it inside, be it unheard
    min_horizontal_m: float = math.inf
    min_horizontal_s: float = math.nan
    vertical_m: float = math.nan
    now_m: float = math.nan  # horizontal distance in the last step
    contains_encounter: bool = False
    doubts: tuple[str, ...] = ()  # when it was opened, or at the least distance


class ApproachBook:
    """All open approaches."""

    def __init__(self) -> None:
        self.open: dict[PairKey, ApproachRecord] = {}

    def active(self, now_s: float) -> Iterator[ApproachNow]:
        """Every open approach with the numbers of the last step."""
        for _, record in sorted(self.open.items()):
            now_nm = None if math.isnan(record.now_m) else record.now_m / M_PER_NM
            reason = with_doubts("so far", record.doubts)
            yield ApproachNow(**self._values(record, now_s, None, reason), horizontal_nm=now_nm)

    def step(
        self, step: Step, inside: Floats, watch_nm: Floats, encounters: set[PairKey]
    ) -> list[MonitorEvent]:
        """inside: the part of the piece within the watch rule, shape (k, 2). watch_nm: the distance watched
        for each pair, (k,). encounters: pairs inside a rule. Nothing is measured while a track is stale."""
        events: list[MonitorEvent] = []
        pairs = step.pairs
        begin_s = step.now_s - pairs.piece_s
        heard_s = step.now_s - np.maximum(step.now.age_s[pairs.first], step.now.age_s[pairs.second])
        doubtful = step.now.doubtful[pairs.first] | step.now.doubtful[pairs.second]
        times, horizontal, vertical = least_horizontal_on(
            pairs.piece_start, pairs.piece_velocity, inside[:, 0], inside[:, 1]
        )
        seen: set[PairKey] = set()
        stale = step.stale
        for k in np.flatnonzero(~stale & ~np.isnan(inside[:, 0])).tolist():
            key = step.key(k)
            seen.add(key)
            start_s = float(begin_s[k] + inside[k, 0])
            record = self.open.get(key)
            if record is not None and start_s - record.held_until_s > REJOIN_S:
                events.append(self._close(step.now_s, key, "outside the watch rule again"))
                record = None
            opened = record is None
            if record is None:
                record = self.open[key] = ApproachRecord(step.facts(k), start_s, start_s, start_s, start_s)
                record.doubts = record.facts.doubts
            record.now_m = math.hypot(float(pairs.position[k, 0]), float(pairs.position[k, 1]))
            record.inside_until_s = record.held_until_s = float(begin_s[k] + inside[k, 1])
            record.heard_until_s = max(record.heard_until_s, min(record.inside_until_s, float(heard_s[k])))
            if horizontal[k] < record.min_horizontal_m:
                record.min_horizontal_m = float(horizontal[k])
                record.min_horizontal_s = float(begin_s[k] + times[k])
                record.doubts = step.facts(k).doubts if doubtful[k] else record.doubts
                record.vertical_m = float(vertical[k]) if pairs.vertical_known[k] else math.nan
            if opened:
                reason = with_doubts(f"nearer than {watch_nm[k]:g} NM", record.doubts)
                events.append(ApproachOpened(**self._values(record, step.now_s, None, reason)))
        for key in sorted(self.open.keys() & encounters):
            self.open[key].contains_encounter = True
        for key in sorted(self.open.keys() - seen):
            self.open[key].now_m = math.nan
            at = step.index(key)
            if at is None:
                events.append(self._close(step.now_s, key, step.gone(key) or "no longer watched", lost=True))
            elif stale[at]:
                self.open[key].held_until_s = step.now_s
            elif step.now_s - self.open[key].held_until_s > REJOIN_S:
                events.append(self._close(step.now_s, key, "outside the watch rule again"))
        return events

    def close_all(self, now_s: float, reason: str) -> list[MonitorEvent]:
        """Close everything, for a reason that is not in the sky."""
        return [self._close(now_s, key, reason) for key in sorted(self.open)]

    def _close(self, now_s: float, key: PairKey, why: str, *, lost: bool = False) -> ApproachClosed:
        """lost: an aircraft is not heard any more; the approach then ends with the last report."""
        record = self.open.pop(key)
        unheard = lost or record.held_until_s > record.inside_until_s
        end_s = record.heard_until_s if unheard else record.inside_until_s
        within = duration_text(end_s - record.start_s)
        reason = with_doubts(f"{why}, within it for {within}", record.doubts)
        values = self._values(record, now_s, end_s, reason)
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
            "confident": not record.doubts,
            "reason": reason,
            "start_time": moment(record.start_s),
            "end_time": None if end_s is None else moment(end_s),
            "min_horizontal_nm": record.min_horizontal_m / M_PER_NM,
            "min_horizontal_time": moment(record.min_horizontal_s),
            "vertical_ft": feet(record.vertical_m),
        }
