"""The figures' numbers, computed again from what the report itself carries, by other means.

Nothing of the search or of the report is used here: samples are read from the JSON in the page, joined by
straight lines in latitude, longitude and altitude, and measured with the Earth's radii of curvature.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import skyaccord
from skyaccord.report.situation import WINDOW_MAX_S, situation_of
from tests.report.pages import crossing, data_of, found, report

Floats = NDArray[np.float64]

DAY = Path(str(resources.files("skyaccord.demo") / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"))


def apart_m(middle: Floats, north_deg: Floats, east_deg: Floats) -> Floats:
    """Distance by WGS 84's two radii of curvature at the latitudes `middle`; 1e-6 within some miles."""
    e2 = 0.0066943799901413165
    phi = np.radians(middle)
    w2 = 1 - e2 * np.sin(phi) ** 2
    meridian, prime = 6378137.0 * (1 - e2) / w2**1.5, 6378137.0 / np.sqrt(w2)
    return np.hypot(np.radians(north_deg) * meridian, np.radians(east_deg) * prime * np.cos(phi))


def distances(figure: dict[str, Any], times: Floats) -> tuple[Floats, Floats]:
    """Horizontal NM and vertical ft (b minus a) at times, from the samples alone."""
    places = []
    for side in (figure["a"], figure["b"]):
        at = np.array(side["time_s"])
        columns = (np.array(side[name]) for name in ("latitude", "longitude", "altitude_ft"))
        places.append([np.interp(times, at, column) for column in columns])
    (a_latitude, a_longitude, a_altitude), (b_latitude, b_longitude, b_altitude) = places
    middle = (a_latitude + b_latitude) / 2
    horizontal = apart_m(middle, b_latitude - a_latitude, b_longitude - a_longitude)
    return horizontal / 1852, b_altitude - a_altitude


@pytest.fixture(scope="module")
def day() -> dict[str, Any]:
    return data_of(report(skyaccord.scan(DAY, "0.5nm,500ft")))


@pytest.fixture(scope="module")
def figures(day: dict[str, Any]) -> list[dict[str, Any]]:
    made_up = data_of(report(found(crossing(3))))
    return [*day["figures"], *made_up["figures"]]


def test_the_lines_are_what_the_samples_say(figures: list[dict[str, Any]]) -> None:
    assert len(figures) >= 10
    for figure in figures:
        computed = figure["computed"]
        times = np.array(computed["time_s"])
        horizontal, vertical = distances(figure, times)
        # samples outside the window are not in the data: there the last line ends
        known = np.ones(len(times), dtype=np.bool_)
        for side in (figure["a"], figure["b"]):
            known &= (times >= side["time_s"][0]) & (times <= side["time_s"][-1])
        assert known.sum() > 20
        # straight in degrees and straight in space are up to half a metre apart on a link of 50 s
        assert np.allclose(
            np.array(computed["horizontal_nm"])[known], horizontal[known], rtol=1e-5, atol=3e-4
        )
        assert np.allclose(np.array(computed["vertical_ft_b_minus_a"])[known], vertical[known], atol=0.01)


def test_the_rows_are_what_the_lines_say(day: dict[str, Any]) -> None:
    for figure in day["figures"]:
        row = day["encounters"][figure["encounter"] - 1]
        start, end = figure["inside_s"]
        times = np.linspace(start, end, 20_001)
        horizontal, vertical = distances(figure, times)
        norm = np.maximum(
            horizontal / figure["limit_horizontal_nm"], np.abs(vertical) / figure["limit_vertical_ft"]
        )
        assert norm.max() <= 1 + 2e-3
        best = int(norm.argmin())
        assert norm[best] == pytest.approx(
            max(row["cpa_horizontal_nm"] / 0.5, row["cpa_vertical_ft"] / 500), abs=2e-3
        )
        at_cpa = distances(figure, np.array([figure["cpa_s"]]))
        assert at_cpa[0][0] == pytest.approx(row["cpa_horizontal_nm"], abs=1e-3)
        assert abs(at_cpa[1][0]) == pytest.approx(row["cpa_vertical_ft"], abs=0.5)
        assert horizontal.min() == pytest.approx(row["min_horizontal_nm"], abs=1e-3)
        zero = datetime.fromisoformat(figure["time_zero"])
        for name, seconds in (("start_time", start), ("end_time", end), ("cpa_time", figure["cpa_s"])):
            off = datetime.fromisoformat(row[name]) - zero - timedelta(seconds=seconds)
            assert abs(off) < timedelta(microseconds=2)


def test_closing_speed_is_the_slope_of_the_range(figures: list[dict[str, Any]]) -> None:
    for figure in figures:
        computed = figure["computed"]
        time, horizontal = np.array(computed["time_s"]), np.array(computed["horizontal_nm"])
        closing, piece = np.array(computed["closing_kt"]), np.array(computed["piece"])
        inner = np.flatnonzero((np.diff(piece) == 0) & (np.diff(time) > 0.05))
        slope = -np.diff(horizontal)[inner] / np.diff(time)[inner] * 3600
        low = np.minimum(closing[inner], closing[inner + 1])
        high = np.maximum(closing[inner], closing[inner + 1])
        # the range is convex on a piece: its slope lies between those at both ends
        assert (slope >= low - 0.2).all()
        assert (slope <= high + 0.2).all()


def test_nothing_is_drawn_across_a_gap() -> None:
    table = crossing()
    time = table["timestamp"].dt
    hole = table.filter(~((table["icao24"] == "bbbb00") & (time.minute() == 1) & (time.second() < 30)))
    encounters = found(hole, "20nm,5000ft", max_gap="30s")
    evidence = encounters.evidence
    assert evidence is not None
    first, second = encounters.to_dicts()
    situation = situation_of(evidence, first)
    assert len(situation.b.path_breaks) == 1
    data = data_of(report(encounters))["figures"][0]
    assert data["b"]["joined_to_previous"].count(False) == 2
    gaps = np.diff(np.array(data["computed"]["time_s"]))
    assert gaps.max() > 30
    assert first["end_time"] < second["start_time"]


def test_long_encounters_are_shown_about_the_cpa() -> None:
    from tests.encounters.synthetic import states, straight

    rows = straight("aaaaaa", range(0, 6000, 20), (50.0, 10.0), (1e-4, 0.0), 3000.0)
    rows += straight("bbbbbb", range(0, 6000, 20), (50.0, 10.001), (1e-4, 0.0), 3200.0)
    encounters = found(states(rows))
    evidence = encounters.evidence
    assert evidence is not None
    situation = situation_of(evidence, encounters.to_dicts()[0])
    assert situation.is_cut
    assert situation.window[1] - situation.window[0] <= WINDOW_MAX_S
    assert situation.window[0] <= situation.cpa <= situation.window[1]
    assert "longer than what figures show" in report(encounters)
