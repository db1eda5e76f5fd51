"""Who was asked, who answered when, and who did not: from what the journals themselves say.

An acknowledgement is a person's statement whose act is `acknowledge`; it names what it is of. A `silence` is
its asker's entry: nobody of `party` acknowledged `of` within `deadline_s` of wall time. (The hotline gives
both their meaning; here their fields are enough.) Taken are only entries whose content holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.base.times import format_utc
from skyaccord.record.envelope import Envelope
from skyaccord.record.fields import EntryRef
from skyaccord.record.kinds import PERSON_ENROLLED, PersonEnrolled
from skyaccord.record.statement import read_statement

ACKNOWLEDGE: Final = "acknowledge"
ACKNOWLEDGEMENT: Final = "acknowledgement"
SILENCE: Final = "silence"


@dataclass(frozen=True)
class Answer:
    """A person's acknowledgement: where it stands, for which party and role, when it was signed.

    person: the public key that signed. name: as its party had enrolled it by then; None if that is not here.
    """

    ref: tuple[str, int]
    party: str
    role: str
    at: datetime
    person: str
    name: str | None

    @property
    def who(self) -> str:
        """Like `duty-officer of B (Amal Haddad)`."""
        return f"{self.role} of {self.party}" + ("" if self.name is None else f" ({self.name})")


@dataclass(frozen=True)
class Lapse:
    """A role whose time ran out, as its asker has journalled it.

    ref: where that stands. recorded_at: wall clock of its asker. received_at: when the party asked received
    it, by its own receipt. answered: the first acknowledgement after all, if any.
    """

    of: tuple[str, int]
    ref: tuple[str, int]
    party: str
    role: str
    deadline_s: float
    recorded_at: datetime
    received_at: datetime | None = None
    answered: Answer | None = None

    def told(self) -> str:
        """Like `duty-officer of B did not answer within 60 s (entry 7 of A says so at …; B received it at …):
        NEVER answered`."""
        said = (
            f"{self.role} of {self.party} did not answer within {self.deadline_s:g} s "
            f"(entry {self.ref[1]} of {self.ref[0].split('/')[1]} says so at {format_utc(self.recorded_at)}; "
            f"{self._received()})"
        )
        if self.answered is None:
            return f"{said}: NEVER answered"
        answer = self.answered
        where = f"entry {answer.ref[1]} of {answer.ref[0].split('/')[1]}"
        return f"{said}: answered LATE, by {answer.who} at {format_utc(answer.at)}, {where}"

    def _received(self) -> str:
        """Whether it could be read in time: each by the clock of who says it."""
        if self.received_at is None:
            return f"no receipt of {self.party} for it is here"
        later = " ONLY" if self.received_at >= self.recorded_at else ""
        return f"{self.party} received it{later} at {format_utc(self.received_at)}"


def _not_known(_of: tuple[str, int], _party: str) -> datetime | None:
    return None


@dataclass
class Asked:
    """Acknowledgements and lapses of all journals of a check. received_at: when a party received an entry, by
    its receipt; put there by whoever knows the receipts."""

    answers: dict[tuple[str, int], list[Answer]] = field(default_factory=dict)
    received_at: Callable[[tuple[str, int], str], datetime | None] = _not_known
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _lapses: list[Lapse] = field(default_factory=list)

    def add(self, envelope: Envelope) -> None:
        """Take an entry whose content holds, of a journal in its order; others than enrolments,
        acknowledgements and silences are nothing."""
        if envelope.header.kind == PERSON_ENROLLED:
            self._enrolled(envelope)
        elif envelope.header.kind == ACKNOWLEDGEMENT:
            self._acknowledged(envelope)
        elif envelope.header.kind == SILENCE:
            self._lapsed(envelope)

    def _enrolled(self, envelope: Envelope) -> None:
        try:
            person = PersonEnrolled.model_validate(envelope.body)
        except ValidationError:
            return
        self._names[envelope.header.party, person.public_key] = person.name

    def _acknowledged(self, envelope: Envelope) -> None:
        header = envelope.header
        try:
            said: Any = read_statement(envelope.body.get("statement"))
        except RefusedError:
            return
        of = getattr(said, "of", None)
        if said.act != ACKNOWLEDGE or not isinstance(of, EntryRef):
            return
        name = self._names.get((header.party, said.person))
        answer = Answer((header.origin, header.sequence), said.party, said.role, said.at, said.person, name)
        self.answers.setdefault((of.origin, of.sequence), []).append(answer)

    def _lapsed(self, envelope: Envelope) -> None:
        header, body = envelope.header, envelope.body
        try:
            of = EntryRef.model_validate(body.get("of"))
        except ValidationError:
            return
        deadline_s = body.get("deadline_s")
        if of.origin != header.origin or not isinstance(deadline_s, int | float):
            return  # only who asked can say that nobody answered in time
        place = (of.origin, of.sequence)
        ref = (header.origin, header.sequence)
        party, role = str(body.get("party")), str(body.get("role"))
        self._lapses.append(Lapse(place, ref, party, role, float(deadline_s), header.recorded_at))

    def lapses(self) -> list[Lapse]:
        """Every lapse with the first acknowledgement by that party after all; in the journals' order."""
        return [
            Lapse(
                one.of, one.ref, one.party, one.role, one.deadline_s, one.recorded_at,
                self.received_at(one.of, one.party),
                next((found for found in self.answers.get(one.of, ()) if found.party == one.party), None),
            )
            for one in self._lapses
        ]  # fmt: skip

    @property
    def acknowledged(self) -> int:
        """How many entries somebody acknowledged."""
        return len(self.answers)

    def to_dict(self) -> dict[str, Any]:
        """For `--format json`."""
        found = self.lapses()
        return {
            "acknowledged": self.acknowledged,
            "late": [_line(one) for one in found if one.answered is not None],
            "never": [_line(one) for one in found if one.answered is None],
        }


def _line(one: Lapse) -> dict[str, Any]:
    answered = one.answered
    line: dict[str, Any] = {
        "origin": one.of[0],
        "sequence": one.of[1],
        "party": one.party,
        "role": one.role,
        "deadline_s": one.deadline_s,
        "said_by": {"origin": one.ref[0], "sequence": one.ref[1]},
        "said_at": format_utc(one.recorded_at),
        "received_at": None if one.received_at is None else format_utc(one.received_at),
    }
    if answered is not None:
        by = {"origin": answered.ref[0], "sequence": answered.ref[1]}
        line["answered"] = {**by, "role": answered.role, "name": answered.name, "at": format_utc(answered.at)}
    return line
