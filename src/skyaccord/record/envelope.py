"""The envelope: one signed statement of a party, on its journal.

Payload (JSON): `origin, sequence, previous, kind, accord, recipients, sky_time, recorded_at, exercise, body`.
The signature therefore covers the accord's digest, the journal's name, the place in it and the recipients: an
envelope replayed anywhere else does not fit. Its bytes have exactly one form (canonical JSON around base64),
so nobody can make a second leaf out of the same signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

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
    HASH_BYTES,
    SEQUENCE_MAX,
    YEAR_MAX,
    YEAR_MIN,
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
FORMS_REMEMBERED = 256  # kinds by recipients by accords: a node writes a few dozen, again and again

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
    payload = _payload(
        _form_of(header), body, header.sequence, header.previous, header.sky_time, header.recorded_at
    )
    return _signed(header.kind, payload, key)


def seal_next(  # noqa: PLR0917
    key: PartySigner | RootSigner,
    origin: str,
    sequence: int,
    previous: bytes,
    kind: str,
    accord: str | None,
    recipients: tuple[str, ...],
    sky_time: datetime,
    recorded_at: datetime,
    exercise: bool,
    body: str,
) -> bytes:
    """`seal_written` with these fields of a header, byte for byte, and refused as `make_header` refuses them.

    What does not change from entry to entry is checked and written once: an append must not cost more than
    the disk (bench/journal.py).
    """
    try:
        form = _form(origin, kind, accord, recipients, exercise)
    except TypeError:  # nothing to remember it by
        form = None
    if (
        form is None
        or not (_is_usual(sky_time) and _is_usual(recorded_at))
        or not 0 <= sequence <= SEQUENCE_MAX
        or len(previous) != HASH_BYTES
    ):
        header = make_header(
            origin=origin,
            sequence=sequence,
            previous=previous.hex(),
            kind=kind,
            accord=accord,
            recipients=list(recipients),
            sky_time=sky_time,
            recorded_at=recorded_at,
            exercise=exercise,
        )
        return seal_written(header, body, key)
    return _signed(kind, _payload(form, body, sequence, previous.hex(), sky_time, recorded_at), key)


def _is_usual(moment: datetime) -> bool:
    """Whether a header takes this time as it is."""
    return isinstance(moment, datetime) and moment.tzinfo is not None and YEAR_MIN <= moment.year <= YEAR_MAX


class _Form(NamedTuple):
    """What stands before the body, between body and `previous`, and from there to `recorded_at`."""

    accord: str
    kind: str
    recipients: str


@lru_cache(FORMS_REMEMBERED, typed=True)  # for 1 is not True
def _form(origin: str, kind: str, accord: str | None, recipients: tuple[str, ...], exercise: bool) -> _Form:
    """RefusedError if one of these may not stand in a header."""
    fields = {"origin": origin, "kind": kind, "accord": accord, "exercise": exercise}
    return _form_of(make_header(**fields, recipients=list(recipients), **_ANY_PLACE))


_ANY_TIME = "2000-01-01T00:00:00Z"
_ANY_PLACE = {
    "sequence": 0, "previous": "0" * 2 * HASH_BYTES, "sky_time": _ANY_TIME, "recorded_at": _ANY_TIME
}  # fmt: skip


def _form_of(header: Header) -> _Form:
    accord = "null" if header.accord is None else f'"{header.accord}"'
    recipients = ",".join(f'"{one}"' for one in header.recipients)
    return _Form(
        f'{{"accord":{accord},"body":',
        f',"exercise":{"true" if header.exercise else "false"},"kind":"{header.kind}",'
        f'"origin":"{header.origin}","previous":"',
        f'","recipients":[{recipients}],"recorded_at":"',
    )


def _payload(  # noqa: PLR0917
    form: _Form, body: str, sequence: int, previous: str, sky_time: datetime, recorded_at: datetime
) -> bytes:
    """Canonical JSON of header and body, written out: a header's fields have patterns that leave nothing to
    escape. RefusedError if the body is not Unicode."""
    recorded = format_utc(recorded_at)
    sky = recorded if sky_time is recorded_at else format_utc(sky_time)
    try:
        return (
            f"{form.accord}{body}{form.kind}{previous}{form.recipients}{recorded}"
            f'","sequence":{sequence},"sky_time":"{sky}"}}'
        ).encode()
    except UnicodeEncodeError as error:
        raise RefusedError(f"the body is not JSON ({error})") from None


def _signed(kind: str, payload: bytes, key: PartySigner | RootSigner) -> bytes:
    data = write_dsse(kind, payload, key)
    if len(data) > ENVELOPE_BYTES_MAX:
        raise LimitError(
            f"an envelope of {len(data)} bytes; the limit ENVELOPE_BYTES_MAX is {ENVELOPE_BYTES_MAX}"
        )
    return data


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
