"""A change of a party's key, as its envelope says it: read, and compared with the keys so far."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.record.cards import Card
from skyaccord.record.dsse import first_fault
from skyaccord.record.envelope import KEY_REVOKED, ROOT_KINDS, Envelope, open_envelope, read_envelope
from skyaccord.record.keychain import KeyChain, KeyChange
from skyaccord.record.kinds import KeyRevoked, KeyRotated


def read_change(envelope: Envelope) -> KeyChange:
    """The change in an envelope of one of ROOT_KINDS. RefusedError if its body is none."""
    header = envelope.header
    try:
        if header.kind == KEY_REVOKED:
            return KeyChange(header.sequence, KeyRevoked.model_validate(envelope.body).key, None)
        rotated = KeyRotated.model_validate(envelope.body)
    except ValidationError as error:
        raise RefusedError(f"body of {header.kind}: {first_fault(error)}") from None
    return KeyChange(header.sequence, rotated.old, rotated.new)


def follow(envelope: Envelope, chain: KeyChain, origin: str) -> KeyChange:
    """Add a change that the root key signed to the chain. RefusedError: it does not continue it."""
    change = read_change(envelope)
    if change.new is not None:
        card = KeyRotated.model_validate(envelope.body).card
        earlier = [one.public_key for one in card.earlier_keys or []]
        if (card.origin, card.root_key) != (origin, chain.root) or earlier != chain.keys:
            raise RefusedError("the new key's card is not that of this journal, root and earlier keys")
        if card.earlier_keys is not None and card.earlier_keys[-1].until != change.sequence:
            raise RefusedError("the new key's card says that it signs from another entry on")
    elif chain.current is None:
        raise RefusedError("the key was revoked before")
    if change.old != chain.keys[-1]:
        raise RefusedError("it changes another key than the present one")
    chain.add(change)
    return change


def announced(chain: KeyChain, origin: str, rotations: Iterable[str]) -> KeyChain:
    """The chain with rotations that lie ahead of what is held: each signed by the root, so believed at once.

    A journal whose key was replaced signs its checkpoints with the new key, also those that end before the
    rotation. RefusedError for one that does not continue the chain.
    """
    found = KeyChain(chain.first, chain.root, chain.changes)
    for text in rotations:
        data = text.encode("utf-8")
        if read_envelope(data).header.kind not in ROOT_KINDS or chain.root is None:
            raise RefusedError("what is announced as a change of key is none")
        envelope = open_envelope(data, chain.root, chain.root)
        if envelope.header.origin != origin:
            raise RefusedError("a rotation of another journal")
        if read_change(envelope) not in found.changes:
            follow(envelope, found, origin)
    return found


def card_fault(card: Card, chain: KeyChain, sequence: int) -> str | None:
    """Why the pinned card speaks against the key of this entry, or None. It may be newer than the entry: then
    it names the key of that time itself, and until the rotation, also where that key was revoked before."""
    said = card.key_before(sequence)
    if said is not None and chain.last_at(sequence) != said:
        return f"the card pinned for it names another key for entry {sequence}"
    if said is None and card.public_key not in chain.keys:
        return f"the card pinned for it names a key that no rotation before entry {sequence + 1} brought"
    return None
