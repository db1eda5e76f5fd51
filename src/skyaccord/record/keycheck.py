"""The keys of one journal as a checker follows them: from the reader's card or the first entry, by rotations.

Each entry is held against the key of its time. Where the reader gave a card, it decides which root key may
change the key, and the journal's keys must lead to, or from, the one on the card.
"""

from __future__ import annotations

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.record.cards import Card
from skyaccord.record.changes import card_fault, follow
from skyaccord.record.checkpoint import key_hash
from skyaccord.record.envelope import ROOT_KINDS, Envelope
from skyaccord.record.journals import REVOKED
from skyaccord.record.keychain import KeyChain
from skyaccord.record.keys import fingerprint
from skyaccord.record.kinds import NODE_OPENED, NodeOpened


class KeyCheck:
    """filed: the keys that a folder names for the journal, newest first; None: a bundle names none, and the
    card or the first entry says with which key it begins."""

    def __init__(self, origin: str, filed: list[str] | None, card: Card | None) -> None:
        self._origin = origin
        self._filed = filed
        self._card = card
        first = (filed[-1] if filed else "") if card is None else card.first_key
        self.chain = KeyChain(first, None if card is None else card.root_key)

    @property
    def fingerprint(self) -> str:
        """Of the key now and its root, as the party's card has it. TrustError if one is no key."""
        return fingerprint(self.chain.keys[-1], self.chain.root)

    def card_fault(self) -> str | None:
        """Why the folder's keys and the reader's card do not meet, or None."""
        if self._card is None or self._filed is None:
            return None
        named = {self._card.public_key, *(one.public_key for one in self._card.earlier_keys or [])}
        if self._filed[:1] and (self._filed[0] in named or self._card.public_key in self._filed):
            return None
        return "the folder holds another key for it than the card given"

    def begin(self, envelope: Envelope) -> None:
        """Where neither folder nor card names the first key, the first entry does: UNANCHORED."""
        if self._filed is not None or self._card is not None or envelope.header.kind != NODE_OPENED:
            return
        try:
            self.chain = KeyChain(NodeOpened.model_validate(envelope.body).card.public_key, None)
        except ValidationError:
            return

    def expected(self, kind: str) -> tuple[str, str | None]:
        """The key that must sign an envelope of this kind at this place; or ("", why none can)."""
        key = self.chain.root if kind in ROOT_KINDS else self.chain.current
        if not self.chain.first:
            return "", "no key is known: the first entry, which names it, is missing or is no opening"
        if not key:
            return "", REVOKED if kind not in ROOT_KINDS else f"a {kind} of a party without a root key"
        return key, None

    def hashes(self) -> list[bytes]:
        """The hashes under which the journal's keys so far stand on checkpoints."""
        return [key_hash(self._origin, key) for key in self.chain.keys if key]

    def place_fault(self, sequence: int) -> str | None:
        """Why the reader's card, which may be newer than the entry, names another key for its place."""
        if self._card is None or self.chain.current is None:  # revoked: the card names no key for that
            return None
        fault = card_fault(self._card, self.chain, sequence)
        return None if fault is None else fault.replace("the card pinned for it", "the card given")

    def opened(self, envelope: Envelope) -> str | None:
        """Why the first entry is not the opening by this key and root, or None. ValidationError: no card."""
        card = NodeOpened.model_validate(envelope.body).card if envelope.header.kind == NODE_OPENED else None
        if card is None or (card.origin, card.public_key) != (self._origin, self.chain.first):
            return "the first entry is not the opening of this journal by its party's key"
        if self._card is not None and card.root_key != self._card.root_key:
            return "the first entry names another root key than the card given"
        self.chain = KeyChain(self.chain.first, card.root_key)
        return None

    def take(self, envelope: Envelope) -> str | None:
        """Follow a change of the key; why it cannot be followed, or None (also for other kinds)."""
        if envelope.header.kind not in ROOT_KINDS:
            return None
        try:
            follow(envelope, self.chain, self._origin)
        except RefusedError as error:
            return str(error)
        return None

    def end_fault(self) -> str | None:
        """Why the keys on file are not those that the rotations led to, or None."""
        if self._filed is not None and self._filed != list(reversed(self.chain.keys)):
            return "the keys on file are not those that its rotations led to"
        return None
