"""Kinds of envelopes: the strict body model of each, and where other rooms add theirs.

A kind that is registered is checked: a body that breaks its model is refused (kept as a leaf, never acted
on). A kind nobody registered is held opaque: kept, shown as unknown, never interpreted, never dropped.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from skyaccord.record.canonical import canonical_json
from skyaccord.record.cards import Card
from skyaccord.record.dsse import first_fault
from skyaccord.record.envelope import KEY_REVOKED, KEY_ROTATED
from skyaccord.record.fields import (
    Fingerprint,
    HashHex,
    Name,
    Origin,
    PublicKeyText,
    RecordModel,
    RoleId,
    Sequence,
)

NODE_OPENED = "node.opened"
PEER_PINNED = "peer.pinned"
PERSON_ENROLLED = "person.enrolled"
PERSON_DISMISSED = "person.dismissed"
RECEIPT = "receipt"

REASON_CHARS_MAX = 300
# As canonical JSON writes them: a full receipt stays far below ENVELOPE_BYTES_MAX whatever the letters are.
REASON_BYTES_MAX = 300
RECEIPT_LINES_MAX = 1024  # no batch holds more entries
# Of one party, over all years; each is read again for every batch and shown to every console.
ENROLMENTS_MAX = 1000


def clip_reason(reason: str) -> str:
    """A reason as receipts and answers may carry it: REASON_CHARS_MAX characters, REASON_BYTES_MAX bytes."""
    kept = reason[:REASON_CHARS_MAX].encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
    while len(canonical_json(kept)) - len('""') > REASON_BYTES_MAX:
        kept = kept[:-1]
    return kept


class NodeOpened(RecordModel):
    """The first entry of every journal: the card of the party that writes it."""

    card: Card


class PeerPinned(RecordModel):
    """First contact: from now on this key is that party's. `fingerprint` is what was compared by voice."""

    card: Card
    fingerprint: Fingerprint


class PersonEnrolled(RecordModel):
    """A person of this party may sign for this role. `automatic`: a program's key, for exercises."""

    public_key: PublicKeyText
    name: Name
    role: RoleId
    automatic: bool


class PersonDismissed(RecordModel):
    """From this entry on the key signs for this party no more, in any role. `reason`: for people."""

    public_key: PublicKeyText
    reason: Name


class KeyRotated(RecordModel):
    """From this very entry on `new` signs this journal, and `old` does not. Signed with the root key.

    card: the party's card from now on, signed with the new key, which so proves that it is somebody's.
    """

    old: PublicKeyText
    new: PublicKeyText
    card: Card

    @model_validator(mode="after")
    def _of_the_new_key(self) -> Self:
        earlier = self.card.earlier_keys or []
        if self.card.public_key != self.new:
            raise ValueError("the card is not of the new key")
        if not earlier or earlier[-1].public_key != self.old:
            raise ValueError("the card does not name the old key as the one before")
        return self


class KeyRevoked(RecordModel):
    """From this very entry on `key` signs this journal no more, and no other does until a rotation. Signed
    with the root key."""

    key: PublicKeyText
    reason: Name


class RefusedEntry(RecordModel):
    """An entry that is held as a leaf and never acted on, and why."""

    sequence: Sequence
    reason: Annotated[str, Field(max_length=REASON_CHARS_MAX)]


class Receipt(RecordModel):
    """ "I hold `origin` from `first` to `last`, and after `last` its head is `head`."

    `sealed`: of these, the entries of which only the leaf was disclosed. Receipts of one journal join without
    a gap: `first` follows the last receipt's `last`.
    """

    origin: Origin
    first: Sequence
    last: Sequence
    head: HashHex
    refused: Annotated[list[RefusedEntry], Field(max_length=RECEIPT_LINES_MAX)]
    sealed: Annotated[list[Sequence], Field(max_length=RECEIPT_LINES_MAX)]


class KindRegistry:
    """Which body model belongs to which kind."""

    def __init__(self) -> None:
        self._models: dict[str, type[BaseModel]] = {}

    def register(self, kind: str, model: type[BaseModel]) -> None:
        """Add a kind. ValueError if it has another model already."""
        if self._models.setdefault(kind, model) is not model:
            raise ValueError(f"the kind {kind!r} has a model already")

    def known(self) -> list[str]:
        """The registered kinds, sorted."""
        return sorted(self._models)

    def checks(self, kind: str) -> bool:
        """Whether bodies of this kind are checked: whether it is registered."""
        return kind in self._models

    def fault(self, kind: str, body: dict[str, Any]) -> str | None:
        """Why this body breaks its kind's model, or None (also for unknown kinds)."""
        model = self._models.get(kind)
        if model is None:
            return None
        try:
            model.model_validate(body)
        except ValidationError as error:
            return clip_reason(f"body of {kind}: {first_fault(error)}")
        except (OSError, MemoryError):
            raise  # this machine's fault, and nothing that a peer's entry may be refused for
        except Exception:
            # A peer chose these bytes; whatever a library under a model does with them, the body is at fault.
            return f"body of {kind}: cannot be read"
        return None


KINDS = KindRegistry()
"""The kinds this program knows. Rooms register theirs when they are imported."""

KINDS.register(NODE_OPENED, NodeOpened)
KINDS.register(PEER_PINNED, PeerPinned)
KINDS.register(PERSON_ENROLLED, PersonEnrolled)
KINDS.register(PERSON_DISMISSED, PersonDismissed)
KINDS.register(KEY_ROTATED, KeyRotated)
KINDS.register(KEY_REVOKED, KeyRevoked)
KINDS.register(RECEIPT, Receipt)


def register_kind(kind: str, model: type[BaseModel]) -> None:
    """Add a kind to `KINDS`."""
    KINDS.register(kind, model)
