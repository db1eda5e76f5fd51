"""Opens the incident that our own observation of a breach or an nmac calls for: once a party, event and
gravity.

Driven by what stands in the journal, not by the monitor's event, so that a crash between the two entries
changes nothing: after a restart the journal still says that an incident is due.
"""

from __future__ import annotations

from collections.abc import Iterable

from skyaccord.incidents.incidents import SEVERITY, opening_body
from skyaccord.incidents.sightings import SightingKey
from skyaccord.node.keeper import Keeper
from skyaccord.node.projections import Touched
from skyaccord.node.sayings import Saying, incident_of
from skyaccord.record.fields import EVERY_PEER


class IncidentOpener:
    """Looks at own encounters that changed, and opens what is due."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._changed: set[SightingKey] = set()

    def noticed(self, touched: Iterable[Touched]) -> None:
        """Remember own encounters that changed."""
        own = self._keeper.projections.own.origin
        for change in touched:
            self._changed |= {
                key for key in change.sightings if key.origin == own and key.thing == "encounter"
            }

    async def open_due(self) -> None:
        """Journal the openings that are due."""
        changed, self._changed = self._changed, set()
        for key in sorted(changed):
            saying = self._due(key)
            if saying is not None:
                await self._keeper.say_all([saying])

    def _due(self, key: SightingKey) -> Saying | None:
        sightings, own = self._keeper.projections.sightings, self._keeper.projections.own.party
        encounter = sightings.get(key)
        recipients = tuple(encounter.header.recipients) or (EVERY_PEER,)
        saying = incident_of(encounter, recipients)
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
