"""The function's face: verdicts, parties, quality, what is left out, and what it refuses."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import skyaccord
from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.encounters import ENCOUNTER_SCHEMA, scan
from tests.encounters.synthetic import START, states, straight

METRE = 1 / 111_200
STILL = (0.0, 0.0)


def beside(metres: float, feet: float, seconds: int, **more: Any) -> pl.DataFrame:
    """Two that stand beside each other in the air."""
    times = range(0, seconds + 1, 10)
    rows = straight("aaaaaa", times, (50.0, 10.0), STILL, 3000.0)
    rows += straight("bbbbbb", times, (50.0 + metres * METRE, 10.0), STILL, 3000.0 + feet)
    return states(rows, **more)


def accord_file(folder: Path, rules: str, rest: str = "") -> Path:
    path = folder / "test.toml"
    text = f"""format = "skyaccord.accord/1"
name = "test"
title = "Made up for a test"
version = 1
{rest}
[validity]
start = 2020-01-01T00:00:00Z
end = 2025-06-02T12:01:00Z

[[party]]
id = "A"
name = "Party A"

[[party]]
id = "B"
name = "Party B"

{rules}

[[tier]]
name = "warning"
lookahead_s = 60.0

[[role]]
id = "watch"
title = "Watch officer"
acknowledge_within_s = 60.0
"""
    path.write_text(text, encoding="utf-8")
    return path


def rule(horizontal_nm: float, vertical_ft: float, **more: Any) -> str:
    lines = {"id": f"r{horizontal_nm:g}", "horizontal_nm": horizontal_nm, "vertical_ft": vertical_ft} | more
    return "[[rule]]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())


def test_exported_at_the_top() -> None:
    assert skyaccord.scan is scan


def test_one_row_with_all_it_says() -> None:
    table = beside(200.0, 150.0, 60, callsign=pl.when(pl.col("icao24") == "aaaaaa").then(pl.lit("ALPHA1")))
    (row,) = scan(table, within="0.5nm,500ft", party_map={"bbbbbb": "B"})
    assert list(row) == list(ENCOUNTER_SCHEMA)
    assert (row["icao24_a"], row["icao24_b"]) == ("aaaaaa", "bbbbbb")
    assert (row["callsign_a"], row["callsign_b"]) == ("ALPHA1", None)
    assert (row["party_a"], row["party_b"]) == (None, "B")
    assert (row["start_time"], row["end_time"]) == (START, START + timedelta(seconds=60))
    assert row["cpa_time"] == row["min_horizontal_time"] == START  # all the same: the earliest
    assert row["dwell_s"] == 60.0
    assert row["cpa_horizontal_nm"] * 1852 == pytest.approx(200, abs=1)
    assert (row["cpa_vertical_ft"], row["min_vertical_ft"]) == (150.0, 150.0)
    assert (row["verdict"], row["quality"]) == ("infringement", "cut")


@pytest.mark.parametrize(
    ("metres", "feet", "verdict"),
    [(100.0, 90.0, "nmac"), (100.0, 110.0, "infringement"), (200.0, 0.0, "infringement")],
)
def test_nmac_is_both_limits_not_one(metres: float, feet: float, verdict: str) -> None:
    (row,) = scan(beside(metres, feet, 60), within="0.5nm,500ft")
    assert row["verdict"] == verdict


def test_nmac_between_samples_is_seen() -> None:
    times = (0, 40)
    rows = straight("aaaaaa", times, (50.0, 10.0), (100 * METRE, 0.0), 3000.0)
    rows += straight("bbbbbb", times, (50.0 + 4000 * METRE, 10.0005), (-100 * METRE, 0.0), 3050.0)
    (row,) = scan(states(rows), within="0.5nm,500ft")
    assert row["verdict"] == "nmac"
    assert row["cpa_time"] == pytest.approx(START + timedelta(seconds=20), abs=timedelta(seconds=0.1))


def test_breach_needs_a_dwell_and_more_than_it(tmp_path: Path) -> None:
    for dwell, verdict in ((60.0, "infringement"), (59.9, "breach")):
        accord = accord_file(tmp_path, rule(0.5, 500.0, max_dwell_s=dwell))
        assert [row["verdict"] for row in scan(beside(300, 0, 60), accord=accord)] == [verdict]
    without = accord_file(tmp_path, rule(0.5, 500.0))
    assert [row["verdict"] for row in scan(beside(300, 0, 60), accord=without)] == ["infringement"]
    with_nmac = accord_file(tmp_path, rule(0.5, 500.0, max_dwell_s=10.0))
    assert [row["verdict"] for row in scan(beside(100, 0, 60), accord=with_nmac)] == ["nmac"]


def test_validity_and_area_bound_what_counts(tmp_path: Path) -> None:
    inside = accord_file(tmp_path, rule(0.5, 500.0))
    later = beside(300, 0, 60).with_columns(pl.col("timestamp") + pl.duration(seconds=60))
    assert len(scan(beside(300, 0, 60), accord=inside)) == 1
    assert len(scan(later, accord=inside)) == 0  # the accord ended the very second it began
    for middle, expected in ((50.0, 1), (51.0, 0)):
        circle = (
            f'[[area]]\nname = "here"\ncircle = {{latitude = {middle}, longitude = 10.0, radius_nm = 0.1}}\n'
        )
        accord = accord_file(tmp_path, circle + rule(0.5, 500.0))
        assert len(scan(beside(300, 0, 60), accord=accord)) == expected


def test_several_rules_are_told_apart(tmp_path: Path) -> None:
    accord = accord_file(tmp_path, rule(0.5, 500.0) + "\n" + rule(3.0, 100.0, combinator="both"))
    found = scan(beside(300, 200, 60), accord=accord).to_polars()
    assert found["rule"].to_list() == ["r0.5", "r3"]
    assert "rule" not in scan(beside(300, 200, 60)).to_polars().columns


def test_watch_lists_what_is_no_encounter() -> None:
    table = beside(5000, 5000, 60)
    assert len(scan(table)) == 0
    (row,) = scan(table, watch="20nm")
    assert (row["verdict"], row["cpa_vertical_ft"]) == ("approach", 5000.0)
    (row,) = scan(beside(300, 0, 60), watch="20nm")
    assert row["verdict"] == "infringement"


def test_on_the_ground_takes_no_part_and_is_counted() -> None:
    table = beside(100, 0, 60, onground=pl.col("icao24") == "aaaaaa")
    found = scan(table)
    assert len(found) == 0
    assert found.counts["left out: on the ground"] == 7


def test_a_landing_between_two_states_cuts_the_track() -> None:
    landing = (pl.col("icao24") == "aaaaaa") & (pl.col("timestamp") == START + timedelta(seconds=30))
    times = range(0, 61, 10)
    rows = straight("aaaaaa", times, (50.0, 10.0), (50 * METRE, 0.0), 3000.0)
    rows += straight("bbbbbb", times, (50.0 + 100 * METRE, 10.0), (50 * METRE, 0.0), 3000.0)
    found = scan(states(rows, onground=landing))
    assert [row["dwell_s"] for row in found] == [20.0, 20.0]


def test_without_altitude_or_neighbour_a_state_is_counted() -> None:
    table = beside(100, 0, 60)
    lost = table.with_columns(
        altitude=pl.when(pl.col("timestamp") == START + timedelta(seconds=30))
        .then(None)
        .otherwise("altitude")
    )
    found = scan(pl.concat([lost, states([("cccccc", 0, 50.0, 10.0, 3000.0)])]), max_gap="20s")
    assert len(found) == 1  # bridged: 20 s from neighbour to neighbour
    assert any(name.startswith("left out: alone") for name in found.counts)


@pytest.mark.parametrize(
    ("columns", "quality"),
    [
        ({}, "cut"),
        ({"nic": pl.lit(6)}, "cut+low_integrity"),
        ({"nac_p": pl.lit(7)}, "cut+low_integrity"),
        ({"nic": pl.lit(8), "nac_p": pl.lit(9)}, "cut"),
        ({"nic": pl.lit(7), "nac_p": pl.lit(8)}, "cut"),  # the least that 14 CFR 91.227 allows is enough
        ({"source": pl.when(pl.col("icao24") == "bbbbbb").then(pl.lit("mlat"))}, "cut+mlat"),
    ],
)
def test_quality_codes(columns: dict[str, Any], quality: str) -> None:
    assert [row["quality"] for row in scan(beside(100, 0, 60, **columns))] == [quality]


def test_quality_is_good_when_the_pair_itself_comes_and_goes() -> None:
    rows = straight("aaaaaa", range(0, 121, 10), (50.0, 10.0), (100 * METRE, 0.0), 3000.0)
    rows += straight("bbbbbb", range(5, 126, 10), (50.0 + 12_000 * METRE, 10.01), (-100 * METRE, 0.0), 3000.0)
    assert [row["quality"] for row in scan(states(rows), within="0.5nm,500ft")] == ["good"]
    sparse = [row for row in rows if row[1] % 40 in (0, 5)]
    assert [row["quality"] for row in scan(states(sparse), within="0.5nm,500ft")] == ["gap"]


@pytest.mark.parametrize(("every_s", "quality"), [(15, "good"), (16, "gap")])
def test_a_gap_is_longer_than_its_limit(every_s: int, quality: str) -> None:
    times = range(0, 121, every_s)
    rows = straight("aaaaaa", times, (50.0, 10.0), (100 * METRE, 0.0), 3000.0)
    rows += straight("bbbbbb", times, (50.0 + 11_000 * METRE, 10.01), (-100 * METRE, 0.0), 3000.0)
    assert [row["quality"] for row in scan(states(rows), within="0.5nm,500ft")] == [quality]


def test_result_in_every_shape() -> None:
    found = scan(beside(100, 0, 60))
    assert len(found) == len(found.to_dicts()) == found.to_polars().height == 1
    pandas = found.to_pandas()
    assert list(pandas.columns) == list(ENCOUNTER_SCHEMA)
    assert str(pandas["start_time"].dt.tz) == "UTC"
    (parsed,) = json.loads(found.to_json())
    assert parsed["start_time"] == "2025-06-02T12:00:00.000Z"
    assert "1 nmac" in repr(found)
    assert "<table" in found._repr_html_()
    empty = scan(beside(90_000, 0, 60))
    assert (len(empty), json.loads(empty.to_json()), repr(empty)) == (0, [], "<Encounters: none>")
    assert list(empty.to_polars().columns) == list(ENCOUNTER_SCHEMA)


def test_pandas_and_arrow_are_as_good_as_polars() -> None:
    table = beside(100, 0, 60)
    expected = scan(table).to_polars()
    assert scan(table.to_pandas()).to_polars().equals(expected)
    assert scan(table.to_arrow()).to_polars().equals(expected)


def test_a_file_is_as_good_as_its_table(tmp_path: Path) -> None:
    table = beside(100, 0, 60)
    table.write_parquet(tmp_path / "day.parquet")
    found = scan(tmp_path / "day.parquet")
    assert found.to_polars().equals(scan(table).to_polars())
    assert found.provenance[0].sha256
    assert found.asked == {"within": "5nm,1000ft", "max_gap": "60s"}


def test_what_changes_the_result_is_told(tmp_path: Path) -> None:
    parties = tmp_path / "parties.csv"
    parties.write_bytes(b"icao24,party\naaaaaa,A\n")
    found = scan(beside(100, 0, 60), party_map=parties, keep_ghosts=True, without_rules=["jumps", "frozen"])
    assert found.asked == {
        "within": "5nm,1000ft",
        "max_gap": "60s",
        "party_map": f"{parties} sha256:{hashlib.sha256(parties.read_bytes()).hexdigest()}",
        "keep_ghosts": "yes",
        "without_rules": "frozen, jumps",
    }


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"within": "banana"}, "--within"),
        ({"within": "5nm,1000ft", "accord": "rule-of-threes"}, "either --accord or --within"),
        ({"watch": "near"}, "--watch"),
        ({"max_gap": "long"}, "--max-gap"),
        ({"max_gap": -1.0}, "max_gap"),
        ({"accord": "no-such-accord"}, "no-such-accord"),
        ({"input_format": "csv"}, "input_format"),
        ({"party_map": "nowhere.csv"}, "nowhere.csv"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(options: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError, match=line) as caught:
        scan(beside(100, 0, 60), **options)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_unreadable() -> None:
    with pytest.raises(UnreadableError):
        scan("nowhere.jsonl")
