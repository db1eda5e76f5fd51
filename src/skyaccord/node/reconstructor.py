"""Journals this node's reconstruction of every incident, once what happened is over.

Driven by what stands in the journals, as the opener is: an incident without our reconstruction is due, after
a restart as before it. What the picture does not have is said, too: that a side saw nothing is evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import anyio.to_thread

from skyaccord.incidents.bodies import EncounterObservation
from skyaccord.incidents.case import Case
from skyaccord.incidents.reconstruction import (
    RECONSTRUCTION,
    WINDOW_S_MAX,
    LimitsUsed,
    ReconstructionBody,
)
from skyaccord.node.keeper import Keeper
from skyaccord.node.marks import marks_of
from skyaccord.node.projections import Touched
from skyaccord.node.reconstructing import Ask, reconstruct
from skyaccord.node.sayings import Saying
from skyaccord.node.tape import Tape
from skyaccord.node.watching import Watching
from skyaccord.record.fields import EVERY_PEER, EntryRef

AROUND_S: Final = 120.0
"""Sky seconds shown before and after: how they came, and how they left."""
SETTLE_S: Final = 10.0  # reports of the last second arrive late
WATCH_NM: Final = 20.0
"""Where neither an accord's rule nor a watch rule says what is near."""
A_TICK_MAX: Final = 1
"""Reconstructions in one second: a day's incidents, opened at once, do not hold up the watch."""


class Reconstructor:
    """Looks at incidents that changed, and journals what is due."""

    def __init__(self, keeper: Keeper, watching: Watching, tape: Tape) -> None:
        self._keeper = keeper
        self._watching = watching
        self._tape = tape
        self._changed: dict[EntryRef, None] = {}

    def noticed(self, touched: Iterable[Touched]) -> None:
        """Remember incidents that were opened or grew."""
        sightings = self._keeper.projections.sightings
        for change in touched:
            self._changed.update(dict.fromkeys(sorted(change.incidents, key=str)))
            for key in sorted(change.sightings):
                event = sightings.join.event_of(key)
                if event is not None:
                    openings = sightings.members(event, "opening")
                    self._changed.update((opening.first, None) for opening in openings[:1])

    async def reconstruct_due(self) -> None:
        """Journal the reconstructions that are due by now."""
        sky_now, done = self._watching.sky_now(), 0
        for ref in list(self._changed):
            case = self._keeper.projections.cases.case_at(ref)
            if case is None or not self._is_due(case, sky_now):
                if case is not None and self._is_done(case):
                    del self._changed[ref]
                continue
            if done == A_TICK_MAX:
                return
            done += 1
            del self._changed[ref]
            await self._keeper.say_all([await self.saying(case, sky_now)])

    async def saying(self, case: Case, sky_now: datetime) -> Saying:
        """The entry, for the parties that must account for it."""
        own = self._keeper.projections.own.party
        others = tuple(party for party in case.parties if party != own)
        body = await anyio.to_thread.run_sync(self._body, case, others)
        recipients = others if case.accord is not None else (EVERY_PEER,)
        return Saying(RECONSTRUCTION, body, recipients, case.accord, sky_now)

    def _body(self, case: Case, others: tuple[str, ...]) -> ReconstructionBody:
        start, end = window(case)
        marks, left_out = marks_of(self._keeper.journal, case.aircraft, case.start, others)
        ask = Ask(case.ref, case.aircraft, start, end, dict(self._watching.parties), self._limits(case))
        return reconstruct(ask, self._tape.states(case.aircraft, start, end), marks, left_out)

    def _limits(self, case: Case) -> LimitsUsed | None:
        """Those of the rule that was broken, as it ran then; else the watch rule's distance."""
        if len(case.aircraft) < 2:
            return None
        book = self._keeper.projections.book
        loaded = None if case.accord is None else book.get(case.accord)
        accord = None if loaded is None else book.as_it_runs(loaded, case.start).accord
        broken = next(
            (one.rule for one in case.observations.values() if isinstance(one, EncounterObservation)), None
        )
        rules = () if accord is None else accord.rules
        rule = next((one for one in rules if one.id == broken), rules[0] if rules else None)
        if rule is not None:
            return LimitsUsed(
                rule=rule.id,
                horizontal_nm=rule.horizontal_nm,
                vertical_ft=rule.vertical_ft,
                combinator=rule.combinator,
                max_dwell_s=rule.max_dwell_s,
            )
        return LimitsUsed(
            rule=None, horizontal_nm=WATCH_NM, vertical_ft=None, combinator="either", max_dwell_s=None
        )

    def _is_done(self, case: Case) -> bool:
        """Whether there is nothing to compute for us any more."""
        own = self._keeper.projections.own.party
        made = case.reconstructions.get(own)
        start, end = window(case)
        covered = made is not None and made.body.start <= start and made.body.end >= end
        return not case.aircraft or own not in case.parties or covered

    def _is_due(self, case: Case, sky_now: datetime) -> bool:
        if self._is_done(case):
            return False
        _, end = window(case)
        return sky_now >= end + timedelta(seconds=SETTLE_S) and not self._goes_on(case, sky_now)

    def _goes_on(self, case: Case, sky_now: datetime) -> bool:
        """Whether some side still watches it. A side that fell silent is not waited for."""
        sightings = self._keeper.projections.sightings
        event = sightings.event_at(case.ref)
        active = event is not None and any(one.active for one in sightings.members(event))
        return active and sky_now < case.start + timedelta(seconds=WINDOW_S_MAX)


def window(case: Case) -> tuple[datetime, datetime]:
    """The stretch of sky time that is looked at, half an hour at most."""
    around = timedelta(seconds=AROUND_S)
    start, end = case.start - around, case.end + around
    longest = timedelta(seconds=WINDOW_S_MAX)
    if end - start > longest:
        nearest = min((_nearest(one) for one in case.observations.values()), default=case.start)
        start = max(start, nearest - longest / 2)
        end = min(end, start + longest)
    return start, end


def _nearest(observation: object) -> datetime:
    if isinstance(observation, EncounterObservation):
        return observation.cpa_time
    found: datetime = getattr(observation, "min_horizontal_time")  # noqa: B009
    return found
