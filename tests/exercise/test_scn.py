"""Scenario files: what they say, how it flies, and what is refused by its line."""

import math
from itertools import pairwise
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.demo.flight import CLIMB_FT_S, TURN_RATE_DEG_S, Moment, distance_nm
from skyaccord.exercise.scn import KNOWN, fly, read_scn

FIRST = "00:00:00.00>CRE AB1,B738,36.0,38.0,90,FL240,480"


def track(text: str, seconds: float = 300) -> list[Moment]:
    return [moment for sign, moment in fly(read_scn(text, "x.scn"), seconds) if sign == "AB1"]


def test_a_straight_line_has_the_length_that_its_speed_gives() -> None:
    flown = track(FIRST, 600)
    assert len(flown) == 601
    first, last = flown[0], flown[-1]
    assert distance_nm(first.latitude, first.longitude, last.latitude, last.longitude) == pytest.approx(
        80, rel=0.01
    )
    assert {moment.altitude_ft for moment in flown} == {24_000.0}


def test_turns_and_climbs_are_limited_in_rate() -> None:
    flown = track(f"{FIRST}\n00:00:10>HDG AB1,180\n00:00:10>ALT AB1,25000\n00:01:00>SPD AB1,300")
    for one, two in pairwise(flown):
        assert abs(two.altitude_ft - one.altitude_ft) <= CLIMB_FT_S
        assert abs((two.track_deg - one.track_deg + 180) % 360 - 180) <= TURN_RATE_DEG_S + 1e-9
    assert (flown[-1].track_deg, flown[-1].altitude_ft, flown[-1].speed_kt) == (180.0, 25_000.0, 300.0)
    assert flown[10].track_deg == 90.0
    turned = next(moment.at_s for moment in flown if moment.track_deg == 180.0)
    assert turned == pytest.approx(10 + 90 / TURN_RATE_DEG_S, abs=1.1)


def test_waypoints_are_flown_to_one_after_another() -> None:
    flown = track(f"{FIRST}\n00:00:00>ADDWPT AB1,36.2,38.2,FL250\n00:00:00>ADDWPT,AB1,36.0,38.4", 900)
    for latitude, longitude in ((36.2, 38.2), (36.0, 38.4)):
        assert min(distance_nm(one.latitude, one.longitude, latitude, longitude) for one in flown) < 1.1
    assert flown[-1].altitude_ft == 25_000.0


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("CRE AB1,B738,36,38,90,FL240,480", 1, "no time stamp"),
        (f"{FIRST}\n00:00:01>WIND 36,38,FL100,90,20", 2, "the command WIND is not one of"),
        (f"{FIRST}\n\n# so\n00:00:01>HDG XY9,20", 4, "no CRE before this line"),
        (f"{FIRST}\n{FIRST}", 2, "AB1 is there already"),
        (f"{FIRST}\n00:00:01>HDG AB1,north", 2, "'north' is no heading"),
        (f"{FIRST}\n00:00:01>ALT AB1,FLx", 2, "'FLx' is no altitude"),
        (f"{FIRST}\n00:00:01>SPD AB1,nan", 2, "a speed of nan lies outside"),
        ("00:00:00>CRE AB1,B738,96,38,90,FL240,480", 1, "a latitude of 96 lies outside"),
        ("00:00:00>CRE AB1,B738,36", 1, "CRE with 2 values"),
        (f"{FIRST}\n00:00:01>", 2, "the command (none)"),
    ],
)
def test_what_cannot_be_flown_is_refused_by_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(InputError) as refused:
        read_scn(text, "x.scn")
    assert what in str(refused.value)
    assert f"x.scn, line {line}" in str(refused.value)


def test_what_only_draws_is_counted_and_left_out() -> None:
    text = f"{FIRST}\n00:00:00.00>PAN AB1\n00:00:00.00>zoom 2\n00:00:05>PAN AB1\n00:01:00>HDG AB1,0"
    traffic = read_scn(text, "x.scn")
    assert traffic.ignored == {"PAN": 2, "ZOOM": 1}
    assert [one.name for one in traffic.commands] == ["CRE", "HDG"]


@pytest.mark.parametrize("name", ["DEST", "LNAV", "VS", "DEL", "WIND", "ASAS", "MCRE"])
def test_what_would_change_the_flights_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"line 2: the command {name} is not one of"):
        read_scn(f"{FIRST}\n00:00:01>{name} AB1,1", "x.scn")


def test_other_commands_can_be_counted_instead() -> None:
    text = f"{FIRST}\n00:00:00.00>LNAV AB1\n00:00:00.00>ZOOM 2\n00:00:05>LNAV AB1\n00:01:00>HDG AB1,0"
    traffic = read_scn(text, "x.scn", skip_unknown=True)
    assert traffic.ignored == {"LNAV": 2, "ZOOM": 1}
    assert [one.name for one in traffic.commands] == ["CRE", "HDG"]
    with pytest.raises(InputError, match="not one CRE"):
        read_scn("00:00:00>PAN AB1", "x.scn", skip_unknown=True)


def test_lower_case_blanks_and_order_do_not_matter() -> None:
    text = "00:00:30>hdg ab1 180\n00:00:00>cre AB1 B738 36 38 90 FL240 480"
    with pytest.raises(InputError, match="no CRE before"):
        read_scn(text, "x.scn")
    lines = text.splitlines()
    assert math.isclose(track("\n".join(reversed(lines)))[-1].track_deg, 180.0)
    assert set(KNOWN) == {"CRE", "ADDWPT", "SPD", "ALT", "HDG"}


def test_the_shipped_traffic_can_be_read() -> None:
    folder = Path(__file__).resolve().parents[2] / "src/skyaccord/exercise/data"
    for path in folder.glob("*.scn"):
        assert len(read_scn(path.read_text("utf-8"), path.name).callsigns) >= 2
