"""Crossings: against a walk in small steps, at each border, level and doubt; none missed, none twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.accord.source import parse_accord
from skyaccord.airspace.geodesy import ecef
from skyaccord.separation.crossings import GAP_S, Crossing, CrossingBook
from skyaccord.separation.places import PlaceInForce, places_of, within_levels
from skyaccord.tracks.reported import Reported
from tests.accord.samples import SMALL

START = datetime(2026, 1, 1, tzinfo=UTC)
PARTIES = {"aaaaaa": "A", "bbbbbb": "B"}
LINE = '[[line]]\nid = "river"\npoints = [[10, 0], [10, 5], [11, 10]]\n'
BOX = '[[zone]]\nid = "box"\nparty = "B"\npolygon = [[10, 10], [10, 11], [11, 11], [11, 10]]\n'
DISC = '[[caution]]\nid = "disc"\ncircle = { latitude = 20, longitude = 20, radius_nm = 30 }\ntext = "x"\n'


def places(*tables: str) -> tuple[PlaceInForce, ...]:
    return places_of(parse_accord(SMALL + "\n" + "\n".join(tables), "x").accord, "sha256:0")


def report(
    at_s: float,
    latitude: float,
    longitude: float,
    altitude_ft: float = 5000,
    who: str = "aaaaaa",
    **more: Any,
) -> Reported:
    values: dict[str, Any] = {
        "icao24": (who,),
        "callsign": ("TEST1",),
        "heard_s": np.array([START.timestamp() + at_s]),
        "surface_m": ecef([latitude], [longitude]),
        "altitude_ft": np.array([altitude_ft]),
        "on_ground": np.array([False]),
        "suspect": np.zeros(1, np.uint8),
    }
    return Reported(**(values | more))


def fly(found: tuple[PlaceInForce, ...], *reports: Reported) -> list[Crossing]:
    book, said = CrossingBook(), []
    for one in reports:
        sky_time = START + timedelta(seconds=float(one.heard_s[0]) - START.timestamp())
        said += book.step(one, found, PARTIES, sky_time)
    return said


def test_a_line_is_crossed_where_and_when() -> None:
    (said,) = fly(places(LINE), report(0, 9.9, 2), report(10, 10.1, 2))
    assert (said.thing, said.place, said.way, said.party) == ("line", "river", "to-left", "A")
    assert said.latitude == pytest.approx(10.0, abs=0.01)
    assert said.longitude == pytest.approx(2.0, abs=1e-6)
    assert (said.time - START).total_seconds() == pytest.approx(
        5.45, abs=0.01
    )  # the great circle bulges north
    assert said.altitude_ft == 5000
    assert said.confident
    assert said.reason == "TEST1 crossed to the left of line river"
    assert said.accord == "sha256:0"
    (back,) = fly(places(LINE), report(0, 10.1, 2), report(10, 9.9, 2))
    assert back.way == "to-right"


def test_whose_line_it_is_and_which_way() -> None:
    there = (report(0, 9.9, 2), report(10, 10.1, 2))
    assert fly(places(LINE + 'parties = ["B"]\n'), *there) == []
    assert len(fly(places(LINE + 'parties = ["A"]\n'), *there)) == 1
    assert len(fly(places(LINE + 'direction = "to-left"\n'), *there)) == 1
    assert fly(places(LINE + 'direction = "to-right"\n'), *there) == []
    strangers = (report(0, 9.9, 2, who="cccccc"), report(10, 10.1, 2, who="cccccc"))
    assert fly(places(LINE), *strangers) == []


def test_levels() -> None:
    there = (report(0, 9.9, 2, 1000), report(10, 10.1, 2, 3000))  # 2,000 ft at the line
    assert len(fly(places(LINE + "upper_ft = 2100\n"), *there)) == 1
    assert fly(places(LINE + "upper_ft = 1900\n"), *there) == []
    assert fly(places(LINE + "lower_ft = 2100\n"), *there) == []
    (said,) = fly(places(LINE + "lower_ft = 2100\n"), report(0, 9.9, 2, np.nan), report(10, 10.1, 2, np.nan))
    assert not said.confident
    assert said.altitude_ft is None
    assert "gives no altitude" in said.reason
    assert within_levels((None, None), np.nan) is True
    assert within_levels((1.0, None), np.nan) is None
    assert within_levels((1.0, 3.0), 3.0) is True


def test_doubts_are_said() -> None:
    (late,) = fly(places(LINE), report(0, 9, 2), report(GAP_S + 1, 11, 2))
    assert not late.confident
    assert "not heard for 31 s" in late.reason
    marked = report(10, 10.1, 2, suspect=np.ones(1, np.uint8))
    assert not fly(places(LINE), report(0, 9.9, 2), marked)[0].confident


def test_no_report_is_used_twice_and_a_taxi_is_no_flight() -> None:
    still = report(10, 10.1, 2)
    assert len(fly(places(LINE), report(0, 9.9, 2), still, still, still)) == 1
    ground = {"on_ground": np.array([True])}
    assert fly(places(LINE), report(0, 9.9, 2, **ground), report(10, 10.1, 2, **ground)) == []
    assert fly(places(LINE), report(0, 9.9, 2), report(5, 10.1, 2, **ground), report(9, 10.2, 2)) == []


def test_into_and_out_of_a_zone() -> None:
    way = [report(10 * k, 10.5, 9.7 + 0.2 * k) for k in range(9)]
    said = fly(places(BOX), *way)
    assert [(one.way, one.thing, one.place) for one in said] == [
        ("entered", "zone", "box"), ("left", "zone", "box"),
    ]  # fmt: skip
    assert said[0].longitude == pytest.approx(10.0, abs=1e-4)
    assert said[1].longitude == pytest.approx(11.0, abs=1e-4)
    assert (said[0].time - START).total_seconds() == pytest.approx(15, abs=0.1)
    own = [report(10 * k, 10.5, 9.7 + 0.2 * k, who="bbbbbb") for k in range(9)]
    assert fly(places(BOX), *own) == []


@pytest.mark.parametrize(
    ("table", "start", "end"),
    [(BOX, (10.9, 9.9), (11.1, 10.2)), (BOX, (10.5, 9), (10.5, 12)), (DISC, (19.6, 19), (19.6, 21))],
)
def test_through_between_two_reports(
    table: str, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Neither report lies inside, also where only a corner is cut: it was inside all the same."""
    said = fly(places(table), report(0, *start), report(10, *end))
    assert [one.way for one in said] == ["entered", "left"]
    assert said[0].time < said[1].time


def test_past_a_circle_and_a_corner() -> None:
    assert fly(places(DISC), report(0, 20.6, 19), report(10, 20.6, 21)) == []
    assert fly(places(BOX), report(0, 11.05, 9.9), report(10, 11.4, 10.4)) == []


def test_climbing_into_a_zone_and_first_heard_inside() -> None:
    low = places(BOX + "lower_ft = 8000\nupper_ft = 9000\n")
    said = fly(low, report(0, 10.5, 10.4, 6000), report(10, 10.5, 10.5, 8500), report(20, 10.5, 10.6, 9500))
    assert [one.way for one in said] == ["entered", "left"]
    assert said[0].altitude_ft == pytest.approx(8000, abs=1)
    assert said[1].altitude_ft == pytest.approx(9000, abs=1)
    through = fly(low, report(0, 10.5, 10.4, 6000), report(10, 10.5, 10.5, 12000))
    assert [one.way for one in through] == ["entered", "left"]
    (first,) = fly(places(BOX), report(0, 10.5, 10.5))
    assert (first.way, first.confident) == ("entered", False)
    assert "first heard inside" in first.reason


def test_outside_the_validity_nothing_is_said() -> None:
    ended = SMALL.replace(
        "start = 2020-01-01T00:00:00Z", "start = 2020-01-01T00:00:00Z\nend = 2025-01-01T00:00:00Z"
    )
    found = places_of(parse_accord(ended + "\n" + LINE, "x").accord, "sha256:0")
    assert fly(found, report(0, 9.9, 2), report(10, 10.1, 2)) == []
    assert fly((), report(0, 9.9, 2), report(10, 10.1, 2)) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)), min_size=2, max_size=8))
def test_against_a_walk_in_small_steps(track: list[tuple[float, float]]) -> None:
    """Into and out of a zone and a circle, as often as somebody counts who walks the whole way slowly."""
    tables = (BOX, DISC.replace("latitude = 20, longitude = 20", "latitude = 10.5, longitude = 10.5"))
    points = [(10.5 + a, 10.5 + b) for a, b in track]
    said = fly(places(*tables), *(report(10 * k, *point) for k, point in enumerate(points)))
    for found in places(*tables):
        inside, counted = False, 0
        grazes = False
        for k in range(len(points)):
            one, other = points[max(k - 1, 0)], points[k]
            share = np.linspace(0, 1, 1001) if k else np.ones(1)
            ends = [_up(*one), _up(*other)]
            walked = (1 - share[:, None]) * ends[0] + share[:, None] * ends[1]
            held = found.above(walked)  # type: ignore[union-attr]
            runs = np.flatnonzero(held[1:] != held[:-1])
            grazes |= bool(len(runs) > 1 and np.min(np.diff(runs)) < 4)
            counted += int(held[0] != inside) + len(runs)
            inside = bool(held[-1])
        own = [one for one in said if one.place == found.place]
        if not grazes:
            assert len(own) >= counted
            near = [one for one, after in pairwise(own) if _close(one, after)]
            assert len(own) - counted <= 2 * len(near)
        assert [one.way for one in own] == ["entered", "left"] * (len(own) // 2) + ["entered"] * (
            len(own) % 2
        )


def _close(one: Crossing, other: Crossing) -> bool:
    """Inside for less than a small step of the walk."""
    return abs((other.time - one.time).total_seconds()) < 0.02


def _up(latitude: float, longitude: float) -> Any:
    from skyaccord.airspace.geodesy import normals

    return normals(latitude, longitude)
