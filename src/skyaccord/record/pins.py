"""The cards of first contact, and what became of their keys since.

A card is pinned once, by people (`peers.py`). From then on only the root key on it can put another key in the
place of the party's: a `key.rotated` in the party's own journal carries the next card.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from pydantic import ValidationError
from sqlalchemy import Connection

from skyaccord.base.errors import JournalError, RefusedError
from skyaccord.record.cards import Card
from skyaccord.record.changes import announced, card_fault, follow, read_change
from skyaccord.record.entries import Entry, read_entries, read_entry
from skyaccord.record.envelope import KEY_ROTATED, ROOT_KINDS, Envelope, open_envelope, read_envelope
from skyaccord.record.journals import REVOKED, JournalInfo, all_journals, journal_info
from skyaccord.record.keychain import KeyChain, KeyChange
from skyaccord.record.kinds import PEER_PINNED, KeyRotated, NodeOpened, PeerPinned
from skyaccord.record.remembered import entries_of

CARDS_REMEMBERED = 256  # a node has a few dozen peers
_ROOT_KINDS = tuple(sorted(ROOT_KINDS))


def first_cards(connection: Connection, own_origin: str) -> dict[str, Card]:
    """party → its pinned card, as our journal has it: the latest of the same identity."""
    cards = [_pinned(entry.data) for entry in entries_of(connection, own_origin, (PEER_PINNED,))]
    return {card.party: card for card in cards if card is not None}


@lru_cache(CARDS_REMEMBERED)
def _pinned(data: bytes | None) -> Card | None:
    """The card that an entry of ours pins; checked once, since the same bytes are the same card."""
    return None if data is None else PeerPinned.model_validate(read_envelope(data).body).card


@lru_cache(CARDS_REMEMBERED)
def _opened(data: bytes) -> Card:
    """The card in the first entry of a journal, likewise."""
    return NodeOpened.model_validate(read_envelope(data).body).card


def pinned_cards(connection: Connection, own_origin: str) -> dict[str, Card]:
    """party → its card now: as pinned, or as the last rotation of its key brought it."""
    found = first_cards(connection, own_origin)
    for info in all_journals(connection):
        if info.own or info.party not in found:
            continue
        for entry in read_entries(connection, info.origin, kinds=(KEY_ROTATED,)):
            if entry.refused is None and not entry.sealed:
                found[info.party] = newer(found[info.party], KeyRotated.model_validate(entry.body).card)
    return found


def newer(held: Card, other: Card) -> Card:
    """Of two cards of one party, the one with more rotations behind it; the held one if they have as many."""
    return other if len(other.earlier_keys or []) > len(held.earlier_keys or []) else held


def anchor_of(connection: Connection, info: JournalInfo) -> Card:
    """The card that says with which key a journal begins, and which root may change it: for a peer the pinned
    one, for our own its first entry's. JournalError if there is none."""
    if info.own:
        opening = read_entry(connection, info.origin, 0)
        if opening is None or opening.sealed:
            raise JournalError("the journal has no first entry", where=info.origin)
        return _opened(opening.data or b"")
    own = next((one for one in all_journals(connection) if one.own), None)
    card = None if own is None else first_cards(connection, own.origin).get(info.party)
    if card is None:
        raise JournalError("this journal's party was never pinned", where=info.origin)
    return card


def opening_root(envelope: Envelope) -> str | None:
    """The root key that a journal's first entry names."""
    try:
        return NodeOpened.model_validate(envelope.body).card.root_key
    except ValidationError:
        return None


@dataclass(frozen=True)
class Keys:
    """The keys of a journal that is held, and the card they are anchored in."""

    chain: KeyChain
    anchor: Card

    def take(self, envelope: Envelope) -> str | None:
        """Why this envelope, signed as its kind must be, changes no key, or is signed with none; or None.

        What it changes is added to the chain. RefusedError: it changes the key otherwise than it may.
        """
        if envelope.header.kind in ROOT_KINDS:
            follow(envelope, self.chain, self.anchor.origin)
        elif self.chain.current is None:
            return REVOKED
        if envelope.header.sequence == 0 and opening_root(envelope) != self.chain.root:
            return "the first entry is not the opening of this journal under this root key"
        return card_fault(self.anchor, self.chain, envelope.header.sequence)


def keys_of(connection: Connection, origin: str) -> Keys:
    """The keys of a journal that is held. JournalError if it is not, or was never pinned."""
    info = journal_info(connection, origin)
    anchor = anchor_of(connection, info)
    chain = KeyChain(anchor.first_key, anchor.root_key)
    for entry in entries_of(connection, origin, _ROOT_KINDS):
        change = change_in(entry)
        if change is not None:
            chain.add(change)
    return Keys(chain, anchor)


def with_rotations(connection: Connection, info: JournalInfo, rotations: Iterable[str] | None) -> JournalInfo:
    """The journal with the keys that these rotations bring, each signed by its root: what a folder that was
    restored from before them has to learn first. RefusedError: they do not continue its keys."""
    if not rotations:
        return info
    chain = announced(chain_of(connection, info.origin), info.origin, rotations)
    return replace(info, keys=tuple(reversed(chain.keys)))


def other_change(connection: Connection, info: JournalInfo, rotations: Iterable[str] | None) -> str | None:
    """Why our own journal is of another history than these changes of key, which its root signed: another
    one stands in the place of one of them. None: they may be ahead. What the root did not sign says nothing.
    """
    root = anchor_of(connection, info).root_key if rotations else None
    for text in rotations or ():
        data = text.encode("utf-8")
        try:
            header = open_envelope(data, info.public_key, root).header
        except RefusedError:
            continue
        if (header.origin, header.kind) != (info.origin, KEY_ROTATED) or header.sequence >= info.size:
            continue
        held = read_entry(connection, info.origin, header.sequence)
        if held is not None and held.data not in (None, data):
            return (
                f"another history: our root key has signed another change of key as entry {header.sequence} "
                "(an older copy of this folder went on)"
            )
    return None


def chain_of(connection: Connection, origin: str) -> KeyChain:
    """The keys of a journal that is held, by place."""
    return keys_of(connection, origin).chain


def change_in(entry: Entry) -> KeyChange | None:
    """The change of key in an entry that is held and was not refused; None if it is none."""
    envelope = entry.envelope
    if envelope is None or entry.refused is not None or envelope.header.kind not in ROOT_KINDS:
        return None
    return read_change(envelope)
