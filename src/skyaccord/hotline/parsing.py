"""A phrase's parameters as people type them: `position=35.2833,40.0833`, `frequency=guard-vhf`, `time=…Z`.

A position is `LATITUDE,LONGITUDE[,HEIGHT REFERENCE]`, WGS 84: decimal degrees (`35.2833,-40.0833`) or degrees
and minutes with a side (`35 17.000N, 040 05.000E`), the height in feet with its reference (`25000 pressure`).
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
_HEIGHT: Final = re.compile(r"^(-?\d{1,6}(?:\.\d+)?)\s*(?:ft)?\s+([a-z0-9-]+)$")
HOW: Final = "write LATITUDE,LONGITUDE in WGS 84 degrees, like 35.2833,40.0833 or 35 17.000N, 040 05.000E"
HOW_HIGH: Final = f"write the height in feet and its reference: {', '.join(get_args(AltitudeReference))}"


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
        height = _HEIGHT.match(parts[2])
        if height is None or height[2] not in get_args(AltitudeReference):
            raise InputError(f"{parts[2]!r} is no height with its reference", do=HOW_HIGH)
        fields |= {"altitude_ft": float(height[1]), "altitude_reference": height[2]}
    try:
        return Position.model_validate(fields)
    except ValidationError as error:
        raise InputError(f"{text!r} is no position ({first_fault(error)})", do=HOW) from None


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
        fields |= {"position": parse_position(text), "place": place, "despite_place": despite_place}
    elif kind == "time":
        model = TimeValue
        fields |= {"time": parse_utc(text, where=name), "wording": wording}
    elif kind == "frequency":
        return _frequency(accord, name, text)
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
