"""Rules by class in a scan: nothing among their classes is missed, and nobody escapes by saying nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.airspace.classes import CATEGORIES, NAMES, fits, kinds_of
from skyaccord.encounters import scan
from tests.accord.samples import SMALL
from tests.encounters.synthetic import states, straight

TIMES = range(0, 61, 10)
told = st.sampled_from([None, "A0", *(code for codes in CATEGORIES.values() for code in codes)])
aircraft = st.tuples(
    st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(-0.0015, 0.0015), st.floats(-0.0015, 0.0015),
    st.floats(2000.0, 8000.0), st.lists(told, min_size=1, max_size=2),
)  # fmt: skip
skies = st.lists(aircraft, min_size=2, max_size=6)


def asked(*classes: str) -> LoadedAccord:
    """A rule for all, and the same for these classes, if any are given."""
    text = SMALL
    if classes:
        one, other = classes
        text += f'[[rule]]\nid = "by-class"\nclasses = ["{one}", "{other}"]\n'
        text += "horizontal_nm = 3\nvertical_ft = 3000\n"
    return parse_accord(text, "made up")


def recording(sky: list[Any]) -> tuple[pl.DataFrame, dict[str, list[str | None]]]:
    """Half of an aircraft's states say the first of its categories, the other half the last."""
    rows, said, category = [], {}, []
    for number, (north, east, v_north, v_east, altitude, codes) in enumerate(sky):
        name = f"aaaa{number:02x}"
        flown = straight(name, TIMES, (50.0 + north, 10.0 + east), (v_north, v_east), altitude)
        rows += flown
        category += [codes[0] if place % 2 else codes[-1] for place in range(len(flown))]
        said[name] = codes
    return states(rows, category=pl.Series(category, dtype=pl.String)), said


def found(table: pl.DataFrame, accord: LoadedAccord, rule: str) -> list[dict[str, Any]]:
    rows = [row for row in scan(table, accord=accord).to_dicts() if row.get("rule", "r") == rule]
    return [{key: value for key, value in row.items() if key not in ("rule", "quality")} for row in rows]


@settings(max_examples=30)
@given(skies, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_rule_by_class_finds_what_the_rule_for_all_finds_among_them(
    sky: list[Any], one: str, other: str
) -> None:
    if (one, other) == ("*", "*"):
        return  # no choice of classes, and refused as one
    table, said = recording(sky)
    accord = asked(one, other)
    everything = found(table, accord, "r")
    of_class = [
        row
        for row in everything
        if fits((one, other), kinds_of(said[row["icao24_a"]]), kinds_of(said[row["icao24_b"]]))
    ]
    assert found(table, accord, "by-class") == of_class
    silent = table.with_columns(category=pl.lit(None, dtype=pl.String))
    assert found(silent, accord, "by-class") == everything


@pytest.mark.parametrize(
    ("first", "second", "held"),
    [
        (["B6"], ["A3"], True),
        (["A3"], ["B6"], True),
        (["A1"], ["A3"], False),
        ([None], ["A3"], True),
        (["A0", "A1"], ["A3"], False),
        (["A1", "B6"], ["A3"], True),
    ],
)
def test_who_is_held_to_a_rule_for_drones(
    first: list[str | None], second: list[str | None], held: bool
) -> None:
    sky = [(0.0, 0.0, 0.0, 0.0, 3000.0, first), (0.01, 0.0, 0.0, 0.0, 3000.0, second)]
    table, _ = recording(sky)
    assert len(found(table, asked("unmanned", "*"), "by-class")) == held
    assert len(found(table, asked("unmanned", "*"), "r")) == 1
    assert len(found(table, asked(), "r")) == 1


@pytest.mark.parametrize(
    ("first", "second", "doubtful"),
    [
        (["B6"], ["A3"], False),
        (["B6"], [None], False),  # `*` is anybody
        ([None], ["A3"], True),
        (["A1", "B6"], ["A3"], True),  # it has said two things
    ],
)
def test_a_row_held_only_because_a_class_is_unknown_says_so(
    first: list[str | None], second: list[str | None], doubtful: bool
) -> None:
    sky = [(0.0, 0.0, 0.0, 0.0, 3000.0, first), (0.01, 0.0, 0.0, 0.0, 3000.0, second)]
    table, _ = recording(sky)
    codes = {row["rule"]: row["quality"] for row in scan(table, accord=asked("unmanned", "*")).to_dicts()}
    assert codes == {"r": "cut", "by-class": "cut+class_unknown" if doubtful else "cut"}


def test_what_is_said_once_counts_in_all_parts_of_a_large_file(tmp_path: Path) -> None:
    rows, category = [], []
    for number, code in enumerate(("B6", "A3", None, "B6", "A1", "A7")):
        flown = straight(
            f"aaaa{number:02x}", range(0, 4000, 4), (50.0 + 0.01 * number, 10.0), (0.0, 0.0), 3000.0
        )
        rows += flown
        category += [code] + [None] * (len(flown) - 1)
    path = tmp_path / "large.parquet"
    states(rows, category=pl.Series(category, dtype=pl.String)).write_parquet(path)
    for classes, expected in ((("unmanned", "unmanned"), 3), (("unmanned", "*"), 11)):
        whole = scan(path, accord=asked(*classes)).to_dicts()
        assert [row["rule"] for row in whole].count("by-class") == expected
        assert scan(path, accord=asked(*classes), rows_in_memory=1000).to_dicts() == whole
