"""Formations are labelled; those that only pass are not."""

from __future__ import annotations

from typing import Any

import numpy as np

from skyaccord.encounters import scan
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


def test_a_label_changes_no_verdict_and_drops_no_row() -> None:
    (row,) = scan(states(pair(100.0, 0.0, 300)), within=WITHIN)
    assert (row["label"], row["verdict"]) == ("formation", "infringement")
