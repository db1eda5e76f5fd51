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
    Language,
    Name,
    Prose,
    PublicKey,
    ShortId,
    Term,
    Utc,
)
from skyaccord.accord.places import Area, Caution, Circle, Line, Zone
from skyaccord.accord.procedures import (
    Annex,
    CircuitChecks,
    Clause,
    Disclosure,
    Drills,
    IncidentProcedure,
    Languages,
    Notices,
    Retention,
    Review,
    Suspension,
    Withdrawal,
)
from skyaccord.accord.spoken import Conduct, Frequency, FrequencyPlan, Phrase
from skyaccord.airspace.classes import fits

if TYPE_CHECKING:
    from skyaccord.airspace.areas import Shape

__all__ = [
    "FORMAT", "Accord", "Area", "Caution", "Circle", "Clause", "Combinator", "Conduct", "Frequency",
    "Line", "Party", "Phrase", "Role", "Rule", "Tier", "TierName", "Validity", "Watch", "WatchClass", "Zone",
]  # fmt: skip

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
    areas: names of areas; the rule holds if either aircraft is inside one of them. Empty: all areas of
    the accord.
    max_dwell_s: longer inside than this is a breach; None: no duration alone makes it one.
    reading: what the parties mean by it, in their words; `reading.rule_reading` states what the machine does.
    """

    id: Identifier
    horizontal_nm: Annotated[float, Field(gt=0, le=limits.HORIZONTAL_NM_MAX)]
    vertical_ft: Annotated[float, Field(gt=0, le=limits.VERTICAL_FT_MAX)]
    combinator: Combinator = "either"
    classes: ClassPair | None = None
    areas: Items[Name] = Field((), max_length=limits.AREAS_MAX)
    max_dwell_s: Annotated[float, Field(gt=0, le=limits.DWELL_S_MAX)] | None = None
    reading: Prose | None = None
    reading_en: Prose | None = None
    reading_ru: Prose | None = None
    reading_ar: Prose | None = None


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
    deputies: ids of roles whose holders may act for this one at any time. languages: those spoken there.
    read_within_s: in which what was delivered must have been read. respond_within_s: in which an answer is
    due.
    """

    id: ShortId
    title: Name
    title_en: Name | None = None
    title_ru: Name | None = None
    title_ar: Name | None = None
    acknowledge_within_s: Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)]
    read_within_s: Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)] | None = None
    respond_within_s: Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)] | None = None
    escalates_to: ShortId | None = None
    deputies: Items[ShortId] = Field((), max_length=limits.ROLES_MAX)
    languages: Items[Language] = Field((), max_length=limits.LANGUAGES_MAX)


class Accord(Term):
    """The signed safety-of-flight agreement. Field by field: docs/accord.md."""

    format: Literal["skyaccord.accord/1"]
    name: Identifier
    title: Name
    title_en: Name | None = None
    title_ru: Name | None = None
    title_ar: Name | None = None
    version: Annotated[int, Field(ge=1, le=limits.VERSION_MAX)]
    exercise: bool = False
    languages: Languages | None = None
    validity: Validity
    parties: Items[Party] = Field(alias="party", min_length=1, max_length=limits.PARTIES_MAX)
    areas: Items[Area] = Field((), alias="area", max_length=limits.AREAS_MAX)
    lines: Items[Line] = Field((), alias="line", max_length=limits.LINES_MAX)
    zones: Items[Zone] = Field((), alias="zone", max_length=limits.ZONES_MAX)
    cautions: Items[Caution] = Field((), alias="caution", max_length=limits.CAUTIONS_MAX)
    rules: Items[Rule] = Field(alias="rule", min_length=1, max_length=limits.RULES_MAX)
    tiers: Items[Tier] = Field(alias="tier", min_length=1, max_length=limits.TIERS_MAX)
    watch: Watch | None = None
    roles: Items[Role] = Field(alias="role", min_length=1, max_length=limits.ROLES_MAX)
    circuit_checks: CircuitChecks | None = None
    drills: Drills | None = None
    notices: Notices | None = None
    incident: IncidentProcedure | None = None
    disclosure: Disclosure | None = None
    retention: Retention | None = None
    review: Review | None = None
    suspension: Suspension | None = None
    withdrawal: Withdrawal | None = None
    conduct: Items[Conduct] = Field((), max_length=limits.CONDUCT_MAX)
    frequency_plan: FrequencyPlan | None = None
    frequencies: Items[Frequency] = Field((), alias="frequency", max_length=limits.FREQUENCIES_MAX)
    phrasebook: Items[Phrase] = Field((), alias="phrase", max_length=limits.PHRASES_MAX)
    clauses: Items[Clause] = Field((), alias="clause", max_length=limits.CLAUSES_MAX)
    annexes: Items[Annex] = Field((), alias="annex", max_length=limits.ANNEXES_MAX)

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

    @property
    def authoritative(self) -> Language:
        """The language in which the parties' own words stand in `text`, `title`, `use` and `reading`."""
        return self.languages.authoritative if self.languages is not None else "en"

    def phrase(self, code: str) -> Phrase | None:
        """The phrase with this code."""
        return next((phrase for phrase in self.phrasebook if phrase.code == code), None)

    def annex(self, annex_id: str) -> Annex | None:
        """The annex with this id."""
        return next((annex for annex in self.annexes if annex.id == annex_id), None)

    def shapes(self) -> tuple[Shape, ...]:
        """The areas that bound the accord, as geometry; empty: it runs everywhere."""
        return tuple(area.shape() for area in self.areas if area.scope is None)

    def shapes_of(self, rule: Rule) -> tuple[Shape, ...]:
        """The areas in which a rule holds, as geometry; empty: everywhere."""
        if not rule.areas:
            return self.shapes()
        return tuple(area.shape() for area in self.areas if area.name in rule.areas)
