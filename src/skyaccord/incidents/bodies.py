"""What a node says about the sky, as it stands in the journal: alert, encounter, approach, incident.opened.

Strict, frozen, extras refused; the only free text is a reason in words and a person's note. When and under
which accord stands in the header (`sky_time`, `accord`), not here. Distances are NM and ft, speeds kt.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from skyaccord.incidents.acts import INCIDENT_OPENED
from skyaccord.record.fields import EntryRef, PartyId, RecordModel, RoleId, UtcTime
from skyaccord.record.kinds import register_kind

KEY_LENGTH_MAX: Final = 200  # digest, rule, two addresses and a time fit twice
REASON_LENGTH_MAX: Final = 500  # one or two sentences of the monitor
CALLSIGN_LENGTH_MAX: Final = 16  # ICAO allows 7 characters, ADS-B 8; drones use more
RULE_LENGTH_MAX: Final = 64  # what an accord allows for an identifier
ASKED_MAX: Final = 16  # parties of one accord


def _items(value: object) -> object:
    """JSON has lists only; in memory nothing of a body can be changed in place."""
    return tuple(value) if isinstance(value, list) else value


def _rising(pair: tuple[str, str]) -> tuple[str, str]:
    if pair[0] >= pair[1]:
        raise ValueError("a pair is two different addresses in ascending order")
    return pair


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


Number = Annotated[float, AfterValidator(_finite)]
Distance = Annotated[float, Field(ge=0), AfterValidator(_finite)]
Address = Annotated[str, Field(pattern=r"^~?[0-9a-f]{6}$")]
Pair = Annotated[tuple[Address, Address], BeforeValidator(_items), AfterValidator(_rising)]
Callsign = Annotated[str, Field(max_length=CALLSIGN_LENGTH_MAX)]
Callsigns = Annotated[tuple[Callsign | None, Callsign | None], BeforeValidator(_items)]
RuleId = Annotated[str, Field(min_length=1, max_length=RULE_LENGTH_MAX)]
Parties = Annotated[tuple[PartyId | None, PartyId | None], BeforeValidator(_items)]
Reason = Annotated[str, Field(max_length=REASON_LENGTH_MAX)]
TierName = Literal["advisory", "caution", "warning"]


class Body(RecordModel):
    """Base of every body here."""

    def dump(self) -> dict[str, Any]:
        """The JSON object that goes into the envelope."""
        return self.model_dump(mode="json")


class PairBody(Body):
    """What every observation has: who, how sure, and why in words."""

    pair: Pair
    callsigns: Callsigns
    parties: Parties
    confident: bool
    reason: Reason


class AlertBody(PairBody):
    """kind `alert`: a predicted or present infringement, and whom it asks to acknowledge.

    alert: the same over raised, updated, cleared. asks: party → role. inside: the limits are broken now.
    apart_since: when they were left, while nothing is predicted any more: the alert waits to be cleared.
    nuisance: of a cleared alert: it was judged to its end, and the limits were never broken meanwhile.
    """

    alert: Annotated[str, Field(min_length=1, max_length=KEY_LENGTH_MAX)]
    state: Literal["raised", "updated", "cleared"]
    rule: RuleId
    tier: TierName
    raised_at: UtcTime
    inside: bool
    time_to_cpa_s: Number
    cpa_time: UtcTime
    predicted_horizontal_nm: Distance
    predicted_vertical_ft: Distance | None
    horizontal_nm: Distance
    vertical_ft: Distance | None
    closing_kt: Number
    apart_since: UtcTime | None = None
    nuisance: bool | None = None
    asks: Annotated[dict[PartyId, RoleId], Field(max_length=ASKED_MAX)]


class EncounterObservation(PairBody):
    """One interval inside a rule's limits, so far (end_time None) or whole."""

    rule: RuleId
    start_time: UtcTime
    end_time: UtcTime | None
    dwell_s: Distance
    cpa_time: UtcTime
    cpa_horizontal_nm: Distance
    cpa_vertical_ft: Distance | None
    min_horizontal_nm: Distance
    min_horizontal_time: UtcTime
    min_vertical_ft: Distance | None
    verdict: Literal["infringement", "breach", "nmac"]

    @model_validator(mode="after")
    def _in_order(self) -> EncounterObservation:
        if self.end_time is not None and self.end_time < self.start_time:
            raise ValueError("the encounter ends before it starts")
        return self


class ApproachObservation(PairBody):
    """One interval inside the watch rule, so far (end_time None) or whole. vertical_ft: when nearest."""

    start_time: UtcTime
    end_time: UtcTime | None
    min_horizontal_nm: Distance
    min_horizontal_time: UtcTime
    vertical_ft: Distance | None
    verdict: Literal["approach"]

    @model_validator(mode="after")
    def _in_order(self) -> ApproachObservation:
        if self.end_time is not None and self.end_time < self.start_time:
            raise ValueError("the approach ends before it starts")
        return self


class EncounterBody(Body):
    """kind `encounter`."""

    state: Literal["opened", "breached", "closed"]
    observation: EncounterObservation

    @property
    def pair(self) -> tuple[str, str]:
        """Whom it is about."""
        return self.observation.pair


class ApproachBody(Body):
    """kind `approach`, always sealed. contains_encounter: limits were broken meanwhile, so it is none."""

    state: Literal["opened", "closed"]
    observation: ApproachObservation
    contains_encounter: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        """Whom it is about."""
        return self.observation.pair


class IncidentBody(Body):
    """kind `incident.opened`: what both sides must account for.

    about: the observation's entry, if there is one. observation: the opener's own, shared by opening.
    statement: the officer's signed statement (DSSE) when `reason` is "officer".
    """

    pair: Pair
    reason: Literal["infringement", "breach", "nmac", "officer"]
    about: EntryRef | None
    observation: Annotated[EncounterObservation | ApproachObservation, Field(discriminator="verdict")] | None
    statement: dict[str, Any] | None

    @model_validator(mode="after")
    def _whole(self) -> IncidentBody:
        if (self.reason == "officer") != (self.statement is not None):
            raise ValueError("an officer's incident, and no other, carries the officer's statement")
        if self.observation is not None and self.observation.pair != self.pair:
            raise ValueError("the observation is of another pair")
        return self


for _kind, _model in (
    ("alert", AlertBody),
    ("encounter", EncounterBody),
    ("approach", ApproachBody),
    (INCIDENT_OPENED, IncidentBody),
):
    register_kind(_kind, _model)
