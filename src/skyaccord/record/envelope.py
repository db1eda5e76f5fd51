"""The envelope: one signed statement of a party, on its journal.

Payload (JSON): `origin, sequence, previous, kind, accord, recipients, sky_time, recorded_at, exercise, body`.
The signature therefore covers the accord's digest, the journal's name, the place in it and the recipients: an
envelope replayed anywhere else does not fit. Its bytes have exactly one form (canonical JSON around base64),
so nobody can make a second leaf out of the same signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from skyaccord.base.errors import LimitError, RefusedError
from skyaccord.base.times import format_utc
from skyaccord.record.canonical import canonical_text, parse_json
from skyaccord.record.dsse import (
    Dsse,
    first_fault,
    payload_type,
    read_dsse,
    verify_dsse,
    write_dsse,
    written_dsse,
)
from skyaccord.record.fields import (
    EVERY_PEER,
    Digest,
    HashHex,
    Kind,
    Origin,
    Recipients,
    RecordModel,
    Sequence,
    UtcTime,
)
from skyaccord.record.signer import PartySigner, RootSigner

# An accord's text is the largest thing that travels (tens of kilobytes); a batch must hold several envelopes.
ENVELOPE_BYTES_MAX = 256 * 1024

KEY_ROTATED = "key.rotated"
KEY_REVOKED = "key.revoked"
ROOT_KINDS = frozenset((KEY_ROTATED, KEY_REVOKED))
"""Kinds that change the party's key. Their envelopes are signed with its root key, all others with the
party's key: whoever has stolen that one alone cannot put another in its place."""


class Header(RecordModel):
    """Everything in an envelope's payload but the body."""

    origin: Origin
    sequence: Sequence
    previous: HashHex
    kind: Kind
    accord: Digest | None
    recipients: Recipients
    sky_time: UtcTime
    recorded_at: UtcTime
    exercise: bool

    @property
    def party(self) -> str:
        """The party whose journal this is."""
        return self.origin.split("/")[1]

    def is_for(self, party: str) -> bool:
        """Whether `party` is among the recipients (the writer always is)."""
        return party == self.party or party in self.recipients or EVERY_PEER in self.recipients


@dataclass(frozen=True)
class Envelope:
    """A read envelope: header, body (a JSON object), and the bytes they came from."""

    header: Header
    body: dict[str, Any]
    data: bytes


def make_header(**fields: Any) -> Header:
    """A header of these fields. RefusedError names the one that is wrong."""
    try:
        return Header.model_validate(fields)
    except ValidationError as error:
        raise RefusedError(f"header: {first_fault(error)}") from None


def seal(header: Header, body: dict[str, Any], key: PartySigner | RootSigner) -> bytes:
    """The signed envelope's bytes. LimitError if it is larger than ENVELOPE_BYTES_MAX; RefusedError if the
    body is no JSON."""
    return seal_written(header, write_body(body), key)


def write_body(body: dict[str, Any]) -> str:
    """A body as canonical JSON. RefusedError if it is none."""
    try:
        return canonical_text(body)
    except (TypeError, ValueError, RecursionError) as error:
        raise RefusedError(f"the body is not JSON ({error})") from None


def seal_written(header: Header, body: str, key: PartySigner | RootSigner) -> bytes:
    """`seal` of a body that `write_body` wrote."""
    try:
        payload = _payload(header, body)
    except UnicodeEncodeError as error:
        raise RefusedError(f"the body is not JSON ({error})") from None
    data = write_dsse(header.kind, payload, key)
    if len(data) > ENVELOPE_BYTES_MAX:
        raise LimitError(
            f"an envelope of {len(data)} bytes; the limit ENVELOPE_BYTES_MAX is {ENVELOPE_BYTES_MAX}"
        )
    return data


def _payload(header: Header, body: str) -> bytes:
    """Canonical JSON of header and body, written out: a header's fields have patterns that leave nothing to
    escape, and an append must not cost more than the disk (bench/journal.py)."""
    accord = "null" if header.accord is None else f'"{header.accord}"'
    recipients = ",".join(f'"{one}"' for one in header.recipients)
    return (
        f'{{"accord":{accord},"body":{body},"exercise":{"true" if header.exercise else "false"},'
        f'"kind":"{header.kind}","origin":"{header.origin}","previous":"{header.previous}",'
        f'"recipients":[{recipients}],"recorded_at":"{format_utc(header.recorded_at)}",'
        f'"sequence":{header.sequence},"sky_time":"{format_utc(header.sky_time)}"}}'
    ).encode()


def read_envelope(data: bytes) -> Envelope:
    """Read without checking the signature: for entries that were checked when they were stored."""
    return read_signed(data)[0]


def read_signed(data: bytes) -> tuple[Envelope, Dsse]:
    """The same with the DSSE object it came in, for whoever checks the signature later."""
    return _read(data)


def open_envelope(data: bytes, public_key: str, root_key: str | None = None) -> Envelope:
    """Read and verify against the pinned base64 key, or for ROOT_KINDS the root key. RefusedError carries the
    reason."""
    envelope, dsse = _read(data)
    kind = envelope.header.kind
    if kind not in ROOT_KINDS:
        verify_dsse(dsse, kind, public_key)
    elif root_key is None:
        raise RefusedError(f"a {kind} is signed with a root key, and none is pinned for this party")
    else:
        try:
            verify_dsse(dsse, kind, root_key)
        except RefusedError as error:
            raise RefusedError(f"a {kind} must be signed with the party's root key: {error}") from None
    return envelope


def _read(data: bytes) -> tuple[Envelope, Dsse]:
    if len(data) > ENVELOPE_BYTES_MAX:
        raise RefusedError(f"envelope of {len(data)} bytes; the limit is {ENVELOPE_BYTES_MAX}")
    try:
        wire = parse_json(data)
    except ValueError as error:
        raise RefusedError(f"the envelope is not JSON as it must be ({error})") from None
    dsse = read_dsse(wire)
    if written_dsse(dsse) != data:
        raise RefusedError("the envelope is not in its one written form")
    try:
        payload = parse_json(dsse.payload_bytes())
    except ValueError as error:
        raise RefusedError(f"the payload is not JSON as it must be ({error})") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("body"), dict):
        raise RefusedError("the payload is no object with a body")
    body: dict[str, Any] = payload.pop("body")
    try:
        header = Header.model_validate(payload)
    except ValidationError as error:
        raise RefusedError(f"header: {first_fault(error)}") from None
    if dsse.payloadType != payload_type(header.kind):
        raise RefusedError(f"payload type {dsse.payloadType!r} for kind {header.kind!r}")
    return Envelope(header, body, data), dsse
