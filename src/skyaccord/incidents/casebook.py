"""Every incident of a node: a projection of both sides' journals, and of nothing else.

    incident.opened        a pair of aircraft: joined by event (`incidents.py`)          ┐
    incident.reported      a crossing: joined by place, aircraft and time;               ├─► one case each
                           conduct, an uncoordinated flight, by hand: one each           ┘
    incident.*             words, reconstructions, silences: about the opening that they name

Feed it entries in any order between journals, each journal in its own; what arrives before the opening that
it is about waits for it. Limits count one party's own words, so that they do not depend on what came first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

from skyaccord.accord.procedures import IncidentProcedure
from skyaccord.base.errors import InputError, RefusedError
from skyaccord.incidents.acts import OpenIncident
from skyaccord.incidents.case import Case, Level, Opening, Reconstructed, Silence
from skyaccord.incidents.covering import covers
from skyaccord.incidents.crossings import CrossingBody
from skyaccord.incidents.dues import SILENCE, IncidentSilenceBody
from skyaccord.incidents.events import SLACK_S, Event, EventJoin, Interval
from skyaccord.incidents.facts import facts_of
from skyaccord.incidents.incidents import Incident, incident_of, opening_body
from skyaccord.incidents.questions import questions_of
from skyaccord.incidents.reconstruction import RECONSTRUCTION, ReconstructionBody
from skyaccord.incidents.sightings import Sighting, SightingKey, Sightings
from skyaccord.incidents.statements import (
    REPORTED,
    WORD_KINDS,
    AccountStatement,
    CloseStatement,
    FactStatement,
    IncidentStatement,
    NoteStatement,
    QuestionStatement,
    ReportedBody,
    ReportIncident,
    SeverityStatement,
)
from skyaccord.incidents.words import Word, in_order
from skyaccord.record.acts import PersonStatement
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.statement import read_statement

WORDS_OF_A_PARTY_MAX: Final = 2000
"""Words of one party about one opening: more than any inquiry has pages. Later ones count for nothing."""
RECONSTRUCTIONS_OF_A_PARTY_MAX: Final = 20  # about one opening; the newest counts

PartiesOf = Callable[[str | None], tuple[str, ...]]
"""Accord digest → the parties that must account for what happens under it."""
ProcedureOf = Callable[[str | None], IncidentProcedure | None]
"""Accord digest → what it asks about incidents."""


class Report:
    """One `incident.reported` entry."""

    def __init__(self, ref: EntryRef, header: Header, body: ReportedBody) -> None:
        self.ref = ref
        self.header = header
        self.body = body
        said = None if body.statement is None else read_statement(body.statement)
        self.said = said if isinstance(said, ReportIncident) else None

    @property
    def interval(self) -> Interval | None:
        """Where a crossing joins with the other side's of the same one; None for all other reports."""
        crossing = self.body.crossing
        if crossing is None:
            return None
        pair = (crossing.icao24, crossing.place)
        return Interval("crossing", self.header.accord, pair, crossing.time, crossing.time)

    @property
    def opening(self) -> Opening:
        """As an opening of the case."""
        said, header = self.said, self.header
        return Opening(
            ref=self.ref,
            party=header.party,
            recorded_at=header.recorded_at,
            sky_time=header.sky_time,
            exercise=header.exercise,
            reason="crossing" if said is None else said.reason,
            automatic=said is None or said.automatic,
            role=None if said is None else said.role,
            note="" if said is None else said.note,
            about=self.body.about,
        )


class CaseBook:
    """The projection. sightings: the one that the same entries are fed to."""

    def __init__(self, sightings: Sightings, parties_of: PartiesOf, procedure_of: ProcedureOf) -> None:
        self._sightings = sightings
        self._parties_of = parties_of
        self._procedure_of = procedure_of
        self._reports: dict[EntryRef, Report] = {}
        self._crossed: EventJoin[EntryRef] = EventJoin()
        self._words: dict[EntryRef, list[Word[PersonStatement]]] = {}
        self._made: dict[EntryRef, list[Reconstructed]] = {}
        self._silences: dict[EntryRef, list[Silence]] = {}
        self._erased: dict[EntryRef, None] = {}

    def erased(self, ref: EntryRef) -> None:
        """The contents of this entry about incidents are gone; its leaf is not."""
        self._erased[ref] = None

    def add(self, ref: EntryRef, header: Header, body: dict[str, Any]) -> EntryRef | None:
        """Take one entry that the record has checked; the opening that it changes, or None.

        RefusedError, ValidationError: it does not fit, and counts for nothing.
        """
        if header.kind == REPORTED:
            return self._add_report(Report(ref, header, ReportedBody.model_validate(body)))
        if header.kind in WORD_KINDS:
            said = read_statement(body.get("statement"))
            if not isinstance(said, IncidentStatement):
                return None
            return self._add_word(said.incident, _word(ref, header, said))
        if header.kind == RECONSTRUCTION:
            made = ReconstructionBody.model_validate(body)
            held = self._made.setdefault(made.incident, [])
            if sum(one.party == header.party for one in held) >= RECONSTRUCTIONS_OF_A_PARTY_MAX:
                raise RefusedError(f"party {header.party} has reconstructed this often enough")
            held.append(Reconstructed(ref, header.party, header.recorded_at, made))
            return made.incident
        if header.kind == SILENCE:
            silent = IncidentSilenceBody.model_validate(body)
            held_silences = self._silences.setdefault(silent.incident, [])
            if not any(_same_silence(one, header.party, silent) for one in held_silences):
                held_silences.append(Silence(ref, header.party, header.recorded_at, silent))
            return silent.incident
        return None

    def _add_report(self, report: Report) -> EntryRef:
        said = report.said
        if said is not None and said.incident is not None:
            return self._add_word(said.incident, _word(report.ref, report.header, said))
        self._reports[report.ref] = report
        interval = report.interval
        if interval is not None:
            self._crossed.put(report.ref, interval)
        return report.ref

    def _add_word(self, target: EntryRef, word: Word[PersonStatement]) -> EntryRef:
        held = self._words.setdefault(target, [])
        if sum(one.party == word.party for one in held) >= WORDS_OF_A_PARTY_MAX:
            raise RefusedError(f"party {word.party} has said {len(held)} things about one incident")
        held.append(word)
        return target

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────

    def case_at(self, ref: EntryRef) -> Case | None:
        """The incident that this entry opened, None if it opened none (or its entry is not here yet)."""
        report = self._reports.get(ref)
        if report is not None:
            event = self._crossed.event_of(ref)
            reports = [report] if event is None else [self._reports[key] for key in event.members]
            return self._of_reports(reports, event)
        event_of_pair = self._sightings.event_at(ref)
        sighting = self._sightings.at(ref)
        if event_of_pair is None or sighting is None or sighting.key.thing != "opening":
            return None
        return self.case_of(event_of_pair)

    def case_of(self, event: Event[SightingKey]) -> Case | None:
        """The incident that an event of a pair is."""
        incident = incident_of(self._sightings, event)
        return None if incident is None else self._of_pair(incident)

    def __iter__(self) -> Iterator[Case]:
        """Every incident; pairs first, in no special order."""
        for event in list(self._sightings.join.events()):
            case = self.case_of(event)
            if case is not None:
                yield case
        seen: set[EntryRef] = set()
        for ref in list(self._reports):
            if ref not in seen:
                found = self.case_at(ref)
                if found is not None:
                    seen |= {opening.ref for opening in found.openings}
                    yield found

    def newest_first(self) -> list[Case]:
        """Every incident, by sky time."""
        return sorted(self, key=lambda case: (case.start, case.id), reverse=True)

    def named(self, name: str) -> Case:
        """The incident of this name, or of the only one whose name begins so. InputError: none, several."""
        if not name.strip():
            raise InputError("an incident has a name", do="see `skyaccord incident list`")
        cases = {case.id: case for case in self}
        found = [one for key, one in cases.items() if key.startswith(name)]
        if name in cases:
            found = [cases[name]]
        if len(found) == 1:
            return found[0]
        if not found:
            raise InputError(f"no incident {name[:80]!r} here", do="see `skyaccord incident list`")
        names = ", ".join(sorted(one.id for one in found)[:5])
        raise InputError(f"several incidents begin with {name[:80]!r}: {names}", do="give more of the name")

    def has_opened_crossing(self, accord: str | None, crossing: CrossingBody, party: str) -> bool:
        """Whether this party has opened an incident about the same crossing already."""
        slack = timedelta(seconds=SLACK_S)
        here = Interval("crossing", accord, (crossing.icao24, crossing.place), crossing.time, crossing.time)
        return any(
            event.start - slack <= crossing.time <= event.end + slack
            and any(self._reports[ref].header.party == party for ref in event.members)
            for event in self._crossed.of_group(here)
        )

    # ── putting together ────────────────────────────────────────────────────────────────────────────────

    def _of_pair(self, incident: Incident) -> Case:
        event = incident.event
        first = next(iter(incident.observations.values()), None)
        base = Case(
            id=incident.id,
            level=event.level,
            accord=incident.accord,
            parties=self._parties_of(incident.accord),
            procedure=self._procedure_of(incident.accord),
            reason=incident.reason,
            aircraft=event.pair,
            callsigns=first.callsigns if first else (None, None),
            start=event.start,
            end=event.end,
            openings=tuple(_opening(opening) for opening in incident.openings),
            observations=incident.observations,
        )
        return self._filled(base)

    def _of_reports(self, reports: list[Report], event: Event[EntryRef] | None) -> Case:
        reports = sorted(reports, key=lambda one: (one.header.recorded_at, one.ref.origin, one.ref.sequence))
        lead, said = reports[0], reports[0].said
        crossings: dict[str, CrossingBody] = {
            one.header.party: one.body.crossing for one in reports if one.body.crossing is not None
        }
        crossing = next(iter(crossings.values()), None)
        start, end, aircraft, callsigns = _when_and_who(lead, crossing)
        level: Level = "report" if event is None else "crossing"
        base = Case(
            id=f"report.{lead.header.party}.{lead.ref.sequence}" if event is None else event.id,
            level=level,
            accord=lead.header.accord,
            parties=self._parties_of(lead.header.accord),
            procedure=self._procedure_of(lead.header.accord),
            reason="crossing" if said is None else said.reason,
            aircraft=aircraft,
            callsigns=callsigns,
            start=start if event is None else event.start,
            end=end if event is None else event.end,
            openings=tuple(one.opening for one in reports),
            crossings=crossings,
        )
        own = [_word(one.ref, one.header, one.said) for one in reports if one.said is not None]
        return self._filled(base, own)

    def _filled(self, case: Case, own: list[Word[PersonStatement]] | None = None) -> Case:
        """The case with every word about any of its openings."""
        refs = [opening.ref for opening in case.openings]
        said = [*(own or []), *(word for ref in refs for word in self._words.get(ref, []))]
        words = in_order(word for word in said if word.party in case.parties)
        made: dict[str, Reconstructed] = {}
        everything = [one for ref in refs for one in self._made.get(ref, []) if one.party in case.parties]
        for one in sorted(everything, key=lambda one: one.ref.sequence):
            made[one.party] = one
        silences = [one for ref in refs for one in self._silences.get(ref, []) if one.seen_by in case.parties]
        covered = [word.ref for word in words if not isinstance(word.said, CloseStatement)]
        closings: list[Word[CloseStatement]] = _of(words, CloseStatement)
        return replace(
            case,
            reconstructions=dict(sorted(made.items())),
            conduct=tuple(word for word in _of(words, ReportIncident) if word.said.reason == "conduct"),
            accounts=tuple(_of(words, AccountStatement)),
            facts=facts_of(_of(words, FactStatement), case.parties),
            questions=questions_of(_of(words, QuestionStatement)),
            notes=tuple(_of(words, NoteStatement)),
            severities=tuple(_of(words, SeverityStatement)),
            closings=tuple(closings),
            silences=tuple(sorted(silences, key=lambda one: (one.recorded_at, one.ref.origin))),
            refs=tuple(dict.fromkeys([*refs, *covered, *(one.ref for one in everything)])),
            words=tuple(words),
            erased=self._gone(closings),
        )

    def _gone(self, closings: list[Word[CloseStatement]]) -> tuple[EntryRef, ...]:
        """The erased entries that closings of one incident name."""
        if not self._erased:
            return ()
        return tuple(ref for ref in self._erased if any(covers(word.said.entries, ref) for word in closings))


def _of(words: list[Word[PersonStatement]], model: type[Any]) -> list[Word[Any]]:
    return [cast("Word[Any]", word) for word in words if isinstance(word.said, model)]


def _word(ref: EntryRef, header: Header, said: PersonStatement) -> Word[PersonStatement]:
    return Word(ref, header.recorded_at, header.sky_time, header.exercise, said)


def _same_silence(one: Silence, party: str, body: IncidentSilenceBody) -> bool:
    return one.seen_by == party and (one.body.party, one.body.what) == (body.party, body.what)


def _opening(sighting: Sighting) -> Opening:
    """A pair's opening."""
    body, header = opening_body(sighting), sighting.first_header
    said = None if body.statement is None else read_statement(body.statement)  # verified when it came in
    officer = said if isinstance(said, OpenIncident) else None
    return Opening(
        ref=sighting.first,
        party=sighting.party,
        recorded_at=header.recorded_at,
        sky_time=header.sky_time,
        exercise=header.exercise,
        reason=body.reason,
        automatic=officer is None or officer.automatic,
        role=None if officer is None else officer.role,
        note="" if officer is None else officer.note,
        about=body.about,
    )


def _when_and_who(
    report: Report, crossing: CrossingBody | None
) -> tuple[datetime, datetime, tuple[str, ...], tuple[str | None, ...]]:
    """Sky time and aircraft of a report."""
    if crossing is not None:
        return crossing.time, crossing.time, (crossing.icao24,), (crossing.callsign,)
    if report.said is not None:
        aircraft = tuple(report.said.aircraft)
        return report.said.start, report.said.end, aircraft, (None,) * len(aircraft)
    time = report.header.sky_time
    return time, time, (), ()
