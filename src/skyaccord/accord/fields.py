"""The kinds of field an accord is made of: identifiers, names, prose, times, keys."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from skyaccord.accord import limits
from skyaccord.airspace.classes import ClassName

T = TypeVar("T")
PUBLIC_KEY_BYTES: Final = 32  # a raw Ed25519 public key (RFC 8032)

Items = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in the file, a tuple in memory (an accord cannot be changed in place). Its items stay strict."""


class Term(BaseModel):
    """Base of every part of an accord: strict, frozen, extras refused (requirement 1).

    Keys in files are those of the aliases (`[[rule]]`); attributes in Python are in the plural (`rules`).
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


def _readable(text: str) -> str:
    """Refuse what people do not see but machines sign: control characters, direction overrides."""
    for character in text:
        if character in "\n\t":
            continue
        # Cc: control; Cf would also forbid the zero-width joiners that Arabic script needs, so the bidi
        # controls (which can make a clause read differently from what is signed) are named one by one.
        if unicodedata.category(character) in ("Cc", "Cs") or character in _BIDI_CONTROLS:
            raise PydanticCustomError(
                "text_invisible",
                "text holds the invisible character U+{code}; remove it",
                {"code": f"{ord(character):04X}"},
            )
    return text


_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise PydanticCustomError("text_lines", "this must be one line of text")
    if text != text.strip():
        raise PydanticCustomError("text_edges", "text begins or ends with blanks; remove them")
    return text


def _stripped(text: str) -> str:
    """Prose without blanks and line breaks at its ends: those come from the layout of the file's quotes."""
    stripped = text.strip()
    if not stripped:
        raise PydanticCustomError("text_blank", "the text is blank; write it, or remove the key")
    return stripped


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PydanticCustomError(
            "time_zone", "a time without a zone; add Z for UTC, or an offset like +03:00"
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # year 1 in the far east, year 9999 in the far west
        raise PydanticCustomError("time_range", "a time outside the years 1 to 9999 of UTC") from None


def _public_key(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != PUBLIC_KEY_BYTES or base64.b64encode(raw).decode() != text:
        raise PydanticCustomError(
            "public_key",
            "not an Ed25519 public key: 32 bytes in base64 are needed; take it from the party's card",
        )
    return text


Identifier = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=limits.IDENTIFIER_LENGTH_MAX)
]
"""A short name that other fields and commands refer to: letters, digits, `.`, `_`, `-`."""

ShortId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]
"""A party's or role's id: what envelopes and journals carry; ASCII, so that no two look alike."""

Name = Annotated[
    str,
    Field(min_length=1, max_length=limits.NAME_LENGTH_MAX),
    AfterValidator(_readable),
    AfterValidator(_one_line),
]
"""One line of text for people."""

Prose = Annotated[
    str,
    Field(max_length=limits.PROSE_LENGTH_MAX),
    AfterValidator(_readable),
    AfterValidator(_stripped),
]
"""Text for people, over as many lines as it needs. Never parsed into anything."""

Utc = Annotated[datetime, AfterValidator(_utc)]
"""An aware time; kept in UTC."""

PublicKey = Annotated[str, AfterValidator(_public_key)]
"""A raw Ed25519 public key in base64."""

ClassPair = Annotated[tuple[ClassName, ...], Field(strict=False, min_length=2, max_length=2)]
"""Two classes of aircraft: pairs of which one is of the first and the other of the second, either way
round."""

Latitude = Annotated[float, Field(ge=-90, le=90)]
"""Degrees, WGS 84."""

Longitude = Annotated[float, Field(ge=-180, le=180)]
"""Degrees, WGS 84; 180 and -180 are the same meridian."""

Language = Literal["en", "ru", "ar"]
"""A language that the text of an accord can be made in."""
