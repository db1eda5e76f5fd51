"""Formations are labelled; those that only pass are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from skyaccord.encounters import scan
from skyaccord.encounters.label import _label
from skyaccord.encounters.together import Steps
from tests.encounters.synthetic import states, straight

WITHIN = "0.5nm,500ft"
METRE = 1 / 111_200  # of latitude, in degrees, near enough for made-up flights
EAST = METRE / np.cos(np.radians(50.0))


def labels(rows: list[tuple[Any, ...]]) -> list[str]:
    return [row["label"] for row in scan(states(rows), within=WITHIN)]


def pair(offset_m: float, drift_mps: float, seconds: int, speed_mps: float = 100.0) -> list[tuple[Any, ...]]:
    """Two eastbound, one north of the other by offset_m and falling behind by drift_mps."""
    times = range(0, seconds + 1, 5)
    first = straight("aaaaaa", times, (50.0, 10.0), (0.0, speed_mps * EAST), 5000.0)
    second = straight(
        "bbbbbb", times, (50.0 + offset_m * METRE, 10.0), (0.0, (speed_mps - drift_mps) * EAST), 5100.0
    )
    return first + second


def test_side_by_side_for_minutes_is_a_formation() -> None:
    assert labels(pair(150.0, 0.0, 300)) == ["formation"]


def test_side_by_side_for_half_a_minute_is_not() -> None:
    assert labels(pair(150.0, 0.0, 30)) == [""]


def test_overtaking_is_not() -> None:
    assert labels(pair(150.0, 30.0, 300)) == [""]


def test_crossing_is_not() -> None:
    times = range(0, 241, 5)
    rows = straight("aaaaaa", times, (50.0, 10.0 - 120 * 100 * EAST), (0.0, 100 * EAST), 5000.0)
    rows += straight("bbbbbb", times, (50.0 - 120 * 100 * METRE, 10.0), (100 * METRE, 0.0), 5000.0)
    assert labels(rows) == [""]


def descending(rows: list[tuple[Any, ...]], from_s: int) -> list[tuple[Any, ...]]:
    """The same flights, going down a glide path of 1,000 ft/min from from_s on."""
    return [
        (name, s, latitude, longitude, altitude - max(0, s - from_s) / 60 * 1000)
        for name, s, latitude, longitude, altitude in rows
    ]


def test_side_by_side_on_parallel_approaches_is_not() -> None:
    assert labels(descending(pair(400.0, 0.0, 280), 0)) == [""]


def test_one_that_goes_down_past_another_level_one_is_in_formation() -> None:
    """Only where both descend is it the glide path that holds them together."""
    level = pair(150.0, 0.0, 160)
    one_down = [row if row[0] == "aaaaaa" else (*row[:4], row[4] + 380 - row[1] * 6) for row in level]
    assert labels(one_down) == ["formation"]


def test_a_formation_that_lands_together_is_one() -> None:
    assert labels(descending(pair(400.0, 0.0, 400), 150)) == ["formation"]


def test_two_that_hover_are_not() -> None:
    assert labels(pair(150.0, 0.0, 300, speed_mps=2.0)) == [""]


def test_a_turning_formation_with_whole_second_times_is_one() -> None:
    rows: list[tuple[Any, ...]] = []
    jitter = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 400))
    for second in range(0, 300, 3):
        for k, (name, radius) in enumerate((("aaaaaa", 3000.0), ("bbbbbb", 3060.0))):
            angle = 90 / 3000 * (second + jitter[k, second])  # the time written down is a whole second
            north, east = radius * np.cos(angle), radius * np.sin(angle)
            rows.append((name, second, 50.0 + north * METRE, 10.0 + east * EAST, 3000.0))
    assert set(labels(rows)) == {"formation"}


def test_a_short_row_of_a_long_formation_is_labelled() -> None:
    # together at 700 ft for four minutes, inside 500 ft only for the last ones
    times = range(0, 301, 5)
    rows = straight("aaaaaa", times, (50.0, 10.0), (0.0, 100 * EAST), 5000.0)
    rows += [
        ("bbbbbb", s, 50.0 + 200 * METRE, 10.0 + 100 * EAST * s, 5000.0 + (480.0 if s < 250 else 100.0))
        for s in times
    ]
    found = scan(states(rows), within="0.5nm,200ft").to_dicts()
    assert [row["label"] for row in found] == ["formation"]
    assert found[0]["dwell_s"] < 60


@pytest.mark.parametrize(("apart_s", "label"), [(1700, "formation"), (1900, "")])
def test_half_an_hour_around_a_row_is_looked_at_before_and_after(apart_s: int, label: str) -> None:
    long, brief = pair(150.0, 0.0, 300), pair(150.0, 0.0, 30)
    after = [(name, s + 300 + apart_s, *place) for name, s, *place in brief]
    before = [(name, s - 30 - apart_s, *place) for name, s, *place in brief]
    assert labels(long + after) == ["formation", label]
    assert labels(before + long) == [label, "formation"]


def towed(
    *,
    category: tuple[str | None, str | None],
    climb_fpm: float = 400.0,
    rope_m: float = 60.0,
    above_ft: float = 25.0,
    level_ft: float = 1000.0,
) -> Any:
    """One behind the other at 55 kt for five minutes, going up."""
    times = range(0, 301, 5)
    rows = straight("aaaaaa", times, (50.0, 10.0), (0.0, 28 * EAST), level_ft)
    rows += straight("bbbbbb", times, (50.0, 10.0 - rope_m * EAST), (0.0, 28 * EAST), level_ft + above_ft)
    rows = [(name, s, north, east, altitude + climb_fpm * s / 60) for name, s, north, east, altitude in rows]
    said = pl.when(pl.col("icao24") == "aaaaaa").then(pl.lit(category[0])).otherwise(pl.lit(category[1]))
    return scan(states(rows, category=said), within=WITHIN).to_dicts()


def test_a_glider_on_a_rope_going_up_is_a_tow() -> None:
    (row,) = towed(category=("A1", "B1"))
    assert (row["label"], row["verdict"]) == ("tow", "nmac")
    assert row["label_evidence"] == (
        "one is a glider; velocity matched for 300 of 300 s within 1 NM and 500 ft, 60 m and 25 ft apart "
        "in the median; 2,000 ft gained together"
    )
    assert [row["label"] for row in towed(category=("B1", None))] == ["tow"]


@pytest.mark.parametrize(
    "changes",
    [
        {"category": ("B1", "B1")},  # two gliders fly together
        {"category": (None, None)},  # nobody says that he is one
        {"category": ("A1", "B1"), "climb_fpm": 20.0},
        {"category": ("A1", "B1"), "rope_m": 250.0},
        {"category": ("A1", "B1"), "above_ft": 225.0},
    ],
)
def test_what_is_no_tow_is_a_formation(changes: dict[str, Any]) -> None:
    assert [row["label"] for row in towed(**changes)] == ["formation"]


def tanked(
    *,
    category: tuple[str | None, str | None] = ("A5", "A6"),
    behind_m: float = 50.0,
    aside_m: float = 0.0,
    below_ft: float = 25.0,
    contact_s: int = 200,
    level_ft: float = 20_000.0,
) -> Any:
    """b flies wide of a for 150 s, then for contact_s where it is told to, then wide again."""
    rows = []
    for s in range(0, 301 + contact_s, 5):
        rows.append(("aaaaaa", s, 50.0, 10.0 + 200 * EAST * s, level_ft))
        inside = 150 <= s <= 150 + contact_s
        east, north = (-behind_m, aside_m) if inside else (-100.0, 700.0)
        place = (50.0 + north * METRE, 10.0 + 200 * EAST * s + east * EAST)
        rows.append(("bbbbbb", s, *place, level_ft - (below_ft if inside else 25.0)))
    said = pl.when(pl.col("icao24") == "aaaaaa").then(pl.lit(category[0])).otherwise(pl.lit(category[1]))
    return scan(states(rows, category=said), within=WITHIN).to_dicts()


def test_right_behind_a_heavy_one_for_minutes_is_a_tanker() -> None:
    (row,) = tanked()
    assert (row["label"], row["verdict"]) == ("tanker", "nmac")
    assert row["label_evidence"].startswith("the first is large or heavy and has the other behind it for 20")
    (row,) = tanked(category=("A5", "A5"), behind_m=-50.0)  # it is a that refuels, under the same names
    assert row["label_evidence"].startswith("the second is large or heavy")


@pytest.mark.parametrize("level_ft", [1000.0, 1100.0, 1225.0, 20_000.0, 35_025.0])
def test_exactly_the_limit_is_evidence_at_any_altitude(level_ft: float) -> None:
    assert [row["label"] for row in tanked(below_ft=-100.0, level_ft=level_ft)] == ["tanker"]
    assert [row["label"] for row in tanked(contact_s=120, level_ft=level_ft)] == ["tanker"]
    for sign in (1, -1):
        found = towed(category=("A1", "B1"), above_ft=sign * 200.0, climb_fpm=100.0, level_ft=level_ft)
        assert [row["label"] for row in found] == ["tow"]


@pytest.mark.parametrize("later_s", [0.0, 0.1, 1 / 3, 86_399.7])
def test_exactly_two_minutes_are_a_formation_and_a_step_less_is_not(later_s: float) -> None:
    for seconds, label in ((120, "formation"), (115, "")):
        rows = [("cccccc", s, 60.0, 10.0, 5000.0) for s in (0, 5)]
        rows += [(name, s + later_s, *place) for name, s, *place in pair(150.0, 0.0, seconds)]
        assert labels(rows) == [label]


@pytest.mark.parametrize(("steps", "name"), [(48, "formation"), (49, "")])
def test_half_of_the_time_together_is_enough(steps: int, name: str) -> None:
    ones = np.ones(steps)
    matched_s = np.where(np.arange(steps) < 24, 5.0, 0.0)
    together = Steps(5.0 * np.arange(steps), 5.0 * ones, matched_s, 100.0 * ones, ones, ones, ones, ones)
    assert _label(together, 0, 0, 0.0, 250.0).name == name


@pytest.mark.parametrize(
    "changes",
    [
        {"category": (None, "A6")},  # the one ahead does not say what it is
        {"category": ("A6", "A5")},  # the small one is ahead
        {"behind_m": 250.0},
        {"behind_m": 20.0, "aside_m": 120.0},  # a wing-man
        {"below_ft": -150.0},
        {"contact_s": 60},
    ],
)
def test_what_is_no_tanker_is_a_formation(changes: dict[str, Any]) -> None:
    assert [row["label"] for row in tanked(**changes)] == ["formation"]


def test_a_formation_has_its_evidence_and_others_none() -> None:
    (row,) = scan(states(pair(150.0, 0.0, 300)), within=WITHIN)
    assert row["label_evidence"] == (
        "velocity matched for 300 of 300 s within 1 NM and 500 ft, 150 m and 100 ft apart in the median"
    )
    (row,) = scan(states(pair(150.0, 0.0, 30)), within=WITHIN)
    assert (row["label"], row["label_evidence"]) == ("", "")


def test_a_label_changes_no_verdict_and_drops_no_row() -> None:
    (row,) = scan(states(pair(100.0, 0.0, 300)), within=WITHIN)
    assert (row["label"], row["verdict"]) == ("formation", "infringement")
