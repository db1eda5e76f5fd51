"""The hotline at the running node: its alarms, circuits, roster and drills now; and what waits for the line.

Alarms are computed anew each second for messages that can still raise one; everything else only when an entry
has touched it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from skyaccord.base.times import format_utc
from skyaccord.hotline import alarms as hotline_alarms
from skyaccord.hotline.alarms import Alarm
from skyaccord.hotline.circuit import Circuit, Owed, Wire, circuit, unchecked
from skyaccord.hotline.course import Course
from skyaccord.hotline.drills import DrillLine, DrillRun, outcome
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.node.alarms import in_order, recipients_of, releases
from skyaccord.node.heard_from import HeardFrom
from skyaccord.node.hotline_rows import alarm_row, attempt_row, circuit_row, drill_row, shift_row, voice_row
from skyaccord.node.keeper import Keeper
from skyaccord.node.message_alarms import MessageAlarms
from skyaccord.node.message_rows import words_row
from skyaccord.node.projections import Touched
from skyaccord.node.sayings import Saying
from skyaccord.record.fields import EVERY_PEER, EntryRef
from skyaccord.talks.book import WATCHED, Standing

Row = dict[str, Any]
ALARMS_SHOWN_MAX: Final = 200  # loud ones first; a console that shows more shows nothing
SHOWN_MAX: Final = 50  # of radio attempts, voice entries and drills, the newest; the lists have them all


class HotlineDesk:
    """Answers how the hotline stands. One event loop, no locks."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._messages = MessageAlarms(keeper.projections, self.courses)
        self._heard = HeardFrom(keeper.projections, self.courses)
        self._drill_rows: dict[EntryRef, Row] = {}

    def noticed(self, touched: Iterable[Touched]) -> None:
        """Look again at the messages that these entries touched."""
        changes = list(touched)
        self._messages.noticed(changes)
        messages = self._keeper.projections.messages
        for change in changes:
            for one in change.hotline:
                self._drill_rows.pop(one.ref, None)
            if change.accords:
                self._drill_rows.clear()
            for ref in (*change.messages, *change.subjects):
                message = messages.get(ref)
                if message is not None:
                    self._heard.touched([ref])
                    if message.drill is not None:
                        self._drill_rows.pop(message.drill, None)

    # ── what goes out ───────────────────────────────────────────────────────────────────────────────────

    def released(self, up: Collection[str], now: datetime, sky_time: datetime) -> list[Saying]:
        """Prepared messages whose line is back, in the order in which they go out. up: who has a link."""
        projections, found = self._keeper.projections, []
        for message in in_order(projections.messages.waiting.values(), now):
            if projections.enrolments.find(message.party, message.person, message.role) is None:
                continue  # dismissed since: nothing goes out in their name
            recipients = recipients_of(projections, message.accord)
            reached = bool(up) if EVERY_PEER in recipients else any(party in up for party in recipients)
            entry = self._keeper.journal.find(message.ref) if reached else None
            if entry is not None and not entry.sealed:
                found.append(releases(projections, entry, message, now, sky_time))
        return found

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────

    def row(self, now: datetime, sky_time: datetime, wires: Mapping[str, Wire]) -> Row:
        """The whole state, as `GET /api/hotline` gives it. It changes only when something does.

        wires: the link to each peer, as whoever asks knows it.
        """
        projections = self._keeper.projections
        line, own = projections.line, projections.own.party
        circuits = self.circuits(now, sky_time, wires)
        alarms = [*self.alarms(now), *(one for _, found in circuits for one in found)]
        drills = self.drills(now, SHOWN_MAX)
        due = self.drill_due(sky_time)
        if due is not None and now >= due[1]:
            alarms.append(Alarm("drill-overdue", own, due[0], due[1], False))
        alarms.sort(key=lambda one: (not one.loud, one.since))
        names = {(one.party, one.public_key): one.name for one in projections.enrolments.all()}
        return {
            "party": own,
            "alarms": [alarm_row(one, own) for one in alarms[:ALARMS_SHOWN_MAX]],
            "alarms_left_out": max(0, len(alarms) - ALARMS_SHOWN_MAX),
            "loud": any(one.loud for one in alarms),
            "circuits": [circuit_row(one) for one, _ in circuits],
            "roster": [shift_row(one, names, now) for one in line.roster.current(now)],
            "rosters_kept": [party for party in sorted(projections.cards) if line.roster.kept(party, now)],
            "waiting": self.waiting(now),
            "drills": drills,
            "drill_due_at": None if due is None else format_utc(due[1]),
            "drill_terms": self.drill_terms(sky_time),
            "voices": [voice_row(one, projections) for one in line.voices.all()[-SHOWN_MAX:]],
            "radio": [attempt_row(one, projections) for one in line.attempts()[-SHOWN_MAX:]],
        }

    def waiting(self, now: datetime) -> list[Row]:
        """Prepared messages, in the order in which they will go out."""
        projections = self._keeper.projections
        return [
            {
                "ref": one.ref.model_dump(mode="json"),
                "to_role": one.to_role,
                "text": one.text,
                "language": one.language,
                "at": format_utc(one.at),
                **words_row(projections, one),
            }
            for one in in_order(projections.messages.waiting.values(), now)
        ]

    def alarms(self, now: datetime) -> list[Alarm]:
        """Every alarm about messages, and nothing about those that can raise none any more."""
        return self._messages.now(now)

    def courses(self, message: HotlineMessage, now: datetime) -> list[Course]:
        """How far a message came towards each party."""
        projections = self._keeper.projections
        book = projections.phrases(message.accord)
        return projections.courses.of(message, book, now, projections.own.party)

    def circuits(
        self, now: datetime, sky_time: datetime, wires: Mapping[str, Wire]
    ) -> list[tuple[Circuit, list[Alarm]]]:
        """The circuit to each other party, with its alarms; where several accords want checks, by the one
        that wants them oftenest."""
        projections = self._keeper.projections
        own = projections.own.party
        wanted: dict[str, tuple[Owed, str]] = {}
        for standing in self._standing(sky_time):
            accord = projections.accord_as_it_runs(standing.digest)
            if accord is None or accord.circuit_checks is None:
                continue
            since = max((one.recorded_at for one in standing.signatures), default=now)
            for party in [one.id for one in accord.parties if one.id != own]:
                held = wanted.get(party)
                if held is None or accord.circuit_checks.every_s < held[0].terms.every_s:
                    wanted[party] = Owed(accord.circuit_checks, since), accord.circuit_checks.role
        found = []
        for party in sorted({*wanted, *projections.peers}):
            wire, heard_there = wires.get(party, Wire()), self._heard.of(party, now)
            owed, role = wanted.get(party, (None, None))
            if owed is None:
                one = unchecked(party, heard_there, wire)
            else:
                one = circuit(party, owed, heard_there, now, wire)
            found.append((one, hotline_alarms.of_circuit(one, role, now)))
        return found

    def _standing(self, sky_time: datetime) -> list[Standing]:
        standings = self._keeper.projections.book.standings(sky_time)
        return [one for one in standings if one.state in WATCHED]

    def drill_due(self, sky_time: datetime) -> tuple[str, datetime] | None:
        """Role and wall time of the next drill that an accord wants; None without one."""
        projections = self._keeper.projections
        found: list[tuple[str, datetime]] = []
        for standing in self._standing(sky_time):
            accord = projections.accord_as_it_runs(standing.digest)
            if accord is not None and accord.drills is not None:
                since = max(one.recorded_at for one in standing.signatures)
                last = projections.line.drills.last_closed(standing.digest) or since
                found.append((accord.drills.role, last + timedelta(days=accord.drills.every_days)))
        return min(found, key=lambda one: one[1], default=None)

    def drill_terms(self, sky_time: datetime) -> Row | None:
        """What the accord in force wants practised; None without one that says so."""
        for standing in self._standing(sky_time):
            accord = self._keeper.projections.accord_as_it_runs(standing.digest)
            if accord is not None and accord.drills is not None:
                terms = accord.drills
                return {"phrases": list(terms.phrases), "answer_within_s": terms.answer_within_s}
        return None

    def drills(self, now: datetime, newest: int | None = None) -> list[Row]:
        """Every drill with its result so far, or the newest ones. A row is made anew when an entry has
        touched its drill."""
        drills = self._keeper.projections.line.drills.all()
        found = []
        for drill in drills if newest is None else drills[-newest:]:
            if drill.ref not in self._drill_rows:
                lines = self.drill_lines(drill, now)
                self._drill_rows[drill.ref] = drill_row(drill, lines, outcome(drill, lines))
            found.append(self._drill_rows[drill.ref])
        return found

    def drill_lines(self, drill: DrillRun, now: datetime) -> list[DrillLine]:
        """Each phrase of a drill towards each party: when it was delivered, read, acknowledged."""
        found: list[DrillLine] = []
        messages = self._keeper.projections.messages.of_drill(drill.ref)
        for code in drill.phrases:
            said = [one for one in messages if one.code == code]
            if not said:
                found.append(DrillLine(code, "", None, None, None, None, None, False))
            for course in self.courses(said[0], now) if said else ():
                took = course.seconds(course.acknowledged_at)
                read = course.seconds(course.read.at if course.read else None)
                role = course.acknowledgement.role if course.acknowledgement else None
                in_time = took is not None and took <= drill.answer_within_s
                delivered = course.seconds(course.delivered_at)
                found.append(DrillLine(code, course.party, said[0].ref, delivered, read, took, role, in_time))
        return found
