"""Agenda items: requested, accepted, declined with the reason, withdrawn, dealt with.

An item is named by the entry that first requested it. Its state follows from the set of statements:

    dealt with   some party has said so after it was accepted
    withdrawn    the side that asked for it has withdrawn it
    declined     a `decline` that the asking side has not answered by asking again
    accepted     every other side has accepted it
    requested    else
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skyaccord.record.fields import EntryRef
from skyaccord.talks.acts import AgendaSubject
from skyaccord.talks.machines import AGENDA, Side
from skyaccord.talks.positions import Said, latest

ItemStateName = Literal["absent", "requested", "accepted", "declined", "withdrawn", "dealt with"]


@dataclass(frozen=True, kw_only=True)
class ItemWord(Said):
    """One party's step about an item."""

    step: str
    title: str
    about: EntryRef | None
    round: int | None
    because: str
    subject: AgendaSubject | None = None


class Item:
    """All that was said about one agenda item."""

    def __init__(self, ref: EntryRef, between: tuple[str, ...]) -> None:
        self.ref = ref
        self.between = between
        self.words: list[ItemWord] = []

    def add(self, word: ItemWord) -> None:
        """Take a step; what others say of an item before its request has arrived waits here for it."""
        self.words.append(word)
        self.words.sort(key=lambda one: one.order)

    @property
    def request(self) -> ItemWord | None:
        """The entry that asked for it; None while it has not arrived."""
        return next((word for word in self.words if word.ref == self.ref), None)

    @property
    def party(self) -> str:
        """Who asked for it."""
        return self.ref.origin.split("/")[1]

    @property
    def title(self) -> str:
        request = self.request
        return request.title if request else ""

    @property
    def about(self) -> EntryRef | None:
        """The entry in question: an approach, an incident."""
        request = self.request
        return request.about if request else None

    @property
    def subject(self) -> AgendaSubject | None:
        """The title as data, where the item was made of an entry."""
        request = self.request
        return request.subject if request else None

    @property
    def round(self) -> int | None:
        """The round that somebody last named for it."""
        return next((word.round for word in reversed(self.words) if word.round is not None), None)

    @property
    def last(self) -> dict[str, ItemWord]:
        """Each party's last word."""
        return latest(self.words)

    @property
    def reasons(self) -> tuple[ItemWord, ...]:
        """Every word with a reason, in display order."""
        return tuple(word for word in self.words if word.because)

    @property
    def state(self) -> ItemStateName:
        """Where the item stands."""
        if self.request is None:
            return "absent"
        last = self.last
        own = last[self.party]
        answers = [last.get(party) for party in self.between if party != self.party]
        if any(word.step == "deal" for word in self.words):
            return "dealt with"
        if own.step == "withdraw":
            return "withdrawn"
        if any(word and word.step == "decline" and not own.has_seen(word) for word in answers):
            return "declined"
        if answers and all(word and word.step == "accept" for word in answers):
            return "accepted"
        return "requested"

    def side_of(self, party: str) -> Side:
        """The column of the machine's table."""
        return "own" if party == self.party else "other"

    def check(self, party: str, step: str) -> str:
        """The state that this step leads to. InputError says why it cannot be taken."""
        return AGENDA.next(self.state, step, self.side_of(party), where=self.title or "agenda item")
