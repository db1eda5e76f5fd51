"""What changed, field by field: everything that changes the digest is named, and nothing else."""

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.accord.comparing import Change, differences, value_text
from skyaccord.accord.model import Accord
from skyaccord.accord.source import load_accord, parse_accord
from tests.accord.samples import CLASSES, SMALL, THREES, WHOLE

BASE = parse_accord(THREES, "x").accord


def changed(old: str, new: str, text: str = THREES) -> tuple[Change, ...]:
    assert old in text
    return differences(parse_accord(text, "x").accord, parse_accord(text.replace(old, new, 1), "y").accord)


def test_the_same_accord_has_no_differences() -> None:
    for path in (CLASSES, WHOLE):
        accord = load_accord(path).accord
        assert differences(accord, accord) == ()
    assert changed("# How close.", "# How near.") == ()


def test_changes_are_named_as_in_talks() -> None:
    assert changed("horizontal_nm = 3\n", "horizontal_nm = 5\n") == (
        Change("rule.threes.horizontal_nm", "changed", 3.0, 5.0),
    )
    assert changed("mhz = 121.5", "mhz = 121.6")[0].path == "frequency.guard-vhf.mhz"
    assert changed("days = 90", "days = 91")[0].path == "retention.kind.picture.days"
    assert [change.path for change in changed('en = "Say again."', 'en = "Repeat."')] == [
        "phrase.SAY_AGAIN.text.en"
    ]


def test_items_put_in_between_taken_out_or_moved() -> None:
    rule = '[[rule]]\nid = "new"\nhorizontal_nm = 9\nvertical_ft = 900\n\n'
    (added,) = changed("[[rule]]\n", rule + "[[rule]]\n")
    assert (added.path, added.kind, added.before) == ("rule.new", "added", None)
    assert added.after["horizontal_nm"] == 9
    text = THREES.replace("[[rule]]\n", rule + "[[rule]]\n", 1)
    assert changed(rule, "", text)[0].kind == "removed"
    swapped = BASE.model_copy(update={"conduct": BASE.conduct[::-1]})
    (order,) = differences(BASE, swapped)
    assert (order.path, order.kind) == ("conduct", "order")
    assert order.before == order.after[::-1]


def test_fields_that_come_and_go() -> None:
    assert changed("max_dwell_s = 180", "") == (Change("rule.threes.max_dwell_s", "removed", 180.0, None),)
    (change,) = changed('id = "B"\n', 'id = "B"\nmembers = ["One"]\n', SMALL)
    assert (change.path, change.kind) == ("party.B.members", "added")
    assert value_text(change.after) == '["One"]'


DOCUMENT = tomllib.loads(WHOLE.read_text(encoding="utf-8"))
EDITS: Any = st.fixed_dictionaries(
    {},
    optional={
        "rule": st.sampled_from([DOCUMENT["rule"][:1], [DOCUMENT["rule"][1] | {"areas": ["All"]}]]),
        "line": st.sampled_from([[], DOCUMENT["line"][::-1], DOCUMENT["line"][:1]]),
        "conduct": st.sampled_from([[], DOCUMENT["conduct"]]),
        "watch": st.sampled_from([{"horizontal_nm": 5}, {"horizontal_nm": 20.0}]),
        "version": st.integers(1, 4),
        "exercise": st.booleans(),
        "review": st.sampled_from([{"every_days": 182, "role": "chief"}, {"every_days": 1}]),
    },
)


@settings(max_examples=60, deadline=None)
@given(EDITS, EDITS)
def test_no_difference_means_the_same_bytes(one: dict[str, Any], other: dict[str, Any]) -> None:
    from skyaccord.accord.canonical import digest

    before, after = (
        Accord.model_validate(DOCUMENT | edit, by_alias=True, by_name=False) for edit in (one, other)
    )
    assert (differences(before, after) == ()) == (digest(before) == digest(after))
    there, back = differences(before, after), differences(after, before)
    assert {(c.path, value_text(c.before), value_text(c.after)) for c in there} == {
        (c.path, value_text(c.after), value_text(c.before)) for c in back
    }
