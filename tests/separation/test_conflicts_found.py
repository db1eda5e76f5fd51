"""What `find_conflicts` says of those it left out, and of what it cannot take."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord import find_conflicts
from skyaccord.airspace.units import Limits
from skyaccord.base.errors import InputError
from skyaccord.separation.conflicts import conflict_pairs
from skyaccord.separation.conflicts_found import ROWS_MAX
from skyaccord.separation.snapshot_table import NEEDED, snapshot_table

NAN = float("nan")
RULE = "5nm,1000ft"
GOOD: dict[str, Any] = {
    "latitude": 50.0,
    "longitude": 10.0,
    "altitude": 35_000.0,
    "groundspeed": 450.0,
    "track": 90.0,
    "vertical_rate": 0.0,
    "onground": False,
}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    named = [GOOD | row | {"icao24": f"{number:06x}"} for number, row in enumerate(rows)]
    columns = {name: [row[name] for row in named] for name in named[0]}
    return pl.DataFrame(columns, strict=False)


def test_who_is_left_out_is_counted_by_reason_and_told() -> None:
    states = table(
        {},
        {},
        {"onground": True, "latitude": None},
        {"latitude": None},
        {"longitude": NAN},
        {"latitude": 90.1},
        {"longitude": -180.5},
        {"altitude": None},
        {"groundspeed": None},
        {"groundspeed": -1.0},
        {"track": None},
        {"track": math.inf},
        {"track": None, "groundspeed": 0.0},  # stands still: takes part
        {"vertical_rate": math.inf},  # level flight, as without one
        {"groundspeed": 100_001.0},
        {"altitude": 1e10},
    )
    found = find_conflicts(states, RULE, 60.0)
    assert found.left_out == {
        "on the ground": 1,
        "no position": 2,
        "position not on Earth": 2,
        "no altitude": 1,
        "no velocity": 4,
        "faster or higher than anything flies": 2,
    }
    assert (found.aircraft, found.compared, len(found)) == (16, 4, 6)
    assert found.summary().startswith(
        "6 conflicts of 4 aircraft within 60 s; 1 left out: on the ground; 2 left"
    )
    for shown in (repr(found), found._repr_html_()):
        assert "4 left out: no velocity" in shown
        assert "000000" in shown
    assert "no pair could be compared" not in found.summary()


def test_nobody_left_out_and_nobody_to_compare() -> None:
    assert find_conflicts(table({}, {}), RULE, 60.0).summary() == "1 conflict of 2 aircraft within 60 s"
    alone = find_conflicts(table({}, {"groundspeed": None}), RULE, 60.0)
    told = "0 conflicts of 1 aircraft within 60 s; but no pair could be compared; 1 left out: no velocity"
    assert repr(alone) == f"<Conflicts: {told}>"
    assert "no pair could be compared" in alone._repr_html_()
    assert list(alone) == []


def test_a_notebook_shows_the_first_rows_and_says_so() -> None:
    shown = find_conflicts(table(*[{}] * 9), RULE, 60.0)._repr_html_()
    assert shown.count("<tr>") == ROWS_MAX + 1
    assert f"The first {ROWS_MAX} of 36" in shown
    few = find_conflicts(table({}, {}), RULE, 60.0)
    assert few._repr_html_().count("<tr>") == 2
    assert "The first" not in few._repr_html_()
    assert len(few.to_pandas()) == len(few.to_dicts()) == 1


def test_columns_of_the_caller_go_with_the_rows_of_the_table() -> None:
    """Also where some of them take no part."""
    states = table({"onground": True}, {}, {"latitude": 50.1}, {"latitude": None})
    assert len(find_conflicts(states, RULE, 0.0)) == 0
    assert len(find_conflicts(states, RULE, 0.0, horizontal_nm=[0.0, 7.0, 1.0, 0.0])) == 1
    assert len(find_conflicts(states, RULE, 0.0, uncertainty_m=[0.0, 2_000.0, 0.0, 0.0])) == 1
    without = find_conflicts(states, RULE, 0.0, horizontal_nm=[5.0, NAN, 7.0, 5.0])
    assert without.left_out == {"on the ground": 1, "no position": 1, "no minimum": 1}


VALUES = st.sampled_from(
    [None, NAN, math.inf, -math.inf, 0.0, 1.0, -1.0, 90.0, -91.0, 361.0, 1e5, 1e9, 1e300]
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys((*NEEDED[1:], "vertical_rate"), VALUES),
    ),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_who_is_not_counted_as_left_out_takes_part(row: dict[str, float | None], grounded: bool) -> None:
    """Whoever takes part is in conflict with another at the very same place, doing the very same."""
    strange = row | {"onground": grounded}
    found = find_conflicts(table(strange, strange), RULE, 60.0)
    assert (len(found), sum(found.left_out.values())) in {(1, 0), (0, 2)}
    columns = snapshot_table(table(strange, strange), 60.0, ()).columns
    assert len(conflict_pairs(*columns, lookahead_s=60.0).pairs) == len(found)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((5, 300), "rule: 5 is not a pair of limits; write a horizontal and a vertical limit"),
        ((None, 300), "rule: None is not a pair of limits"),
        ((("5nm", "1000ft"), 300), "is not a pair of limits"),
        ((RULE, "300"), "lookahead_s is '300' \\(str\\); give 0 to 1800 seconds"),
        ((RULE, None), "lookahead_s is None \\(NoneType\\); give 0 to 1800 seconds"),
        ((RULE, True), "lookahead_s is True \\(bool\\)"),
        ((RULE, [60]), r"lookahead_s is \[60\] \(list\)"),
        ((RULE, NAN), "look-ahead of nan s"),
    ],
)
def test_a_wrong_kind_of_argument_is_one_line(arguments: tuple[Any, Any], told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        find_conflicts(table({}, {}), *arguments)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"threads": "2"}, "threads is '2' \\(str\\); give 1 or more"),
        ({"threads": 0}, "0 threads; give 1 or more"),
        ({"threads": 1.5}, "threads is 1.5 \\(float\\)"),
        ({"age_s": "old"}, "a column holds what is no number"),
        ({"uncertainty_m": {"a": 1}}, "a column holds what is no number"),
        ({"uncertainty_m": [1.0, 2.0, 3.0]}, "the columns differ in length; give 2 values in each"),
        ({"horizontal_nm": "5nm"}, "a column holds what is no number"),
        ({"horizontal_nm": [1.0, 2.0, 3.0]}, "the columns differ in length; give 2 values in each"),
        ({"horizontal_nm": -5.0}, "a minimum is negative; give NM and ft, 0 or more"),
        ({"vertical_ft": [1000.0, -1.0]}, "a minimum is negative"),
    ],
)
def test_a_wrong_kind_of_option_is_one_line(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        find_conflicts(table({}, {}), RULE, 60.0, **options)


@pytest.mark.parametrize("states", [None, 5, "day.jsonl.gz", [1, 2], {"icao24": "a"}, np.zeros(3)])
def test_what_is_no_table_is_said_to_be_none(states: Any) -> None:
    with pytest.raises(InputError, match="<states>"):
        find_conflicts(states, RULE, 60.0)


def test_numbers_of_any_kind_are_numbers() -> None:
    states = table({}, {})
    expected = find_conflicts(states, RULE, 60.0).to_dicts()
    for ahead in (60, np.int32(60), np.float32(60)):
        assert find_conflicts(states, Limits(5.0, 1000.0), ahead).to_dicts() == expected  # type: ignore[arg-type]
    assert find_conflicts(states, RULE, 60.0, threads=np.int64(2)).to_dicts() == expected  # type: ignore[arg-type]


def test_texts_are_no_truths() -> None:
    states = table({}, {}).with_columns(onground=pl.Series(["true", "false"]))
    with pytest.raises(
        InputError, match="column 'onground' holds what is neither true nor false; give truths"
    ):
        find_conflicts(states, RULE, 60.0)


def test_an_address_in_capitals_is_the_same_aircraft() -> None:
    states = table({}, {}).with_columns(icao24=pl.Series(["a0000b", "A0000B"]))
    with pytest.raises(InputError, match="several states of a0000b"):
        find_conflicts(states, RULE, 60.0)
