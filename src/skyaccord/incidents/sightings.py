"""What the journals say was seen: each alert, encounter, approach and opening by each party, joined into
events.

A *sighting* is one party's story of one thing, told in several entries (raised, updated, cleared …); the
newest counts. A projection: feed it the entries of every journal, each journal in its own order, and the
same entries give the same events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, NamedTuple

from skyaccord.base.errors import RefusedError
from skyaccord.incidents.bodies import (
    AlertBody,
    ApproachBody,
    ApproachObservation,
    EncounterBody,
    EncounterObservation,
    IncidentBody,
)
from skyaccord.incidents.events import Event, EventJoin, Interval, Level
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef

Thing = Literal["alert", "encounter", "approach", "opening"]
Body = AlertBody | EncounterBody | ApproachBody | IncidentBody
Observation = EncounterObservation | ApproachObservation

MODELS: Final[dict[str, tuple[Thing, type[AlertBody | EncounterBody | ApproachBody | IncidentBody]]]] = {
    "alert": ("alert", AlertBody),
    "encounter": ("encounter", EncounterBody),
    "approach": ("approach", ApproachBody),
    "incident.opened": ("opening", IncidentBody),
}
"""Kind of entry → what it tells of, and the model of its body."""


TOLD_OF_A_PAIR_MAX: Final = 2000
"""Alerts (encounters …) about one pair under one accord that another party may tell of: one a day for five
years. Each costs a look at the others of its pair; more are held, and not joined with anything."""
STATES_MAX: Final = 20_000  # entries about one of them; an update each half minute takes a week


class SightingKey(NamedTuple):
    """One thing seen by one party: its journal, and the thing's own name in it."""

    origin: str
    thing: Thing
    name: str


@dataclass(frozen=True)
class Sighting:
    """One party's story of one thing, as far as it is told.

    first, last: its first and its newest entry. header, body: the newest. told: of every state of it, the
    first `count` being this one's (each state its own copy would be quadratic).
    """

    key: SightingKey
    party: str
    first: EntryRef
    first_header: Header
    header: Header
    body: Body
    told: list[EntryRef] = field(repr=False)
    count: int

    @property
    def last(self) -> EntryRef:
        """Its newest entry."""
        return self.told[self.count - 1]

    @property
    def refs(self) -> tuple[EntryRef, ...]:
        """All entries that have told of it so far, in order."""
        return tuple(self.told[: self.count])

    @property
    def active(self) -> bool:
        """Whether it goes on, as far as its party has said."""
        return not isinstance(self.body, IncidentBody) and self.body.state not in ("cleared", "closed")

    @property
    def pair(self) -> tuple[str, str]:
        """Whom it is about."""
        return self.body.pair

    @property
    def observation(self) -> Observation | None:
        """The encounter or approach it tells of."""
        return None if isinstance(self.body, AlertBody) else self.body.observation


class Sightings:
    """The projection. `add` says which sighting an entry changed."""

    def __init__(self) -> None:
        self._sightings: dict[SightingKey, Sighting] = {}
        self._by_ref: dict[EntryRef, SightingKey] = {}
        self._told_of: dict[EntryRef, set[SightingKey]] = {}
        self._openings: dict[SightingKey, set[SightingKey]] = {}
        self._told: Counter[tuple[str, str | None, Thing, tuple[str, str]]] = Counter()
        self.join: EventJoin[SightingKey] = EventJoin()

    def add(
        self, ref: EntryRef, header: Header, body: dict[str, Any], *, bounded: bool = False
    ) -> SightingKey | None:
        """Take one entry; None if it is of another kind. ValueError (ValidationError) for a body that is
        none. bounded: another party's; RefusedError when it tells of too much of one pair.

        Taking the same entry again changes nothing.
        """
        if header.kind not in MODELS:
            return None
        thing, model = MODELS[header.kind]
        said = model.model_validate(body)
        key = SightingKey(header.origin, thing, _name(ref, said))
        held = self._sightings.get(key)
        if held is None:
            told = header.origin, header.accord, thing, said.pair
            if bounded and self._told[told] >= TOLD_OF_A_PAIR_MAX:
                raise RefusedError(f"more than {TOLD_OF_A_PAIR_MAX} of kind {header.kind} about one pair")
            self._told[told] += 1
            sighting = Sighting(key, header.party, ref, header, header, said, [ref], 1)
        elif ref.sequence <= held.last.sequence:
            return key
        elif bounded and held.count >= STATES_MAX:
            raise RefusedError(f"more than {STATES_MAX} entries about one thing of kind {header.kind}")
        else:
            held.told.append(ref)
            sighting = replace(held, header=header, body=said, count=held.count + 1)
        self._sightings[key] = sighting
        self._by_ref[ref] = key
        if isinstance(said, IncidentBody) and said.observation is None and said.about is not None:
            self._told_of.setdefault(said.about, set()).add(key)
            about = self._by_ref.get(said.about)
            if about is not None:
                self._openings.setdefault(about, set()).add(key)
        openings = self._told_of.get(ref)
        if openings is not None:  # it came before what it is about
            self._openings.setdefault(key, set()).update(openings)
        self.join.put(key, self._interval(sighting))
        for opening in self._openings.get(key, ()):
            self.join.put(opening, self._interval(self._sightings[opening]))
        return key

    def _interval(self, sighting: Sighting) -> Interval:
        """Its interval; that of what it is about, for an opening that shares no observation of its own."""
        body = sighting.body
        if isinstance(body, IncidentBody) and body.observation is None and body.about is not None:
            about = self.at(body.about)
            if about is not None and about.body.pair == body.pair:
                return interval_of(about)
        return interval_of(sighting)

    def get(self, key: SightingKey) -> Sighting:
        """The sighting with this key."""
        return self._sightings[key]

    def find(self, key: SightingKey) -> Sighting | None:
        """The sighting with this key, None if no entry has told of it."""
        return self._sightings.get(key)

    def at(self, ref: EntryRef) -> Sighting | None:
        """The sighting that this entry tells of."""
        key = self._by_ref.get(ref)
        return None if key is None else self._sightings[key]

    def members(self, event: Event[SightingKey], thing: Thing | None = None) -> list[Sighting]:
        """The sightings of an event, by start; of one thing or of all."""
        return [self._sightings[key] for key in event.members if thing is None or key.thing == thing]

    def event_at(self, ref: EntryRef) -> Event[SightingKey] | None:
        """The event of which this entry tells."""
        key = self._by_ref.get(ref)
        return None if key is None else self.join.event_of(key)

    def alert_refs(self, ref: EntryRef) -> list[EntryRef]:
        """Every alert entry of the event that this entry tells of: one acknowledgement answers for all."""
        event = self.event_at(ref)
        if event is None:
            return [ref]
        return [one for sighting in self.members(event, "alert") for one in sighting.refs]

    def all(self, thing: Thing, where: Callable[[Sighting], bool] | None = None) -> Iterable[Sighting]:
        """Every sighting of one thing."""
        for key, sighting in self._sightings.items():
            if key.thing == thing and (where is None or where(sighting)):
                yield sighting


def _name(ref: EntryRef, body: Body) -> str:
    """What a thing is called within its journal, the same over all entries about it."""
    if isinstance(body, AlertBody):
        return body.alert
    if isinstance(body, IncidentBody):
        return str(ref.sequence)
    return observation_name(body.observation)


def observation_name(seen: EncounterObservation | ApproachObservation) -> str:
    """What an observation is called within its journal while it lasts and after."""
    rule = "" if isinstance(seen, ApproachObservation) else seen.rule
    return f"{rule}/{seen.pair[0]}/{seen.pair[1]}/{seen.start_time.isoformat()}"


def interval_of(sighting: Sighting) -> Interval:
    """From when to when a sighting speaks of its pair, for joining.

    What is still open reaches to the newest thing said of it; an open alert to its predicted closest
    approach, so that the other node's alert about the same conflict joins at once, but never without end: a
    journal that falls silent must not swallow later conflicts of the pair.
    """
    header, body = sighting.header, sighting.body
    said_at = header.sky_time
    level: Level = "conflict"
    accord = header.accord
    if isinstance(body, AlertBody):
        start = body.raised_at
        end = said_at if body.state == "cleared" else max(said_at, body.cpa_time)
        return Interval(level, accord, body.pair, start, max(start, end))
    seen = body.observation
    if seen is None:
        assert isinstance(body, IncidentBody)  # noqa: S101 (the only body without an observation)
        return Interval(level, accord, body.pair, said_at, said_at)
    if isinstance(seen, ApproachObservation):
        level, accord = "approach", None
    end = max(said_at, seen.start_time) if seen.end_time is None else seen.end_time
    return Interval(level, accord, seen.pair, seen.start_time, end)
