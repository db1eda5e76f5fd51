"""A rule that names areas is found there only, whatever the other rules of the accord say."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from skyaccord.accord.source import parse_accord
from skyaccord.encounters import scan
from skyaccord.report import write_report
from tests.accord.samples import SMALL

START = datetime(2026, 1, 1, tzinfo=UTC)
AREAS = """
[[area]]
name = "Near"
scope = "rules"
circle = { latitude = 10, longitude = 20, radius_nm = 30 }
"""
RULE = '[[rule]]\nid = "near"\nhorizontal_nm = 5\nvertical_ft = 3000\nareas = ["Near"]\n\n[[tier]]'


def two_at(latitude: float) -> pl.DataFrame:
    """Side by side, 4 NM apart, eastward for a minute."""
    rows = [
        {
            "timestamp": START + timedelta(seconds=second),
            "icao24": address,
            "callsign": address.upper(),
            "latitude": latitude + offset,
            "longitude": 20 + second * 0.002,
            "altitude": 10_000.0,
            "groundspeed": 430.0,
            "track": 90.0,
        }
        for address, offset in (("aaaaaa", 0.0), ("bbbbbb", 4 / 60))
        for second in range(60)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(("latitude", "rules"), [(10.0, {"near"}), (12.0, set())])
def test_inside_and_outside_of_its_area(latitude: float, rules: set[str]) -> None:
    accord = parse_accord(SMALL.replace("[[tier]]", RULE, 1) + AREAS, "x")
    assert {row["rule"] for row in scan(two_at(latitude), accord=accord).to_dicts()} == rules


def test_none_in_the_area_is_not_said_of_everywhere(tmp_path: Path) -> None:
    accord = parse_accord(SMALL.replace("[[tier]]", RULE, 1) + AREAS, "x")
    asked: list[tuple[dict[str, Any], str]] = [
        ({"accord": accord}, "where and while the accord holds"),
        ({"within": "1nm,500ft"}, "at any time"),
    ]
    for options, where in asked:
        write_report(scan(two_at(12.0), **options), tmp_path / "day.html")
        (told,) = re.findall("No pair was inside[^.]*", (tmp_path / "day.html").read_text("utf-8"))
        assert told.endswith(where)


def test_without_areas_it_is_found_everywhere() -> None:
    text = SMALL.replace("[[tier]]", RULE.replace('areas = ["Near"]\n', ""), 1)
    assert {row["rule"] for row in scan(two_at(12.0), accord=parse_accord(text, "x")).to_dicts()} == {"near"}
