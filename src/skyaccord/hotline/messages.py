"""Messages between roles, and how far each has come: transported, held (a receipt), acknowledged (a person).

These are three states, shown apart. A message is held by a party when that party's signed receipt covers its
place in the sender's journal (`skyaccord.record.receipts`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.hotline.acts import MESSAGE, PREPARED, Message, PreparedMessage, RoleWords
from skyaccord.hotline.asking import Asking
from skyaccord.hotline.bodies import RELEASED, ReleasedBody
from skyaccord.hotline.values import Value
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Header
from skyaccord.record.fields import SEQUENCE_MAX, EntryRef
from skyaccord.record.statement import statement_digest, verify_statement

PREPARED_MAX: Final = 200
"""Prepared messages that wait at one node: more than a line that is down for a week gives people to say."""


@dataclass(frozen=True)
class HotlineMessage:
    """One verified message. at: when the person signed it. recorded_at: wall clock of the sender's node.

    code, params: of the phrasebook; text: free, never parsed. corrects: the message that it takes the place
    of. drill: the drill it is part of. prepared: the sealed entry that it was released from; expired: its
    time had run out by then, and it asks nobody.
    """

    ref: EntryRef
    party: str
    role: str
    name: str
    to_role: str
    text: str
    language: str
    at: datetime
    recorded_at: datetime
    sky_time: datetime
    about: EntryRef | None
    accord: str | None
    exercise: bool
    automatic: bool
    person: str = ""
    code: str | None = None
    params: tuple[Value, ...] = ()
    corrects: EntryRef | None = None
    drill: EntryRef | None = None
    expires_at: datetime | None = None
    prepared: EntryRef | None = None
    expired: bool = False


WithinOf = Callable[[HotlineMessage], float | None]
"""How long the first role has for this message, where the message itself says so; else None."""


def _by_role(_message: HotlineMessage) -> float | None:
    return None


class Messages:
    """Every message of every journal; each asks its role at every other party.

    waiting: our own prepared messages that are not released yet, by the entry they are sealed in.
    """

    def __init__(self, asking: Asking, within: WithinOf = _by_role) -> None:
        self._asking = asking
        self._within = within
        self._messages: dict[EntryRef, HotlineMessage] = {}
        self._by_journal: dict[str, list[HotlineMessage]] = {}  # each in order of its entries
        self._released: dict[EntryRef, EntryRef] = {}
        self._said: dict[tuple[str, str], EntryRef] = {}  # journal, what was signed → its release
        self._corrected: dict[EntryRef, EntryRef] = {}
        self._answers: dict[EntryRef, list[HotlineMessage]] = {}
        self._of_drill: dict[EntryRef, list[HotlineMessage]] = {}
        self.waiting: dict[EntryRef, HotlineMessage] = {}

    def add(
        self,
        enrolments: Enrolments,
        ref: EntryRef,
        header: Header,
        body: dict[str, Any],
        audience: Iterable[str],
    ) -> HotlineMessage | None:
        """Take an entry; the message in it, or None. audience: parties other than the sender that read it."""
        message = self._read(enrolments, ref, header, body)
        if message is None:
            return None
        if header.kind == PREPARED:
            if ref not in self._released:
                self.waiting[ref] = message
            return message
        if message.prepared is not None:
            if self._released.setdefault(message.prepared, ref) != ref:
                return None  # released once already: said once
            self.waiting.pop(message.prepared, None)
            digest = statement_digest(body["statement"])
            if self._said.setdefault((ref.origin, digest), ref) != ref:
                return None  # the same words under another `prepared`
        self._messages[ref] = message
        insort(self._by_journal.setdefault(ref.origin, []), message, key=_place)
        if message.corrects is not None and message.corrects.origin == ref.origin:
            self._corrected.setdefault(message.corrects, ref)
        if message.about is not None:
            self._answers.setdefault(message.about, []).append(message)
        if message.drill is not None:
            self._of_drill.setdefault(message.drill, []).append(message)
        if not message.expired:
            asked = {party: message.to_role for party in audience if party != header.party}
            self._asking.ask(ref, header.accord, asked, header.recorded_at, within_s=self._within(message))
        return message

    def _read(
        self, enrolments: Enrolments, ref: EntryRef, header: Header, body: dict[str, Any]
    ) -> HotlineMessage | None:
        """The message in an entry, if a person of the journal's own party signed it."""
        prepared, expired = None, False
        place, recorded_at = header.sequence, header.recorded_at
        try:
            if header.kind == RELEASED:
                release = ReleasedBody.model_validate(body)
                prepared, expired = release.prepared, release.expired
                if prepared.origin != header.origin or prepared.sequence >= header.sequence:
                    return None
                said = verify_statement(release.statement, enrolments, before=prepared.sequence)
                if enrolments.find(said.party, said.person, said.role, before=place) is None:
                    return None  # dismissed since
            elif header.kind in (MESSAGE, PREPARED):
                said = verify_statement(
                    body.get("statement"), enrolments, before=place, recorded_at=recorded_at
                )
            else:
                return None
        except (RefusedError, ValidationError):
            return None
        wanted = Message if header.kind == MESSAGE else PreparedMessage
        if not isinstance(said, wanted) or said.party != header.party or said.accord != header.accord:
            return None
        assert isinstance(said, RoleWords)  # noqa: S101 (both are)
        person = enrolments.find(said.party, said.person, said.role, before=place)
        message = HotlineMessage(
            ref=ref,
            party=said.party,
            role=said.role,
            name=person.name if person else "",
            to_role=said.to_role,
            text=said.text,
            language=said.language,
            at=said.at,
            recorded_at=recorded_at,
            sky_time=header.sky_time,
            about=said.about,
            accord=said.accord,
            exercise=said.exercise or header.exercise,
            automatic=said.automatic,
            person=said.person,
            code=said.code,
            params=tuple(said.params),
            corrects=said.corrects,
            drill=said.drill,
            expires_at=said.expires_at,
            prepared=prepared,
        )
        late = said.expires_at is not None and recorded_at >= said.expires_at
        return replace(message, expired=prepared is not None and (expired or late))

    def corrected_by(self, ref: EntryRef) -> EntryRef | None:
        """The message that took the place of this one."""
        return self._corrected.get(ref)

    def answers(self, ref: EntryRef) -> list[HotlineMessage]:
        """Messages about this entry, in their order of arrival."""
        return list(self._answers.get(ref, ()))

    def of_drill(self, drill: EntryRef) -> list[HotlineMessage]:
        """The messages that belong to this drill, by the time they were recorded."""
        found = self._of_drill.get(drill, ())
        return sorted(found, key=lambda one: (one.recorded_at, one.ref.origin, one.ref.sequence))

    def released(self, prepared: EntryRef) -> EntryRef | None:
        """The entry in which a prepared message went out."""
        return self._released.get(prepared)

    def get(self, ref: EntryRef) -> HotlineMessage | None:
        """The message that stands in this entry."""
        return self._messages.get(ref)

    def of_journal(self, origin: str, first: int = 0, last: int = SEQUENCE_MAX) -> list[HotlineMessage]:
        """The messages of one journal in the entries `first` to `last`."""
        found = self._by_journal.get(origin, [])
        return found[bisect_left(found, first, key=_place) : bisect_right(found, last, key=_place)]

    def all(self) -> list[HotlineMessage]:
        """Every message, by the time it was recorded."""
        return sorted(
            self._messages.values(), key=lambda one: (one.recorded_at, one.ref.origin, one.ref.sequence)
        )


def _place(message: HotlineMessage) -> int:
    return message.ref.sequence
