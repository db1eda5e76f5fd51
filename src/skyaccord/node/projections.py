"""What the journals add up to. Nothing a node shows comes from anywhere else.

Entries are applied in the order in which they came in, each journal in its own order; `apply` says what an
entry touched, so that only those rows are made anew. Delete everything here, replay the journals, and the
same comes back.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from skyaccord.accord.model import Accord
from skyaccord.accord.procedures import IncidentProcedure
from skyaccord.base.errors import RefusedError
from skyaccord.hotline.acknowledgements import take
from skyaccord.hotline.asking import Asking, RoleTerms
from skyaccord.hotline.circuit import CHECK
from skyaccord.hotline.course import Courses
from skyaccord.hotline.line import Line, Touch
from skyaccord.hotline.messages import HotlineMessage, Messages
from skyaccord.hotline.phrasebook import Book, book_of
from skyaccord.incidents.bodies import AlertBody
from skyaccord.incidents.casebook import CaseBook
from skyaccord.incidents.crossings import Crossings
from skyaccord.incidents.sightings import SightingKey, Sightings
from skyaccord.record.acts import ACTS
from skyaccord.record.cards import Card
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.entries import Entry
from skyaccord.record.envelope import KEY_ROTATED, ROOT_KINDS, Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.keychain import KeyChain
from skyaccord.record.kinds import KINDS, NODE_OPENED, PEER_PINNED, KeyRotated, NodeOpened, PeerPinned
from skyaccord.record.pins import change_in, newer
from skyaccord.record.receipts import Receipts
from skyaccord.record.statement import statement_digest
from skyaccord.talks.book import AccordBook
from skyaccord.talks.negotiation import Negotiation
from skyaccord.talks.table import TalksTable

UNUSED_SHOWN_MAX: Final = 100
"""Entries that were refused or are of unknown kinds, as far as they are listed; all are held and counted."""


@dataclass
class Touched:
    """What changed, for whoever shows it."""

    sightings: set[SightingKey] = field(default_factory=set)
    subjects: set[EntryRef] = field(default_factory=set)
    messages: set[EntryRef] = field(default_factory=set)
    crossings: set[EntryRef] = field(default_factory=set)
    incidents: set[EntryRef] = field(default_factory=set)
    talks: list[Negotiation] = field(default_factory=list)
    hotline: set[Touch] = field(default_factory=set)
    accords: bool = False
    persons: bool = False
    peers: bool = False

    def __bool__(self) -> bool:
        things = (self.sightings, self.subjects, self.messages, self.crossings, self.incidents, self.talks)
        return any(things) or self.accords or self.persons or self.peers


@dataclass(frozen=True)
class Unused:
    """An entry that is held but never acted on, and why: people must be able to see that there is
    something.
    """

    ref: EntryRef
    kind: str
    reason: str


class Projections:
    """Every projection of one node, fed by `apply`.

    own: the party's own card. terms_without_accord: how long this node's own role has. sky_time: of the
    latest entry of our own; annexes run by it.
    """

    def __init__(self, own: Card, terms_without_accord: RoleTerms) -> None:
        self.own = own
        self._terms_without_accord = terms_without_accord
        self.cards: dict[str, Card] = {own.party: own}
        self.chains: dict[str, KeyChain] = {}
        self.book = AccordBook({own.party: own.public_key})
        self.talks = TalksTable()
        self.enrolments = Enrolments()
        self.line = Line()
        self.asking = Asking(self.terms, self.line.roster.vacant, own.origin)
        self.messages = Messages(self.asking, self._within_s)
        self.receipts = Receipts()
        self.courses = Courses(self.messages, self.line, self.asking, self.receipts, self.terms)
        self.sightings = Sightings()
        self.crossings = Crossings()
        self.cases = CaseBook(self.sightings, self.accountable, self.incident_procedure)
        self.statements: dict[tuple[str, str], EntryRef] = {}
        self.entries: dict[str, int] = {}
        self.unused: list[Unused] = []
        self.unused_count = 0
        self.position = 0
        self.sky_time: datetime | None = None

    @property
    def peers(self) -> dict[str, Card]:
        """party → pinned card, without our own."""
        return {party: card for party, card in self.cards.items() if party != self.own.party}

    def terms(self, accord: str | None, role: str) -> RoleTerms:
        """How long a role has, by the accord; the node's own terms where no accord says so."""
        running = self.accord_as_it_runs(accord)
        found = None if running is None else running.role(role)
        if found is None:
            return self._terms_without_accord
        return RoleTerms(
            found.acknowledge_within_s, found.escalates_to, found.read_within_s, found.respond_within_s
        )

    def accord_as_it_runs(self, digest: str | None) -> Accord | None:
        """The accord of this digest with the annexes that run now; None without one."""
        loaded = None if digest is None else self.book.get(digest)
        if loaded is not None and self.sky_time is not None:
            loaded = self.book.as_it_runs(loaded, self.sky_time)
        return None if loaded is None else loaded.accord

    def accountable(self, accord: str | None) -> tuple[str, ...]:
        """The parties that must account for what happens under an accord; without one, all that are known."""
        loaded = None if accord is None else self.book.get(accord)
        if loaded is None:
            return tuple(sorted(self.cards))
        return tuple(sorted(party.id for party in loaded.accord.parties))

    def incident_procedure(self, accord: str | None) -> IncidentProcedure | None:
        """What an accord asks about incidents, as it runs now; None without one that says so."""
        running = self.accord_as_it_runs(accord)
        return None if running is None else running.incident

    def phrases(self, digest: str | None) -> Book:
        """The phrasebook of this accord; the built-in one without."""
        return book_of(self.accord_as_it_runs(digest), digest)

    def _within_s(self, message: HotlineMessage) -> float | None:
        """How long a drill's message or a circuit check has, by the drill or the accord."""
        drill = None if message.drill is None else self.line.drills.get(message.drill)
        if drill is not None:
            return drill.answer_within_s
        accord = self.accord_as_it_runs(message.accord) if message.code == CHECK else None
        return accord.circuit_checks.answer_within_s if accord and accord.circuit_checks else None

    def apply(self, entry: Entry) -> Touched:
        """Take one entry. Sealed and refused entries count, and are never acted on."""
        touched = Touched()
        self.position = max(self.position, entry.position)
        self.entries[entry.origin] = entry.sequence + 1
        if entry.erased:
            self._unused(entry.ref, str(entry.filed), "erased: its retention has ended")
            self.cases.erased(entry.ref)
        if entry.sealed:
            return touched
        header = entry.header
        if header.origin == self.own.origin:  # what runs here must not follow a peer's sky
            self.sky_time = header.sky_time if self.sky_time is None else max(self.sky_time, header.sky_time)
        reason = entry.refused
        if reason is None and header.kind not in KINDS.known():
            reason = "a kind that this version does not know"
        if reason is None:
            reason = self._said_before(entry)
        if reason is not None:
            self._unused(entry.ref, header.kind, reason)
            return touched
        self._apply_known(entry.ref, header, entry, touched)
        return touched

    def _unused(self, ref: EntryRef, kind: str, reason: str) -> None:
        self.unused_count += 1
        self.unused = [*self.unused, Unused(ref, kind, reason)][-UNUSED_SHOWN_MAX:]

    def statement_at(self, party: str, dsse: dict[str, Any]) -> EntryRef | None:
        """Where this very statement of a person of `party` stands already."""
        return self.statements.get((party, statement_digest(dsse)))

    def _said_before(self, entry: Entry) -> str | None:
        """Why a statement counts for nothing here: what a person signed once was said once."""
        dsse = entry.body.get("statement")
        if ACTS.of_kind(entry.kind) is None or dsse is None:
            return None
        first = self.statements.setdefault((entry.party, statement_digest(dsse)), entry.ref)
        return None if first == entry.ref else f"the statement that stands in entry {first.sequence} already"

    def _apply_known(self, ref: EntryRef, header: Header, entry: Entry, touched: Touched) -> None:
        body = entry.body
        self._pin(header, entry, touched)
        if self.enrolments.add(header, body) is not None:
            touched.persons = True
        try:
            touched.accords |= self.book.take(ref, header, body)
        except RefusedError:
            touched.accords = True  # shown as a signature that does not count
        self._apply_seen(ref, header, body, touched)
        talks = self.talks.add(entry)
        if talks is not None:
            touched.talks.append(talks)
        subject = take(self.asking, self.enrolments, ref, header, body)
        if subject is not None:
            touched.subjects.add(subject)
        with suppress(RefusedError):  # a step that its table does not allow counts for nothing
            changed = self.line.add(self.enrolments, ref, header, body)
            if changed is not None:
                touched.hotline.add(changed)
                if changed.thing == "message":
                    touched.messages.add(changed.ref)
        audience = [party for party in self.cards if header.is_for(party)]
        if self.messages.add(self.enrolments, ref, header, body, audience) is not None:
            touched.messages.add(ref)
        receipt = self.receipts.add(entry)
        if receipt is not None and header.origin == self.own.origin:
            self.asking.received(receipt.origin, receipt.first, receipt.last, receipt.recorded_at)
        if receipt is not None:
            touched.messages.update(
                message.ref
                for message in self.messages.of_journal(receipt.origin, receipt.first, receipt.last)
            )

    def _apply_seen(self, ref: EntryRef, header: Header, body: dict[str, Any], touched: Touched) -> None:
        """What was seen in the sky, and what both sides say of it."""
        try:
            key = self.sightings.add(ref, header, body, bounded=header.origin != self.own.origin)
        except ValidationError:
            key = None
        except RefusedError as error:
            self._unused(ref, header.kind, error.what)
            return
        with suppress(ValidationError):  # checked when it was taken in; one of a later version is not shown
            if self.crossings.add(ref, header, body) is not None:
                touched.crossings.add(ref)
        with suppress(ValidationError, RefusedError):
            opening = self.cases.add(ref, header, body)
            if opening is not None:
                touched.incidents.add(opening)
        if key is not None:
            touched.sightings.add(key)
            said = self.sightings.get(key)
            if isinstance(said.body, AlertBody) and said.body.state == "raised":
                self.asking.ask(ref, header.accord, said.body.asks, header.recorded_at)

    def _pin(self, header: Header, entry: Entry, touched: Touched) -> None:
        """Note cards: peers by our own pinning only, never because they said so."""
        if header.kind == PEER_PINNED and header.origin == self.own.origin:
            card = PeerPinned.model_validate(entry.body).card
            self.cards[card.party] = newer(card, self.cards.get(card.party, card))
            self._follow(card)
            touched.peers = touched.accords = True
        elif header.kind == NODE_OPENED and header.origin == self.own.origin:
            opened = NodeOpened.model_validate(entry.body).card
            self.own = self.cards[opened.party] = newer(opened, self.own)
            self._follow(opened)
        elif header.kind in ROOT_KINDS:
            self._change_key(header, entry)
            touched.peers = touched.accords = True

    def _follow(self, card: Card) -> None:
        """The keys of a party, beginning with those that its card names."""
        self.chains.setdefault(card.party, KeyChain(card.first_key, card.root_key))
        self.book.pin(card.party, card.public_key)
        self.book.follow(card.party, self.chains[card.party])

    def _change_key(self, header: Header, entry: Entry) -> None:
        """A change that the root key signed: the record has checked it before it let the entry in."""
        chain, held, change = self.chains.get(header.party), self.cards.get(header.party), change_in(entry)
        if chain is None or held is None or change is None or held.origin != header.origin:
            return
        chain.add(change)
        if header.kind == KEY_ROTATED:
            self.cards[header.party] = newer(held, KeyRotated.model_validate(entry.body).card)
            if header.party == self.own.party:
                self.own = self.cards[header.party]
