"""docs/demo.md says what the demo prints: lines in the narrator's words, figures of the recordings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from skyaccord import scan
from skyaccord.demo.acts import Act, exercise_october_2015, monterey_bay
from skyaccord.demo.narrator import Narrator, clock
from tests.demo.rows import PAIR, views

PAGE = (Path(__file__).resolve().parents[2] / "docs/demo.md").read_text("utf-8")
STAMPED = re.compile(r"^\d\d:\d\d:\d\dZ EXERCISE  .*$", re.MULTILINE)


def shape(line: str) -> str:
    """A line without its figures and digests."""
    masked = re.sub(r"sha256:\w+", "sha256:#", line)
    return re.sub(r"\d", "#", masked).replace("##", "#").replace("##", "#")


def test_every_line_of_the_story_is_one_that_the_narrator_tells() -> None:
    told: list[str] = []
    narrator = Narrator(told.append)
    narrator.pair = PAIR
    narrator.tell(views())
    shown = STAMPED.findall(PAGE)
    assert len(shown) >= 10
    assert {shape(line) for line in shown} <= {shape(line) for line in told}


def encounters(act: Act, within: str, *callsigns: str) -> list[dict[str, Any]]:
    """Those of two aircraft, by time."""
    found = scan(act.recording, within=within).to_polars()
    pair = pl.concat_list("callsign_a", "callsign_b").list.sort()
    rows: list[dict[str, Any]] = found.filter(pair == sorted(callsigns)).sort("start_time").to_dicts()
    return rows


def at(row: dict[str, Any], name: str) -> str:
    """A time of a row as the page writes it."""
    return clock(f"{row[name]:%Y-%m-%dT%H:%M:%S}")


def test_the_first_acts_figures_are_those_of_its_recording(tmp_path: Path) -> None:
    act = exercise_october_2015(tmp_path, 2015)
    watched = encounters(act, "20nm,99000ft", "ALFA06", "BRAVO35")[0]
    (inside,) = encounters(act, "3nm,3000ft", "ALFA06", "BRAVO35")
    who = "ALFA06 (A) and BRAVO35 (B)"
    for line in (
        f"{at(watched, 'start_time')} EXERCISE  A watches {who}: inside 20 NM",
        f"{at(watched, 'end_time')} EXERCISE  A records an approach: {who},"
        f" {watched['min_horizontal_nm']:.1f} NM at {at(watched, 'min_horizontal_time')}; no alarm",
        f"{at(inside, 'start_time')} EXERCISE  {who} are inside the limits",
        f"{at(inside, 'end_time')} EXERCISE  apart again by A's picture: {who}, {inside['dwell_s']:.0f} s,"
        f" infringement, least {inside['min_horizontal_nm']:.1f} NM",
    ):
        assert line in PAGE
    assert f"for {inside['dwell_s']:.0f} s ({inside['min_horizontal_nm']:.1f} NM," in PAGE


@pytest.fixture(scope="module")
def real() -> Act:
    return monterey_bay()


def test_the_second_acts_figures_are_those_of_its_recording(real: Act) -> None:
    (breach,) = encounters(real, "3nm,3000ft", "N4335D", "N396SP")
    assert f"| {at(breach, 'start_time')[:8]} | N4335D" in PAGE
    assert f"| {at(breach, 'end_time')[:8]} | apart again after {breach['dwell_s']:.0f} s;" in PAGE
    assert f"closest at {breach['cpa_horizontal_nm']:.2f} NM and {breach['cpa_vertical_ft']:,.0f} ft" in PAGE
    assert f"least horizontal distance {breach['min_horizontal_nm']:.2f} NM" in PAGE
    (other,) = encounters(real, "3nm,3000ft", "N5347H", "N210AN")
    assert f"apart again after {other['dwell_s']:.0f} s: an infringement" in PAGE
