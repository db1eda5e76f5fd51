"""Annexes: parts of an accord that are amended, signed and counted on their own.

An accord names its annexes and which keys of its file stand in each. An *amendment* is a small file that
replaces all keys of one annex and raises its version; it names the accord by digest and is signed like one.
The accord itself, its name, parties, validity and digest, stays what it was.

    accord sha256:8e13…   annex "frequencies" version 1
    amendment             annex "frequencies" version 2, of accord sha256:8e13…
    amended(accord, …)    the accord as it is watched from then on
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from skyaccord.accord import limits
from skyaccord.accord.canonical import canonical_json, digest, digest_of, plain_data
from skyaccord.accord.faults import field_name, first_fault
from skyaccord.accord.fields import Identifier, Items, Term, Utc
from skyaccord.accord.model import (
    Accord,
    Area,
    Caution,
    Clause,
    Conduct,
    Frequency,
    Line,
    Phrase,
    Role,
    Rule,
    Tier,
    Watch,
    Zone,
)
from skyaccord.accord.procedures import (
    AnnexPart,
    CircuitChecks,
    Disclosure,
    Drills,
    IncidentProcedure,
    Notices,
    Retention,
    Review,
)
from skyaccord.accord.source import parsed, read_text
from skyaccord.accord.spoken import FrequencyPlan
from skyaccord.base.errors import AccordError

PARTS: tuple[str, ...] = get_args(AnnexPart)

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Amendment(Term):
    """A new version of one annex: all of its keys, as in an accord's file; a key that is missing is empty.

    accord: digest of the accord that it amends. start: sky time from which it holds; None: once all
    have signed.
    """

    format: Literal["skyaccord.annex/1"]
    accord: Digest
    annex: Identifier
    version: Annotated[int, Field(ge=2, le=limits.VERSION_MAX)]
    start: Utc | None = None
    areas: Items[Area] = Field((), alias="area", max_length=limits.AREAS_MAX)
    lines: Items[Line] = Field((), alias="line", max_length=limits.LINES_MAX)
    zones: Items[Zone] = Field((), alias="zone", max_length=limits.ZONES_MAX)
    cautions: Items[Caution] = Field((), alias="caution", max_length=limits.CAUTIONS_MAX)
    rules: Items[Rule] = Field((), alias="rule", max_length=limits.RULES_MAX)
    tiers: Items[Tier] = Field((), alias="tier", max_length=limits.TIERS_MAX)
    watch: Watch | None = None
    roles: Items[Role] = Field((), alias="role", max_length=limits.ROLES_MAX)
    conduct: Items[Conduct] = Field((), max_length=limits.CONDUCT_MAX)
    frequencies: Items[Frequency] = Field((), alias="frequency", max_length=limits.FREQUENCIES_MAX)
    frequency_plan: FrequencyPlan | None = None
    phrasebook: Items[Phrase] = Field((), alias="phrase", max_length=limits.PHRASES_MAX)
    notices: Notices | None = None
    circuit_checks: CircuitChecks | None = None
    drills: Drills | None = None
    incident: IncidentProcedure | None = None
    disclosure: Disclosure | None = None
    retention: Retention | None = None
    review: Review | None = None
    clauses: Items[Clause] = Field((), alias="clause", max_length=limits.CLAUSES_MAX)

    def parts(self) -> dict[str, Any]:
        """The keys that it has, by the names that they have in Python."""
        return {
            name: value
            for name, info in type(self).model_fields.items()
            if (info.alias or name) in PARTS and (value := getattr(self, name)) not in ((), None)
        }


@dataclass(frozen=True)
class LoadedAmendment:
    """An amendment as it was read, with its digest: what is signed."""

    amendment: Amendment
    text: str
    digest: str
    path: Path | None


def parse_amendment(text: str, file: str, path: Path | None = None) -> LoadedAmendment:
    """An amendment from the text of its file. Raises AccordFileError with file, line and field."""
    amendment = parsed(text, file, Amendment)
    return LoadedAmendment(amendment, text, digest(amendment), path)


def load_amendment(path: Path) -> LoadedAmendment:
    """An amendment from its file. Raises UnreadableError, AccordFileError."""
    return parse_amendment(read_text(path), str(path), path)


def annex_digest(accord: Accord, annex_id: str) -> str:
    """ "sha256:…" of one annex: its name, version and keys, with the accord's name. Raises AccordError."""
    annex = accord.annex(annex_id)
    if annex is None:
        raise _no_annex(accord, annex_id)
    plain = plain_data(accord)
    kept: dict[str, Any] = {part: plain[part] for part in annex.parts if part in plain}
    data = {"accord": accord.name, "annex": annex.id, "version": annex.version} | kept
    return digest_of(canonical_json(data))


def annex_digests(accord: Accord) -> dict[str, tuple[int, str]]:
    """Version and digest of every annex, by its id."""
    return {annex.id: (annex.version, annex_digest(accord, annex.id)) for annex in accord.annexes}


def amended(accord: Accord, amendment: Amendment) -> Accord:
    """The accord with this amendment in it. `amendment.accord` is the caller's to compare with the digest.

    Raises AccordError if the accord has no such annex, the amendment is not of a higher version, it has keys
    that stand elsewhere, or what comes out makes no sense.
    """
    annex = accord.annex(amendment.annex)
    where = f"annex {amendment.annex}"
    if annex is None:
        raise _no_annex(accord, amendment.annex)
    if amendment.version <= annex.version:
        raise AccordError(
            f"version {amendment.version} is not above version {annex.version}, which is there", where=where
        )
    names = {info.alias or name: name for name, info in Accord.model_fields.items()}
    given = amendment.parts()
    for key, name in names.items():
        if name in given and key not in annex.parts:
            raise AccordError(
                f"{key} does not stand in this annex, but {', '.join(annex.parts)}", where=where
            )
    values: dict[str, Any] = {name: getattr(accord, name) for name in names.values()}
    values |= {names[part]: getattr(amendment, names[part]) for part in annex.parts}
    raised = annex.model_copy(update={"version": amendment.version})
    values["annexes"] = tuple(raised if one is annex else one for one in accord.annexes)
    try:
        return Accord.model_validate(values, by_name=True, by_alias=False)
    except ValidationError as error:
        place, what, do = first_fault(error, Accord)
        raise AccordError(
            f"with it the accord makes no sense: {what}", where=f"{where}, {field_name(place)}", do=do
        ) from error


def amended_by_all(accord: Accord, amendments: Iterable[Amendment]) -> Accord:
    """The accord with all these amendments in it, lower versions first. Raises as `amended` does."""
    for amendment in sorted(amendments, key=lambda one: (one.annex, one.version)):
        accord = amended(accord, amendment)
    return accord


def _no_annex(accord: Accord, annex_id: str) -> AccordError:
    known = ", ".join(annex.id for annex in accord.annexes) or "it has none"
    return AccordError(f"the accord {accord.name} has no annex {annex_id!r}", do=f"its annexes: {known}")
