"""Parameters as people type them, checked against book, plan and gazetteer before anything is signed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skyaccord.accord.source import parse_accord
from skyaccord.accord.spoken import Parameter
from skyaccord.base.errors import InputError
from skyaccord.hotline.checking import faults
from skyaccord.hotline.parsing import parse_position, parse_value
from skyaccord.hotline.phrasebook import book_of, built_in, priority, show, show_position, unfit
from skyaccord.hotline.places import Gazetteer, compare
from skyaccord.hotline.values import NumberValue, Position
from tests.accord.samples import SMALL

ACCORD = parse_accord(
    SMALL
    + """
[frequency_plan]
version = 7
[[frequency]]
name = "working"
mhz = 131.25
use = "Between the parties."
[[area]]
name = "Square"
polygon = [[34.0, 38.0], [35.0, 38.0], [35.0, 40.0], [34.0, 40.0]]
[[phrase]]
code = "HOLD"
params = [{ name = "callsign", kind = "callsign" }]
text.en = "{callsign}, hold."
""",
    "accord.toml",
).accord


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_what_is_shown_can_be_typed_back_within_two_metres(latitude: float, longitude: float) -> None:
    position = Position(latitude=latitude, longitude=longitude)
    north, east = show_position(position).split(" ")
    again = parse_position(f"{north},{east}")
    assert compare(position, again).horizontal_nm < 0.001


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("35.2", "is no position"),
        ("95,40", "latitude"),
        ("35 60.0N,040 00.0E", "is no latitude"),
        ("35,40,25000", "no height with its reference"),
        ("35,40,25000 somewhere", "no height with its reference"),
        ("35,40,99999999 pressure", "no height with its reference"),
    ],
)
def test_what_is_no_position_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        parse_position(text)
    assert "\n" not in str(caught.value)


def test_a_height_carries_its_reference() -> None:
    found = parse_position("35 30.000S, 040 15.000W, 25000 mean-sea-level")
    assert (found.latitude, found.longitude) == (-35.5, -40.25)
    assert (found.altitude_ft, found.altitude_reference) == (25000.0, "mean-sea-level")


def value(kind: Any, text: str) -> dict[str, Any]:
    return parse_value(ACCORD, Parameter(name="x", kind=kind), text).model_dump(mode="json")


def test_values_are_typed_as_the_phrase_wants_them() -> None:
    assert value("frequency", "131.250") == value("frequency", "working")
    assert value("frequency", "working")["plan"] == 7
    assert value("heading", "270")["number"] == 270.0
    assert value("callsign", "ALFA11")["words"] == "ALFA11"
    for kind, text in (("heading", "400"), ("count", "many"), ("frequency", "121.5"), ("level", "1e9")):
        with pytest.raises(InputError):
            value(kind, text)


def test_the_accords_book_takes_the_place_of_the_built_in_one() -> None:
    assert set(book_of(ACCORD).phrases) == {"HOLD"}
    assert book_of(None) is built_in()
    with pytest.raises(InputError, match="no code 'SAFETY_STOP'"):
        book_of(ACCORD).phrase("SAFETY_STOP")
    assert [one.code for one in faults(ACCORD, "SAFETY_STOP", [])] == ["code"]
    assert [one.code for one in faults(ACCORD, "HOLD", [])] == ["missing"]
    other = parse_value(ACCORD, Parameter(name="y", kind="text"), "x")
    assert "no parameter y" in unfit(book_of(ACCORD).phrase("HOLD"), [other])[1].text


def test_lives_go_first() -> None:
    order = sorted(["GOODWILL", None, "NOTICE", "SAFETY_STOP", "POSITION"], key=priority)
    assert order == ["SAFETY_STOP", "POSITION", None, "NOTICE", "GOODWILL"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "agreement", "nm"),
    [(34.5, 39.0, "agrees", 0), (35.015, 39.0, "agrees", 0.1), (35.1, 39.0, "differs", 5.2)],
)
def test_how_far_a_position_lies_outside_a_polygon(
    latitude: float, longitude: float, agreement: str, nm: float
) -> None:
    check = Gazetteer(ACCORD).check("square", Position(latitude=latitude, longitude=longitude))
    assert check.agreement == agreement
    assert check.distance_nm == pytest.approx(nm, abs=0.7)


@pytest.mark.parametrize(
    ("text", "feet", "reference", "shown"),
    [
        ("FL250", 25000.0, "pressure", "25000 (STD)"),
        ("25000 pressure", 25000.0, "pressure", "25000 (STD)"),
        ("3500 ft QNH", 3500.0, "mean-sea-level", "3500 (AMSL)"),
        ("3500 amsl", 3500.0, "mean-sea-level", "3500 (AMSL)"),
        ("-120 wgs84-ellipsoid", -120.0, "wgs84-ellipsoid", "-120 (WGS84)"),
        ("400 AGL", 400.0, "above-ground", "400 (AGL)"),
    ],
)
def test_a_level_says_from_where_it_is_measured(text: str, feet: float, reference: str, shown: str) -> None:
    found = parse_value(ACCORD, Parameter(name="level", kind="level"), text)
    assert isinstance(found, NumberValue)
    assert (found.number, found.reference) == (feet, reference)
    assert show(found) == shown


@pytest.mark.parametrize("text", ["25000", "25000 ft", "25000 feet up", "FL", "FL2500", "high"])
def test_a_level_without_its_reference_is_not_taken(text: str) -> None:
    with pytest.raises(InputError, match=r"^level: .*no height with its reference; write the height in feet"):
        value_named(text)


def value_named(text: str) -> None:
    parse_value(ACCORD, Parameter(name="level", kind="level"), text)


def test_nothing_signed_elsewhere_gets_past_it_either() -> None:
    """The model itself refuses, so a statement made by another program does not slip through."""
    for fields in ({"kind": "level"}, {"kind": "count", "reference": "pressure"}):
        with pytest.raises(ValidationError, match="a level needs the reference"):
            NumberValue.model_validate({"name": "level", "number": 250.0, **fields})
