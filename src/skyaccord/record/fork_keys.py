"""Which of a party's keys may have signed what stands in a proof of a fork: by place, along its rotations.

A key that was replaced proves nothing about the places after it, or whoever stole it could accuse the party.
The keys come from the file itself (the first card, which names the root key, and the rotations that the root
signed) and from the reader's own card, if there is one. Both must tell the same story.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skyaccord.base.errors import RefusedError, TrustError
from skyaccord.record.cards import Card
from skyaccord.record.changes import announced
from skyaccord.record.checkpoint import Checkpoint, open_by_any, read_checkpoint, split_note
from skyaccord.record.envelope import ROOT_KINDS, Envelope, open_envelope, read_envelope
from skyaccord.record.journals import REVOKED
from skyaccord.record.keychain import KeyChain, KeyChange

_OTHER = "the card given is of another party, journal or key than the proof"


@dataclass(frozen=True)
class Signers:
    """The keys of one journal, and which of them counts where."""

    origin: str
    chain: KeyChain

    def checkpoint(self, note: str) -> tuple[Checkpoint, str]:
        """The checkpoint, and the key that signed it. RefusedError: by none that may sign it."""
        text, _ = split_note(note)
        size = read_checkpoint(text).size
        return open_by_any(note, self.origin, self.chain.signed_by(size))

    def entry(self, text: str) -> Envelope:
        """The envelope, by the key of its place. RefusedError: by another, or of another journal."""
        data = text.encode("utf-8")
        header = read_envelope(data).header
        key = self.chain.at(header.sequence)
        if key is None and header.kind not in ROOT_KINDS:
            raise RefusedError(REVOKED)
        envelope = open_envelope(data, key or "", self.chain.root)
        if header.origin != self.origin:
            raise RefusedError(f"an entry of {header.origin}, expected {self.origin}")
        return envelope


def chain_of_file(origin: str, public_key: str, card: Card | None, rotations: Iterable[str]) -> KeyChain:
    """The keys as the file shows them: one key, or the first card's and what its root key put after it.

    RefusedError: the card is not the first of this journal and key, or a rotation does not hold.
    """
    if card is None:
        if any(True for _ in rotations):
            raise RefusedError("rotations need the first card, which names the root key")
        return KeyChain(public_key, None)
    if (card.origin, card.public_key) != (origin, public_key) or card.earlier_keys:
        raise RefusedError("the card in it is not the first of this journal and key")
    return announced(KeyChain(public_key, card.root_key), origin, rotations)


def with_readers_card(chain: KeyChain, card: Card, *, whole: bool) -> KeyChain:
    """The keys of the file with those that the reader's card names. TrustError where they do not meet.

    whole: the file shows the keys from the first on; otherwise it names one of the card's keys, no more.
    """
    earlier = card.earlier_keys or []
    keys = [*(one.public_key for one in earlier), card.public_key]
    if chain.first not in keys:
        raise TrustError(_OTHER)
    if whole and (chain.first, chain.root) != (keys[0], card.root_key):
        raise TrustError(_OTHER)
    found = KeyChain(keys[0], card.root_key, chain.changes if whole else ())
    try:
        for number, one in enumerate(earlier):
            found.add(KeyChange(one.until, keys[number], keys[number + 1]))
    except RefusedError:
        raise TrustError(_OTHER) from None
    if card.public_key not in found.keys:
        raise TrustError(_OTHER)
    return found
