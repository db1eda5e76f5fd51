"""Alerts under one rule while they last: raised, updated, cleared, with tiers and their hysteresis."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import KT_TO_MPS, M_PER_FT, M_PER_NM
from skyaccord.base.times import format_utc
from skyaccord.separation.encounter_book import feet
from skyaccord.separation.events import Alert, AlertCleared, AlertRaised, AlertUpdated, MonitorEvent
from skyaccord.separation.facts import PairFacts, PairKey, Step
from skyaccord.separation.hysteresis import CLEAR_STEPS, TIERS, TierHysteresis
from skyaccord.separation.piece import closest_in
from skyaccord.separation.policy import RuleInForce
from skyaccord.separation.scope import Scope
from skyaccord.separation.wording import duration_text, limits_text, moment, with_doubts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UPDATE_S: Final = 10.0
"""An alert whose tier stays is updated at most this often: each update is an envelope to the other side."""
MATERIAL_S: Final = 10.0
MATERIAL_SHARE: Final = 0.2
"""…and only if its CPA has moved by 10 s, or by a fifth of a limit."""
CPA_AFTER_S: Final = 120.0
"""The closest point lies after the limits are broken: it is searched this far beyond the tiers'
look-ahead."""

MAYBE: Final = "only within the uncertainty of where they are"


@dataclass
class AlertRecord:
    """One pair under one rule: its hysteresis, and its alert once it is raised."""

    hysteresis: TierHysteresis = field(default_factory=TierHysteresis)
    infringed: bool = False
    left_s: float = math.nan  # when the pair was last inside the limits
    alert_key: str = ""
    raised_s: float = math.nan
    current: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    told_s: float = -math.inf

    @property
    def raised(self) -> bool:
        return bool(self.alert_key)


class AlertBook:
    """All alerts under one rule. counts: raised, cleared, nuisance, not confident when raised."""

    def __init__(self, rule: RuleInForce, counts: Counter[str]) -> None:
        self.rule = rule
        self.counts = counts
        self.records: dict[PairKey, AlertRecord] = {}
        self._horizontal_m = rule.rule.horizontal_nm * M_PER_NM
        self._vertical_m = rule.rule.vertical_ft * M_PER_FT
        self._lookahead_s = rule.longest_lookahead_s + CPA_AFTER_S

    def active(self) -> Iterator[Alert]:
        """Every raised alert with the numbers of the last step."""
        for _, record in sorted(self.records.items()):
            if record.raised:
                yield Alert(**record.current)

    def step(
        self, step: Step, on_piece: Floats, ahead: Floats, maybe: Floats, scope: Scope
    ) -> list[MonitorEvent]:
        """on_piece, ahead: parts within the limits, shape (k, 4), of the piece and of the straight way ahead.
        maybe: of the way ahead within limits widened by what is not known; `ahead` where nothing is widened.
        """
        events: list[MonitorEvent] = []
        applies = scope.applies
        time_in = np.where(applies, ahead[:, 0], np.nan)
        crossed = applies & ~np.isnan(on_piece[:, 0])
        only_maybe = applies & np.isnan(time_in) & ~np.isnan(maybe[:, 0])
        level = self._levels(np.where(only_maybe, maybe[:, 0], time_in))
        looked_at = set(np.flatnonzero((level > 0) | crossed | (time_in == 0.0)).tolist())
        gone: list[PairKey] = []
        for key, record in self.records.items():
            k = step.index(key)
            if k is None or (record.raised and not applies[k]):
                gone.append(key)
            else:
                looked_at.add(k)
        for key in sorted(gone):
            k = step.index(key)
            why = step.gone(key) if k is None else scope.why_not(k)
            events += self._end(key, step.now_s, why or "the pair is no longer watched")
        for k in sorted(looked_at):
            now_inside = bool(time_in[k] == 0.0)
            facts, due_s = scope.facts(k), float(time_in[k])
            if only_maybe[k]:
                facts, due_s = replace(facts, doubts=(*facts.doubts, MAYBE)), float(maybe[k, 0])
            inside_s = step.now_s if now_inside else math.nan
            if crossed[k] and not now_inside:
                inside_s = step.now_s - facts.piece_s + float(on_piece[k, 1])
            events += self._pair(facts, int(level[k]), due_s, now_inside, inside_s)
        return events

    def _levels(self, due_s: Floats) -> NDArray[np.int64]:
        """The level of the most severe tier whose look-ahead reaches this time; 0 for nan."""
        level = np.zeros(len(due_s), np.int64)
        for tier in self.rule.tiers:
            with np.errstate(invalid="ignore"):
                hit = due_s <= tier.lookahead_s
            level = np.maximum(level, np.where(hit, TIERS.index(tier.name) + 1, 0))
        return level

    def close_all(self, now_s: float, reason: str) -> list[MonitorEvent]:
        """Clear everything, for a reason that is not in the sky."""
        return [event for key in sorted(self.records) for event in self._end(key, now_s, reason)]

    def _pair(
        self, facts: PairFacts, seen: int, due_s: float, now_inside: bool, inside_s: float
    ) -> list[MonitorEvent]:
        """due_s: until inside, if both go on straight. inside_s: when last inside in this step; nan: not."""
        crossed = not math.isnan(inside_s)
        record = self.records.setdefault(facts.key, AlertRecord())
        level = record.hysteresis.step(seen, inside=crossed, turning=facts.turning)
        if crossed:
            record.infringed, record.left_s = True, inside_s
        if level == 0:
            if record.raised:
                return self._clear(facts, record)
            if record.hysteresis.idle:
                del self.records[facts.key]
            return []
        if not record.raised:
            record.raised_s = facts.now_s
            record.alert_key = self._key(facts)
        doing = self._doing(record, due_s, now_inside, crossed)
        record.current = self._values(facts, record, level, now_inside, doing)
        if record.infringed and not crossed and math.isnan(due_s):
            record.current["apart_since"] = moment(record.left_s)
        if not record.told:
            self.counts["alerts raised"] += 1
            self.counts["alerts raised not confident"] += bool(facts.doubts)
            return [AlertRaised(**self._tell(record, facts.now_s))]
        if self._changed(record, facts.now_s):
            return [AlertUpdated(**self._tell(record, facts.now_s))]
        return []

    def _tell(self, record: AlertRecord, now_s: float) -> dict[str, Any]:
        record.told, record.told_s = record.current, now_s
        return record.current

    def _changed(self, record: AlertRecord, now_s: float) -> bool:
        now, told = record.current, record.told
        if any(now[name] != told[name] for name in ("tier", "inside", "confident")):
            return True
        if (now["apart_since"] is None) != (told["apart_since"] is None):
            return True
        if now_s - record.told_s < UPDATE_S:
            return False
        if now["time_to_cpa_s"] == told["time_to_cpa_s"] == 0.0:
            return False  # both past their closest point: nothing new but the distance that grows
        moved_s = abs((now["cpa_time"] - told["cpa_time"]).total_seconds())
        across_nm = abs(now["predicted_horizontal_nm"] - told["predicted_horizontal_nm"])
        up_ft = abs((now["predicted_vertical_ft"] or 0.0) - (told["predicted_vertical_ft"] or 0.0))
        return bool(
            moved_s > MATERIAL_S
            or across_nm > MATERIAL_SHARE * self.rule.rule.horizontal_nm
            or up_ft > MATERIAL_SHARE * self.rule.rule.vertical_ft
        )

    def _doing(self, record: AlertRecord, due_s: float, now_inside: bool, crossed: bool) -> str:
        limits = limits_text(self.rule.rule)
        if now_inside:
            return f"{limits} now"
        if crossed:
            return f"{limits} within the last step"
        if math.isnan(due_s):
            clean = f"cleared after {CLEAR_STEPS} s without a prediction"
            if record.infringed:
                return f"apart since {moment(record.left_s):%H:%M:%S}Z; {clean}"
            return f"{limits} was predicted, not any more; {clean}"
        return f"{limits} in {duration_text(due_s)} if both go on straight"

    def _clear(self, facts: PairFacts, record: AlertRecord) -> list[MonitorEvent]:
        nuisance = not record.infringed
        if nuisance:
            why = "no longer predicted; the limits were not broken"
        else:
            why = "outside the limits, and coming back is not predicted"
        last_level = TIERS.index(record.current["tier"]) + 1
        record.current = self._values(facts, record, last_level, False, why)
        return self._cleared(facts.key, record, nuisance=nuisance)

    def _end(self, key: PairKey, now_s: float, why: str) -> list[MonitorEvent]:
        """End a pair that cannot be judged any more. That is no nuisance: nobody knows."""
        record = self.records[key]
        if not record.raised:
            del self.records[key]
            return []
        record.current = {**record.current, "sky_time": moment(now_s), "reason": why}
        return self._cleared(key, record, nuisance=False)

    def _cleared(self, key: PairKey, record: AlertRecord, *, nuisance: bool) -> list[MonitorEvent]:
        del self.records[key]
        self.counts["alerts cleared"] += 1
        self.counts["nuisance alerts"] += nuisance
        return [AlertCleared(**record.current, nuisance=nuisance)]

    def _key(self, facts: PairFacts) -> str:
        """Unique within a node: rule, pair and when; the same on every run over the same data."""
        accord = (self.rule.accord or "own").removeprefix("sha256:")[:12]
        return f"{accord}/{self.rule.rule.id}/{facts.key[0]}-{facts.key[1]}/{format_utc(moment(facts.now_s))}"

    def _values(
        self, facts: PairFacts, record: AlertRecord, level: int, inside: bool, doing: str
    ) -> dict[str, Any]:
        way = facts.ahead
        time, _, distance = closest_in(*way, self._horizontal_m, self._vertical_m, 0.0, self._lookahead_s)
        now_m = math.hypot(way.x, way.y)
        closing_mps = -(way.x * way.vx + way.y * way.vy) / now_m if now_m > 0 else 0.0
        known = facts.vertical_known
        return {
            "sky_time": moment(facts.now_s),
            "pair": facts.key,
            "callsigns": facts.callsigns,
            "parties": facts.parties,
            "confident": not facts.doubts,
            "reason": with_doubts(doing, facts.doubts),
            "alert_key": record.alert_key,
            "accord": self.rule.accord,
            "rule": self.rule.rule.id,
            "tier": TIERS[level - 1],
            "raised_at": moment(record.raised_s),
            "inside": inside,
            "time_to_cpa_s": time,
            "cpa_time": moment(facts.now_s + time),
            "predicted_horizontal_nm": distance / M_PER_NM,
            "predicted_vertical_ft": feet(abs(way.z + way.vz * time)) if known else None,
            "horizontal_nm": now_m / M_PER_NM,
            "vertical_ft": feet(abs(way.z)) if known else None,
            "closing_kt": closing_mps / KT_TO_MPS,
            "apart_since": None,
        }
