"""A neutral witness's card, and how a party names a witness: on its own record.

Like a party's card, but of somebody who flies nothing and keeps no journal: a name, the key that cosigns
checkpoints, where its listener is, and the certificate it shows there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from skyaccord.base.errors import TrustError, UnreadableError
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.cards import (
    CARD_BYTES_MAX,
    CARD_FORMAT,
    LINK_ADDRESS_CHARS_MAX,
    ROOTLESS_FORMAT,
    WITNESS_CARD_FORMAT,
)
from skyaccord.record.dsse import SIGNATURE_BYTES, first_fault, pae
from skyaccord.record.entries import Entry, read_entries
from skyaccord.record.fields import (
    HTTPS_PATTERN,
    Fingerprint,
    PublicKeyText,
    RecordModel,
    decode_base64,
    encode_base64,
)
from skyaccord.record.journal import Journal
from skyaccord.record.keys import SigningKey, fingerprint, verify_signature
from skyaccord.record.kinds import register_kind
from skyaccord.record.tls_identity import CERTIFICATE_BYTES_MAX, check_certificate

WITNESS_PINNED: Final = "witness.pinned"
WITNESSES_MAX: Final = 16  # of one party; each is asked after every change of its journal
_NO_CARD: Final = (
    "give the file that `skyaccord witness card DIR` printed; a party's card goes to `node peer`"
)
_DO: Final = "ask for it again: the witness prints it with `skyaccord witness card DIR`"

WITNESS_NAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$"
WitnessName = Annotated[str, Field(pattern=WITNESS_NAME_PATTERN)]


class WitnessKey(SigningKey):
    """The key with which a witness cosigns checkpoints; it signs nothing else but its card."""

    owner = "witness key"


class WitnessCard(RecordModel):
    """Who a witness is. `signature`: Ed25519 over the DSSE PAE of type `…witness-card+json` and the canonical
    JSON of the other fields.
    """

    format: Literal["skyaccord.witness-card/1"]
    name: WitnessName
    public_key: PublicKeyText
    link_address: Annotated[str, Field(max_length=LINK_ADDRESS_CHARS_MAX, pattern=HTTPS_PATTERN)]
    tls_certificate: Annotated[str, Field(max_length=CERTIFICATE_BYTES_MAX * 4 // 3 + 4)]
    fingerprint: Fingerprint
    signature: Annotated[str, Field(max_length=88)]

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.fingerprint != fingerprint(self.public_key):
            raise ValueError("the fingerprint is not that of the key")
        unsigned = {name: value for name, value in self.model_dump().items() if name != "signature"}
        signature = decode_base64(self.signature, length=SIGNATURE_BYTES)
        if not verify_signature(self.public_key, signature, _signed_bytes(unsigned)):
            raise ValueError("the card's signature does not hold")
        check_certificate(self.certificate, self.name)
        return self

    @property
    def certificate(self) -> bytes:
        """What it shows on the link, DER."""
        return decode_base64(self.tls_certificate)

    @classmethod
    def make(cls, *, name: str, link_address: str, key: WitnessKey, certificate: bytes) -> Self:
        """A new card, signed with `key`. TrustError says what cannot be."""
        fields = {
            "format": WITNESS_CARD_FORMAT,
            "name": name,
            "public_key": key.public,
            "link_address": link_address,
            "tls_certificate": encode_base64(certificate),
            "fingerprint": key.fingerprint,
        }
        signature = encode_base64(key.sign(_signed_bytes(fields)))
        try:
            return cls.model_validate({**fields, "signature": signature})
        except ValidationError as error:
            raise TrustError(f"cannot make a witness's card: {first_fault(error)}") from None

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and check a card's file. UnreadableError, TrustError."""
        try:
            with path.open("rb") as file:
                data = file.read(CARD_BYTES_MAX + 1)
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
            raise UnreadableError(reason, where=str(path), do="give the witness's card, a file") from None
        if len(data) > CARD_BYTES_MAX:
            raise TrustError("too large for a witness's card", where=str(path), do=_NO_CARD)
        try:
            value = parse_json(data)
        except ValueError as error:
            raise TrustError(f"not a witness's card ({error})", where=str(path), do=_NO_CARD) from None
        found = value.get("format") if isinstance(value, dict) else None
        if found != WITNESS_CARD_FORMAT:
            what = "a party's card" if found in (CARD_FORMAT, ROOTLESS_FORMAT) else "another file"
            raise TrustError(f"not a witness's card, but {what}", where=str(path), do=_NO_CARD)
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise TrustError(
                f"not a valid witness's card: {first_fault(error)}", where=str(path), do=_DO
            ) from None

    def dumps(self) -> str:
        """The card as a file's text."""
        return json.dumps(self.model_dump(), indent=2) + "\n"


class WitnessPinned(RecordModel):
    """From now on this witness is asked to cosign our journal. `fingerprint`: what was compared by voice."""

    card: WitnessCard
    fingerprint: Fingerprint


register_kind(WITNESS_PINNED, WitnessPinned)


def pinned_witnesses(journal: Journal) -> dict[str, WitnessCard]:
    """name → card, the latest of each."""
    with journal.store.reading() as connection:
        return {
            card.name: card
            for entry in read_entries(connection, journal.origin, kinds=(WITNESS_PINNED,))
            if entry.refused is None and not entry.sealed
            for card in (WitnessPinned.model_validate(entry.body).card,)
        }


def pin_witness(journal: Journal, card: WitnessCard) -> Entry | None:
    """Name a witness on our record, for nobody else. None: it is there already.

    TrustError: another key for that name, or too many.
    """
    known = pinned_witnesses(journal)
    held = known.get(card.name)
    if held == card:
        return None
    if held is not None and held.public_key != card.public_key:
        raise TrustError(
            f"the witness {card.name} is pinned already, with another key",
            do="settle by voice which card is right; a pinned key is never replaced",
        )
    if held is None and len(known) >= WITNESSES_MAX:
        raise TrustError(f"{WITNESSES_MAX} witnesses are pinned already")
    return journal.append(
        WITNESS_PINNED, WitnessPinned(card=card, fingerprint=card.fingerprint), recipients=[]
    )


def _signed_bytes(fields: dict[str, Any]) -> bytes:
    return pae("witness-card", canonical_json(fields))
