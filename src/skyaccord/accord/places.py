"""Where an accord says something: areas, lines not to cross, zones for one party, areas of special caution.

All geometry is WGS 84 in degrees, edges and lines are great circles between their points. Heights are feet of
pressure altitude, as everything about altitude here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from skyaccord.accord import limits
from skyaccord.accord.fields import Identifier, Items, Latitude, Longitude, Name, Prose, ShortId, Term

if TYPE_CHECKING:
    from skyaccord.airspace.areas import Shape

Point = Annotated[tuple[Latitude, Longitude], Field(strict=False)]
PressureAltitude = Annotated[float, Field(ge=limits.ALTITUDE_FT_MIN, le=limits.ALTITUDE_FT_MAX)]
LineDirection = Literal["to-left", "to-right"]


class Circle(Term):
    """A centre in degrees and a radius on the ellipsoid."""

    latitude: Latitude
    longitude: Longitude
    radius_nm: Annotated[float, Field(gt=0)]


class Place(Term):
    """A polygon of [latitude, longitude] vertices, or a circle: exactly one."""

    polygon: Items[Point] | None = Field(None, min_length=limits.VERTICES_MIN, max_length=limits.VERTICES_MAX)
    circle: Circle | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Place:
        from skyaccord.base.errors import InputError

        if (self.polygon is None) == (self.circle is None):
            raise PydanticCustomError("area_shape", "an area is a polygon or a circle: give exactly one")
        try:
            self.shape()
        except InputError as error:
            raise PydanticCustomError("area_shape", "{what}", {"what": str(error)}) from error
        return self

    def shape(self) -> Shape:
        """The area as geometry. Raises InputError for crossing edges and other shapes that are none."""
        from skyaccord.airspace.areas import circle, polygon

        if self.circle is not None:
            return circle(self.circle.latitude, self.circle.longitude, self.circle.radius_nm)
        return polygon(self.polygon or ())


class Area(Place):
    """One area in which the accord runs; or, with scope "rules", only a place that rules can name."""

    name: Name
    scope: Literal["rules"] | None = None


class Levels(Term):
    """From which height to which; None: from the ground, without a top. Feet of pressure altitude."""

    lower_ft: PressureAltitude | None = None
    upper_ft: PressureAltitude | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Levels:
        if self.lower_ft is not None and self.upper_ft is not None and self.upper_ft <= self.lower_ft:
            raise PydanticCustomError("levels_order", "upper_ft is not above lower_ft")
        return self


class Line(Levels):
    """A line that aircraft of these parties do not cross.

    points: the way of the line; its left and right are those of somebody who follows them in this order.
    parties: whose aircraft; empty: nobody's. direction: only crossings this way count; None: both ways.
    """

    id: Identifier
    points: Items[Point] = Field(min_length=2, max_length=limits.VERTICES_MAX)
    parties: Items[ShortId] = Field((), max_length=limits.PARTIES_MAX)
    direction: LineDirection | None = None
    text: Prose | None = None
    text_en: Prose | None = None
    text_ru: Prose | None = None
    text_ar: Prose | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Line:
        from skyaccord.airspace.lines import line
        from skyaccord.base.errors import InputError

        try:
            line(self.points)
        except InputError as error:
            raise PydanticCustomError("line_shape", "{what}", {"what": str(error)}) from error
        return self


class Zone(Place, Levels):
    """Airspace for the aircraft of one party; the others stay out."""

    id: Identifier
    party: ShortId
    text: Prose | None = None
    text_en: Prose | None = None
    text_ru: Prose | None = None
    text_ar: Prose | None = None


class Caution(Place, Levels):
    """An area of special caution: entering it is recorded, and the text says what crews do there."""

    id: Identifier
    text: Prose
    text_en: Prose | None = None
    text_ru: Prose | None = None
    text_ar: Prose | None = None
