"""What is wrong with a model's data, as a person would say it: no library's own words."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from skyaccord.record.fields import (
    ADDRESS_OR_NONE_PATTERN,
    ADDRESS_PATTERN,
    DIGEST_PATTERN,
    HASH_PATTERN,
    HTTPS_PATTERN,
    KIND_PATTERN,
    ORIGIN_PATTERN,
    PARTY_PATTERN,
)

FIELD_NAME_CHARS_MAX: Final = 60  # ours are shorter; a longer one is somebody else's invention
GIVEN_CHARS_MAX: Final = 60  # of a wrong value, repeated so that its writer finds it

_PARTY_WORDS: Final = (
    "write letters, digits, '-' and '_' only, no blanks, at most 32, a letter or digit first"
)
_ADDRESS_WORDS: Final = "must be an address like https://192.0.2.1:7411"
_PATTERNS: Final = {
    PARTY_PATTERN: _PARTY_WORDS,
    HASH_PATTERN: "must be 64 hexadecimal digits in lower case",
    DIGEST_PATTERN: "must be sha256: and 64 hexadecimal digits in lower case",
    ORIGIN_PATTERN: "names no journal; one looks like skyaccord.journal/A/ and 16 hexadecimal digits",
    HTTPS_PATTERN: _ADDRESS_WORDS,
    ADDRESS_PATTERN: _ADDRESS_WORDS,
    ADDRESS_OR_NONE_PATTERN: f'{_ADDRESS_WORDS}, or "none"',
    KIND_PATTERN: "write small letters, digits, '-' and '.' only, a letter first",
}
_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "there is no such field",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "too_short": "must have at least {min_length}, has {actual_length}",
    "too_long": "may have at most {max_length}, has {actual_length}",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object with named fields",
    "model_type": "must be an object with named fields",
    "model_attributes_type": "must be an object with named fields",
    "json_invalid": "is no JSON",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
}


def counted_entries(count: int) -> str:
    """Like `1 entry`, `2 entries`."""
    return f"{count} entry" if count == 1 else f"{count} entries"


def first_fault(error: ValidationError) -> str:
    """The first thing wrong with a model's data, in one line: `field: what`."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(_short(str(part), FIELD_NAME_CHARS_MAX) for part in fault["loc"])
    what = in_words(fault)
    return f"{place}: {what}" if place else what


def in_words(fault: Any) -> str:
    """One of the faults that `ValidationError.errors()` lists, without its place."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(_whole(context["pattern"]), f"{_given(fault)} is not written as it must be")
    if kind == "string_too_short" and context["min_length"] == 1:
        return "must not be empty"
    if kind in _WORDS:
        return _WORDS[kind].format(**context)
    said = str(fault["msg"])
    return said.removeprefix("Value error, ").removeprefix("Assertion failed, ")


def _whole(pattern: str) -> str:
    """A pattern's own form, where another was added to it as an alternative."""
    return pattern.removesuffix(r"$|^\*$") + "$" if pattern.endswith(r"$|^\*$") else pattern


def _given(fault: Any) -> str:
    given = str(fault.get("input", ""))
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in given
    )
    return repr(_short(shown, GIVEN_CHARS_MAX))


def _short(text: str, limit: int) -> str:
    """An invented name, or a wrong value, is not repeated at any length."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
