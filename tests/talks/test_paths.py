"""Clauses by path: every section of an accord, canonical values, nothing that no accord could hold."""

import json

import pytest

from skyaccord.accord.source import load_accord, parse_accord, shipped_names
from skyaccord.base.errors import InputError
from skyaccord.talks import paths
from tests.accord.samples import SMALL

CONSOLE_DIGEST = "sha256:4e303c31e7065fd35668f757a5beaa9a4e28c795ef5ead532efb77fcc1633615"
"""console/tests/talks.test.ts computes the same."""


@pytest.mark.parametrize("name", shipped_names())
def test_every_clause_of_every_template_has_a_path_and_a_canonical_value(name: str) -> None:
    accord = load_accord(name).accord
    found = paths.clauses_of(accord)
    assert len(found) > 10
    for path, value in found.items():
        paths.check_path(path)
        paths.check_value(path, value)
        assert paths.normal(path, json.loads(value)) == value


def test_a_value_is_the_same_bytes_in_the_console_and_here() -> None:
    text = paths.normal("rule.r", {"id": "r", "horizontal_nm": 5, "vertical_ft": 3000})
    assert text == '{"combinator":"either","horizontal_nm":5,"id":"r","vertical_ft":3000}'
    assert paths.digest_of_value(text) == CONSOLE_DIGEST


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("rules.r", "is no clause's path"),
        ("format", "is no clause's path"),
        ("name", "is no clause's path"),
        ("rule", "names no rule"),
        ("watch.horizontal_nm", "is one clause as a whole"),
    ],
)
def test_a_path_that_no_accord_has_is_refused(path: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        paths.check_path(path)


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (
            "rule.r",
            {"id": "r", "horizontal_nm": 3, "vertical_ft": 3000, "weapon": "x"},
            r"rule.r.weapon: unknown key; known here: id",
        ),
        (
            "rule.r",
            {"id": "r", "horizontal_nm": -3, "vertical_ft": 3000},
            "rule.r.horizontal_nm: -3 is out of range; it must be greater than 0",
        ),
        ("rule.r", {"id": "s", "horizontal_nm": 3, "vertical_ft": 3000}, "propose it as rule.s"),
        ("rule.r", "text", 'rule.r: "text" is of the wrong kind; a table is needed'),
        ("title", {"text": "x"}, 'title: {"text": "x"} is of the wrong kind; text in "quotes"'),
        ("watch", {"horizontal_nm": 20, "target": "x"}, "watch.target: unknown key"),
    ],
)
def test_nothing_can_be_proposed_that_no_accord_can_hold(path: str, value: object, why: str) -> None:
    with pytest.raises(InputError, match=why):
        paths.normal(path, value)


def test_a_value_that_is_not_in_its_one_form_is_refused() -> None:
    text = paths.clauses_of(parse_accord(SMALL, "x").accord)["rule.r"]
    with pytest.raises(InputError, match="not in its canonical form"):
        paths.check_value("rule.r", text.replace(":", ": ", 1))
    with pytest.raises(InputError, match="not JSON"):
        paths.check_value("rule.r", "{")
    assert paths.normal("rule.r", None) == paths.LEFT_OUT
