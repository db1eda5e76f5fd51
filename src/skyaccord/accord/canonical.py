"""The one form of an accord that is signed, whatever its file looks like.

Canonical form: the JSON of RFC 8785 (JCS), which is UTF-8 without white space, with
  * object keys sorted by their UTF-16 code units,
  * strings escaped only where JSON demands it, otherwise as they are, without Unicode normalisation,
  * numbers as ECMAScript writes them (shortest decimal that reads back as the same double: `3`, `0.5`),
of the accord's fields under their names in the file, where
  * a field that is absent and one that is an empty list are both left out (so that a later edition of the
    format can add fields without changing the digest of accords that do not use them); everything else is
    there, defaults too,
  * numbers of fields with a unit are doubles: `3` and `3.0` are one value; `version` is an integer,
  * prose (but not names) has lost blanks and line breaks at its two ends,
  * times are strings in UTC: `YYYY-MM-DDTHH:MM:SS`, a fraction without trailing zeros if there is one, `Z`.
Comments, layout and order of keys in the file never matter; the order of lists does.

Digest: "sha256:" and the lower-case hexadecimal SHA-256 of these bytes. Test vectors: tests/accord/vectors/.
"""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

from skyaccord.accord.fields import Term

DIGEST_PREFIX: Final = "sha256:"
_INTEGER_MAX: Final = 2**53 - 1  # the largest integer every JSON reader keeps exactly (RFC 8785, 3.2.2.3)


def canonical_bytes(accord: Term) -> bytes:
    """The bytes that every party signs. See the head of this file for their exact form."""
    return _write(plain_data(accord)).encode()


def plain_data(accord: Term) -> dict[str, Any]:
    """The accord's fields as they stand in the canonical form, before they are written."""
    plain: dict[str, Any] = _plain(accord.model_dump(by_alias=True))
    return plain


def digest(accord: Term) -> str:
    """ "sha256:<64 hexadecimal digits>" of the canonical bytes: the accord's identity everywhere."""
    return digest_of(canonical_bytes(accord))


def digest_of(data: bytes) -> str:
    """The digest of canonical bytes that are already there."""
    return DIGEST_PREFIX + hashlib.sha256(data).hexdigest()


def number_text(value: float) -> str:
    """The shortest decimal that reads back as this double, as the canonical form writes it."""
    return _number(value)


def canonical_json(value: object) -> bytes:
    """RFC 8785 bytes of any plain value (dict, list, str, int, float, bool, None).

    Raises ValueError for what JSON cannot carry exactly: nan, infinities, integers beyond 2^53 - 1, lone
    surrogates.
    """
    return _write(value).encode()


def _plain(value: Any) -> Any:
    """The dumped model with times as text, without what is absent or an empty list."""
    if isinstance(value, dict):
        kept = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item != []}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return _time(value)
    return value


def _time(moment: datetime) -> str:
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    text = utc.isoformat(timespec="microseconds" if utc.microsecond else "seconds")
    return (text.rstrip("0") if utc.microsecond else text) + "Z"


def _write(value: object) -> str:  # noqa: PLR0911 (one return a type)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case int():
            if abs(value) > _INTEGER_MAX:
                raise ValueError(f"the integer {value} is beyond 2^53 - 1")
            return str(value)
        case float():
            return _number(value)
        case dict():
            pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
            return "{" + ",".join(f"{_string(key)}:{_write(item)}" for key, item in pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_write, value)) + "]"
        case _:
            raise ValueError(f"{type(value).__name__} has no canonical form")


def _string(text: str) -> str:
    text.encode()  # a lone surrogate has no UTF-8; UnicodeEncodeError is a ValueError
    return encode_basestring(text)  # escapes as RFC 8785, 3.2.2.2, and nothing more


def _number(value: float) -> str:
    """ECMA-262 Number::toString: Python's repr has the same shortest digits, only laid out differently."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no canonical form")
    if value == 0:
        return "0"  # also -0
    sign = "-" if value < 0 else ""
    _, digit_tuple, exponent = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, digit_tuple))
    assert isinstance(exponent, int)  # noqa: S101 (finite, checked above)
    point = len(digits) + exponent  # the decimal point stands after this many digits
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
        text = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + text
