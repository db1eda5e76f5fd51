"""What a trial compares: sweeps of any numeric field, refused where there is none."""

import pytest

from skyaccord.accord.source import load_accord, parse_accord
from skyaccord.base.errors import InputError
from skyaccord.trial.variants import SWEEP_MAX, draft_and_present, parse_sweep, swept
from tests.accord.samples import SMALL

DRAFT = parse_accord(SMALL, "x")


def test_a_sweep_changes_one_field_and_nothing_else() -> None:
    variants = swept(DRAFT, parse_sweep("rule.r.horizontal_nm=2,3.5"))
    assert [one.label for one in variants] == ["rule.r.horizontal_nm = 2", "rule.r.horizontal_nm = 3.5"]
    assert [one.loaded.accord.rules[0].horizontal_nm for one in variants] == [2.0, 3.5]
    assert variants[0].loaded.accord.model_copy(update={"rules": DRAFT.accord.rules}) == DRAFT.accord
    assert len({one.loaded.digest for one in variants}) == 2


@pytest.mark.parametrize(
    "path", ["tier.warning.lookahead_s", "watch.horizontal_nm", "rule.threes.max_dwell_s"]
)
def test_any_numeric_field_can_be_swept(path: str) -> None:
    variants = swept(load_accord("rule-of-threes"), parse_sweep(f"{path}=7,9"))
    assert len({one.loaded.digest for one in variants}) == 2


@pytest.mark.parametrize(
    ("sweep", "why"),
    [
        ("rule.r.horizontal_nm", "is not PATH=VALUES"),
        ("rule.r.horizontal_nm=", "is not PATH=VALUES"),
        ("rule.r.horizontal_nm=2,2", "give each value once"),
        ("rule.r.horizontal_nm=" + ",".join(map(str, range(1, SWEEP_MAX + 2))), f"at most {SWEEP_MAX}"),
        ("rule.x.horizontal_nm=2", "no field"),
        ("rule.r.id=2", "is no number"),
        ("rule.r.colour=2", "unknown key; known here: id, horizontal_nm"),
        ("rule.r.horizontal_nm=-1", "-1.0 is out of range; it must be greater than 0"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused_in_one_line(sweep: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        swept(DRAFT, parse_sweep(sweep))


def test_the_draft_stands_first_and_the_present_accord_beside_it() -> None:
    labels = [one.label for one in draft_and_present(DRAFT, DRAFT)]
    assert labels == ["the draft", "the present accord"]
