"""From what the monitor sees to what the journal says: kind, body, and for whom. Pure.

Under an accord an alert or encounter goes to the accord's other parties and asks the accord's first role at
each party of the pair. Without one it is sealed and asks only our own role: nothing is shared that no
accord calls for. Approaches are always sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from skyaccord.accord.model import Accord
from skyaccord.incidents.bodies import (
    CALLSIGN_LENGTH_MAX,
    REASON_LENGTH_MAX,
    AlertBody,
    ApproachBody,
    ApproachObservation,
    EncounterBody,
    EncounterObservation,
    IncidentBody,
)
from skyaccord.incidents.crossings import CROSSING, CrossingBody
from skyaccord.incidents.sightings import Sighting
from skyaccord.pack.coverage import COVERAGE, CoverageBody
from skyaccord.record.fields import RecordModel
from skyaccord.separation import events as seen
from skyaccord.separation.crossings import Crossing

UPDATE_EVERY_S: Final = 30.0
"""Sky seconds between two journalled updates of one alert whose tier, doubt and inside stay the same: the
consoles of both sides count down by themselves, and a journal is no telemetry."""

AlertState = Literal["raised", "updated", "cleared"]
AccordOf = Callable[[str], Accord | None]


@dataclass(frozen=True)
class Saying:
    """One entry to be appended. exercise: None takes what the node said last."""

    kind: str
    body: RecordModel
    recipients: tuple[str, ...]
    accord: str | None
    sky_time: datetime
    exercise: bool | None = None


class Sayings:
    """Turns monitor events into entries; remembers what was last said of each alert, to say less of the
    same.
    """

    def __init__(self, party: str, own_role: str, accord_of: AccordOf) -> None:
        self._party = party
        self._own_role = own_role
        self._accord_of = accord_of
        self._said: dict[str, tuple[datetime, tuple[object, ...]]] = {}

    def of(self, event: seen.MonitorEvent | Crossing) -> Saying | None:
        """The entry for this event; None if it is not worth one."""
        if isinstance(event, Crossing):
            return Saying(
                CROSSING, crossing_body(event), self._for(event.accord), event.accord, event.sky_time
            )
        if isinstance(event, seen.Alert):
            return self._alert(event)
        if isinstance(event, seen.Encounter):
            encounter = EncounterBody(state=_encounter_state(event), observation=encounter_observation(event))
            return Saying("encounter", encounter, self._for(event.accord), event.accord, event.sky_time)
        approach = ApproachBody(
            state="closed" if isinstance(event, seen.ApproachClosed) else "opened",
            observation=approach_observation(event),
            contains_encounter=isinstance(event, seen.ApproachClosed) and event.contains_encounter,
        )
        return Saying("approach", approach, (), None, event.sky_time)

    def body_of(self, alert: seen.Alert, state: AlertState = "updated") -> AlertBody:
        """An alert of the monitor as the body that the journal and the consoles know."""
        return AlertBody(
            pair=alert.pair,
            callsigns=_callsigns(alert.callsigns),
            parties=alert.parties,
            confident=alert.confident,
            reason=alert.reason[:REASON_LENGTH_MAX],
            alert=alert.alert_key,
            state=state,
            rule=alert.rule,
            tier=alert.tier,
            raised_at=alert.raised_at,
            inside=alert.inside,
            time_to_cpa_s=round(alert.time_to_cpa_s, 1),
            cpa_time=alert.cpa_time,
            predicted_horizontal_nm=round(alert.predicted_horizontal_nm, 3),
            predicted_vertical_ft=_rounded(alert.predicted_vertical_ft),
            horizontal_nm=round(alert.horizontal_nm, 3),
            vertical_ft=_rounded(alert.vertical_ft),
            closing_kt=round(alert.closing_kt, 1),
            apart_since=alert.apart_since,
            nuisance=alert.nuisance if isinstance(alert, seen.AlertCleared) else None,
            asks=self._asks(alert),
        )

    def _alert(self, event: seen.Alert) -> Saying | None:
        state: AlertState = "updated"
        if isinstance(event, seen.AlertRaised):
            state = "raised"
        elif isinstance(event, seen.AlertCleared):
            state = "cleared"
        news = (event.tier, event.inside, event.confident, event.apart_since is not None)
        if state == "updated":
            said = self._said.get(event.alert_key)
            quiet = said is not None and (event.sky_time - said[0]).total_seconds() < UPDATE_EVERY_S
            if quiet and said is not None and said[1] == news:
                return None
        if state == "cleared":
            self._said.pop(event.alert_key, None)
        else:
            self._said[event.alert_key] = (event.sky_time, news)
        body = self.body_of(event, state)
        return Saying("alert", body, self._for(event.accord), event.accord, event.sky_time)

    def _for(self, digest: str | None) -> tuple[str, ...]:
        """The accord's other parties; nobody without an accord."""
        accord = None if digest is None else self._accord_of(digest)
        if accord is None:
            return ()
        return tuple(party.id for party in accord.parties if party.id != self._party)

    def _asks(self, alert: seen.Alert) -> dict[str, str]:
        accord = None if alert.accord is None else self._accord_of(alert.accord)
        if accord is None:
            return {self._party: self._own_role}
        members = [party.id for party in accord.parties]
        concerned = [party for party in members if party in alert.parties]
        if len(concerned) < len(set(alert.parties)):
            concerned = members  # an aircraft of no known party: it may be anybody's
        return dict.fromkeys(concerned, accord.first_role.id)


def crossing_body(event: Crossing) -> CrossingBody:
    """A crossing as the journal knows it: to a metre, a hundredth of a second."""
    return CrossingBody(
        thing=event.thing,
        place=event.place,
        way=event.way,
        icao24=event.icao24,
        callsign=None if event.callsign is None else event.callsign[:CALLSIGN_LENGTH_MAX],
        party=event.party,
        time=event.time.replace(microsecond=event.time.microsecond // 10_000 * 10_000),
        latitude=round(event.latitude, 5),
        longitude=round(event.longitude, 5),
        altitude_ft=_rounded(event.altitude_ft),
        confident=event.confident,
        reason=event.reason[:REASON_LENGTH_MAX],
    )


def encounter_observation(event: seen.Encounter) -> EncounterObservation:
    """The monitor's encounter as the journal knows it."""
    return EncounterObservation(
        pair=event.pair,
        callsigns=_callsigns(event.callsigns),
        parties=event.parties,
        confident=event.confident,
        reason=event.reason[:REASON_LENGTH_MAX],
        rule=event.rule,
        start_time=event.start_time,
        end_time=event.end_time,
        dwell_s=round(event.dwell_s, 1),
        cpa_time=event.cpa_time,
        cpa_horizontal_nm=round(event.cpa_horizontal_nm, 4),
        cpa_vertical_ft=_rounded(event.cpa_vertical_ft),
        min_horizontal_nm=round(event.min_horizontal_nm, 4),
        min_horizontal_time=event.min_horizontal_time,
        min_vertical_ft=_rounded(event.min_vertical_ft),
        verdict=event.verdict,
    )


def approach_observation(event: seen.Approach) -> ApproachObservation:
    """The monitor's approach as the journal knows it."""
    return ApproachObservation(
        pair=event.pair,
        callsigns=_callsigns(event.callsigns),
        parties=event.parties,
        confident=event.confident,
        reason=event.reason[:REASON_LENGTH_MAX],
        start_time=event.start_time,
        end_time=event.end_time,
        min_horizontal_nm=round(event.min_horizontal_nm, 4),
        min_horizontal_time=event.min_horizontal_time,
        vertical_ft=_rounded(event.vertical_ft),
        verdict="approach",
    )


def encounter_seen(sighting: Sighting) -> seen.Encounter | None:
    """What our own journal says of an encounter, as the monitor said it; None if it tells of none."""
    if not isinstance(sighting.body, EncounterBody):
        return None
    told = sighting.body.observation
    fields = {name: getattr(told, name) for name in type(told).model_fields} | {"end_time": None}
    return seen.Encounter(sky_time=sighting.header.sky_time, accord=sighting.header.accord, **fields)


def reopening_of(sighting: Sighting, reason: str, sky_time: datetime) -> Saying | None:
    """The entry that says that an encounter of an earlier run goes on."""
    if not isinstance(sighting.body, EncounterBody):
        return None
    told = sighting.body.observation
    going_on = told.model_copy(update={"end_time": None, "confident": False, "reason": reason})
    body = EncounterBody(
        state="opened" if told.verdict == "infringement" else "breached", observation=going_on
    )
    return Saying("encounter", body, tuple(sighting.header.recipients), sighting.header.accord, sky_time)


def incident_of(
    encounter: Sighting, recipients: tuple[str, ...], *, infringements: bool = False
) -> Saying | None:
    """The opening that our own observation of a breach or an nmac calls for, or of an infringement."""
    observation = encounter.observation
    if not isinstance(observation, EncounterObservation):
        return None
    if observation.verdict == "infringement" and not infringements:
        return None
    body = IncidentBody(
        pair=encounter.pair,
        reason=observation.verdict,
        about=encounter.last,
        observation=observation,
        statement=None,
    )
    return Saying("incident.opened", body, recipients, encounter.header.accord, encounter.header.sky_time)


def closing_of(sighting: Sighting, reason: str) -> Saying | None:
    """The entry that ends what our own journal left open: the node was restarted, the feed changed.

    It ends when it was last spoken of: what came after, nobody watched.
    """
    body: RecordModel
    said, header = sighting.body, sighting.header
    end = header.sky_time
    if isinstance(said, AlertBody):
        body = said.model_copy(update={"state": "cleared", "reason": reason})
    elif isinstance(said, EncounterBody):
        ended = {"end_time": max(end, said.observation.start_time), "reason": reason}
        observation = said.observation.model_copy(update=ended)
        body = said.model_copy(update={"state": "closed", "observation": observation})
    elif isinstance(said, ApproachBody):
        ended = {"end_time": max(end, said.observation.start_time), "reason": reason}
        approach = said.observation.model_copy(update=ended)
        body = said.model_copy(update={"state": "closed", "observation": approach})
    else:
        return None
    return Saying(header.kind, body, tuple(header.recipients), header.accord, header.sky_time)


def coverage_sayings(made: Iterable[CoverageBody], accords: Iterable[Accord], own: str) -> list[Saying]:
    """What our feed heard, for the parties of accords that share it; sealed where none does."""
    shared = {
        party.id
        for accord in accords
        if accord.disclosure is not None and accord.disclosure.coverage == "shared"
        for party in accord.parties
    }
    recipients = tuple(sorted(shared - {own}))
    return [Saying(COVERAGE, body, recipients, None, body.end) for body in made]


def _encounter_state(event: seen.Encounter) -> Literal["opened", "breached", "closed"]:
    if isinstance(event, seen.EncounterClosed):
        return "closed"
    return "breached" if isinstance(event, seen.EncounterBreached) else "opened"


def _callsigns(callsigns: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    first, second = (None if name is None else name[:CALLSIGN_LENGTH_MAX] for name in callsigns)
    return first, second


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 0)
