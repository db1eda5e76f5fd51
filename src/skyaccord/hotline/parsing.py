"""A phrase's parameters as people type them: `position=35.2833,40.0833`, `frequency=guard-vhf`, `time=…Z`.

A position is `LATITUDE,LONGITUDE[,HEIGHT REFERENCE]`, WGS 84: decimal degrees (`35.2833,-40.0833`) or degrees
and minutes with a side (`35 17.000N, 040 05.000E`). A height, and a level, is in feet with its reference
(`25000 pressure`, `3500 AMSL`), or a flight level (`FL250`); without one it is not taken.
"""

from __future__ import annotations

import re
from typing import Final, get_args

from pydantic import ValidationError

from skyaccord.accord.model import Accord
from skyaccord.accord.spoken import Parameter
from skyaccord.base.errors import InputError
from skyaccord.base.times import parse_utc
from skyaccord.hotline.checking import SAME_MHZ, plan, plan_version
from skyaccord.hotline.values import (
    NUMBER_RANGE,
    REFERENCE_SHORT,
    AltitudeReference,
    FrequencyValue,
    NumberValue,
    Position,
    PositionValue,
    TimeValue,
    Value,
    WordValue,
)
from skyaccord.record.dsse import first_fault

_DECIMAL: Final = re.compile(r"^[+-]?\d{1,3}(\.\d+)?$")
_MINUTES: Final = re.compile(r"^(\d{1,3})[° ]\s*(\d{1,2}(?:\.\d+)?)['′]?\s*([NSEW])$", re.IGNORECASE)
_HEIGHT: Final = re.compile(r"^(-?\d{1,6}(?:\.\d+)?)\s*(?:ft)?\s+([a-z0-9-]+)$", re.IGNORECASE)
_FLIGHT_LEVEL: Final = re.compile(r"^FL\s*(\d{1,3})$", re.IGNORECASE)
_REFERENCES: Final[dict[str, AltitudeReference]] = {
    **{name: name for name in get_args(AltitudeReference)},
    **{short.lower(): name for name, short in REFERENCE_SHORT.items()},
    "qnh": "mean-sea-level",
    "msl": "mean-sea-level",
}
"""What people type, in small letters, and what it means."""
HOW: Final = "write LATITUDE,LONGITUDE in WGS 84 degrees, like 35.2833,40.0833 or 35 17.000N, 040 05.000E"
_KNOWN: Final = ", ".join(get_args(AltitudeReference))
HOW_HIGH: Final = f"write the height in feet and its reference ({_KNOWN}), or a flight level like FL250"


def parse_position(text: str) -> Position:
    """A position from text. InputError: what it lacks, and how to write it."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (2, 3):
        raise InputError(f"{text!r} is no position", do=HOW)
    fields: dict[str, object] = {
        "latitude": _degrees(parts[0], "NS"),
        "longitude": _degrees(parts[1], "EW"),
    }
    if len(parts) == 3:
        altitude_ft, reference = parse_height(parts[2])
        fields |= {"altitude_ft": altitude_ft, "altitude_reference": reference}
    try:
        return Position.model_validate(fields)
    except ValidationError as error:
        raise InputError(f"{text!r} is no position ({first_fault(error)})", do=HOW) from None


def parse_height(text: str) -> tuple[float, AltitudeReference]:
    """Feet, and from where they are measured. InputError: it does not say, or is no height."""
    level = _FLIGHT_LEVEL.match(text.strip())
    if level is not None:
        return float(level[1]) * 100, "pressure"
    height = _HEIGHT.match(text.strip())
    reference = None if height is None else _REFERENCES.get(height[2].lower())
    if height is None or reference is None:
        raise InputError(f"{text!r} is no height with its reference", do=HOW_HIGH)
    return float(height[1]), reference


def _degrees(text: str, sides: str) -> float:
    if _DECIMAL.match(text):
        return float(text)
    found = _MINUTES.match(text)
    if found is None or found[3].upper() not in sides or float(found[2]) >= 60:
        raise InputError(f"{text!r} is no {'latitude' if sides == 'NS' else 'longitude'}", do=HOW)
    degrees = int(found[1]) + float(found[2]) / 60
    return -degrees if found[3].upper() == sides[1] else degrees


def parse_value(
    accord: Accord | None,
    param: Parameter,
    text: str,
    *,
    place: str | None = None,
    despite_place: bool = False,
    wording: str = "",
) -> Value:
    """One parameter from text, typed as the phrase wants it. InputError says what is wrong with it.

    place: the name given with a position; despite_place: it is meant although it lies elsewhere. wording: how
    a time was said, kept as it is.
    """
    name, kind = param.name, param.kind
    fields: dict[str, object] = {"kind": kind, "name": name}
    model: type[PositionValue | TimeValue | NumberValue | WordValue] = WordValue
    if kind == "position":
        model = PositionValue
        try:
            fields |= {"position": parse_position(text), "place": place, "despite_place": despite_place}
        except InputError as error:
            raise InputError(error.what, where=name, do=error.do) from None
    elif kind == "time":
        model = TimeValue
        fields |= {"time": parse_utc(text, where=name), "wording": wording}
    elif kind == "frequency":
        return _frequency(accord, name, text)
    elif kind == "level":
        model = NumberValue
        try:
            fields["number"], fields["reference"] = parse_height(text)
        except InputError as error:
            raise InputError(error.what, where=name, do=error.do) from None
    elif kind in NUMBER_RANGE:
        model = NumberValue
        try:
            fields["number"] = float(text)
        except ValueError:
            raise InputError(f"{text!r} is no number", where=name) from None
    else:
        fields["words"] = text
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise InputError(first_fault(error), where=name) from None


def _frequency(accord: Accord | None, name: str, text: str) -> FrequencyValue:
    """By its name in the plan, or by its MHz; nothing else can be named."""
    for one in plan(accord):
        same = text == one.name
        if not same and _DECIMAL.match(text):
            same = abs(float(text) - one.mhz) <= SAME_MHZ
        if same:
            return FrequencyValue(
                kind="frequency", name=name, frequency=one.name, mhz=one.mhz, plan=plan_version(accord)
            )
    known = ", ".join(f"{one.name} ({one.mhz:g})" for one in plan(accord)) or "nothing"
    raise InputError(
        f"{text!r} is not in the frequency plan in force", where=name, do=f"the plan has {known}"
    )
