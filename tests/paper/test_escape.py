"""Text stays text, whatever it holds."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.paper.escape import direction_of, isolated, left_to_right, literal, markup
from skyaccord.paper.typesetting import pdf


def test_literals() -> None:
    assert literal('a"b\\c\nd\te') == r'"a\"b\\c\nd\te"'
    assert markup("") == ""
    assert markup("#x") == '#"#x";'


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_put_on_the_page_as_it_is(text: str) -> None:
    """The typesetter itself compares what it read with the file that holds the same text."""
    source = f'#assert.eq({literal(text)}, json("t.json"))\n{markup(text)} after'
    assert pdf(source, inputs={"t.json": json.dumps(text)}).startswith(b"%PDF-")


def test_isolates() -> None:
    assert left_to_right("36°N") == "\u206636°N\u2069"
    assert isolated("BAW12") == "\u2068BAW12\u2069"
    assert isolated("") == left_to_right("") == ""


def test_direction_by_the_first_letter() -> None:
    assert direction_of("3,000 قدم ft") == "rtl"
    assert direction_of("12: feet قدم") == "ltr"
    assert direction_of("Район") == "ltr"
    assert direction_of("123", "rtl") == "rtl"
    assert direction_of("") == "ltr"
