"""What a phrase is filled with, typed: positions, times, frequencies, numbers, words.

Positions are WGS 84 in degrees, and a height always says from where it is measured. Times are UTC; how
somebody said a time ("11:45 am Eastern Standard Time") is kept beside it as it was said, and never parsed.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from skyaccord.accord import limits
from skyaccord.accord.spoken import ParameterName
from skyaccord.record.fields import Name, RecordModel, UtcTime

WORDING_CHARS_MAX: Final = 200  # a time as somebody said it: one sentence
WORDS_CHARS_MAX: Final = 500  # the free part of a phrase; a message's own text has room for more
PLAN_MAX: Final = limits.VERSION_MAX
NUMBER_RANGE: Final[dict[str, tuple[float, float]]] = {
    "count": (0, 10_000),
    "heading": (0, 360),
    "level": (limits.ALTITUDE_FT_MIN, limits.ALTITUDE_FT_MAX),
    "number": (-1_000_000, 1_000_000),
    "speed": (0, 3_000),  # knots; above the fastest aircraft
}
"""Smallest and largest number by kind: beyond lies a slip of the finger."""

AltitudeReference = Literal["pressure", "mean-sea-level", "wgs84-ellipsoid", "above-ground"]
"""pressure: the standard atmosphere, 1013.25 hPa, as everything about altitude in an accord. mean-sea-level:
an altimeter on the pressure reduced to sea level (QNH)."""
REFERENCE_SHORT: Final[dict[AltitudeReference, str]] = {
    "pressure": "STD",
    "mean-sea-level": "AMSL",
    "wgs84-ellipsoid": "WGS84",
    "above-ground": "AGL",
}
"""As pilots of every language write them (ICAO Doc 8400; STD: the altimeter's standard setting)."""

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Altitude = Annotated[float, Field(ge=limits.ALTITUDE_FT_MIN, le=limits.ALTITUDE_FT_MAX, allow_inf_nan=False)]
Megahertz = Annotated[float, Field(ge=limits.MHZ_MIN, le=limits.MHZ_MAX, allow_inf_nan=False)]


class Position(RecordModel):
    """A place on WGS 84, degrees; a height in feet names its reference, and none is given without."""

    latitude: Latitude
    longitude: Longitude
    altitude_ft: Altitude | None = None
    altitude_reference: AltitudeReference | None = None

    @model_validator(mode="after")
    def _height_whole(self) -> Position:
        if (self.altitude_ft is None) != (self.altitude_reference is None):
            raise ValueError("a height needs its reference (altitude_reference), and a reference its height")
        return self


class PositionValue(RecordModel):
    """A position. place: the name that was given with it; despite_place: sent although it lies elsewhere."""

    kind: Literal["position"]
    name: ParameterName
    position: Position
    place: Name | None = None
    despite_place: bool = False


class TimeValue(RecordModel):
    """A time in UTC. wording: how it was said, in the speaker's words."""

    kind: Literal["time"]
    name: ParameterName
    time: UtcTime
    wording: Annotated[str, Field(max_length=WORDING_CHARS_MAX)] = ""


class FrequencyValue(RecordModel):
    """A frequency of the plan in force: its name there, MHz, and the plan's version (None: it has none)."""

    kind: Literal["frequency"]
    name: ParameterName
    frequency: Name
    mhz: Megahertz
    plan: Annotated[int, Field(ge=1, le=PLAN_MAX)] | None = None


class NumberValue(RecordModel):
    """A number. heading: degrees true; level: feet above `reference`, never without it; speed: knots."""

    kind: Literal["count", "heading", "level", "number", "speed"]
    name: ParameterName
    number: Annotated[float, Field(allow_inf_nan=False)]
    reference: AltitudeReference | None = None

    @model_validator(mode="after")
    def _in_range(self) -> NumberValue:
        least, most = NUMBER_RANGE[self.kind]
        if not least <= self.number <= most:
            raise ValueError(f"a {self.kind} of {self.number:g} lies outside {least:g} to {most:g}")
        if (self.kind == "level") != (self.reference is not None):
            raise ValueError("a level needs the reference that it is measured from, and nothing else has one")
        return self


class WordValue(RecordModel):
    """A name or words, as people gave them."""

    kind: Literal["callsign", "line", "party", "place", "reference", "role", "text"]
    name: ParameterName
    words: Annotated[str, Field(min_length=1, max_length=WORDS_CHARS_MAX)]


Value = Annotated[
    PositionValue | TimeValue | FrequencyValue | NumberValue | WordValue, Field(discriminator="kind")
]
Values = Annotated[list[Value], Field(max_length=limits.PARAMETERS_MAX, default_factory=list)]
