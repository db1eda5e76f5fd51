"""A real day at Monterey Bay (adsb.lol, ODbL 1.0): what is known to be there is found, and no more."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from skyaccord.encounters import ENCOUNTER_SCHEMA, Encounters, scan
from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.readers import read_recording
from tests.encounters import brute

DAY = Path(str(resources.files("skyaccord.demo") / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2025-06-02T{clock}").replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def states() -> pl.DataFrame:
    return read_recording([DAY]).states


@pytest.fixture(scope="module")
def near(states: pl.DataFrame) -> Encounters:
    return scan(states, within="0.5nm,500ft")


@pytest.fixture(scope="module")
def threes() -> Encounters:
    return scan(DAY, accord="rule-of-threes")


def rows_of(found: Encounters, a: str, b: str) -> list[dict[str, Any]]:
    return [row for row in found if (row["icao24_a"], row["icao24_b"]) == (a, b)]


def test_columns_are_as_documented(near: Encounters) -> None:
    assert dict(near.to_polars().schema) == ENCOUNTER_SCHEMA


def test_formation_take_off_is_found(near: Encounters) -> None:
    rows = rows_of(near, "a99945", "ac155c")
    least = min(rows, key=lambda row: float(row["min_horizontal_nm"]))
    assert least["min_horizontal_nm"] * 1852 < 20
    assert at("20:11:50") <= least["min_horizontal_time"] <= at("20:12:10")
    assert least["label"] == "formation"


def test_two_tankers_are_found_and_labelled(near: Encounters) -> None:
    rows = rows_of(near, "a50e83", "a55d81")
    least = min(rows, key=lambda row: float(row["min_horizontal_nm"]))
    assert 380 < least["min_horizontal_nm"] * 1852 < 415
    assert least["min_vertical_ft"] < 100
    assert {row["label"] for row in rows} == {"formation"}


def test_unrelated_aircraft_break_the_rule_of_threes_twice(threes: Encounters) -> None:
    rows = rows_of(threes, "a5314e", "a6c29e")
    first = next(row for row in rows if row["start_time"] <= at("21:51:00") <= row["end_time"])
    assert (at("21:50:08"), at("21:52:13")) <= (first["start_time"], first["end_time"])
    assert (first["start_time"], first["end_time"]) <= (at("21:50:10"), at("21:52:15"))
    assert (first["verdict"], first["label"]) == ("infringement", "")
    second = next(row for row in rows if row["start_time"] <= at("22:06:00") <= row["end_time"])
    assert abs((second["start_time"] - at("22:04:21")).total_seconds()) <= 1
    assert abs((second["end_time"] - at("22:07:29")).total_seconds()) <= 1
    assert (second["verdict"], second["label"]) == ("breach", "")
    assert second["dwell_s"] > 180


def test_no_target_is_paired_with_its_own_echo(near: Encounters) -> None:
    with_radar = [row for row in near if "~" in row["icao24_a"] + row["icao24_b"]]
    assert with_radar == []


def test_ghosts_are_shown_on_request(states: pl.DataFrame, near: Encounters) -> None:
    kept = scan(states, within="0.5nm,500ft", keep_ghosts=True)
    assert len(kept) > len(near)
    assert any(row["icao24_b"].startswith("~") for row in kept)
    assert any(name.startswith("dropped: ") and "TIS-B" in name for name in near.counts)


def test_a_watch_adds_approaches_and_takes_nothing(states: pl.DataFrame, near: Encounters) -> None:
    watched = scan(states, within="0.5nm,500ft", watch="20nm").to_polars()
    rule = watched.filter(pl.col("verdict") != "approach")
    assert rule.equals(near.to_polars())
    approaches = watched.filter(pl.col("verdict") == "approach")
    assert approaches.height > 1000
    assert approaches["min_horizontal_nm"].max() < 20  # type: ignore[operator]
    both = approaches.join(rule, on=["icao24_a", "icao24_b"], suffix="_rule")
    overlapping = both.filter(
        (pl.col("start_time") <= pl.col("end_time_rule")) & (pl.col("start_time_rule") <= pl.col("end_time"))
    )
    assert overlapping.is_empty()


@pytest.mark.parametrize(
    ("within", "horizontal_m", "vertical_m", "least_rows"),
    [("0.5nm,500ft", 926.0, 152.4, 5), ("3nm,3000ft", 5556.0, 914.4, 100)],
)
def test_brute_force_agrees_on_every_row(
    states: pl.DataFrame, within: str, horizontal_m: float, vertical_m: float, least_rows: int
) -> None:
    cleaned = clean(states).states
    expected = brute.encounters(cleaned, horizontal_m, vertical_m)
    found = scan(cleaned, within).to_polars().sort("icao24_a", "icao24_b", "start_time").to_dicts()
    assert len(expected) >= least_rows
    assert [(row["icao24_a"], row["icao24_b"]) for row in found] == [(row.a, row.b) for row in expected]
    for row, other in zip(found, expected, strict=True):
        assert row["start_time"].timestamp() == pytest.approx(other.start, abs=0.01)
        assert row["end_time"].timestamp() == pytest.approx(other.end, abs=0.01)
        assert row["cpa_time"].timestamp() == pytest.approx(other.cpa_time, abs=0.01)
        assert row["cpa_horizontal_nm"] * 1852 == pytest.approx(other.cpa_horizontal_m, abs=0.01)
        assert row["cpa_vertical_ft"] * 0.3048 == pytest.approx(other.cpa_vertical_m, abs=0.01)
        assert row["min_horizontal_nm"] * 1852 == pytest.approx(other.least_horizontal_m, abs=0.01)
        assert row["min_vertical_ft"] * 0.3048 == pytest.approx(other.least_vertical_m, abs=0.01)
