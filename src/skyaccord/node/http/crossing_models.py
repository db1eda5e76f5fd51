"""The row of one crossing, as `GET /api/crossings` and the stream give it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from skyaccord.node.http.models import Answer
from skyaccord.node.http.row_models import Ref


class CrossingRow(Answer):
    """One crossing of a line, or way into or out of a zone or area of caution, as one party saw it."""

    ref: Ref
    seen_by: str
    accord: str
    sky_time: datetime
    exercise: bool
    thing: Literal["line", "zone", "caution"]
    place: str
    way: Literal["to-left", "to-right", "entered", "left"]
    icao24: str
    callsign: str | None
    party: str | None
    time: datetime
    latitude: float
    longitude: float
    altitude_ft: float | None
    confident: bool
    reason: str
