"""One way to write JSON (sorted keys, no spaces, UTF-8), and one strict way to read it.

Reading refuses what two readers could understand differently: duplicate names, NaN and Infinity, numbers
beyond any float, bytes that are not UTF-8, nesting deep enough to hurt a reader.
"""

from __future__ import annotations

import json
import math
from json import JSONDecodeError
from typing import Any, NoReturn

JSON_DEPTH_MAX = 32  # nothing we write nests deeper than ten


# Made once: `json.dumps` makes one for every call that asks for more than its defaults.
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Any) -> bytes:
    """The bytes that are signed and hashed: sorted keys, no spaces, UTF-8. ValueError for NaN or Infinity."""
    return canonical_text(value).encode("utf-8")


def canonical_text(value: Any) -> str:
    """The same before it is UTF-8. Half a surrogate pair is found only then."""
    return _WRITER.encode(value)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name!r} stands twice")
        found[name] = value
    return found


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


# Made once, as the writer: a bundle's check reads three texts an entry.
_READER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_constant=_no_constants, parse_float=_finite
)


def _may_be_deep(text: str) -> bool:
    """Whether it has brackets enough to be nested too deep; those inside strings count, too."""
    return text.count("[") + text.count("{") > JSON_DEPTH_MAX


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > JSON_DEPTH_MAX:
        raise ValueError(f"nested deeper than {JSON_DEPTH_MAX}")
    if isinstance(value, dict):
        for inner in value.values():
            _check_depth(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_depth(inner, depth + 1)


def parse_json(data: bytes) -> Any:
    """The value, read strictly. ValueError says what is wrong."""
    try:
        text = data.decode("utf-8")
        value = _READER.decode(text)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except JSONDecodeError as error:
        raise ValueError(_no_json(error)) from None
    except ValueError as error:
        if str(error).startswith("Exceeds the limit"):  # Python's own, for whole numbers
            raise ValueError("a whole number of thousands of digits") from None
        raise
    except RecursionError:
        raise ValueError(f"nested deeper than {JSON_DEPTH_MAX}") from None
    if _may_be_deep(text):
        _check_depth(value)
    if "\\u" in text:  # UTF-8 itself has no half pairs: only an escape can bring one in
        try:
            canonical_json(value)
        except UnicodeEncodeError:
            raise ValueError("text with half a surrogate pair, which cannot be written again") from None
    return value


def _no_json(error: JSONDecodeError) -> str:
    """Why a text is no JSON, without the parser's terms."""
    if not error.doc.strip():
        return "it is empty"
    if error.msg == "Extra data":
        return f"something stands after its end, from line {error.lineno} on"
    if error.pos == len(error.doc) - len(error.doc.lstrip()):
        return "it is no JSON"
    if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string"):
        return "the end is missing"
    return f"it is no JSON from line {error.lineno}, character {error.colno} on"


def surely_flat(text: str) -> bool:
    """Whether what `canonical_text` wrote cannot be nested too deep: it opens too little."""
    return text.count("{") + text.count("[") <= JSON_DEPTH_MAX


def read_again(text: str) -> Any:
    """What `canonical_text` has just written, as its reader gets it: lists where tuples were.

    ValueError if it is nested too deep. Nothing else that `parse_json` refuses can have been written.
    """
    found = json.loads(text)
    _check_depth(found)
    return found
