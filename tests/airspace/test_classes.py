"""Classes of aircraft from what they say; an unknown one may be of any."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.airspace.classes import (
    ANY,
    CATEGORIES,
    KINDS,
    NAMES,
    SETS,
    UNKNOWN,
    ClassName,
    KindName,
    fits,
    kinds_of,
    kinds_said,
    names_of,
)

ALL_CODES = [f"{group}{number}" for group in "ABCD" for number in range(8)]
NO_INFORMATION = ["A0", "B0", "C0", "B5", "C6", "C7", *(f"D{number}" for number in range(8))]
names = st.sampled_from(NAMES)
codes = st.sampled_from([*ALL_CODES, None, "", "?"])


def test_one_vocabulary() -> None:
    assert set(get_args(ClassName)) == set(NAMES)
    assert set(get_args(KindName)) == set(CATEGORIES)


def test_every_category_of_the_standard_has_one_kind_or_tells_none() -> None:
    told = [code for of_kind in CATEGORIES.values() for code in of_kind]
    assert sorted([*told, *NO_INFORMATION]) == ALL_CODES
    for name, of_kind in CATEGORIES.items():
        for code in of_kind:
            assert kinds_of([code]) == SETS[name]
    assert all(kinds_said(code) == 0 for code in NO_INFORMATION)


@pytest.mark.parametrize("said", [[], [None], [""], ["A0"], ["B5"], ["nonsense"], [None, "C0"]])
def test_who_says_nothing_may_be_anything(said: list[str | None]) -> None:
    assert kinds_of(said) == UNKNOWN
    assert names_of(kinds_of(said)) == "unknown"


def test_who_says_several_may_be_any_of_them() -> None:
    assert kinds_of(["A1", None, "A0", "b6 "]) == SETS["light"] | SETS["unmanned"]
    assert names_of(kinds_of(["A1", "B6"])) == "light or unmanned"


def test_fixed_wing_is_what_flies_on_engines_and_wings() -> None:
    assert {name for name in CATEGORIES if SETS[name] & SETS["fixed-wing"]} == {
        "light", "small", "large", "heavy", "high-performance",
    }  # fmt: skip


def test_a_pair_of_classes_fits_either_way_round() -> None:
    drone, jet = SETS["unmanned"], SETS["heavy"]
    assert fits(("unmanned", "fixed-wing"), drone, jet)
    assert fits(("unmanned", "fixed-wing"), jet, drone)
    assert fits(("unmanned", ANY), drone, drone)
    assert not fits(("unmanned", "unmanned"), drone, jet)
    assert not fits(("unmanned", "fixed-wing"), drone, drone)


@given(st.tuples(names, names), codes, codes)
def test_the_unknown_escapes_nothing(classes: tuple[str, str], one: str | None, other: str | None) -> None:
    """What fits a known aircraft fits one that says nothing in its place."""
    if fits(classes, kinds_of([one]), kinds_of([other])):
        assert fits(classes, UNKNOWN, kinds_of([other]))
        assert fits(classes, kinds_of([one]), UNKNOWN)
    assert fits(classes, UNKNOWN, UNKNOWN)


@given(st.tuples(names, names), st.integers(1, UNKNOWN), st.integers(1, UNKNOWN))
def test_a_set_fits_exactly_if_some_kind_in_it_does(classes: tuple[str, str], one: int, other: int) -> None:
    kinds = product([k for k in KINDS if k & one], [k for k in KINDS if k & other])
    assert fits(classes, one, other) == any(fits(classes, a, b) for a, b in kinds)
