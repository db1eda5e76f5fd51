"""A party's card: what one party hands another at first contact, signed by the key it names.

The signature proves only that the card is whole and that its maker holds the key. Whose key it is, two people
settle by reading the fingerprint aloud: it is of the party's key and its root key together.

Format /2 names a root key, with which the party's key can be replaced (`rotation.py`). A card of format /1
has none; it is still read, and its party keeps its one key for ever.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from skyaccord.base.errors import TrustError, UnreadableError
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.dsse import SIGNATURE_BYTES, first_fault, pae
from skyaccord.record.fields import (
    ADDRESS_OR_NONE_PATTERN,
    Fingerprint,
    Name,
    Origin,
    PartyId,
    PublicKeyText,
    RecordModel,
    Sequence,
    decode_base64,
    encode_base64,
)
from skyaccord.record.keys import fingerprint, verify_signature
from skyaccord.record.signer import PartySigner
from skyaccord.record.tls_identity import CERTIFICATE_BYTES_MAX, certificate_name, check_certificate

ASK_AGAIN = "ask the party for its card again: it prints it with `skyaccord node card DIR`"
NO_CARD = "give the file that the party's `skyaccord node card DIR` printed"
WITNESS_CARD_FORMAT = "skyaccord.witness-card/1"
CARD_FORMAT = "skyaccord.card/2"
ROOTLESS_FORMAT = "skyaccord.card/1"
CARD_BYTES_MAX = 16 * 1024
EARLIER_KEYS_MAX = 64  # rotations of one party; they must fit into a card
LINK_ADDRESS_CHARS_MAX = 300
NO_ADDRESS = "none"
"""A card's link address when its node cannot be reached from outside: it fetches what is for it."""


class EarlierKey(RecordModel):
    """A key the party had. until: the sequence of the rotation that replaced it."""

    public_key: PublicKeyText
    until: Sequence


class Card(RecordModel):
    """Who a party is: id, name, journal, public key (base64), root key, where its link listens.

    `earlier_keys`: those before `public_key`, oldest first; the journal begins with the first of them.
    `tls_certificate`: the one its node shows on the link, base64 DER; a card from before the link had TLS
    has none. `signature` is base64 Ed25519 over the DSSE PAE of type `application/vnd.skyaccord.card+json`
    and the canonical JSON of the other fields, those that are absent left out.
    """

    format: Literal["skyaccord.card/1", "skyaccord.card/2"]
    party: PartyId
    name: Name
    origin: Origin
    public_key: PublicKeyText
    link_address: Annotated[str, Field(max_length=LINK_ADDRESS_CHARS_MAX, pattern=ADDRESS_OR_NONE_PATTERN)]
    fingerprint: Fingerprint
    signature: Annotated[str, Field(max_length=88)]
    tls_certificate: Annotated[str, Field(max_length=CERTIFICATE_BYTES_MAX * 4 // 3 + 4)] | None = None
    root_key: PublicKeyText | None = None
    earlier_keys: Annotated[list[EarlierKey], Field(min_length=1, max_length=EARLIER_KEYS_MAX)] | None = None

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.origin.split("/")[1] != self.party:
            raise ValueError("the journal is not this party's")
        if (self.format == CARD_FORMAT) != (self.root_key is not None):
            raise ValueError(f"a card of format {CARD_FORMAT}, and no other, names a root key")
        self._check_keys()
        if self.fingerprint != fingerprint(self.public_key, self.root_key):
            raise ValueError("the fingerprint is not that of the key")
        signature = decode_base64(self.signature, length=SIGNATURE_BYTES)
        if not verify_signature(self.public_key, signature, _signed_bytes(self._unsigned())):
            raise ValueError("the card's signature does not hold")
        if self.tls_certificate is not None:
            check_certificate(decode_base64(self.tls_certificate), certificate_name(self.origin))
        return self

    def _check_keys(self) -> None:
        earlier = self.earlier_keys or []
        if earlier and self.root_key is None:
            raise ValueError("without a root key there were no earlier keys")
        keys = [*(one.public_key for one in earlier), self.public_key, self.root_key]
        if len(set(keys)) != len(keys):
            raise ValueError("two of its keys are the same")
        places = [one.until for one in earlier]
        if places != sorted(set(places)) or 0 in places:
            raise ValueError("the earlier keys are not in the order of their rotations")

    def _unsigned(self) -> dict[str, Any]:
        return {name: value for name, value in self.model_dump().items() if name != "signature"}

    @model_serializer(mode="wrap")
    def _without_absent(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
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
        key: PartySigner,
        certificate: bytes | None = None,
        root_key: str | None = None,
        earlier_keys: list[EarlierKey] | None = None,
    ) -> Self:
        """A new card, signed with `key`. certificate: the link's, DER. root_key: None for a /1 card."""
        fields = {
            "format": ROOTLESS_FORMAT if root_key is None else CARD_FORMAT,
            "party": party,
            "name": name,
            "origin": origin,
            "public_key": key.public,
            "link_address": link_address,
            "fingerprint": fingerprint(key.public, root_key),
            **({} if certificate is None else {"tls_certificate": encode_base64(certificate)}),
            **({} if root_key is None else {"root_key": root_key}),
            **({"earlier_keys": [one.model_dump() for one in earlier_keys]} if earlier_keys else {}),
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
            raise TrustError("too large for a card", where=where, do=NO_CARD)
        try:
            value = parse_json(data)
        except ValueError as error:
            raise TrustError(f"not a card ({error})", where=where, do=NO_CARD) from None
        found = value.get("format") if isinstance(value, dict) else None
        if found == WITNESS_CARD_FORMAT:
            raise TrustError(
                "this is a witness's card, not a party's",
                where=where,
                do="pin it with `skyaccord node witness`",
            )
        if found not in (CARD_FORMAT, ROOTLESS_FORMAT):
            raise TrustError("not a card, but another file", where=where, do=NO_CARD)
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise TrustError(f"not a valid card: {first_fault(error)}", where=where, do=ASK_AGAIN) from None

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

    @property
    def first_key(self) -> str:
        """The key with which the party's journal begins."""
        return self.earlier_keys[0].public_key if self.earlier_keys else self.public_key

    def key_before(self, sequence: int) -> str | None:
        """The key that signed this entry, if it was an earlier one; None where this card does not say."""
        return next((one.public_key for one in self.earlier_keys or [] if sequence < one.until), None)

    def renewed(
        self,
        key: PartySigner,
        *,
        name: str | None = None,
        link_address: str | None = None,
        certificate: bytes | None = None,
        replaced_at: int | None = None,
    ) -> Card:
        """This card with what has changed, signed anew. None: stays as it is.

        replaced_at: the sequence of the rotation, where `key` is a new one. TrustError if it is missing then.
        """
        earlier = list(self.earlier_keys or [])
        if replaced_at is not None:
            earlier.append(EarlierKey(public_key=self.public_key, until=replaced_at))
        elif key.public != self.public_key:
            raise TrustError("this is another key than the card's", do="rotate the key first")
        return Card.make(
            party=self.party,
            name=name or self.name,
            origin=self.origin,
            link_address=link_address or self.link_address,
            key=key,
            certificate=certificate or self.certificate,
            root_key=self.root_key,
            earlier_keys=earlier,
        )

    def same_identity(self, other: Card) -> bool:
        """Whether both cards name the same party, journal, key and root (name and address may differ)."""
        return self._identity() == other._identity()

    def _identity(self) -> tuple[str, str, str, str | None]:
        return (self.party, self.origin, self.public_key, self.root_key)


def _signed_bytes(fields: dict[str, Any]) -> bytes:
    return pae("card", canonical_json(fields))
