"""What a person signs with their own key, checked: any act that is registered (`acts.py`).

A statement is a DSSE envelope of type `application/vnd.skyaccord.statement.<act>+json` whose payload names
the person's key, party and role. The node carries it inside its own envelope and can make none: whoever runs
the node cannot acknowledge in an officer's name.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.record.acts import ACT_CHARS_MAX, ACTS, ActRegistry, PersonStatement
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.dating import sky_date_fault
from skyaccord.record.dsse import first_fault, payload_type, read_dsse, sign_dsse, verify_dsse
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Envelope, Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.signer import PersonSigner

STATEMENT_BYTES_MAX = 96 * 1024  # the draft that opens talks is an accord's whole file
# How far the clock of a person's browser may differ from the node's, either way.
CLOCK_SKEW_MAX_S = 300.0
# A statement is journalled when it is made. An older one is a replay, or came out of a machine that slept.
STATEMENT_AGE_MAX_S = 900.0


def make_statement(payload: Any, acts: ActRegistry = ACTS) -> PersonStatement:
    """The payload as the model of its act. RefusedError: an unknown act, or which field is wrong."""
    act = payload.get("act") if isinstance(payload, dict) else None
    if not isinstance(act, str):
        raise RefusedError("statement: it names no act")
    model = acts.model(act)
    if model is None:
        raise RefusedError(f"statement: the act {act[:ACT_CHARS_MAX]!r} is not known here")
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise RefusedError(f"statement: {first_fault(error)}") from None


def sign_statement(payload: dict[str, Any] | PersonStatement, key: PersonSigner) -> dict[str, Any]:
    """Sign with the person's key; `person` and `act` must fit. Times may be text or aware datetimes."""
    statement = make_statement({**payload, "person": key.public}) if isinstance(payload, dict) else payload
    if statement.person != key.public:
        raise RefusedError("the statement names another person's key")
    return sign_dsse(f"statement.{statement.act}", canonical_json(statement.model_dump()), key)


def read_statement(dsse: Any) -> PersonStatement:
    """Read a statement without checking its signature: for showing, never for acting on. RefusedError."""
    envelope = read_dsse(dsse)
    payload = envelope.payload_bytes()
    if len(payload) > STATEMENT_BYTES_MAX:
        raise RefusedError(f"statement of {len(payload)} bytes; the limit is {STATEMENT_BYTES_MAX}")
    try:
        value = parse_json(payload)
    except ValueError as error:
        raise RefusedError(f"the statement is not JSON as it must be ({error})") from None
    statement = make_statement(value)
    if envelope.payloadType != payload_type(f"statement.{statement.act}"):
        raise RefusedError(f"payload type {envelope.payloadType!r} for act {statement.act!r}")
    return statement


def verify_statement(
    dsse: Any, enrolments: Enrolments, *, before: int | None = None, recorded_at: datetime | None = None
) -> PersonStatement:
    """The statement, if its signer was enrolled for that party and role; else RefusedError with the reason.

    before: the sequence at which the statement is journalled: only earlier enrolments count.
    recorded_at: the wall time at which it is journalled; the statement may be neither old nor in the future.
    """
    statement = read_statement(dsse)
    enrolment = enrolments.find(statement.party, statement.person, statement.role, before=before)
    if enrolment is None:
        raise RefusedError(
            f"this key is not enrolled for the role {statement.role!r} of party {statement.party!r}"
        )
    if statement.automatic != enrolment.automatic:
        raise RefusedError("the statement and the enrolment differ on whether the signer is automatic")
    verify_dsse(read_dsse(dsse), f"statement.{statement.act}", enrolment.public_key)
    skew = timedelta(seconds=CLOCK_SKEW_MAX_S)
    if statement.at < enrolment.recorded_at - skew:
        raise RefusedError("signed before the person was enrolled")
    if recorded_at is not None:
        if statement.at > recorded_at + skew:
            raise RefusedError("signed in the future; is the clock of the signer's machine right?")
        if statement.at < recorded_at - timedelta(seconds=STATEMENT_AGE_MAX_S):
            raise RefusedError(f"signed more than {STATEMENT_AGE_MAX_S:.0f} s ago; sign it again")
    return statement


def statement_fault(envelope: Envelope, enrolments: Enrolments) -> str | None:
    """Why the statement inside this envelope does not hold, or None (also when its kind carries none)."""
    header, body = envelope.header, envelope.body
    carried = ACTS.carried(header.kind)
    act = ACTS.of_kind(header.kind) or carried
    if act is None or body.get("statement") is None:
        return None
    try:
        if carried is not None:
            statement = _verify_carried(envelope, enrolments)
        else:
            statement = verify_statement(
                body["statement"], enrolments, before=header.sequence, recorded_at=header.recorded_at
            )
    except RefusedError as error:
        return str(error)
    return _misfit(statement, act, header) or _misquotation(statement, body)


def _verify_carried(envelope: Envelope, enrolments: Enrolments) -> PersonStatement:
    """A statement that waited in an earlier entry of this journal: it may be old, its signer not gone."""
    header, body = envelope.header, envelope.body
    try:
        prepared = EntryRef.model_validate(body.get("prepared"))
    except ValidationError as error:
        raise RefusedError(f"prepared: {first_fault(error)}") from None
    if prepared.origin != header.origin or prepared.sequence >= header.sequence:
        raise RefusedError("what it was prepared in is no earlier entry of this journal")
    statement = verify_statement(body["statement"], enrolments, before=prepared.sequence)
    if statement.at > header.recorded_at + timedelta(seconds=CLOCK_SKEW_MAX_S):
        raise RefusedError("signed in the future; is the clock of the signer's machine right?")
    if enrolments.find(statement.party, statement.person, statement.role, before=header.sequence) is None:
        raise RefusedError("its signer was dismissed before it went out")
    return statement


def statement_digest(dsse: dict[str, Any]) -> str:
    """Hex SHA-256 over type and payload: what the person signed. The same twice is the same statement."""
    signed = (str(dsse.get("payloadType")), str(dsse.get("payload")))
    return hashlib.sha256("\n".join(signed).encode("utf-8")).hexdigest()


def _misquotation(statement: PersonStatement, body: dict[str, Any]) -> str | None:
    """What a body says beside its statement must be what the person signed, where both say it."""
    signed = statement.model_dump(mode="json")
    for name, value in body.items():
        if name in signed and value != signed[name]:
            return f"the body's {name!r} is not what the person signed"
    return None


def _misfit(statement: PersonStatement, act: str, header: Header) -> str | None:
    """Where a valid statement stands in the wrong envelope."""
    if statement.act != act:
        return f"a {header.kind} carries the act {statement.act!r}, expected {act!r}"
    if statement.party != header.party:
        return f"a person of party {statement.party!r} in the journal of party {header.party!r}"
    if statement.accord != header.accord:
        return "the statement was made under another accord than its envelope"
    if statement.exercise and not header.exercise:
        return "a statement made in an exercise, in an envelope that is none"
    return sky_date_fault(header) if ACTS.is_dated(act) else None
