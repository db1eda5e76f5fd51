from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.record.canonical import JSON_DEPTH_MAX, canonical_json, parse_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(JSON)
def test_writing_and_reading_are_inverse(value: object) -> None:
    assert parse_json(canonical_json(value)) == value
    assert canonical_json(parse_json(canonical_json(value))) == canonical_json(value)


def test_the_written_form() -> None:
    assert canonical_json({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'.encode()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"a":1,"a":2}', "stands twice"),
        (b'{"a":NaN}', "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b"[1e999]", "too large"),
        (b"[" + b"9" * 5000 + b"]", "thousands of digits"),
        (b"\xff", "UTF-8"),
        (b'["\\ud800"]', "surrogate"),
        (b'{"a":{"\\uDc00":1}}', "surrogate"),
        (b"[" * (JSON_DEPTH_MAX + 2) + b"]" * (JSON_DEPTH_MAX + 2), "nested"),
        (b"[" * 100_000, "nested"),
        (b"{} x", "after its end"),
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        parse_json(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_value_error(data: bytes) -> None:
    try:
        value = parse_json(data)
    except ValueError:
        return
    assert parse_json(canonical_json(value)) == value


def test_brackets_in_a_text_are_not_nesting() -> None:
    assert parse_json(canonical_json({"a": "[" * 100 + "{" * 100})) == {"a": "[" * 100 + "{" * 100}
