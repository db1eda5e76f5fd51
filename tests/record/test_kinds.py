from __future__ import annotations

import pytest
from pydantic import BaseModel, field_validator

from skyaccord.record.canonical import canonical_json
from skyaccord.record.kinds import (
    KINDS,
    NODE_OPENED,
    REASON_BYTES_MAX,
    REASON_CHARS_MAX,
    RECEIPT,
    KindRegistry,
    clip_reason,
)

RECEIPT_BODY = {
    "origin": "skyaccord.journal/B/0123456789abcdef",
    "first": 0,
    "last": 3,
    "head": "00" * 32,
    "refused": [{"sequence": 2, "reason": "body"}],
    "sealed": [1],
}


class Weather(BaseModel):
    wind_kt: float


def test_our_own_kinds_are_known() -> None:
    assert {"node.opened", "peer.pinned", "person.enrolled", "receipt"} <= set(KINDS.known())


def test_a_body_that_keeps_to_its_model_has_no_fault() -> None:
    assert KINDS.fault(RECEIPT, RECEIPT_BODY) is None


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"first": -1}, "first"),
        ({"more": 1}, "more"),
        ({"head": "x"}, "head"),
        ({"refused": None}, "refused"),
    ],
)
def test_a_fault_names_the_field(changes: dict[str, object], what: str) -> None:
    fault = KINDS.fault(RECEIPT, {**RECEIPT_BODY, **changes})
    assert fault is not None
    assert fault.startswith(f"body of receipt: {what}")


def test_an_unknown_kind_is_opaque() -> None:
    assert KINDS.fault("weather.unknown", {"anything": [1, 2]}) is None


def test_rooms_add_theirs_once() -> None:
    kinds = KindRegistry()
    kinds.register("weather", Weather)
    kinds.register("weather", Weather)
    assert kinds.fault("weather", {"wind_kt": "strong"}) is not None
    with pytest.raises(ValueError, match="has a model already"):
        kinds.register("weather", BaseModel)


def test_an_opening_must_hold_a_card_that_holds() -> None:
    assert KINDS.fault(NODE_OPENED, {"card": {"party": "A"}}) is not None


class Stumbling(BaseModel):
    text: str

    @field_validator("text")
    @classmethod
    def _stumble(cls, text: str) -> str:
        raise RuntimeError(text)


def test_a_body_over_which_a_model_stumbles_is_at_fault() -> None:
    kinds = KindRegistry()
    kinds.register("weather", Stumbling)
    assert kinds.fault("weather", {"text": "x"}) == "body of weather: cannot be read"


@pytest.mark.parametrize("text", ["x" * 999, "😀" * 999, "\x00" * 999, '"' * 999, "\ud800" * 999])
def test_a_reason_is_bounded_as_it_is_written(text: str) -> None:
    kept = clip_reason(text)
    assert 0 < len(kept) <= REASON_CHARS_MAX
    written = len(canonical_json(kept)) - 2
    assert REASON_BYTES_MAX - 6 < written <= REASON_BYTES_MAX


def test_an_invented_field_is_not_repeated_at_length() -> None:
    fault = KINDS.fault(RECEIPT, {**RECEIPT_BODY, "😀" * 300: 1})
    assert fault == f"body of receipt: {'😀' * 59}…: there is no such field"
