"""Keeps the consoles' rows up to date: makes anew what an entry touched and what time alone has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from skyaccord.incidents.bodies import AlertBody
from skyaccord.incidents.case import Case
from skyaccord.incidents.events import Event
from skyaccord.incidents.sightings import Sighting, SightingKey
from skyaccord.node import rows
from skyaccord.node.live_log import LiveLog
from skyaccord.node.projections import Projections, Touched
from skyaccord.record.fields import EntryRef
from skyaccord.talks.outline import summary

Group = tuple[str, str | None, tuple[str, str]]


class View:
    """From projections to rows in the live log. One event loop, no locks."""

    def __init__(self, projections: Projections, log: LiveLog) -> None:
        self._projections = projections
        self._log = log
        self._shown: dict[Group, dict[str, Event[SightingKey]]] = {}
        self._deadlines: dict[tuple[str, Any], datetime] = {}
        self._cases: dict[EntryRef, str] = {}
        self._newest: dict[SightingKey, AlertBody] = {}
        self._so_far: dict[SightingKey, rows.ApproachSoFar] = {}

    def show(self, touched: Iterable[Touched], now: datetime, sky_time: datetime) -> None:
        """Publish every row that these changes touched."""
        sightings: set[SightingKey] = set()
        messages: set[EntryRef] = set()
        accords = persons = False
        talks = {(one.name, one.between): one for change in touched for one in change.talks}
        for (name, between), one in talks.items():
            row = summary(one, self._projections.own.party)
            self._log.publish("talks", f"{name}/{'+'.join(between)}", row)
        for change in touched:
            sightings |= change.sightings
            messages |= change.messages
            accords |= change.accords
            persons |= change.persons
            for subject in change.subjects:
                if self._projections.messages.get(subject) is not None:
                    messages.add(subject)
                found = self._projections.sightings.at(subject)
                if found is not None:
                    sightings.add(found.key)
        events = self._events_of(sightings)
        names = {event.id for event in events}
        for event in {_group(event): event for event in events}.values():
            self._show_group(event, names, now)
        for key in sightings:
            self._show_sighting(self._projections.sightings.get(key))
        for ref in messages:
            self._show_message(ref, now)
        for opening in {ref for change in touched for ref in change.incidents}:
            self._show_incident(self._projections.cases.case_at(opening), now)
        self._show_crossings({ref for change in touched for ref in change.crossings})
        if accords:
            self.show_accords(sky_time)
        if persons:
            for row in rows.person_rows(self._projections):
                self._log.publish("person", f"{row['party']}/{row['public_key']}/{row['role']}", row)

    def _show_crossings(self, refs: Iterable[EntryRef]) -> None:
        for ref in refs:
            crossed = self._projections.crossings.get(ref)
            if crossed is not None:
                self._log.publish("crossing", f"{ref.origin}/{ref.sequence}", rows.crossing_row(crossed))

    def show_accords(self, sky_time: datetime) -> None:
        """Publish accords whose state has changed, with an entry or with sky time."""
        for row in rows.accord_rows(self._projections, sky_time):
            self._log.publish("accord", row["digest"], row)

    def show_hotline(self, row: dict[str, Any]) -> None:
        """Publish the hotline's state, if it has changed."""
        self._log.publish("hotline", "state", row)

    def show_newest(self, newest: dict[SightingKey, AlertBody], now: datetime) -> None:
        """Publish alerts with the monitor's present numbers, finer than what is worth journalling."""
        changed = {key for key, body in newest.items() if self._newest.get(key) != body}
        self._newest = newest
        for event in self._events_of(changed):
            self._show_alert(event, now)

    def show_approaches(self, so_far: dict[SightingKey, rows.ApproachSoFar]) -> None:
        """Publish open approaches with the monitor's present numbers; the journal has only their ends."""
        changed = [key for key, one in so_far.items() if self._so_far.get(key) != one]
        self._so_far = so_far
        for key in changed:
            sighting = self._projections.sightings.find(key)
            if sighting is not None:
                self._show_sighting(sighting)

    def tick(self, now: datetime) -> None:
        """Publish rows that time alone has changed: a deadline has passed."""
        for key in [key for key, deadline in self._deadlines.items() if deadline <= now]:
            kind, name = key
            del self._deadlines[key]
            if kind == "message":
                self._show_message(name, now)
            elif kind == "incident":
                self._show_incident(self._projections.cases.case_at(name), now)
            else:
                for event in self._events_of([name]):
                    self._show_alert(event, now)

    def _events_of(self, keys: Iterable[SightingKey]) -> list[Event[SightingKey]]:
        found: dict[str, Event[SightingKey]] = {}
        for key in keys:
            event = self._projections.sightings.join.event_of(key)
            if event is not None:
                found[event.id] = event
        return list(found.values())

    def _show_group(self, event: Event[SightingKey], touched: Collection[str], now: datetime) -> None:
        """All events of a pair under an accord that are not as they were shown: one more observation can join
        or shift them."""
        group, before = _group(event), self._shown.get(_group(event), {})
        shown = {one.id: one for one in self._projections.sightings.join.of_group(event)}
        for name, one in shown.items():
            if one is before.get(name) and name not in touched:
                continue
            self._show_alert(one, now)
            self._show_incident(self._projections.cases.case_of(one), now)
        for gone in before.keys() - shown.keys():
            self._withdraw(gone)
        self._shown[group] = shown

    def _show_incident(self, case: Case | None, now: datetime) -> None:
        """Publish an incident; one that was shown under another name before is taken away."""
        if case is None:
            return
        row = rows.incident_row(self._projections, case, now)
        self._log.publish("incident", case.id, row.data)
        before = {self._cases.get(opening.ref) for opening in case.openings} - {None, case.id}
        self._cases.update((opening.ref, case.id) for opening in case.openings)
        for gone in before - set(self._cases.values()):
            self._withdraw(str(gone))
        if row.next_deadline is not None:
            self._deadlines["incident", case.ref] = row.next_deadline
        else:
            self._deadlines.pop(("incident", case.ref), None)

    def _show_alert(self, event: Event[SightingKey], now: datetime) -> None:
        row = rows.alert_row(self._projections, event, now, self._newest)
        if row is None:
            return
        self._log.publish("alert", event.id, row.data)
        lead = ("alert", event.members[0])
        if row.next_deadline is not None:
            self._deadlines[lead] = row.next_deadline
        else:
            self._deadlines.pop(lead, None)

    def _show_sighting(self, sighting: Sighting) -> None:
        name = f"{sighting.first.origin}/{sighting.first.sequence}"
        if sighting.key.thing == "encounter":
            self._log.publish("encounter", name, rows.encounter_row(self._projections, sighting))
        elif sighting.key.thing == "approach":
            self._log.publish(
                "approach",
                name,
                rows.approach_row(self._projections, sighting, self._so_far.get(sighting.key)),
            )
        elif sighting.key.thing == "opening":
            event = self._projections.sightings.join.event_of(sighting.key)
            members = self._projections.sightings.members(event, "approach") if event else []
            for approach in members:  # it now says which incident it became
                self._show_sighting(approach)

    def _show_message(self, ref: EntryRef, now: datetime) -> None:
        message = self._projections.messages.get(ref)
        if message is None:
            return
        row = rows.message_row(self._projections, message, now)
        self._log.publish("message", f"{ref.origin}/{ref.sequence}", row.data)
        if row.next_deadline is not None:
            self._deadlines[("message", ref)] = row.next_deadline

    def _withdraw(self, event: str) -> None:
        """Two events have turned out to be one: the second's rows say so, and consoles take them away."""
        for kind in ("alert", "incident"):
            held = self._log.rows(kind).get(event)
            if held is not None:
                self._log.publish(kind, event, {**held, "state": "cleared", "withdrawn": True})


def _group(event: Event[SightingKey]) -> Group:
    return event.level, event.accord, event.pair
