"""Does a position lie where its sender says it lies? Asked before it is sent, and again by who receives it.

In September 2016 a position was passed about 9 km (5 NM) wrong, with the right name beside it. The gazetteer
is the accord's own: its areas, zones and areas of caution, by name. A name it does not know is said to be
unknown; that is no agreement.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from skyaccord.accord.model import Accord
from skyaccord.hotline.values import Position

if TYPE_CHECKING:
    from skyaccord.accord.places import Place

PLACE_MAX_NM: Final = 1.0
"""How far outside the place named a position may lie. A border drawn by hand and a coordinate to the minute
are each within it; the 5 NM of 2016 is not."""
READ_BACK_MAX_NM: Final = 0.5
"""How far a read-back may lie from the position sent: half a minute of latitude, what rounding to whole
minutes makes at most north to south."""
READ_BACK_MAX_FT: Final = 300.0  # three steps of a coded altitude

Agreement = Literal["agrees", "differs", "unknown"]


@dataclass(frozen=True)
class PlaceCheck:
    """name: as given. distance_nm: from the position to the place, 0 inside; None where it is not known."""

    name: str
    agreement: Agreement
    distance_nm: float | None


class Gazetteer:
    """Named places of an accord."""

    def __init__(self, accord: Accord | None) -> None:
        self._places: dict[str, Place] = {}
        if accord is not None:
            named: list[tuple[str, Place]] = [(area.name, area) for area in accord.areas]
            named += [(zone.id, zone) for zone in accord.zones]
            named += [(caution.id, caution) for caution in accord.cautions]
            self._places = {_folded(name): place for name, place in named}
            self.names = tuple(name for name, _ in named)
        else:
            self.names = ()

    def knows(self, name: str) -> bool:
        """Whether a place of this name is the accord's."""
        return _folded(name) in self._places

    def check(self, name: str, position: Position) -> PlaceCheck:
        """Whether the position lies at the place named, and how far from it."""
        place = self._places.get(_folded(name))
        if place is None:
            return PlaceCheck(name, "unknown", None)
        distance_nm = outside_nm(place, position)
        return PlaceCheck(name, "agrees" if distance_nm <= PLACE_MAX_NM else "differs", distance_nm)


def outside_nm(place: Place, position: Position) -> float:
    """How far a position lies outside a place, NM; 0 inside or on its border."""
    import numpy as np

    from skyaccord.airspace.geodesy import horizontal_distance_m, normals
    from skyaccord.airspace.units import M_PER_NM

    here = (position.latitude, position.longitude)
    if bool(place.shape().contains(*here)):
        return 0.0
    if place.circle is not None:
        centre = (place.circle.latitude, place.circle.longitude)
        return float(horizontal_distance_m(*centre, *here)) / M_PER_NM - place.circle.radius_nm
    corners = np.asarray(place.polygon, dtype=np.float64)
    first = normals(corners[:, 0], corners[:, 1])
    last = np.roll(first, -1, axis=0)
    # The nearest of many points along each great-circle edge: a part in a thousand of an edge is enough here.
    share = np.linspace(0.0, 1.0, 1001)[:, None, None]
    along = first + share * (last - first)
    latitude = np.degrees(np.arctan2(along[..., 2], np.hypot(along[..., 0], along[..., 1])))
    longitude = np.degrees(np.arctan2(along[..., 1], along[..., 0]))
    return float(horizontal_distance_m(*here, latitude, longitude).min()) / M_PER_NM


@dataclass(frozen=True)
class ReadBackCheck:
    """How far a read-back lies from what was sent. vertical_ft: None where neither gave a height.

    heights_differ: one gave a height and the other none, or from another reference.
    """

    horizontal_nm: float
    vertical_ft: float | None
    heights_differ: bool

    @property
    def mismatch(self) -> bool:
        """Whether both sides must be told that they do not mean the same place."""
        return (
            self.horizontal_nm > READ_BACK_MAX_NM
            or self.heights_differ
            or (self.vertical_ft is not None and self.vertical_ft > READ_BACK_MAX_FT)
        )


def compare(sent: Position, understood: Position) -> ReadBackCheck:
    """A position as it was sent beside the one its receiver understood."""
    from skyaccord.airspace.geodesy import horizontal_distance_m
    from skyaccord.airspace.units import M_PER_NM

    apart_m = horizontal_distance_m(sent.latitude, sent.longitude, understood.latitude, understood.longitude)
    vertical_ft = None
    if sent.altitude_ft is not None and understood.altitude_ft is not None:
        vertical_ft = abs(sent.altitude_ft - understood.altitude_ft)
    differ = sent.altitude_reference != understood.altitude_reference
    return ReadBackCheck(float(apart_m) / M_PER_NM, None if differ else vertical_ft, differ)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
