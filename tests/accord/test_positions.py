"""Lines of a TOML document's keys: a table of layouts, and agreement with generated documents."""

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.accord.positions import line_index, nearest_line
from tests.accord.samples import RICH, THREES

DOCUMENT = '''\
# comment with [brackets] and "quotes"
title = "x # no comment" # a = 1
a.b . "c d".'e.f' = 1
"quo\\"ted" = 2

text = """
not = a key
[nor.a.table]
\\"""" # ends here
raw = \'\'\'
k = "v
\'\'\'
after = [ # comment ]
  1, "]", # ,
  [ 2,
    3 ],
  { deep = [ 4 ], other = 5 },
]
inline = { x = 1, y.z = "}", w = [] }
date = 2015-10-20 00:00:00Z

[[rule]]
  id = "one"
  [rule.sub]
  n = 1
  [[rule.item]]
  m = 1
  [[rule.item]]
  m = 2

[[rule]]
id = "two"
[rule.sub] # the second rule's
n = 2

[ spaced . "table" ]
k = 1
'''

EXPECTED = {
    ("title",): 2,
    ("a", "b", "c d", "e.f"): 3,
    ('quo"ted',): 4,
    ("text",): 6,
    ("raw",): 10,
    ("after",): 13,
    ("after", 0): 14,
    ("after", 1): 14,
    ("after", 2): 15,
    ("after", 2, 1): 16,
    ("after", 3, "deep", 0): 17,
    ("after", 3, "other"): 17,
    ("inline", "y", "z"): 19,
    ("date",): 20,
    ("rule",): 22,
    ("rule", 0): 22,
    ("rule", 0, "id"): 23,
    ("rule", 0, "sub", "n"): 25,
    ("rule", 0, "item", 0, "m"): 27,
    ("rule", 0, "item", 1): 28,
    ("rule", 0, "item", 1, "m"): 29,
    ("rule", 1): 31,
    ("rule", 1, "id"): 32,
    ("rule", 1, "sub"): 33,
    ("rule", 1, "sub", "n"): 34,
    ("spaced", "table", "k"): 37,
}


def paths(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every path to a value of a parsed document."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    found = {path} if path else set()
    for key, item in items:
        found |= paths(item, (*path, key))
    return found


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_of_every_layout(newline: str) -> None:
    index = line_index(DOCUMENT.replace("\n", newline))
    assert {path: index[path] for path in EXPECTED} == EXPECTED


@pytest.mark.parametrize("text", [DOCUMENT, THREES, RICH.read_text(encoding="utf-8"), "", "# nothing", "a=1"])
def test_every_value_has_a_line_and_nothing_else_has(text: str) -> None:
    assert set(line_index(text)) == paths(tomllib.loads(text))


def test_quotes_next_to_the_closing_quotes() -> None:
    text = 'a = """x"""""\nb = \'\'\'y\'\'\'\'\'\nc = """\\\\"""\nd = ""\ne = \'\'\nf = 1\n'
    assert tomllib.loads(text)["a"] == 'x""'
    assert [line_index(text)[(key,)] for key in "abcdef"] == [1, 2, 3, 4, 5, 6]


def test_the_nearest_line_of_a_missing_key() -> None:
    index = line_index(THREES)
    assert nearest_line(index, ("rule", 0, "nothing")) == index["rule", 0]
    assert nearest_line(index, ("nothing",)) is None


KEYS = st.text(alphabet="ab.\"' #[]=\\é-_1", min_size=1, max_size=5)
SCALARS = st.one_of(
    st.integers(-10, 10), st.booleans(), st.text(alphabet="ab\n\"'#[]{},=\\é ", max_size=8), st.floats(-1, 1)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_agreement_with_the_values_on_generated_documents(document: dict[str, Any]) -> None:
    text = tomlkit.dumps(document)
    parsed = tomllib.loads(text)
    index = line_index(text)
    assert set(index) == paths(parsed)
    lines = text.split("\n")
    assert all(1 <= line <= len(lines) for line in index.values())
