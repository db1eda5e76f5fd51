"""Opens the incidents that our own observations call for: once a party, event and gravity.

A breach and an nmac always; an infringement and a crossing where the accord says that they are reported.
Driven by what stands in the journal, not by the monitor's event, so that a crash between the two entries
changes nothing: after a restart the journal still says that an incident is due.
"""

from __future__ import annotations

from collections.abc import Iterable

from skyaccord.incidents.crossings import Crossed
from skyaccord.incidents.incidents import SEVERITY, opening_body
from skyaccord.incidents.sightings import SightingKey
from skyaccord.incidents.statements import REPORTED, ReportedBody
from skyaccord.node.keeper import Keeper
from skyaccord.node.projections import Touched
from skyaccord.node.sayings import Saying, incident_of
from skyaccord.record.fields import EVERY_PEER, EntryRef


class IncidentOpener:
    """Looks at own encounters and crossings that changed, and opens what is due."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._changed: set[SightingKey] = set()
        self._crossed: dict[EntryRef, None] = {}

    def noticed(self, touched: Iterable[Touched]) -> None:
        """Remember own encounters and crossings that changed."""
        own = self._keeper.projections.own.origin
        for change in touched:
            self._changed |= {
                key for key in change.sightings if key.origin == own and key.thing == "encounter"
            }
            self._crossed.update((ref, None) for ref in change.crossings if ref.origin == own)

    async def open_due(self) -> None:
        """Journal the openings that are due."""
        changed, self._changed = self._changed, set()
        for key in sorted(changed):
            saying = self._due(key)
            if saying is not None:
                await self._keeper.say_all([saying])
        crossed, self._crossed = self._crossed, {}
        for ref in crossed:
            saying = self._due_of_crossing(self._keeper.projections.crossings.get(ref))
            if saying is not None:
                await self._keeper.say_all([saying])

    def _reported(self, accord: str | None) -> tuple[str, ...]:
        procedure = self._keeper.projections.incident_procedure(accord)
        return () if procedure is None else procedure.reported

    def _due(self, key: SightingKey) -> Saying | None:
        sightings, own = self._keeper.projections.sightings, self._keeper.projections.own.party
        encounter = sightings.get(key)
        recipients = tuple(encounter.header.recipients) or (EVERY_PEER,)
        infringements = "infringement" in self._reported(encounter.header.accord)
        saying = incident_of(encounter, recipients, infringements=infringements)
        event = sightings.join.event_of(key)
        if saying is None or event is None or encounter.observation is None:
            return None
        opened = [
            opening_body(opening).reason
            for opening in sightings.members(event, "opening")
            if opening.party == own
        ]
        gravest = max(map(SEVERITY.index, opened), default=-1)
        return saying if SEVERITY.index(encounter.observation.verdict) > gravest else None

    def _due_of_crossing(self, crossed: Crossed | None) -> Saying | None:
        """Whoever leaves a zone has been in it: only the way in opens an incident."""
        if crossed is None or crossed.body.way == "left":
            return None
        header, own = crossed.header, self._keeper.projections.own.party
        if "crossing" not in self._reported(header.accord):
            return None
        if self._keeper.projections.cases.has_opened_crossing(header.accord, crossed.body, own):
            return None
        body = ReportedBody(about=crossed.ref, crossing=crossed.body, statement=None)
        return Saying(REPORTED, body, tuple(header.recipients), header.accord, header.sky_time)
