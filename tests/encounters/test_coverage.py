"""How much there was to compare: a result without encounters is no good news where nobody was followed."""

from __future__ import annotations

from datetime import timedelta
from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from skyaccord.encounters import scan
from skyaccord.encounters.coverage import Counted, Coverage
from skyaccord.encounters.flights import flights_of
from skyaccord.encounters.notebook import as_html
from skyaccord.report import write_report
from tests.encounters.synthetic import START as NOON
from tests.encounters.synthetic import states
from tests.tracks.samples import MONTEREY

SHIPPED = resources.files("skyaccord.accord") / "templates" / "rule-of-threes.toml"


def sky(**seconds: list[float]) -> pl.DataFrame:
    """Aircraft 50 km apart, each with positions at these seconds."""
    return states(
        [
            (name, time, 50.0 + 0.5 * number, 10.0, 9000.0)
            for number, (name, times) in enumerate(seconds.items())
            for time in times
        ]
    )


def coverage(table: pl.DataFrame) -> Coverage:
    return Counted().add(flights_of(table, 60.0)).coverage()


def test_time_counts_while_two_or_more_are_followed() -> None:
    seen = coverage(
        sky(aaaaaa=[0, 50, 100, 300, 340], bbbbbb=[80, 130, 310, 320], cccccc=[85, 95], dddddd=[900])
    )
    assert (seen.aircraft, seen.followed) == (4, 3)
    assert (seen.first, seen.last) == (NOON, NOON + timedelta(seconds=900))
    assert seen.together_s == pytest.approx(20 + 10)  # 80 to 100, three of them counting once; 310 to 320
    assert seen.nothing_compared() == ""


def test_against_a_count_at_instants() -> None:
    generator = np.random.default_rng(1)
    for _ in range(20):
        times = {f"{k:06x}": np.unique(generator.integers(0, 600, 12)).tolist() for k in range(1, 5)}
        flights = flights_of(sky(**times), 60.0)
        instants = np.arange(0.5, 600.0)
        at_once = np.zeros(len(instants))
        for start, end in zip(flights.link_start, flights.link_end, strict=True):
            at_once += (instants >= start + _shift(flights.epoch_us)) & (
                instants < end + _shift(flights.epoch_us)
            )
        assert Counted().add(flights).coverage().together_s == pytest.approx((at_once >= 2).sum())


def _shift(epoch_us: int) -> float:
    return epoch_us / 1e6 - NOON.timestamp()


@pytest.mark.parametrize(
    ("seconds", "why"),
    [
        ({}, "no aircraft has a position in the air"),
        ({"aaaaaa": [0], "bbbbbb": [0]}, "no aircraft has two positions that are near enough in time"),
        ({"aaaaaa": [0], "bbbbbb": [0, 10]}, "of one aircraft"),
        ({"aaaaaa": [0, 10], "bbbbbb": [10, 20]}, "of 2 aircraft, never two at once"),
        ({"aaaaaa": [0, 10], "bbbbbb": [9, 20]}, ""),
    ],
)
def test_why_nothing_was_compared(seconds: dict[str, list[float]], why: str) -> None:
    table = sky(**seconds)
    told = coverage(table).nothing_compared()
    assert why in told
    assert bool(why) is bool(told)


def test_nobody_is_lulled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A snapshot has no encounters, and neither page nor notebook may let that pass for good news."""
    page = tmp_path_factory.mktemp("report") / "day.html"
    for times, lulls in (([0.0], False), ([0.0, 10.0], True)):
        found = scan(sky(aaaaaa=times, bbbbbb=times), within="5nm,1000ft")
        write_report(found, page)
        for shown in (page.read_text("utf-8"), as_html(found), repr(found)):
            assert ("o pair could be compared" in shown) is not lulls
        assert ("No pair was inside" in page.read_text("utf-8")) is lulls


@pytest.mark.parametrize(
    ("validity", "why"),
    [
        ("start = 2999-01-01T00:00:00Z", "ends before the accord is valid, from 2999-01-01 00:00:00Z on"),
        ("start = 2015-10-20T00:00:00Z\nend = 2016-10-20T00:00:00Z", "is not valid any more, 2016-10-20"),
        ("start = 2015-10-20T00:00:00Z", ""),
    ],
)
def test_an_accord_that_is_not_valid_then_says_so(validity: str, why: str, tmp_path: Path) -> None:
    accord = tmp_path / "accord.toml"
    text = SHIPPED.read_text("utf-8")
    assert "start = 2015-10-20T00:00:00Z" in text
    accord.write_text(text.replace("start = 2015-10-20T00:00:00Z", validity), "utf-8")
    page = tmp_path / "day.html"
    found = scan(sky(aaaaaa=[0, 10], bbbbbb=[0, 10]), accord=accord)
    write_report(found, page)
    for shown in (page.read_text("utf-8"), as_html(found)):
        assert why in shown
        assert ("o pair could be compared" in shown) is bool(why)


def test_a_recording_on_disk_is_covered_as_the_whole() -> None:
    whole, parts = (scan(MONTEREY, within="0.1nm,100ft", rows_in_memory=rows) for rows in (5_000_000, 6_000))
    assert whole.evidence is not None
    assert parts.evidence is not None
    assert whole.evidence.coverage == parts.evidence.coverage
    assert len(parts.evidence.flights.names) < whole.evidence.coverage.aircraft  # what figures need, no more
