"""The hotline as the journals have it, beside its messages: who read what, read-backs, roster, drills, radio
attempts, voice entries.

`Line` is fed with every entry, each journal in its order; a statement counts only with the signature of an
enrolled person of the journal's own party, checked here again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from skyaccord.base.errors import RefusedError
from skyaccord.hotline import acts
from skyaccord.hotline.drills import Drills
from skyaccord.hotline.duty import Roster
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.hotline.places import ReadBackCheck, compare
from skyaccord.hotline.values import Position, PositionValue
from skyaccord.hotline.voice import Voices
from skyaccord.record.acts import PersonStatement
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.statement import verify_statement

Thing = Literal["message", "duty", "drill", "radio", "voice"]
KINDS: Final = (acts.READ, acts.READ_BACK, acts.DUTY, acts.DRILL, acts.RADIO, acts.VOICE)


@dataclass(frozen=True)
class Touch:
    """What an entry changed: a thing of the hotline, named by its entry."""

    thing: Thing
    ref: EntryRef


@dataclass(frozen=True)
class Reading:
    """A person's device has opened a message."""

    party: str
    role: str
    name: str
    at: datetime


@dataclass(frozen=True)
class ReadBack:
    """A position as its receiver understood it."""

    ref: EntryRef
    party: str
    role: str
    name: str
    param: str
    position: Position
    at: datetime
    automatic: bool


@dataclass(frozen=True)
class Attempt:
    """Calls on the radio as one party recorded them. sky_time: of the node; said has when they were made."""

    ref: EntryRef
    said: acts.RadioAttempt
    name: str
    sky_time: datetime
    exercise: bool


class Line:
    """Everything of the hotline but the messages themselves."""

    def __init__(self) -> None:
        self.roster = Roster()
        self.drills = Drills()
        self.voices = Voices()
        self._readings: dict[EntryRef, dict[str, Reading]] = {}
        self._read_backs: dict[EntryRef, list[ReadBack]] = {}
        self._attempts: dict[EntryRef, Attempt] = {}

    def add(
        self, enrolments: Enrolments, ref: EntryRef, header: Header, body: dict[str, Any]
    ) -> Touch | None:
        """Take an entry; what it changed, or None. RefusedError: it is the hotline's, and counts for
        nothing.
        """
        if header.kind not in KINDS:
            return None
        said = verify_statement(
            body.get("statement"), enrolments, before=header.sequence, recorded_at=header.recorded_at
        )
        if said.party != header.party:
            raise RefusedError("a person of another party")
        person = enrolments.find(said.party, said.person, said.role, before=header.sequence)
        name = person.name if person else ""
        return self._about_message(ref, said, name) or self._about_itself(ref, header, said, name)

    def _about_message(self, ref: EntryRef, said: PersonStatement, name: str) -> Touch | None:
        if isinstance(said, acts.Read):
            first = self._readings.setdefault(said.of, {})
            first.setdefault(said.party, Reading(said.party, said.role, name, said.at))
            return Touch("message", said.of)
        if isinstance(said, acts.ReadBack):
            read_back = ReadBack(
                ref, said.party, said.role, name, said.param, said.position, said.at, said.automatic
            )
            self._read_backs.setdefault(said.of, []).append(read_back)
            return Touch("message", said.of)
        return None

    def _about_itself(self, ref: EntryRef, header: Header, said: PersonStatement, name: str) -> Touch | None:
        if isinstance(said, acts.Duty):
            return Touch("duty", self.roster.take(ref, said).ref)
        if isinstance(said, acts.Drill):
            self.drills.take(ref, said)
            return Touch("drill", said.drill or ref)
        if isinstance(said, acts.RadioAttempt):
            exercise = said.exercise or header.exercise
            self._attempts[ref] = Attempt(ref, said, name, header.sky_time, exercise)
            return Touch("radio", ref)
        if isinstance(said, acts.Voice):
            return Touch("voice", self.voices.take(ref, said))
        return None

    def reading(self, ref: EntryRef, party: str) -> Reading | None:
        """Who of this party first opened the message."""
        return self._readings.get(ref, {}).get(party)

    def readings(self, ref: EntryRef) -> list[Reading]:
        """The first opening at each party."""
        return sorted(self._readings.get(ref, {}).values(), key=lambda one: (one.at, one.party))

    def read_backs(self, ref: EntryRef) -> list[ReadBack]:
        """Every read-back of a message's positions, in order of arrival."""
        return list(self._read_backs.get(ref, ()))

    def attempts(self) -> list[Attempt]:
        """Every radio attempt, by its first call."""
        return sorted(self._attempts.values(), key=lambda one: (one.said.first_at, one.ref.sequence))


@dataclass(frozen=True)
class Judged:
    """A read-back beside what was sent. check: None if the message has no such position."""

    read_back: ReadBack
    check: ReadBackCheck | None

    @property
    def mismatch(self) -> bool:
        return self.check is None or self.check.mismatch


def judged(message: HotlineMessage, read_backs: list[ReadBack]) -> list[Judged]:
    """Each party's newest read-back of each position of this message, beside what was sent."""
    sent = {value.name: value.position for value in message.params if isinstance(value, PositionValue)}
    newest: dict[tuple[str, str], ReadBack] = {}
    for one in read_backs:
        newest[one.party, one.param] = one
    return [
        Judged(one, compare(sent[one.param], one.position) if one.param in sent else None)
        for one in newest.values()
    ]


def unread_back(message: HotlineMessage, read_backs: list[ReadBack], party: str) -> list[str]:
    """The positions of this message that `party` has not read back yet."""
    done = {one.param for one in read_backs if one.party == party}
    return [
        value.name for value in message.params if isinstance(value, PositionValue) and value.name not in done
    ]
