from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import (
    Dsse,
    DsseSignature,
    payload_type,
    read_dsse,
    sign_dsse,
    verify_dsse,
    written_dsse,
)
from skyaccord.record.keys import PersonKey

KEY = PersonKey.generate(SeededRandomness(8))


def test_sign_and_verify() -> None:
    assert verify_dsse(read_dsse(sign_dsse("head", b"payload", KEY)), "head", KEY.public) == b"payload"


def test_the_type_is_inside_the_signature() -> None:
    wire = sign_dsse("statement.message", b"payload", KEY)
    wire["payloadType"] = payload_type("statement.acknowledge")
    with pytest.raises(RefusedError, match="signature does not hold"):
        verify_dsse(read_dsse(wire), "statement.acknowledge", KEY.public)
    with pytest.raises(RefusedError, match="payload type"):
        verify_dsse(read_dsse(wire), "statement.message", KEY.public)


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": "!!!"},
        {"payload": "YQ"},
        {"payload": 5},
        {"signatures": None},
        {"signatures": [{"keyid": "x", "sig": "y"}]},
        {"signatures": [{"keyid": "0" * 64, "sig": "", "extra": 1}]},
    ],
)
def test_what_is_no_dsse_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        verify_dsse(read_dsse({**sign_dsse("head", b"payload", KEY), **changes}), "head", KEY.public)


@pytest.mark.parametrize("sig", ["", "AAAA", "=", "A" * 88])
def test_a_signature_of_another_shape_is_refused(sig: str) -> None:
    wire = sign_dsse("head", b"payload", KEY)
    wire["signatures"][0]["sig"] = sig
    with pytest.raises(RefusedError, match="signature"):
        verify_dsse(read_dsse(wire), "head", KEY.public)


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_was_read_is_written_as_canonical_json(payload: str, kind: str) -> None:
    dsse = Dsse(payload=payload, payloadType=kind, signatures=[DsseSignature(keyid="a" * 64, sig=kind)])
    assert written_dsse(dsse) == canonical_json(dsse.model_dump())
