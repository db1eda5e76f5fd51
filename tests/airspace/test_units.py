"""How people write limits, distances and durations."""

import math

import pytest

from skyaccord.airspace.units import (
    FT_PER_NM,
    Limits,
    parse_distance_nm,
    parse_duration_s,
    parse_within,
)
from skyaccord.base.errors import InputError


@pytest.mark.parametrize(
    ("text", "horizontal_nm", "vertical_ft"),
    [
        ("0.5nm,500ft", 0.5, 500.0),
        ("5nm,1000ft", 5.0, 1000.0),
        (" 3 NM , 3000 Ft ", 3.0, 3000.0),
        ("1852m,304.8m", 1.0, 1000.0),
        ("1.852km,.3048km", 1.0, 1000.0),
    ],
)
def test_limits_in_any_unit_case_and_spacing(text: str, horizontal_nm: float, vertical_ft: float) -> None:
    assert parse_within(text) == Limits(horizontal_nm, vertical_ft)


@pytest.mark.parametrize(
    "text",
    [
        "banana",
        "",
        "5nm",
        "5nm,1000ft,3",
        "5,1000",
        "5nm;1000ft",
        "-5nm,1000ft",
        "nm,ft",
        "0nm,1000ft",
        "5nm,0ft",
        "900nm,1000ft",
        "5nm,1e9ft",
        "nannm,5ft",
        "5nm,1000lb",
        "0,5nm,500ft",
    ],
)
def test_what_is_no_pair_of_limits_is_refused_with_advice(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_within(text, where="--within")
    line = str(caught.value)
    assert line.startswith("--within: ")
    assert "0.5nm,500ft" in line or "give more than 0" in line
    assert "\n" not in line


def test_distances_and_durations() -> None:
    assert parse_distance_nm("20nm") == 20.0
    assert parse_distance_nm("37.04 km") == 20.0
    assert parse_duration_s("60s") == 60.0
    assert parse_duration_s("2min") == 120.0
    assert parse_duration_s("1 H") == 3600.0
    for text in ("20", "0nm", "-1nm", "far"):
        with pytest.raises(InputError, match=r"20nm|more than 0"):
            parse_distance_nm(text)
    for text in ("60", "0s", "2 weeks", "25h"):
        with pytest.raises(InputError, match=r"60s|more than 0"):
            parse_duration_s(text)


def test_limits_in_metres_and_as_text() -> None:
    limits = Limits(3.0, 3000.0)
    assert limits.horizontal_m == 5556.0
    assert limits.vertical_m == pytest.approx(914.4)
    assert str(limits) == "3nm,3000ft"
    assert Limits(20.0, None).vertical_m == math.inf
    assert str(Limits(20.0, None)) == "20nm"
    assert pytest.approx(6076.115, abs=1e-3) == FT_PER_NM


def test_limits_that_are_no_text_are_refused_with_advice() -> None:
    with pytest.raises(InputError, match=r"5 is not a pair of limits; .* like 0\.5nm,500ft"):
        parse_within(5)  # type: ignore[arg-type]
