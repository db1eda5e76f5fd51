"""A clause as TOML and back: the same value, or the line that is wrong."""

from __future__ import annotations

import pytest

from skyaccord.accord.annexes import amended, parse_amendment
from skyaccord.accord.source import parse_accord, shipped_names, shipped_text
from skyaccord.base.errors import InputError
from skyaccord.talks import paths
from skyaccord.talks.clause_text import amendment_toml, clause_toml, clause_value


@pytest.mark.parametrize("name", shipped_names())
def test_every_clause_of_every_template_comes_back_the_same(name: str) -> None:
    for path, value in paths.clauses_of(parse_accord(shipped_text(name), name).accord).items():
        assert clause_value(path, clause_toml(path, value)) == value


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("rule.r", "[[rule]]\nid = 'r'\nhorizontal_nm = \n", "line 3"),
        (
            "rule.r",
            "[[rule]]\nid = 'r'\nhorizontal_nm = 5\nvertical_ft = -1\n",
            r"line 4, rule\[0\].vertical_ft: -1 is out of range; it must be greater than 0",
        ),
        ("rule.r", "[[rule]]\nid = 'other'\nhorizontal_nm = 5\nvertical_ft = 1\n", "its id is 'other'"),
        ("rule.r", "[watch]\nhorizontal_nm = 5\n", "line 1, watch: 'watch' is no part of this clause"),
        ("rule.r", "[[rule]]\nid = 'r'\n[[rule]]\nid = 's'\n", r"one \[\[rule\]\] makes this clause"),
        ("rule.r", "", "there is no rule in it"),
        (
            "area.N",
            "[[area]]\nname = 'N'\npolygon = [[1, 2], [999, 4], [5, 6]]\n",
            r"line 3, area\[0\].polygon\[1\]",
        ),
        ("rule.r", "a = " + "[" * 100_000, "clause"),
        ("rule.r", "\n" + ".".join("a" * 31_000) + "=1", "line 2: .*write long keys as tables"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(path: str, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        clause_value(path, text)


def test_an_amendment_begins_as_what_runs_one_version_on() -> None:
    accord = parse_accord(
        shipped_text("rule-of-threes").split("[[annex]]")[0]
        + '\n[[annex]]\nid = "limits"\ntitle = "Limits"\nversion = 3\nparts = ["rule", "tier"]\n',
        "x",
    )
    made = parse_amendment(amendment_toml(accord.accord, accord.digest, "limits"), "limits")
    assert made.amendment.version == 4
    assert made.amendment.accord == accord.digest
    after = amended(accord.accord, made.amendment)
    assert (after.rules, after.tiers) == (accord.accord.rules, accord.accord.tiers)
    with pytest.raises(InputError, match="its annexes: limits"):
        amendment_toml(accord.accord, accord.digest, "nothing")


def test_an_amendment_of_the_frequencies_begins_with_the_plans_next_version() -> None:
    accord = parse_accord(shipped_text("rule-of-threes"), "x")
    made = parse_amendment(amendment_toml(accord.accord, accord.digest, "frequencies"), "frequencies")
    assert made.amendment.frequency_plan is not None
    assert accord.accord.frequency_plan is not None
    assert made.amendment.frequency_plan.version == accord.accord.frequency_plan.version + 1 == 2
    assert made.amendment.frequencies == accord.accord.frequencies
