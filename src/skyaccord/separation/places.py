"""Lines, zones and areas of special caution of the accords in force, as the watch takes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from skyaccord.accord.model import Accord
from skyaccord.accord.places import Caution, Levels, LineDirection, Zone
from skyaccord.airspace.areas import Shape
from skyaccord.airspace.geodesy import normals
from skyaccord.airspace.lines import LineShape, line

Floats = NDArray[np.float64]
Band = tuple[float | None, float | None]


@dataclass(frozen=True, kw_only=True)
class Named:
    """What every place has. parties: whose aircraft it is about. levels: lower and upper, feet, or None."""

    accord: str
    place: str
    parties: frozenset[str]
    levels: Band
    start: datetime
    end: datetime | None

    def runs_at(self, sky_time: datetime) -> bool:
        """Whether the accord is valid at this (aware) time."""
        return self.start <= sky_time and (self.end is None or sky_time < self.end)


@dataclass(frozen=True, kw_only=True)
class LineInForce(Named):
    """A line that these parties' aircraft do not cross."""

    shape: LineShape
    direction: LineDirection | None
    thing: Literal["line"] = "line"

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.accord, self.thing, self.place)


@dataclass(frozen=True, kw_only=True)
class AreaInForce(Named):
    """An area whose entering by these parties' aircraft is recorded.

    border: the closed line around a polygon, or the unit vector straight up at a circle's centre.
    """

    thing: Literal["zone", "caution"]
    shape: Shape
    border: LineShape | Floats

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.accord, self.thing, self.place)

    def holds(self, up: Floats, altitude_ft: float) -> bool | None:
        """Whether a point (unit vector straight up) at this altitude is inside; None: at no known level."""
        if not self.above(up[None, :])[0]:
            return False
        return within_levels(self.levels, altitude_ft)

    def above(self, up: Floats) -> NDArray[np.bool_]:
        """Which points, vectors straight up of shape (n, 3), lie over it or under it, at any level."""
        latitude = np.degrees(np.arctan2(up[:, 2], np.hypot(up[:, 0], up[:, 1])))
        over = self.shape.contains(latitude, np.degrees(np.arctan2(up[:, 1], up[:, 0])))
        return np.array(over, np.bool_)


PlaceInForce = LineInForce | AreaInForce


def within_levels(levels: Band, altitude_ft: float) -> bool | None:
    """Whether an altitude (nan: not known) is within a band; None: it may be."""
    if levels == (None, None):
        return True
    if np.isnan(altitude_ft):
        return None
    lower, upper = levels
    return (lower is None or altitude_ft >= lower) and (upper is None or altitude_ft <= upper)


def places_of(accord: Accord, digest: str) -> tuple[PlaceInForce, ...]:
    """Every line, zone and area of special caution of an accord."""
    everybody = frozenset(party.id for party in accord.parties)

    def named(place: str, levels: Levels, parties: frozenset[str]) -> dict[str, object]:
        return {
            "accord": digest,
            "place": place,
            "parties": parties,
            "levels": (levels.lower_ft, levels.upper_ft),
            "start": accord.validity.start,
            "end": accord.validity.end,
        }

    found: list[PlaceInForce] = []
    for one in accord.lines:
        values = named(one.id, one, frozenset(one.parties) or everybody)
        found.append(LineInForce(**values, shape=line(one.points), direction=one.direction))  # type: ignore[arg-type]
    for zone in accord.zones:
        values = named(zone.id, zone, everybody - {zone.party})
        found.append(AreaInForce(**values, thing="zone", shape=zone.shape(), border=_border(zone)))  # type: ignore[arg-type]
    for caution in accord.cautions:
        values = named(caution.id, caution, everybody)
        found.append(AreaInForce(**values, thing="caution", shape=caution.shape(), border=_border(caution)))  # type: ignore[arg-type]
    return tuple(found)


def _border(place: Zone | Caution) -> LineShape | Floats:
    if place.circle is not None:
        return normals(place.circle.latitude, place.circle.longitude)
    vertices = list(place.polygon or ())
    degrees = np.array([*vertices, vertices[0]], dtype=np.float64)
    return LineShape(normals(degrees[:, 0], degrees[:, 1]))
