"""The live monitor: each second of sky time, what of the picture is, comes or was too close.

Pure and deterministic: a picture and a time in, events out; no clock, no I/O. One a node.

    snapshot ─► pairs ─► inside on the piece since the last step ─► encounters, approaches
                     └─► inside ahead, if both go on straight ────► alerts (M of N, tiers)

Both questions are solved exactly, so that a crossing shorter than a step is not missed. What the monitor
does not
know at the time (a turn that no report has told yet) it cannot say; docs/monitor.md lists every assumption.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.base.times import from_epoch
from skyaccord.separation.alert_book import AlertBook
from skyaccord.separation.approach_book import ApproachBook
from skyaccord.separation.encounter_book import EncounterBook
from skyaccord.separation.events import Alert, ApproachNow, Encounter, MonitorEvent
from skyaccord.separation.facts import PairKey, Step
from skyaccord.separation.pair_kernels import inside_pieces
from skyaccord.separation.pairs import PairFinder, Pairs
from skyaccord.separation.policy import MonitorPolicy, RuleInForce
from skyaccord.separation.scope import Scope, scope_of, watched_nm
from skyaccord.separation.widening import widening
from skyaccord.tracks.picture import Picture
from skyaccord.tracks.snapshot import Snapshot

Floats = NDArray[np.float64]


@dataclass
class _Books:
    rule: RuleInForce
    encounters: EncounterBook
    alerts: AlertBook


class Monitor:
    """Watches one picture under one policy at a time.

    counts: steps, alerts raised, cleared, raised not confident, nuisance alerts, encounters and approaches.
    snapshot: the picture as of the last step; None before the first.
    """

    def __init__(self, policy: MonitorPolicy) -> None:
        self.counts: Counter[str] = Counter()
        self.snapshot: Snapshot | None = None
        self._policy = policy
        self._finder = PairFinder()
        self._books: dict[tuple[str, str], _Books] = {}
        self._approaches = ApproachBook()

    @property
    def policy(self) -> MonitorPolicy:
        return self._policy

    def set_policy(self, policy: MonitorPolicy) -> None:
        """Watch under another policy from the next step on.

        What is open under a rule that stays the same goes on; the rest is closed in the next step, with
        its reason.
        """
        self._policy = policy

    def alerts(self) -> list[Alert]:
        """Every alert that is raised now, with the numbers of the last step; soonest CPA first."""
        active = [alert for books in self._books.values() for alert in books.alerts.active()]
        return sorted(active, key=lambda alert: (alert.cpa_time, alert.alert_key))

    def approaches(self) -> list[ApproachNow]:
        """Every open approach, with its numbers so far and of the last step."""
        return [] if self.snapshot is None else list(self._approaches.active(self.snapshot.sky_time_s))

    def step(self, picture: Picture, sky_time: datetime) -> list[MonitorEvent]:
        """Look at the picture as of `sky_time` (aware, later than the last step's) and say what is new.

        Raises ValueError if sky time does not go forward.
        """
        now = picture.extrapolated(sky_time)
        if self.snapshot is not None and now.sky_time_s <= self.snapshot.sky_time_s:
            before = from_epoch(self.snapshot.sky_time_s)
            raise ValueError(f"a step at {sky_time} after one at {before}")
        self.snapshot = now
        self.counts["steps"] += 1
        policy = self._policy
        events = self._renew_books(sky_time, now.sky_time_s)
        wide = widening(now) if policy.widen else None
        pairs = self._finder.find(
            now,
            policy,
            self._reach_m(),
            self._lookahead_s(),
            tracked=self._tracked(),
            widen_m=None if wide is None else wide[0],
        )
        step = Step(now, pairs, policy)
        inside_a_rule: set[PairKey] = set()
        taken = np.zeros(len(pairs), np.bool_)  # by rules that do not yield: they are asked first
        for books in sorted(self._books.values(), key=lambda books: books.rule.yields):
            scope = scope_of(books.rule, step, policy)
            if books.rule.yields:
                scope = scope.without(taken)
            else:
                taken |= scope.applies & scope.certain
            events += self._step_rule(books, step, scope, wide)
            inside_a_rule |= books.encounters.touched
        if policy.widest_watch_nm is None:
            events += self._approaches.close_all(step.now_s, "there is no watch rule any more")
        else:
            watch_nm = watched_nm(policy, now.kinds[pairs.first], now.kinds[pairs.second])
            inside = _inside(pairs, watch_nm * M_PER_NM, math.inf, False, pairs.piece_s, ahead=False)
            events += self._approaches.step(step, inside[:, :2], watch_nm, inside_a_rule)
        self._count(events)
        return events

    def resume(self, encounters: Iterable[Encounter], sky_time: datetime) -> list[Encounter]:
        """Go on, from `sky_time` on, with encounters that an earlier run left open; before the first step.

        Returns those that cannot go on, because their rule does not run now.
        """
        now_s = sky_time.timestamp()
        self._renew_books(sky_time, now_s)
        left = []
        for seen in encounters:
            books = self._books.get((seen.accord or "", seen.rule))
            if books is None:
                left.append(seen)
            else:
                books.encounters.resume(seen, now_s)
        return left

    def close_all(self, reason: str) -> list[MonitorEvent]:
        """Close everything that is open, for a reason that is not in the sky (another feed, the node
        stops)."""
        if self.snapshot is None:
            return []
        events: list[MonitorEvent] = []
        for books in self._books.values():
            events += books.encounters.close_all(self.snapshot.sky_time_s, reason)
            events += books.alerts.close_all(self.snapshot.sky_time_s, reason)
        events += self._approaches.close_all(self.snapshot.sky_time_s, reason)
        self._count(events)
        return events

    def _count(self, events: list[MonitorEvent]) -> None:
        for event in events:
            self.counts[type(event).__name__] += 1

    def _step_rule(
        self, books: _Books, step: Step, scope: Scope, wide: tuple[Floats, Floats] | None
    ) -> list[MonitorEvent]:
        rule, pairs = books.rule, step.pairs
        limits = (rule.rule.horizontal_nm * M_PER_NM, rule.rule.vertical_ft * M_PER_FT)
        any_breaks = rule.rule.combinator == "both"
        on_piece = _inside(pairs, *limits, any_breaks, pairs.piece_s, ahead=False)
        lookahead = np.full(len(pairs), rule.longest_lookahead_s)
        ahead = _inside(pairs, *limits, any_breaks, lookahead, ahead=True)
        maybe = ahead
        if wide is not None:
            wider = [
                limit + slack[pairs.first] + slack[pairs.second]
                for limit, slack in zip(limits, wide, strict=True)
            ]
            maybe = _inside(pairs, wider[0], wider[1], any_breaks, lookahead, ahead=True)
        events = books.encounters.step(step, on_piece, scope)
        return events + books.alerts.step(step, on_piece, ahead, maybe, scope)

    def _renew_books(self, sky_time: datetime, now_s: float) -> list[MonitorEvent]:
        """Open and close books so that there is one for each rule that runs now."""
        events: list[MonitorEvent] = []
        wanted = {rule.key: rule for rule in self._policy.rules}
        for key in list(self._books):
            books, rule = self._books[key], wanted.get(key)
            if rule is None:
                reason = "the rule is no longer in force"
            elif rule.rule != books.rule.rule or rule.tiers != books.rule.tiers:
                reason = "the rule has changed"
            elif not rule.runs_at(sky_time):
                reason = "the rule's validity has ended"
            else:
                books.rule = rule  # areas and parties may have changed; they are asked in every step
                continue
            events += books.encounters.close_all(now_s, reason) + books.alerts.close_all(now_s, reason)
            del self._books[key]
        for key, rule in wanted.items():
            if key not in self._books and rule.runs_at(sky_time):
                self._books[key] = _Books(rule, EncounterBook(rule), AlertBook(rule, self.counts))
        return events

    def _tracked(self) -> set[PairKey]:
        tracked = set(self._approaches.open)
        for books in self._books.values():
            tracked |= books.encounters.open.keys() | books.alerts.records.keys()
        return tracked

    def _reach_m(self) -> float:
        """The widest horizontal limit that anything asks about."""
        rules = [books.rule.rule for books in self._books.values()]
        if any(rule.combinator == "both" for rule in rules):
            return math.inf  # one broken limit is enough, and the vertical one knows no distance
        widest_nm = max((rule.horizontal_nm for rule in rules), default=0.0)
        return max(widest_nm, self._policy.widest_watch_nm or 0.0) * M_PER_NM

    def _lookahead_s(self) -> float:
        return max((books.rule.longest_lookahead_s for books in self._books.values()), default=0.0)


def _inside(
    pairs: Pairs,
    horizontal_m: float | Floats,
    vertical_m: float | Floats,
    any_breaks: bool,
    duration_s: Floats,
    *,
    ahead: bool,
) -> Floats:
    start = pairs.position if ahead else pairs.piece_start
    motion = pairs.velocity if ahead else pairs.piece_velocity
    across, up = (np.full(len(pairs), 1.0) * limit for limit in (horizontal_m, vertical_m))
    found: Floats = inside_pieces(start, motion, across, up, any_breaks, duration_s)
    return found
