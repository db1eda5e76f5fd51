"""Faults of models and of JSON in words: nobody reads a pattern, a parser's position or a library's term."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from skyaccord.record.canonical import parse_json
from skyaccord.record.fields import HashHex, Name, Origin, PartyId, Recipients, RecordModel, Sequence, UtcTime
from skyaccord.record.words import counted_entries, first_fault

LIBRARY = re.compile(
    r"Input should|String should|Value error|Extra inputs|Expecting|char \d|codec|\^\[|pydantic"
)


class Every(RecordModel):
    """One field of every sort."""

    party: PartyId = "A"
    name: Name = "x"
    origin: Origin = "skyaccord.journal/A/0123456789abcdef"
    sequence: Sequence = 0
    leaf: HashHex = "0" * 64
    at: UtcTime | None = None
    recipients: Recipients = Field(default_factory=list)
    flag: bool = False
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    word: Annotated[str, Field(pattern="^[a-f]+$", max_length=4)] = "a"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"colour": "red"}, "colour: there is no such field"),
        ({"party": "A B"}, "party: write letters"),
        ({"recipients": ["A B"]}, "recipients.0: write letters"),
        ({"name": ""}, "name: must not be empty"),
        ({"name": "x" * 201}, "name: may have at most 200 characters"),
        ({"name": "\n"}, "name: must be one line of text"),
        ({"origin": "x"}, "origin: names no journal"),
        ({"sequence": -1}, "sequence: must be at least 0"),
        ({"sequence": "1"}, "sequence: must be a whole number"),
        ({"leaf": "A"}, "leaf: must be 64 hexadecimal digits in lower case"),
        ({"recipients": "A"}, "recipients: must be a list"),
        ({"flag": 1}, "flag: must be true or false"),
        ({"share": 1.0}, "share: must be less than 1"),
        ({"share": "x"}, "share: must be a number"),
        ({"word": "\u202exyz"}, "word: '\ufffdxyz' is not written as it must be"),
        ({"word": "aaaaa"}, "word: may have at most 4 characters"),
    ],
)
def test_the_first_fault_in_words(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Every.model_validate(fields)
    assert first_fault(caught.value).startswith(says)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.lists(st.text(max_size=3))
)


@given(st.dictionaries(st.sampled_from([*Every.model_fields, "other"]), VALUES, min_size=1))
def test_no_library_speaks(fields: dict[str, Any]) -> None:
    try:
        Every.model_validate(fields)
    except ValidationError as error:
        said = first_fault(error)
        assert not LIBRARY.search(said), said
        assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"MCowBQYDK2VwAyEA", "it is no JSON"),
        (b'{"a": 1', "the end is missing"),
        (b'{"a": "cut in a st', "the end is missing"),
        (b"[1, 2", "the end is missing"),
        (b"{} {}", "something stands after its end, from line 1 on"),
        (b'{\n"a": 1,\nb}', "it is no JSON from line 3, character 1 on"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (b'{"a": 1, "a": 2}', "the name 'a' stands twice"),
    ],
)
def test_why_a_text_is_no_json(text: bytes, says: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(says) + "$"):
        parse_json(text)


def test_one_entry_is_not_entries() -> None:
    assert [counted_entries(count) for count in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
