"""The small types every record model is made of, each with its limit.

Models are strict: extras are refused, numbers are not strings, times have a zone. Text that people write may
hold any script; identifiers are plain ASCII, so that they look the same on every screen.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc, parse_utc

PUBLIC_KEY_BYTES = 32  # Ed25519, RFC 8032
HASH_BYTES = 32  # SHA-256
SEQUENCE_MAX = 2**53 - 1  # the largest integer that JSON readers in every language keep exact
NAME_CHARS_MAX = 200  # a title on one line
RECIPIENTS_MAX = 64  # parties of one accord
EVERY_PEER = "*"  # as a recipient: every peer of the party
# Deadlines and joins add seconds to these times: what lies near the ends of the calendar cannot be computed
# with, and no aircraft flew before.
YEAR_MIN = 1900
YEAR_MAX = 2999
# They make a line read otherwise than it is stored; joiners, which Arabic needs, are not among them.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Controls, half pairs, separators of lines and of paragraphs.
_UNSEEN_CATEGORIES = frozenset(("Cc", "Cs", "Zl", "Zp"))


class RecordModel(BaseModel):
    """Base of every model on the record: strict, frozen, no extras."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def decode_base64(text: str, *, length: int | None = None) -> bytes:
    """Standard base64, padded, canonical. ValueError for anything else or another length than `length`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not standard base64") from error
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    if length is not None and len(data) != length:
        raise ValueError(f"{len(data)} bytes, expected {length}")
    return data


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def _public_key(text: str) -> str:
    decode_base64(text, length=PUBLIC_KEY_BYTES)
    return text


def _utc(value: Any) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time needs a zone")
        moment = value
    elif isinstance(value, str):
        try:
            moment = parse_utc(value)
        except InputError as error:
            raise ValueError(str(error)) from error
    else:
        raise ValueError("a time is written as text, like 2025-06-02T20:11:56Z")
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        raise ValueError(f"a time outside the years {YEAR_MIN} to {YEAR_MAX}")
    return moment


def _one_line(text: str) -> str:
    if not text.strip() or any(unicodedata.category(character) in _UNSEEN_CATEGORIES for character in text):
        raise ValueError("must be one line of text")
    if not _BIDI_CONTROLS.isdisjoint(text):
        raise ValueError("holds an invisible character that turns the direction of reading")
    return text


def _recipients(recipients: list[str]) -> list[str]:
    if len(set(recipients)) != len(recipients):
        raise ValueError("a recipient is named twice")
    if EVERY_PEER in recipients and len(recipients) > 1:
        raise ValueError('"*" stands alone')
    return recipients


PARTY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$"
KIND_PATTERN = r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$"
ORIGIN_PATTERN = r"^skyaccord\.journal/[A-Za-z0-9][A-Za-z0-9_-]{0,31}/[0-9a-f]{16}$"
DIGEST_PATTERN = r"^sha256:[0-9a-f]{64}$"
HASH_PATTERN = r"^[0-9a-f]{64}$"
HTTPS_PATTERN = r"^https://[!-~]+$"
ADDRESS_PATTERN = r"^https?://[!-~]+$"  # http:// gets an answer of its own
ADDRESS_OR_NONE_PATTERN = r"^(https?://[!-~]+|none)$"

PartyId = Annotated[str, Field(pattern=PARTY_PATTERN)]
RoleId = Annotated[str, Field(pattern=PARTY_PATTERN)]
Kind = Annotated[str, Field(pattern=KIND_PATTERN, max_length=64)]
Origin = Annotated[str, Field(pattern=ORIGIN_PATTERN)]
Sequence = Annotated[int, Field(ge=0, le=SEQUENCE_MAX)]
HashHex = Annotated[str, Field(pattern=HASH_PATTERN)]
Digest = Annotated[str, Field(pattern=DIGEST_PATTERN)]
FINGERPRINT_CHARS = 47  # eight groups of five digits, blanks between
Fingerprint = Annotated[str, Field(max_length=FINGERPRINT_CHARS)]
PublicKeyText = Annotated[str, Field(max_length=44), AfterValidator(_public_key)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARS_MAX), AfterValidator(_one_line)]
Recipient = Annotated[str, Field(pattern=rf"{PARTY_PATTERN[:-1]}$|^\*$")]
Recipients = Annotated[list[Recipient], Field(max_length=RECIPIENTS_MAX), AfterValidator(_recipients)]
UtcTime = Annotated[datetime, BeforeValidator(_utc), PlainSerializer(format_utc, return_type=str)]


class EntryRef(RecordModel):
    """Which entry of which journal: the leaf makes it a commitment, not only an address."""

    origin: Origin
    sequence: Sequence
    leaf: HashHex
