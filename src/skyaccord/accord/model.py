"""The accord as data: who, where, when, how close, how early, who must answer.

What can be watched by a machine is a number with its unit in its name; what cannot (conduct, frequencies'
use, clauses) is prose beside it, carried and signed but never parsed. There is no field for targets,
weapons, effects or hostile intent, and none can be added: extras are refused (DOMAIN, requirement 1).

Checks of one field stand with the field, checks between fields in `sense.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from skyaccord.accord import limits
from skyaccord.accord.fields import (
    ClassPair,
    Identifier,
    Items,
    Latitude,
    Longitude,
    Name,
    Prose,
    PublicKey,
    ShortId,
    Term,
    Utc,
)
from skyaccord.airspace.classes import fits

if TYPE_CHECKING:
    from skyaccord.airspace.areas import Shape

FORMAT = "skyaccord.accord/1"
Combinator = Literal["either", "both"]
TierName = Literal["advisory", "caution", "warning"]


class Party(Term):
    """Who flies and runs a node; a coalition is one party with members.

    public_key: raw Ed25519, base64; None in a draft. Without every party's key an accord cannot be signed.
    """

    id: ShortId
    name: Name
    members: Items[Name] = Field((), max_length=limits.MEMBERS_MAX)
    public_key: PublicKey | None = None

    @field_validator("public_key", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value


class Circle(Term):
    """A centre in degrees and a radius on the ellipsoid."""

    latitude: Latitude
    longitude: Longitude
    radius_nm: Annotated[float, Field(gt=0)]


class Area(Term):
    """One area, either a polygon of [latitude, longitude] vertices or a circle."""

    name: Name
    polygon: Items[Annotated[tuple[Latitude, Longitude], Field(strict=False)]] | None = Field(
        None, min_length=limits.VERTICES_MIN, max_length=limits.VERTICES_MAX
    )
    circle: Circle | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Area:
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


class Validity(Term):
    """From `start` on, until just before `end` (None: open), in sky time."""

    start: Utc
    end: Utc | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Validity:
        if self.end is not None and self.end <= self.start:
            raise PydanticCustomError("validity_order", "the end is not after the start")
        return self

    def covers(self, sky_time: datetime) -> bool:
        """Whether the accord runs at this (aware) time."""
        return self.start <= sky_time and (self.end is None or sky_time < self.end)


class Rule(Term):
    """One separation rule.

    combinator "either": keeping either limit is enough, an infringement breaks both (a cylinder).
    combinator "both": both limits must be kept, an infringement breaks at least one.
    classes: the rule is about pairs of one aircraft of the first and one of the second class (an aircraft
    whose class is not known may be of any); None: about all pairs. `skyaccord.airspace.classes` names them.
    max_dwell_s: longer inside than this is a breach; None: no duration alone makes it one.
    reading: what the parties mean by it, in their words; `reading.rule_reading` states what the machine does.
    """

    id: Identifier
    horizontal_nm: Annotated[float, Field(gt=0, le=limits.HORIZONTAL_NM_MAX)]
    vertical_ft: Annotated[float, Field(gt=0, le=limits.VERTICAL_FT_MAX)]
    combinator: Combinator = "either"
    classes: ClassPair | None = None
    max_dwell_s: Annotated[float, Field(gt=0, le=limits.DWELL_S_MAX)] | None = None
    reading: Prose | None = None


class Tier(Term):
    """An alert's tier: raised when an infringement is predicted within `lookahead_s`."""

    name: TierName
    lookahead_s: Annotated[float, Field(gt=0, le=limits.LOOKAHEAD_S_MAX)]


class WatchClass(Term):
    """Another distance of the watch rule for pairs of these classes."""

    classes: ClassPair
    horizontal_nm: Annotated[float, Field(gt=0, le=limits.WATCH_NM_MAX)]


class Watch(Term):
    """The watch rule: what comes this near horizontally is recorded as an approach, never alarmed.

    by_class: for the pairs it is about, its distance takes the place of the general one; where several are
    about a pair, the largest counts.
    """

    horizontal_nm: Annotated[float, Field(gt=0, le=limits.WATCH_NM_MAX)]
    by_class: Items[WatchClass] = Field((), alias="class", max_length=limits.WATCH_CLASSES_MAX)

    def between(self, one: int, other: int) -> float:
        """The distance for two aircraft of one kind each (`skyaccord.airspace.classes.KINDS`), NM."""
        own = [entry.horizontal_nm for entry in self.by_class if fits(entry.classes, one, other)]
        return max(own, default=self.horizontal_nm)


class Role(Term):
    """Whom the hotline addresses, never a named person. Each party staffs every role.

    acknowledge_within_s: wall-clock seconds in which a person in this role must acknowledge.
    escalates_to: id of the role that is asked when the time has run out; None: the end of the chain.
    """

    id: ShortId
    title: Name
    acknowledge_within_s: Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)]
    escalates_to: ShortId | None = None


class Conduct(Term):
    """One rule of conduct, judged by people: a code to refer to, and text."""

    code: Identifier
    text: Prose


class Frequency(Term):
    """One radio frequency and what it is for."""

    name: Name
    mhz: Annotated[float, Field(ge=limits.MHZ_MIN, le=limits.MHZ_MAX)]
    use: Prose


class Clause(Term):
    """What cannot be data: a titled clause of prose."""

    title: Name
    text: Prose


class Accord(Term):
    """The signed safety-of-flight agreement. Field by field: docs/accord.md."""

    format: Literal["skyaccord.accord/1"]
    name: Identifier
    title: Name
    version: Annotated[int, Field(ge=1, le=limits.VERSION_MAX)]
    exercise: bool = False
    validity: Validity
    parties: Items[Party] = Field(alias="party", min_length=1, max_length=limits.PARTIES_MAX)
    areas: Items[Area] = Field((), alias="area", max_length=limits.AREAS_MAX)
    rules: Items[Rule] = Field(alias="rule", min_length=1, max_length=limits.RULES_MAX)
    tiers: Items[Tier] = Field(alias="tier", min_length=1, max_length=limits.TIERS_MAX)
    watch: Watch | None = None
    roles: Items[Role] = Field(alias="role", min_length=1, max_length=limits.ROLES_MAX)
    conduct: Items[Conduct] = Field((), max_length=limits.CONDUCT_MAX)
    frequencies: Items[Frequency] = Field((), alias="frequency", max_length=limits.FREQUENCIES_MAX)
    clauses: Items[Clause] = Field((), alias="clause", max_length=limits.CLAUSES_MAX)

    @model_validator(mode="after")
    def _make_sense(self) -> Accord:
        from skyaccord.accord.sense import contradictions

        found = contradictions(self)
        if found:
            raise PydanticCustomError(
                "contradictions", "{first}", {"first": found[0].what, "contradictions": found}
            )
        return self

    def party(self, party_id: str) -> Party | None:
        """The party with this id."""
        return next((party for party in self.parties if party.id == party_id), None)

    def role(self, role_id: str) -> Role | None:
        """The role with this id."""
        return next((role for role in self.roles if role.id == role_id), None)

    @property
    def first_role(self) -> Role:
        """Whom an alert asks first: the first role in the file."""
        return self.roles[0]

    @property
    def keyless(self) -> tuple[str, ...]:
        """Ids of the parties that have no key yet; an accord is a draft while there is one."""
        return tuple(party.id for party in self.parties if party.public_key is None)

    def shapes(self) -> tuple[Shape, ...]:
        """The areas as geometry; empty: everywhere."""
        return tuple(area.shape() for area in self.areas)
