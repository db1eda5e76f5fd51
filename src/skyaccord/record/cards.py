"""A party's card: what one party hands another at first contact, signed by the key it names.

The signature proves only that the card is whole and that its maker holds the key. Whose key it is, two people
settle by reading the fingerprint aloud.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from securesystemslib.dsse import Envelope as DsseEnvelope

from skyaccord.base.errors import TrustError, UnreadableError
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.dsse import SIGNATURE_BYTES, first_fault, payload_type
from skyaccord.record.fields import (
    Name,
    Origin,
    PartyId,
    PublicKeyText,
    RecordModel,
    decode_base64,
    encode_base64,
)
from skyaccord.record.keys import PartyKey, fingerprint, verify_signature
from skyaccord.record.tls_identity import CERTIFICATE_BYTES_MAX, check_certificate

ASK_AGAIN = "ask the party for its card again: it prints it with `skyaccord node card DIR`"
CARD_FORMAT = "skyaccord.card/1"
CARD_BYTES_MAX = 16 * 1024
LINK_ADDRESS_CHARS_MAX = 300
NO_ADDRESS = "none"
"""A card's link address when its node cannot be reached from outside: it fetches what is for it."""


class Card(RecordModel):
    """Who a party is: id, name, journal, public key (base64), where its link listens.

    `tls_certificate`: the one its node shows on the link, base64 DER; a card from before the link had TLS
    has none. `signature` is base64 Ed25519 over the DSSE PAE of type `application/vnd.skyaccord.card+json`
    and the canonical JSON of the other fields, those that are absent left out.
    """

    format: Literal["skyaccord.card/1"]
    party: PartyId
    name: Name
    origin: Origin
    public_key: PublicKeyText
    link_address: Annotated[
        str, Field(max_length=LINK_ADDRESS_CHARS_MAX, pattern=r"^(https?://[!-~]+|none)$")
    ]
    fingerprint: str
    signature: str
    tls_certificate: Annotated[str, Field(max_length=CERTIFICATE_BYTES_MAX * 4 // 3 + 4)] | None = None

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.origin.split("/")[1] != self.party:
            raise ValueError("the journal is not this party's")
        if self.fingerprint != fingerprint(self.public_key):
            raise ValueError("the fingerprint is not that of the key")
        signature = decode_base64(self.signature, length=SIGNATURE_BYTES)
        if not verify_signature(self.public_key, signature, _signed_bytes(self._unsigned())):
            raise ValueError("the card's signature does not hold")
        if self.tls_certificate is not None:
            check_certificate(decode_base64(self.tls_certificate))
        return self

    def _unsigned(self) -> dict[str, str]:
        return {name: value for name, value in self.model_dump().items() if name != "signature"}

    @model_serializer(mode="wrap")
    def _without_absent(self, serialize: SerializerFunctionWrapHandler) -> dict[str, str]:
        """What is absent is left out everywhere, so that an older card stays the same, byte for byte."""
        return {name: value for name, value in serialize(self).items() if value is not None}

    @property
    def certificate(self) -> bytes | None:
        """The link's certificate in DER, or None for a card from before."""
        return None if self.tls_certificate is None else decode_base64(self.tls_certificate)

    @classmethod
    def make(
        cls,
        *,
        party: str,
        name: str,
        origin: str,
        link_address: str,
        key: PartyKey,
        certificate: bytes | None = None,
    ) -> Self:
        """A new card, signed with `key`. certificate: the link's, DER."""
        fields = {
            "format": CARD_FORMAT,
            "party": party,
            "name": name,
            "origin": origin,
            "public_key": key.public,
            "link_address": link_address,
            "fingerprint": key.fingerprint,
            **({} if certificate is None else {"tls_certificate": encode_base64(certificate)}),
        }
        signature = encode_base64(key.sign(_signed_bytes(fields)))
        try:
            return cls.model_validate({**fields, "signature": signature})
        except ValidationError as error:
            raise TrustError(f"cannot make a card: {first_fault(error)}") from None

    @classmethod
    def loads(cls, data: bytes, *, where: str = "card") -> Self:
        """Read and check a card's bytes. TrustError says what does not hold."""
        if len(data) > CARD_BYTES_MAX:
            raise TrustError("too large for a card", where=where)
        try:
            return cls.model_validate(parse_json(data))
        except ValidationError as error:
            raise TrustError(f"not a valid card: {first_fault(error)}", where=where, do=ASK_AGAIN) from None
        except ValueError as error:
            raise TrustError(f"not a card ({error})", where=where, do=ASK_AGAIN) from None

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and check a card file. UnreadableError if there is none."""
        try:
            with path.open("rb") as file:
                data = file.read(CARD_BYTES_MAX + 1)
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
            raise UnreadableError(reason, where=str(path), do="give the party's card, a file") from None
        return cls.loads(data, where=str(path))

    def dumps(self) -> str:
        """The card as a file's text: JSON a person can read."""
        return json.dumps(self.model_dump(), indent=2, ensure_ascii=False) + "\n"

    def same_identity(self, other: Card) -> bool:
        """Whether both cards name the same party, journal and key (name and address may differ)."""
        return (self.party, self.origin, self.public_key) == (other.party, other.origin, other.public_key)


def _signed_bytes(fields: dict[str, str]) -> bytes:
    pae: bytes = DsseEnvelope(canonical_json(fields), payload_type("card"), {}).pae()
    return pae
