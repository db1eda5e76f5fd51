"""Nothing that is not markup already gets through as markup."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.drawing.markup import Markup, element, join, json_element, number, text


def test_children_and_attributes_are_escaped() -> None:
    made = element("p", "a<b>&\"'", element("b", 1.25), title='"><script>', class_="x", aria_label=None)
    assert made == '<p title="&quot;&gt;&lt;script&gt;" class="x">a&lt;b&gt;&amp;&quot;&#x27;<b>1.2</b></p>'


def test_elements_without_end_and_joined_parts() -> None:
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'
    assert join("<", Markup("<i></i>"), None, between=" & ") == "&lt; &amp; <i></i> &amp; "


@given(st.text(), st.text())
def test_any_text_comes_back_from_a_parser_as_text(inside: str, attribute: str) -> None:
    made = element("p", inside, title=attribute)
    parsed = ElementTree.fromstring(made)  # noqa: S314 - our own markup
    assert len(parsed) == 0
    assert parsed.text is None or len(parsed.text) <= len(inside)
    assert set(parsed.attrib) == {"title"}


def test_marks_that_turn_the_direction_are_shown_as_such() -> None:
    assert text("a\u202eb\x00c") == "a\ufffdb\ufffdc"
    assert text("\u0627\u0644") == "\u0627\u0644"  # right-to-left letters are letters


@given(st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_data_cannot_leave_its_element(data: object) -> None:
    made = json_element("x", data)
    inside = made.removeprefix('<script type="application/json" id="x">').removesuffix("</script>")
    assert "<" not in inside
    assert json.loads(inside) == data


@pytest.mark.parametrize(
    ("value", "shown"), [(1.0, "1"), (-0.04, "0"), (1.25, "1.2"), (-1.5, "-1.5"), (100.0, "100")]
)
def test_numbers_are_short(value: float, shown: str) -> None:
    assert number(value) == shown
