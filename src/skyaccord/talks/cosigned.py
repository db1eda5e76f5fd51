"""The accord as one file with every party's signature: a DSSE envelope with several signatures.

    {"payload": base64 of the accord's canonical bytes,
     "payloadType": "application/vnd.skyaccord.accord+json",
     "signatures": [{"keyid", "sig"}, …]}          one a party, in the accord's order

The signatures are those on the record, joined: each covers the same type and bytes, so they stand together in
one envelope, which any DSSE verifier checks against the parties' keys, offline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from skyaccord.accord import limits
from skyaccord.accord.canonical import digest_of
from skyaccord.base.errors import AccordError, RefusedError, TrustError
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.cards import Card
from skyaccord.record.dsse import (
    PAYLOAD_CHARS_MAX,
    TYPE_CHARS_MAX,
    Dsse,
    DsseSignature,
    first_fault,
    verify_dsse,
)
from skyaccord.record.fields import RecordModel
from skyaccord.record.journal import Journal
from skyaccord.record.keys import key_id
from skyaccord.talks.folder import read_book, sky_now
from skyaccord.talks.signing import DSSE_NAME, SIGNED_KIND, SignedBody, short

COSIGNED_BYTES_MAX: Final = 1024 * 1024  # an accord's bytes in base64 and a signature of 200 bytes a party
DIGEST_CHARS_MIN: Final = len("sha256:") + 8  # nobody tells two accords apart by less


class Cosigned(RecordModel):
    """The file, strictly."""

    payload: Annotated[str, Field(max_length=PAYLOAD_CHARS_MAX)]
    payloadType: Annotated[str, Field(max_length=TYPE_CHARS_MAX)]
    signatures: Annotated[list[DsseSignature], Field(min_length=1, max_length=limits.PARTIES_MAX)]

    def alone(self, signature: DsseSignature) -> Dsse:
        """The same envelope with one of its signatures."""
        return Dsse(payload=self.payload, payloadType=self.payloadType, signatures=[signature])


@dataclass(frozen=True)
class CosignedVerdict:
    """A file with all signatures that hold. signed_by: party → the key that signed, in the accord's order."""

    digest: str
    name: str
    version: int
    exercise: bool
    signed_by: dict[str, str]


def cosigned(journal: Journal, digest: str) -> bytes:
    """The accord with every party's signature, as the record has them: one DSSE file.

    digest: whole, or its beginning where that is clear. AccordError: nobody signed it, or a party has not.
    """
    book = read_book(journal)
    known = [standing.loaded for standing in book.standings(sky_now(journal))]
    found = [loaded for loaded in known if loaded.digest.startswith(digest)]
    if len(found) != 1 or len(digest) < DIGEST_CHARS_MIN:
        held = ", ".join(short(loaded.digest) for loaded in known) or "none"
        raise AccordError(
            f"{len(found)} accords on the record begin with {digest!r}", do=f"there are: {held}"
        )
    (loaded,) = found
    bodies: dict[str, SignedBody] = {}
    for info in journal.journals():
        for entry in journal.entries(info.origin, kinds=(SIGNED_KIND,)):
            if entry.refused is None and not entry.sealed and entry.body.get("digest") == loaded.digest:
                bodies.setdefault(info.party, SignedBody.model_validate(entry.body))
    missing = [party.id for party in loaded.accord.parties if not book.has_signed(party.id, loaded.digest)]
    if missing:
        raise AccordError(
            f"party {', '.join(missing)} has not signed it", where=short(loaded.digest), do="wait for it"
        )
    signed = [bodies[party.id].signature for party in loaded.accord.parties]
    whole = Cosigned(
        payload=signed[0].payload,
        payloadType=signed[0].payloadType,
        signatures=[one.signatures[0] for one in signed],
    )
    return canonical_json(whole.model_dump()) + b"\n"


def verify_cosigned(data: bytes, cards: Iterable[Card]) -> CosignedVerdict:
    """Check a file against the parties' cards, with nothing else. TrustError says what does not hold.

    Each party of the accord needs its card, and a signature by the key on it or by one that its card says it
    had before; the accord must name one of these keys for it. Signatures of others are refused.
    """
    file, payload = _read(data)
    named = _parties(payload)
    by_party = {card.party: card for card in cards}
    left = list(file.signatures)
    signed_by: dict[str, str] = {}
    for party, key in named.items():
        card = by_party.get(party)
        if card is None:
            raise TrustError(f"no card of party {party} was given", do="give --card CARD for each party")
        known = [card.public_key, *(one.public_key for one in card.earlier_keys or [])]
        if key not in known:
            raise TrustError(f"the accord names another key for party {party} than its card")
        by_id = {key_id(one): one for one in known}
        signature = next((one for one in left if one.keyid in by_id), None)
        if signature is None:
            raise TrustError(f"no signature by party {party} is in the file")
        try:
            verify_dsse(file.alone(signature), DSSE_NAME, by_id[signature.keyid])
        except RefusedError as error:
            raise TrustError(f"the signature of party {party}: {error}") from None
        left.remove(signature)
        signed_by[party] = by_id[signature.keyid]
    if left:
        raise TrustError(f"{len(left)} signatures in the file are by none of the accord's parties")
    said = parse_json(payload)
    return CosignedVerdict(
        digest=digest_of(payload),
        name=str(said.get("name")),
        version=int(said.get("version", 0)),
        exercise=bool(said.get("exercise")),
        signed_by=signed_by,
    )


def _read(data: bytes) -> tuple[Cosigned, bytes]:
    if len(data) > COSIGNED_BYTES_MAX:
        raise TrustError(f"larger than {COSIGNED_BYTES_MAX} bytes, which no accord is")
    try:
        file = Cosigned.model_validate(parse_json(data))
        return file, file.alone(file.signatures[0]).payload_bytes()
    except ValidationError as error:
        raise TrustError(f"not an accord with its signatures: {first_fault(error)}") from None
    except (ValueError, RefusedError) as error:
        raise TrustError(f"not an accord with its signatures: {error}") from None


def _parties(payload: bytes) -> dict[str, str]:
    """Party → key, as the accord's canonical bytes name them."""
    try:
        found: Any = parse_json(payload)
        named = {str(party["id"]): str(party["public_key"]) for party in found["party"]}
    except (ValueError, KeyError, TypeError):
        raise TrustError("what was signed is no accord that can be in force") from None
    if not limits.PARTIES_MIN_TO_SIGN <= len(named) == len(found["party"]):
        raise TrustError("what was signed is no accord between parties")
    return named
