"""Incidents: what both sides must account for. One per event, whoever opened it first.

An event with at least one opening is an incident. Each node opens one itself on its own observation of a
breach or an nmac; an officer may open one about an approach. The openings join by the rule of `events.py`,
so both nodes show the same one incident as soon as they hold the same entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from skyaccord.incidents.bodies import IncidentBody
from skyaccord.incidents.events import Event
from skyaccord.incidents.sightings import Observation, Sighting, SightingKey, Sightings

SEVERITY = ("officer", "infringement", "breach", "nmac")
"""Rising: an incident carries the gravest reason of its openings."""


@dataclass(frozen=True)
class Incident:
    """One incident. openings: by the time their nodes recorded them. observations: party → its own account.

    A party's observation is what its journal says of the event itself, or else what its opening shared.
    """

    id: str
    event: Event[SightingKey]
    openings: tuple[Sighting, ...]
    observations: dict[str, Observation]

    @property
    def reason(self) -> str:
        """The gravest reason of its openings."""
        return max((opening_body(opening).reason for opening in self.openings), key=SEVERITY.index)

    @property
    def accord(self) -> str | None:
        """Under which accord it is accounted for: the event's; an approach's is that of its opening."""
        if self.event.accord is not None:
            return self.event.accord
        return next((one.header.accord for one in self.openings if one.header.accord is not None), None)

    @property
    def opened_by(self) -> tuple[str, ...]:
        """Parties that opened it, first first."""
        return tuple(dict.fromkeys(opening.party for opening in self.openings))

    @property
    def sky_time(self) -> datetime:
        """When it began in the sky."""
        return self.event.start

    @property
    def exercise(self) -> bool:
        """Whether it is an exercise's: what is real is not marked so by what is played beside it."""
        return all(opening.first_header.exercise for opening in self.openings)


def opening_body(opening: Sighting) -> IncidentBody:
    """The body of an opening's entry."""
    assert isinstance(opening.body, IncidentBody)  # noqa: S101 (an opening is made of nothing else)
    return opening.body


def incident_of(sightings: Sightings, event: Event[SightingKey]) -> Incident | None:
    """The incident that this event is, if anybody opened one.

    Where some of it is real and some of it an exercise's (under one accord, of one pair, at one time), it is
    made of what is real alone.
    """
    members = sightings.members(event)
    exercise = all(one.first_header.exercise for one in members if one.key.thing == "opening")
    members = [one for one in members if one.first_header.exercise is exercise]
    openings = sorted(
        (one for one in members if one.key.thing == "opening"),
        key=lambda one: (one.header.recorded_at, one.key.origin, one.first.sequence),
    )
    if not openings:
        return None
    accounts: dict[str, Observation] = {}
    for sighting in (*openings, *_gravest_last(members)):
        if sighting.observation is not None:
            accounts[sighting.party] = sighting.observation
    return Incident(event.id, event, tuple(openings), dict(sorted(accounts.items())))


def incidents(sightings: Sightings) -> Iterator[Incident]:
    """Every incident."""
    for event in sightings.join.events():
        found = incident_of(sightings, event)
        if found is not None:
            yield found


def has_opened(sightings: Sightings, event: Event[SightingKey], party: str) -> bool:
    """Whether this party has opened the event's incident already."""
    return any(opening.party == party for opening in sightings.members(event, "opening"))


def _gravest_last(seen: Iterable[Sighting]) -> list[Sighting]:
    """Sightings with observations, the gravest verdict last, later ones after earlier ones."""
    order = ("approach", "infringement", "breach", "nmac")
    told = [one for one in seen if one.key.thing != "opening" and one.observation is not None]
    return sorted(told, key=lambda one: order.index(one.observation.verdict) if one.observation else 0)
