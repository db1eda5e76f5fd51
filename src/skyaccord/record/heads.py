"""Signed heads: "my journal has `size` entries and its chain head is `head`", signed by the party.

Every batch ends with one. Two for one size with different heads prove that a party keeps two histories.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.dsse import first_fault, read_dsse, sign_dsse, verify_dsse
from skyaccord.record.fields import HashHex, Origin, RecordModel, Sequence, UtcTime
from skyaccord.record.keys import PartyKey

HEAD = "head"


class SignedHead(RecordModel):
    """The payload of a signed head. `at`: wall time of signing."""

    origin: Origin
    size: Sequence
    head: HashHex
    at: UtcTime


def sign_head(head: SignedHead, key: PartyKey) -> dict[str, Any]:
    """The head as a DSSE object of type `application/vnd.skyaccord.head+json`."""
    return sign_dsse(HEAD, canonical_json(head.model_dump()), key)


def open_head(dsse: Any, public_key: str) -> SignedHead:
    """The head, if the pinned key signed it; else RefusedError."""
    payload = verify_dsse(read_dsse(dsse), HEAD, public_key)
    try:
        return SignedHead.model_validate(parse_json(payload))
    except ValidationError as error:
        raise RefusedError(f"signed head: {first_fault(error)}") from None
    except ValueError as error:
        raise RefusedError(f"signed head: {error}") from None
