"""Messages between roles, and how far each has come: transported, held (a receipt), acknowledged (a person).

These are three states, shown apart. A message is held by a party when that party's signed receipt covers its
place in the sender's journal (`skyaccord.record.receipts`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skyaccord.base.errors import RefusedError
from skyaccord.hotline.acts import MESSAGE, Message
from skyaccord.hotline.asking import Asking
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Header
from skyaccord.record.fields import SEQUENCE_MAX, EntryRef
from skyaccord.record.statement import verify_statement


@dataclass(frozen=True)
class HotlineMessage:
    """One verified message. at: when the person signed it. recorded_at: wall clock of the sender's node."""

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


class Messages:
    """Every message of every journal; each asks its role at every other party."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._messages: dict[EntryRef, HotlineMessage] = {}
        self._by_journal: dict[str, list[HotlineMessage]] = {}  # each in order of its entries

    def add(
        self,
        enrolments: Enrolments,
        ref: EntryRef,
        header: Header,
        body: dict[str, Any],
        audience: Iterable[str],
    ) -> HotlineMessage | None:
        """Take an entry; the message in it, or None. audience: parties other than the sender that read it."""
        if header.kind != MESSAGE:
            return None
        try:
            said = verify_statement(
                body.get("statement"), enrolments, before=header.sequence, recorded_at=header.recorded_at
            )
        except RefusedError:
            return None
        if not isinstance(said, Message) or said.party != header.party:
            return None
        person = enrolments.find(said.party, said.person, said.role, before=header.sequence)
        message = HotlineMessage(
            ref=ref,
            party=said.party,
            role=said.role,
            name=person.name if person else "",
            to_role=said.to_role,
            text=said.text,
            language=said.language,
            at=said.at,
            recorded_at=header.recorded_at,
            sky_time=header.sky_time,
            about=said.about,
            accord=said.accord,
            exercise=said.exercise or header.exercise,
            automatic=said.automatic,
        )
        self._messages[ref] = message
        insort(self._by_journal.setdefault(ref.origin, []), message, key=_place)
        asked = {party: said.to_role for party in audience if party != header.party}
        self._asking.ask(ref, header.accord, asked, header.recorded_at)
        return message

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
