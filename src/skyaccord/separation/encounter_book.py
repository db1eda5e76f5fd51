"""Encounters under one rule while they happen: opened, worse, closed, with everything measured on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.separation.events import (
    Encounter,
    EncounterBreached,
    EncounterClosed,
    EncounterOpened,
    MonitorEvent,
    Verdict,
)
from skyaccord.separation.facts import PairFacts, PairKey, Step, Straight
from skyaccord.separation.piece import (
    closest_in,
    is_closer,
    least_horizontal_time,
    least_vertical,
    touches_cylinder,
)
from skyaccord.separation.policy import RuleInForce
from skyaccord.separation.scope import Scope
from skyaccord.separation.walk import NMAC_HORIZONTAL_M, NMAC_VERTICAL_M
from skyaccord.separation.wording import duration_text, limits_text, moment, with_doubts

REJOIN_S: Final = 5.0
"""A pair that is outside for less than this and comes in again has not left: reports correct positions by
more
than a few seconds of flight along a limit, and one encounter must not become three."""

RESUME_WAIT_S: Final = 30.0
"""How long a resumed encounter waits for both aircraft: the picture of a new run starts empty."""

_RANK: Final[dict[Verdict, int]] = {"infringement": 0, "breach": 1, "nmac": 2}


@dataclass
class EncounterRecord:
    """One open encounter. Times are epoch seconds, distances metres; nan is "not known".

    inside_until_s: as extrapolated. heard_until_s: as far as both tracks were heard. held_until_s: until when
    nobody has seen it end, be it inside, be it unheard. unwatched: what of it nobody watched, in words.
    """

    facts: PairFacts
    start_s: float
    inside_until_s: float
    heard_until_s: float
    held_until_s: float
    verdict: Verdict = "infringement"
    doubts: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()
    cpa_s: float = math.nan
    cpa_norm: float = math.inf
    cpa_horizontal_m: float = math.inf
    cpa_vertical_m: float = math.nan
    min_horizontal_m: float = math.inf
    min_horizontal_s: float = math.nan
    min_vertical_m: float = math.nan

    def take(
        self, facts: PairFacts, time_in: float, time_out: float, horizontal: float, vertical: float
    ) -> None:
        """Measure the part [time_in, time_out] of the piece, seconds from its start."""
        begin_s = facts.now_s - facts.piece_s
        self.facts = facts
        self.inside_until_s = self.held_until_s = begin_s + time_out
        self.heard_until_s = max(self.heard_until_s, min(self.inside_until_s, facts.heard_s))
        self.doubts = facts.doubts or self.doubts
        way = facts.piece
        time, norm, distance = closest_in(*way, horizontal, vertical, time_in, time_out)
        if is_closer(norm, distance, self.cpa_norm, self.cpa_horizontal_m, horizontal):
            self.cpa_s, self.cpa_norm, self.cpa_horizontal_m = begin_s + time, norm, distance
            self.cpa_vertical_m = abs(way.z + way.vz * time) if facts.vertical_known else math.nan
        time = least_horizontal_time(way.x, way.y, way.vx, way.vy, time_in, time_out)
        distance = math.hypot(way.x + way.vx * time, way.y + way.vy * time)
        if distance < self.min_horizontal_m:
            self.min_horizontal_m, self.min_horizontal_s = distance, begin_s + time
        if facts.vertical_known:
            self.min_vertical_m = float(
                np.fmin(self.min_vertical_m, least_vertical(way.z, way.vz, time_in, time_out))
            )


class EncounterBook:
    """All open encounters under one rule."""

    def __init__(self, rule: RuleInForce) -> None:
        self.rule = rule
        self.open: dict[PairKey, EncounterRecord] = {}
        self.touched: set[PairKey] = set()  # pairs that were inside in the last step
        self._waits_until_s: dict[PairKey, float] = {}  # resumed, and not heard yet
        self._horizontal_m = rule.rule.horizontal_nm * M_PER_NM
        self._vertical_m = rule.rule.vertical_ft * M_PER_FT

    def resume(self, seen: Encounter, now_s: float) -> None:
        """Go on with an encounter of an earlier run, last spoken of at its `sky_time`.

        It is taken to have lasted meanwhile, so that its dwell goes on: a breach is rather said with a doubt
        than missed.
        """
        said_s = seen.sky_time.timestamp()
        still = Straight(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        facts = PairFacts(
            seen.pair, seen.callsigns, seen.parties, (), False, False, now_s, said_s, 0.0, still, still
        )
        horizontal_m, vertical_m = seen.cpa_horizontal_nm * M_PER_NM, metres(seen.cpa_vertical_ft)
        norm = max(horizontal_m / self._horizontal_m, np.nan_to_num(vertical_m) / self._vertical_m)
        self.open[seen.pair] = EncounterRecord(
            facts,
            start_s=seen.start_time.timestamp(),
            inside_until_s=said_s,
            heard_until_s=said_s,
            held_until_s=now_s,
            verdict=seen.verdict,
            unwatched=(f"nobody watched for {duration_text(now_s - said_s)}",),
            cpa_s=seen.cpa_time.timestamp(),
            cpa_norm=float(norm),
            cpa_horizontal_m=horizontal_m,
            cpa_vertical_m=vertical_m,
            min_horizontal_m=seen.min_horizontal_nm * M_PER_NM,
            min_horizontal_s=seen.min_horizontal_time.timestamp(),
            min_vertical_m=metres(seen.min_vertical_ft),
        )
        self._waits_until_s[seen.pair] = now_s + RESUME_WAIT_S

    def step(self, step: Step, inside: NDArray[np.float64], scope: Scope) -> list[MonitorEvent]:
        """inside: parts of the piece within the limits, shape (k, 4). scope: the pairs that the rule is
        about."""
        events: list[MonitorEvent] = []
        self.touched = set()
        stale, applies = step.stale, scope.applies
        for k in np.flatnonzero(applies & ~stale & ~np.isnan(inside[:, 0])).tolist():
            facts = scope.facts(k)
            self.touched.add(facts.key)
            for column in (0, 2):
                if not math.isnan(inside[k, column]):
                    events += self._inside(facts, float(inside[k, column]), float(inside[k, column + 1]))
        for key in sorted(self.open.keys() - self.touched):
            record = self.open[key]
            at = step.index(key)
            if at is None and step.now_s <= self._waits_until_s.get(key, -math.inf):
                record.held_until_s = step.now_s
            elif at is None:
                events.append(self._close(key, step.now_s, step.gone(key) or "no longer watched", lost=True))
            elif not applies[at]:
                events.append(self._close(key, step.now_s, scope.why_not(at)))
            elif stale[at]:
                record.held_until_s = step.now_s
            elif step.now_s - record.held_until_s > REJOIN_S:
                events.append(self._close(key, step.now_s, "outside the limits again"))
        return events

    def close_all(self, now_s: float, reason: str) -> list[MonitorEvent]:
        """Close everything, for a reason that is not in the sky."""
        return [self._close(key, now_s, reason) for key in sorted(self.open)]

    def _inside(self, facts: PairFacts, time_in: float, time_out: float) -> list[MonitorEvent]:
        events: list[MonitorEvent] = []
        start_s = facts.now_s - facts.piece_s + time_in
        record = self.open.get(facts.key)
        if record is not None and start_s - record.held_until_s > REJOIN_S:
            events.append(self._close(facts.key, facts.now_s, "outside the limits again"))
            record = None
        opened = record is None
        if record is None:
            record = self.open[facts.key] = EncounterRecord(facts, start_s, start_s, start_s, start_s)
        record.take(facts, time_in, time_out, self._horizontal_m, self._vertical_m)
        if opened:
            reason = with_doubts(limits_text(self.rule.rule), facts.doubts)
            values = self._values(record, facts.now_s, confident=not facts.doubts, reason=reason)
            events.append(EncounterOpened(**values))
        verdict, why = self._verdict(record, facts, time_in, time_out)
        if _RANK[verdict] > _RANK[record.verdict]:
            record.verdict = verdict
            doubts = (*facts.doubts, *record.unwatched)
            reason = with_doubts(why, doubts)
            values = self._values(record, facts.now_s, confident=not doubts, reason=reason)
            events.append(EncounterBreached(**values))
        return events

    def _verdict(
        self, record: EncounterRecord, facts: PairFacts, time_in: float, time_out: float
    ) -> tuple[Verdict, str]:
        if facts.vertical_known and touches_cylinder(
            *facts.piece, NMAC_HORIZONTAL_M, NMAC_VERTICAL_M, time_in, time_out
        ):
            return "nmac", "nearer than 500 ft and 100 ft at the same time"
        dwell_s = record.heard_until_s - record.start_s  # no breach on what was only extrapolated
        allowed_s = self.rule.rule.max_dwell_s
        if allowed_s is not None and dwell_s > allowed_s:
            return "breach", f"inside for longer than {duration_text(allowed_s)}"
        return "infringement", ""

    def _close(self, key: PairKey, now_s: float, why: str, *, lost: bool = False) -> EncounterClosed:
        """lost: an aircraft is not heard any more; the encounter then ends with the last report."""
        record = self.open.pop(key)
        self._waits_until_s.pop(key, None)
        unheard = lost or record.held_until_s > record.inside_until_s
        end_s = record.heard_until_s if unheard else record.inside_until_s
        dwell = duration_text(end_s - record.start_s)
        doubts = (*record.doubts, *record.unwatched)
        reason = with_doubts(f"{why}, inside for {dwell}", doubts)
        values = self._values(record, now_s, confident=not doubts, reason=reason)
        values["end_time"] = moment(end_s)
        values["dwell_s"] = end_s - record.start_s
        return EncounterClosed(**values)

    def _values(
        self, record: EncounterRecord, now_s: float, *, confident: bool, reason: str
    ) -> dict[str, Any]:
        facts = record.facts
        return {
            "sky_time": moment(now_s),
            "pair": facts.key,
            "callsigns": facts.callsigns,
            "parties": facts.parties,
            "confident": confident,
            "reason": reason,
            "accord": self.rule.accord,
            "rule": self.rule.rule.id,
            "start_time": moment(record.start_s),
            "end_time": None,
            "dwell_s": record.inside_until_s - record.start_s,
            "cpa_time": moment(record.cpa_s),
            "cpa_horizontal_nm": record.cpa_horizontal_m / M_PER_NM,
            "cpa_vertical_ft": feet(record.cpa_vertical_m),
            "min_horizontal_nm": record.min_horizontal_m / M_PER_NM,
            "min_horizontal_time": moment(record.min_horizontal_s),
            "min_vertical_ft": feet(record.min_vertical_m),
            "verdict": record.verdict,
        }


def metres(feet: float | None) -> float:
    """Feet as metres, None as nan."""
    return math.nan if feet is None else feet * M_PER_FT


def feet(metres: float) -> float | None:
    """Metres as feet, nan as None."""
    return None if math.isnan(metres) else metres / M_PER_FT
