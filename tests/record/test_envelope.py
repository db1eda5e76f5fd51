from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import LimitError, RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.envelope import ENVELOPE_BYTES_MAX, Header, open_envelope, read_envelope, seal
from skyaccord.record.keys import PartyKey, PersonKey
from tests.record.worlds import ACCORD, START

KEY = PartyKey.generate(SeededRandomness(5))
FIELDS: dict[str, Any] = {
    "origin": "skyaccord.journal/A/0123456789abcdef",
    "sequence": 7,
    "previous": "00" * 32,
    "kind": "alert",
    "accord": ACCORD,
    "recipients": ["B"],
    "sky_time": START,
    "recorded_at": START,
    "exercise": True,
}
BODY = {"tier": "caution", "distance_nm": 2.5, "name": "سماء"}


def signed(signed_as: str = "alert", **changes: Any) -> bytes:
    """An envelope signed by the right key around any payload at all."""
    payload = {
        **FIELDS,
        "sky_time": "2015-10-14T09:00:00Z",
        "recorded_at": "2015-10-14T09:00:00Z",
        "body": BODY,
    }
    payload.update(changes)
    payload = {name: value for name, value in payload.items() if value is not ...}
    return canonical_json(sign_dsse(signed_as, canonical_json(payload), KEY))


def test_an_envelope_comes_back_as_it_was_sealed() -> None:
    header = Header(**FIELDS)
    envelope = open_envelope(seal(header, BODY, KEY), KEY.public)
    assert envelope.header == header
    assert envelope.body == BODY
    assert envelope.header.party == "A"


def test_the_written_form_is_dsse_with_the_kind_in_the_payload_type() -> None:
    wire = json.loads(seal(Header(**FIELDS), BODY, KEY))
    assert set(wire) == {"payload", "payloadType", "signatures"}
    assert wire["payloadType"] == "application/vnd.skyaccord.alert+json"
    payload = base64.b64decode(wire["payload"])
    assert json.loads(payload)["sky_time"] == "2015-10-14T09:00:00.000Z"
    pae = b"DSSEv1 36 application/vnd.skyaccord.alert+json %d %b" % (len(payload), payload)
    assert base64.b64decode(wire["signatures"][0]["sig"]) == KEY.sign(pae)


SEALED = seal(Header(**FIELDS), BODY, KEY)


@settings(max_examples=300)
@given(st.integers(0, len(SEALED) * 8 - 1))
def test_no_bit_of_an_envelope_can_be_flipped(bit: int) -> None:
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RefusedError):
        open_envelope(bytes(changed), KEY.public)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        open_envelope(data, KEY.public)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "message"}, "payload type"),
        ({"kind": "Alert!"}, "header: kind"),
        ({"sequence": -1}, "header: sequence"),
        ({"sequence": 2**53}, "header: sequence"),
        ({"sequence": "7"}, "header: sequence"),
        ({"sequence": True}, "header: sequence"),
        ({"previous": "00" * 31}, "header: previous"),
        ({"previous": "AA" * 32}, "header: previous"),
        ({"origin": "skyaccord.journal/A"}, "header: origin"),
        ({"origin": "skyaccord.journal/A/0123456789abcdef\n"}, "header: origin"),
        ({"accord": "abc"}, "header: accord"),
        ({"recipients": "*"}, "header: recipients"),
        ({"recipients": ["*", "B"]}, "stands alone"),
        ({"recipients": ["B", "B"]}, "named twice"),
        ({"sky_time": "2015-10-14T09:00:00"}, "no time zone"),
        ({"recorded_at": 1444813200}, "header: recorded_at"),
        ({"exercise": 1}, "header: exercise"),
        ({"exercise": ...}, "header: exercise"),
        ({"target": "x"}, "header: target"),
        ({"body": ...}, "no object with a body"),
        ({"body": []}, "no object with a body"),
    ],
)
def test_a_signed_envelope_with_a_bad_header_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        open_envelope(signed(**changes), KEY.public)
    with pytest.raises(RefusedError, match=reason):
        read_envelope(signed(**changes))


def test_another_key_is_refused_even_with_the_right_key_id() -> None:
    other = PartyKey.generate(SeededRandomness(6))
    with pytest.raises(RefusedError, match="another key"):
        open_envelope(seal(Header(**FIELDS), BODY, other), KEY.public)
    wire = json.loads(seal(Header(**FIELDS), BODY, other))
    wire["signatures"][0]["keyid"] = KEY.key_id
    with pytest.raises(RefusedError, match="signature does not hold"):
        open_envelope(canonical_json(wire), KEY.public)


def test_there_is_one_written_form_only() -> None:
    wire = json.loads(SEALED)
    for changed in (
        json.dumps(wire).encode(),
        SEALED + b"\n",
        canonical_json({**wire, "more": 1}),
        canonical_json({**wire, "signatures": wire["signatures"] * 2}),
        canonical_json({**wire, "signatures": []}),
        canonical_json({**wire, "payload": wire["payload"].rstrip("=") + "\n"}),
    ):
        with pytest.raises(RefusedError):
            open_envelope(changed, KEY.public)


def test_a_payload_with_a_name_twice_is_refused() -> None:
    payload = canonical_json({**json.loads(base64.b64decode(json.loads(SEALED)["payload"]))})
    doubled = payload[:-1] + b',"kind":"alert"}'
    with pytest.raises(RefusedError, match="stands twice"):
        open_envelope(canonical_json(sign_dsse("alert", doubled, KEY)), KEY.public)


def test_the_size_limit_holds_both_ways() -> None:
    with pytest.raises(LimitError, match="ENVELOPE_BYTES_MAX"):
        seal(Header(**FIELDS), {"text": "x" * ENVELOPE_BYTES_MAX}, KEY)
    with pytest.raises(RefusedError, match="the limit is"):
        open_envelope(b"x" * (ENVELOPE_BYTES_MAX + 1), KEY.public)


@pytest.mark.parametrize(
    ("recipients", "party", "is_for"),
    [(["B"], "B", True), (["B"], "C", False), (["B"], "A", True), (["*"], "C", True), ([], "B", False)],
)
def test_whom_it_is_for(recipients: list[str], party: str, is_for: bool) -> None:
    assert Header(**{**FIELDS, "recipients": recipients}).is_for(party) is is_for


def test_a_person_and_a_party_have_keys_of_their_own_type() -> None:
    assert not isinstance(PersonKey.generate(), PartyKey)
