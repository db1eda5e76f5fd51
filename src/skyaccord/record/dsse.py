"""DSSE envelopes with one Ed25519 signature: sign, write, read strictly, verify.

DSSE (https://github.com/secure-systems-lab/dsse): the signature covers PAE(type, payload) =
"DSSEv1" SP len(type) SP type SP len(payload) SP payload, so the payload type cannot be swapped and nothing
needs a canonical form. `securesystemslib` verifies; reading is stricter here than there: exactly one
signature, no extra fields, standard base64 only.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, ValidationError
from securesystemslib.dsse import Envelope as DsseEnvelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from skyaccord.base.errors import RefusedError
from skyaccord.record.canonical import canonical_text
from skyaccord.record.fields import HashHex, RecordModel, decode_base64
from skyaccord.record.keys import key_id, public_bytes
from skyaccord.record.signer import Signer
from skyaccord.record.words import first_fault as first_fault  # noqa: PLC0414 (whoever reads DSSE tells its faults)

SIGNATURE_BYTES = 64  # Ed25519
TYPE_PREFIX = "application/vnd.skyaccord."
TYPE_SUFFIX = "+json"
TYPE_CHARS_MAX = 160
FRAMES_REMEMBERED = 1024  # kinds by keys: a node writes a few dozen, again and again
PAYLOAD_CHARS_MAX = 512 * 1024  # base64; the envelope's own limit is smaller


class DsseSignature(RecordModel):
    """One signature: key id (a hint) and the signature in base64."""

    keyid: HashHex
    sig: Annotated[str, Field(max_length=88)]


class Dsse(RecordModel):
    """The DSSE JSON object, strictly: `payload`, `payloadType`, one signature."""

    payload: Annotated[str, Field(max_length=PAYLOAD_CHARS_MAX)]
    payloadType: Annotated[str, Field(max_length=TYPE_CHARS_MAX)]
    signatures: Annotated[list[DsseSignature], Field(min_length=1, max_length=1)]

    def payload_bytes(self) -> bytes:
        """The payload. RefusedError if it is not standard base64."""
        try:
            return decode_base64(self.payload)
        except ValueError as error:
            raise RefusedError(f"the payload is {error}") from None


def payload_type(name: str) -> str:
    """`accord.signed` → `application/vnd.skyaccord.accord.signed+json`."""
    return f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}"


def pae(name: str, payload: bytes) -> bytes:
    """What is signed: type and payload, each with its length."""
    kind = payload_type(name).encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_dsse(name: str, payload: bytes, key: Signer) -> dict[str, Any]:
    """`payload` signed as `application/vnd.skyaccord.<name>+json`: the DSSE JSON object."""
    signature = key.sign(pae(name, payload))
    return {
        "payload": base64.b64encode(payload).decode("ascii"),
        "payloadType": payload_type(name),
        "signatures": [{"keyid": key_id(key.public), "sig": base64.b64encode(signature).decode("ascii")}],
    }


@lru_cache(FRAMES_REMEMBERED)
def _frame(name: str, public: str) -> tuple[bytes, bytes]:
    """What stands before the payload's length in `pae`, and what between payload and signature."""
    kind = payload_type(name).encode("ascii")
    return b"DSSEv1 %d %b" % (len(kind), kind), (
        b'","payloadType":"%b","signatures":[{"keyid":"%b","sig":"' % (kind, key_id(public).encode("ascii"))
    )


def write_dsse(name: str, payload: bytes, key: Signer) -> bytes:
    """`sign_dsse` as canonical JSON. name: of letters, digits, '-' and '.', so nothing is to be escaped."""
    begin, between = _frame(name, key.public)
    signature = key.sign(b"%b %d %b" % (begin, len(payload), payload))
    return b'{"payload":"%b%b%b"}]}' % (base64.b64encode(payload), between, base64.b64encode(signature))


def written_dsse(dsse: Dsse) -> bytes:
    """The same of an object that was read: canonical JSON of its four texts, whatever stands in them."""
    (one,) = dsse.signatures
    payload, kind = canonical_text(dsse.payload), canonical_text(dsse.payloadType)
    key, signature = canonical_text(one.keyid), canonical_text(one.sig)
    return (
        f'{{"payload":{payload},"payloadType":{kind},"signatures":[{{"keyid":{key},"sig":{signature}}}]}}'
    ).encode()


def read_dsse(value: Any) -> Dsse:
    """The object as a strict DSSE model. RefusedError says what is wrong with it."""
    try:
        return Dsse.model_validate(value)
    except ValidationError as error:
        raise RefusedError(f"not a DSSE envelope: {first_fault(error)}") from None


def verify_dsse(dsse: Dsse, name: str, public: str) -> bytes:
    """The payload, if the type is `name`'s and the base64 key `public` signed it; else RefusedError."""
    expected = payload_type(name)
    if dsse.payloadType != expected:
        raise RefusedError(f"payload type is {dsse.payloadType!r}, expected {expected!r}")
    payload = dsse.payload_bytes()
    identifier = key_id(public)
    if dsse.signatures[0].keyid != identifier:
        raise RefusedError("signed with another key than the pinned one")
    try:
        decode_base64(dsse.signatures[0].sig, length=SIGNATURE_BYTES)
    except ValueError as error:
        raise RefusedError(f"the signature is {error}") from None
    envelope = DsseEnvelope.from_dict(dsse.model_dump())
    key = SSlibKey(identifier, "ed25519", "ed25519", {"public": public_bytes(public).hex()})
    try:
        envelope.verify([key], 1)
    except (VerificationError, UnverifiedSignatureError):
        raise RefusedError("the signature does not hold") from None
    return payload


def signed_part(dsse: Dsse, name: str, public: str) -> tuple[bytes, bytes]:
    """(signature, what it must be over) of the base64 key `public`, as `verify_dsse` would check it, for
    checking in bulk. RefusedError if type, key id or form are already wrong."""
    expected = payload_type(name)
    if dsse.payloadType != expected:
        raise RefusedError(f"payload type is {dsse.payloadType!r}, expected {expected!r}")
    if dsse.signatures[0].keyid != key_id(public):
        raise RefusedError("signed with another key than the pinned one")
    try:
        signature = decode_base64(dsse.signatures[0].sig, length=SIGNATURE_BYTES)
    except ValueError as error:
        raise RefusedError(f"the signature is {error}") from None
    return signature, pae(name, dsse.payload_bytes())
