"""A peer shows a certificate that no card of ours has: did its root key say so?

`node rotate-key --new-link-key` replaces the link's key because the old one may be stolen, so the old one
must not be what tells the peers. What tells them is the root key: its `key.rotated` carries the next card,
certificate included, and proves itself, whoever brings it. So whoever answers at the peer's address is asked
for the peer's rotations, without believing who it is:

    we ── our certificate ──►  whoever answers      the peer knows us, and lets us in
    we ◄── rotations ────────  whoever answers      each signed by the root key on the card that we pinned

Nothing of ours is told on that connection. If the rotations lead to a newer card, its certificate is what the
link shows from then on, and what follows is the link as ever: the rotation comes again as an entry of the
peer's journal, and from there on stands in ours. A thief with the old key can only keep silent, as he could
before.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationError

from skyaccord.base.errors import JournalError, RefusedError
from skyaccord.record.canonical import parse_json
from skyaccord.record.cards import EARLIER_KEYS_MAX, Card
from skyaccord.record.changes import announced
from skyaccord.record.envelope import ENVELOPE_BYTES_MAX, KEY_ROTATED, read_envelope
from skyaccord.record.fields import RecordModel
from skyaccord.record.journal import Journal
from skyaccord.record.kinds import KeyRotated
from skyaccord.record.pins import keys_of

CHANGES_MAX = 2 * EARLIER_KEYS_MAX  # each key replaced, and revoked before


class Rotations(RecordModel):
    """What `GET /link/v1/rotations` answers: envelopes, oldest first."""

    rotations: Annotated[
        list[Annotated[str, Field(max_length=ENVELOPE_BYTES_MAX)]], Field(max_length=CHANGES_MAX)
    ]


def renewed_card(journal: Journal, origin: str, data: bytes) -> Card | None:
    """The card that a peer's rotations lead to, if it is newer than all we hold; None if there is none.

    data: what came from anybody. RefusedError: it is not what it must be, or not by the peer's root key.
    """
    try:
        found = Rotations.model_validate(parse_json(data))
    except (ValidationError, ValueError) as error:
        raise RefusedError(f"not the rotations of a key ({type(error).__name__})") from None
    try:
        with journal.store.reading() as connection:
            keys = keys_of(connection, origin)
    except JournalError as error:
        raise RefusedError(str(error)) from None
    chain = announced(keys.chain, origin, found.rotations)
    if chain.keys == keys.chain.keys:
        return None
    for text in reversed(found.rotations):
        envelope = read_envelope(text.encode("utf-8"))  # its signature was checked just now
        if envelope.header.kind == KEY_ROTATED:
            rotated = KeyRotated.model_validate(envelope.body)
            if rotated.new == chain.keys[-1]:
                return rotated.card
    return None
