from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.hotline.acts import Acknowledge, Message
from skyaccord.incidents.acts import OpenIncident
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Envelope
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import (
    STATEMENT_AGE_MAX_S,
    read_statement,
    sign_statement,
    statement_digest,
    statement_fault,
    verify_statement,
)
from tests.record.test_enrolment import header
from tests.record.worlds import ACCORD, START, enrol, exchange_all, make_pair, make_party, said

PERSON = PersonKey.generate(SeededRandomness(11))
COMMON: dict[str, Any] = {
    "party": "A",
    "role": "duty-officer",
    "at": "2015-10-14T09:01:00Z",
    "accord": None,
    "exercise": True,
    "automatic": False,
}
REF = {"origin": "skyaccord.journal/B/0123456789abcdef", "sequence": 4, "leaf": "00" * 32}
MESSAGE = {**COMMON, "act": "message", "to_role": "duty-officer", "text": "Turn left", "language": "en"}


def enrolments(**changes: Any) -> Enrolments:
    found = Enrolments()
    body = {"public_key": PERSON.public, "name": "Officer", "role": "duty-officer", "automatic": False}
    found.add(header(2), {**body, **changes})
    return found


@pytest.mark.parametrize(
    ("payload", "model"),
    [
        (MESSAGE, Message),
        ({**MESSAGE, "about": REF, "text": "انعطف يسارا", "language": "ar"}, Message),
        ({**COMMON, "act": "acknowledge", "of": REF}, Acknowledge),
        (
            {**COMMON, "act": "open-incident", "pair": ["a5314e", "a6c29e"], "about": None, "note": ""},
            OpenIncident,
        ),
    ],
)
def test_each_act_is_signed_and_verified(payload: dict[str, Any], model: type) -> None:
    dsse = sign_statement(payload, PERSON)
    assert dsse["payloadType"] == f"application/vnd.skyaccord.statement.{payload['act']}+json"
    statement = verify_statement(dsse, enrolments(), before=3)
    assert isinstance(statement, model)
    assert statement.person == PERSON.public


def test_a_statement_made_by_any_dsse_signer_is_accepted() -> None:
    """A browser writes its JSON in its own order and with spaces."""
    payload = json.dumps({"person": PERSON.public, **MESSAGE}, indent=1).encode()
    assert verify_statement(sign_dsse("statement.message", payload, PERSON), enrolments())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"party": "B"}, "not enrolled for the role 'duty-officer' of party 'B'"),
        ({"role": "commander"}, "not enrolled for the role 'commander'"),
        ({"automatic": True}, "automatic"),
        ({"at": "2015-10-14T08:00:00Z"}, "before the person was enrolled"),
        ({"at": "2015-10-14T09:01:00"}, "no time zone"),
        ({"text": ""}, "text"),
        ({"text": "x" * 5000}, "text"),
        ({"language": "english please"}, "language"),
        ({"target": "x"}, "target"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    payload = canonical_json({"person": PERSON.public, **MESSAGE, **changes})
    with pytest.raises(RefusedError, match=reason):
        verify_statement(sign_dsse("statement.message", payload, PERSON), enrolments())


def test_time_is_bounded_by_when_it_is_journalled() -> None:
    dsse = sign_statement({**MESSAGE, "at": START}, PERSON)
    assert verify_statement(dsse, enrolments(), recorded_at=START)
    with pytest.raises(RefusedError, match="more than"):
        verify_statement(dsse, enrolments(), recorded_at=START + timedelta(seconds=STATEMENT_AGE_MAX_S + 1))
    future = sign_statement({**MESSAGE, "at": START + timedelta(hours=1)}, PERSON)
    with pytest.raises(RefusedError, match="future"):
        verify_statement(future, enrolments(), recorded_at=START)


def test_enrolled_later_is_not_enrolled() -> None:
    dsse = sign_statement(MESSAGE, PERSON)
    with pytest.raises(RefusedError, match="not enrolled"):
        verify_statement(dsse, enrolments(), before=2)


def test_nobody_signs_in_anothers_name() -> None:
    other = PersonKey.generate(SeededRandomness(12))
    payload = canonical_json({"person": PERSON.public, **MESSAGE})
    with pytest.raises(RefusedError, match="another key"):
        verify_statement(sign_dsse("statement.message", payload, other), enrolments())
    with pytest.raises(RefusedError, match="another person"):
        sign_statement(read_statement(sign_statement(MESSAGE, PERSON)), other)


def test_an_act_cannot_be_passed_off_as_another() -> None:
    payload = canonical_json({"person": PERSON.public, **MESSAGE})
    with pytest.raises(RefusedError, match="payload type"):
        read_statement(sign_dsse("statement.acknowledge", payload, PERSON))


@pytest.mark.parametrize("value", [None, [], "x", {}, {"payload": "", "payloadType": "x", "signatures": []}])
def test_what_is_no_statement_is_refused(value: Any) -> None:
    with pytest.raises(RefusedError):
        read_statement(value)


@pytest.mark.parametrize("pair", [["b", "a"], ["a", "a"], ["a"], ["a", "b", "c"], ["A", "B"]])
def test_a_pair_is_two_addresses_in_order(pair: list[str]) -> None:
    with pytest.raises(RefusedError, match="pair"):
        sign_statement({**COMMON, "act": "open-incident", "pair": pair, "about": None, "note": ""}, PERSON)


# ── in a journal ────────────────────────────────────────────────────────────────────────────────────────


def test_the_node_journals_what_holds_under_the_statements_own_accord(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    enrol(a, PERSON)
    entry = a.journal.append_statement("message", said(a, PERSON, accord=ACCORD), recipients=["*"])
    assert entry.header.accord == ACCORD
    assert entry.header.exercise


@pytest.mark.parametrize(
    ("kind", "changes", "envelope", "reason"),
    [
        ("acknowledgement", {}, {}, "carries the act 'message', expected 'acknowledge'"),
        ("message", {"accord": ACCORD}, {}, "another accord"),
        ("message", {}, {"exercise": False}, "in an envelope that is none"),
        ("message", {"role": "commander"}, {}, "not enrolled"),
    ],
)
def test_the_node_journals_nothing_else(
    tmp_path: Path, kind: str, changes: dict[str, Any], envelope: dict[str, Any], reason: str
) -> None:
    a = make_party(tmp_path, "A")
    enrol(a, PERSON)
    size = a.journal.size()
    with pytest.raises(RefusedError, match=reason):
        a.journal.append(
            kind,
            {"statement": said(a, PERSON, **changes)},
            recipients=["*"],
            **{"exercise": True, **envelope},
        )
    assert a.journal.size() == size


def test_a_person_of_one_party_cannot_speak_in_anothers_journal(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    enrol(a, PERSON)
    exchange_all(a, b)
    with pytest.raises(RefusedError, match="not enrolled"):
        b.journal.append("message", {"statement": said(a, PERSON)}, recipients=["*"], exercise=True)


def test_the_browsers_signature_is_over_the_plain_pae() -> None:
    dsse = sign_statement(MESSAGE, PERSON)
    payload = base64.b64decode(dsse["payload"])
    kind = dsse["payloadType"].encode()
    pae = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    assert base64.b64decode(dsse["signatures"][0]["sig"]) == PERSON.sign(pae)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pair": ["a00001", "c00001"]}, "body's 'pair' is not what the person signed"),
        ({"about": REF}, "body's 'about' is not what the person signed"),
    ],
)
def test_a_body_cannot_say_other_than_the_person_signed(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    a, b = make_pair(tmp_path)
    enrol(a, PERSON)
    signed = {"act": "open-incident", "pair": ["a00001", "b00001"], "about": None, "note": "near"}
    dsse = sign_statement({**COMMON, **signed, "at": a.clock.now()}, PERSON)
    body = {"pair": signed["pair"], "about": None, "reason": "officer", "observation": None}
    a.journal.append_statement("incident.opened", dsse, recipients=["*"], **body)
    with pytest.raises(RefusedError, match=says):
        a.journal.append_statement("incident.opened", dsse, recipients=["*"], **{**body, **change})
    exchange_all(a, b)
    assert [entry.refused for entry in b.journal.entries(a.card.origin)][-1] is None


def test_what_was_signed_has_one_digest_and_what_was_not_another() -> None:
    once = sign_statement(MESSAGE, PERSON)
    again = {**once, "signatures": [{**once["signatures"][0], "sig": "A" * 88}]}
    assert statement_digest(once) == statement_digest(again)
    assert statement_digest(once) != statement_digest(
        sign_statement({**MESSAGE, "text": "Turn right"}, PERSON)
    )


def test_neither_another_partys_journal_nor_a_later_enrolment_carries_a_statement(tmp_path: Path) -> None:
    """Whatever enrolments the reader has: it may hold those of every party, and of the whole journal."""
    a, b = make_pair(tmp_path)
    for party in (a, b):
        enrol(party, PERSON)
    quoted = a.journal.append_statement("message", said(a, PERSON), recipients=["*"])
    everybodys = a.journal.enrolments()
    for entry in b.journal.entries():
        everybodys.add(entry.header, entry.body)
    assert quoted.envelope is not None
    assert statement_fault(quoted.envelope, everybodys) is None
    elsewhere = quoted.header.model_copy(update={"origin": b.card.origin})
    assert "in the journal of party 'B'" in (
        statement_fault(Envelope(elsewhere, quoted.body, b""), everybodys) or ""
    )
    earlier = quoted.header.model_copy(update={"sequence": 1})
    assert "not enrolled" in (statement_fault(Envelope(earlier, quoted.body, b""), everybodys) or "")
