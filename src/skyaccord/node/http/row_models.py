"""Rows of the record as documented models. They describe what `node/rows.py` makes; a test holds both
together.

Answers are not built from them: a list of thousands of rows would be checked again on every look.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from skyaccord.accord.model import Conduct, Role, Rule, Tier
from skyaccord.node.http.models import Answer
from skyaccord.node.http.standing_models import AnnexRow, CircuitRow, CourseStep, PoliticalRow, ToldRow

TierName = Literal["advisory", "caution", "warning"]
Two = tuple[str, str]
TwoOrNone = tuple[str | None, str | None]


class Ref(Answer):
    """Which entry of which journal."""

    origin: str
    sequence: int
    leaf: str


class RefAnswer(Answer):
    """The entry that a statement became."""

    ref: Ref


class Waiting(Answer):
    """The wish lies at the node."""

    waiting: Literal[True]


class Health(Answer):
    """The process answers."""

    status: Literal["ok"]
    version: str


class PlaceRow(Answer):
    """A name on the map, degrees, WGS 84."""

    name: str
    latitude: float
    longitude: float


class Me(Answer):
    """What a console may know about its own key."""

    enrolled: bool
    party: str
    role: str | None
    name: str | None
    roles: list[str]
    automatic: bool
    waiting: bool


class AcknowledgementRow(Answer):
    """One acknowledgement by a person."""

    of: Ref
    ref: Ref
    party: str
    role: str
    name: str
    at: datetime
    automatic: bool
    exercise: bool


class OneAlert(Answer):
    """One party's alert of an event."""

    ref: Ref
    party: str
    tier: TierName
    state: Literal["active", "cleared"]
    raised_at: datetime
    recorded_at: datetime
    reason: str
    confident: bool


class AlertRow(Answer):
    """One event with an alert."""

    event: str
    pair: Two
    callsigns: TwoOrNone
    parties: TwoOrNone
    accord: str | None
    rule: str
    tier: TierName
    state: Literal["active", "cleared"]
    inside: bool
    time_to_cpa_s: float
    cpa_time: datetime
    predicted_horizontal_nm: float
    predicted_vertical_ft: float | None
    horizontal_nm: float
    vertical_ft: float | None
    closing_kt: float
    apart_since: datetime | None
    sky_time: datetime
    reason: str
    confident: bool
    exercise: bool
    observed_by: list[str]
    alerts: list[OneAlert]
    acknowledgements: list[AcknowledgementRow]
    asked: dict[str, str]
    acknowledged_by: list[str]
    overdue: list[str]
    deadline_at: datetime | None


class SightingRow(Answer):
    """What approaches and encounters have in common."""

    ref: Ref
    event: str | None
    party: str
    state: str
    sky_time: datetime
    exercise: bool
    pair: Two
    callsigns: TwoOrNone
    parties: TwoOrNone
    confident: bool
    reason: str
    start_time: datetime
    end_time: datetime | None
    min_horizontal_nm: float
    min_horizontal_time: datetime


class ApproachRow(SightingRow):
    """What came inside the watch rule."""

    contains_encounter: bool
    incident: str | None
    horizontal_nm: float | None
    vertical_ft: float | None
    verdict: Literal["approach"]


class EncounterRow(SightingRow):
    """One party's observation of broken limits."""

    accord: str | None
    rule: str
    dwell_s: float
    cpa_time: datetime
    cpa_horizontal_nm: float
    cpa_vertical_ft: float | None
    min_vertical_ft: float | None
    verdict: Literal["infringement", "breach", "nmac"]


class OpeningRow(Answer):
    """One opening of an incident."""

    ref: Ref
    party: str
    reason: str
    at: datetime
    about: Ref | None
    role: str | None
    note: str
    automatic: bool


class IncidentRow(Answer):
    """One incident. pair: its aircraft, none to two. observations: party → what its node saw, an approach
    or an encounter. between: who accounts for it. missing: what this node's side has still to do before it
    can close; missed: who is out of time. record: the digest that a closing names; words: how many were said.
    """

    incident: str
    ref: Ref
    pair: list[str]
    callsigns: list[str | None]
    parties: list[str | None]
    accord: str | None
    level: str
    reason: str
    opened_by: list[str]
    openings: list[OpeningRow]
    observations: dict[str, dict[str, Any]]
    sky_time: datetime
    exercise: bool
    between: list[str]
    state: str
    record: str
    words: int
    closed_by: list[str]
    accounts_of: list[str]
    reconstructed_by: list[str]
    facts: dict[str, int]
    questions: dict[str, int]
    severity: dict[str, dict[str, Any]]
    dues: list[dict[str, Any]]
    missed: list[str]
    deadline_at: datetime | None
    missing: list[str]


class MessageRow(Answer):
    """One message of the hotline. from: the party."""

    ref: Ref
    from_: str = Field(alias="from")
    to_role: str
    role: str
    name: str
    text: str
    language: str
    at: datetime
    recorded_at: datetime
    sky_time: datetime
    about: Ref | None
    accord: str | None
    exercise: bool
    automatic: bool
    held_by: list[str]
    refused_by: dict[str, str]
    acknowledgements: list[AcknowledgementRow]
    asked: dict[str, str]
    acknowledged_by: list[str]
    overdue: list[str]
    deadline_at: datetime | None


class FeedRow(Answer):
    """Where the picture comes from."""

    state: Literal["live", "stale", "ended", "none"]
    age_s: float | None
    aircraft: int
    states: int
    name: str | None
    attribution: str | None
    replay: bool
    reason: str
    seconds_skipped: int


class PeerRow(Answer):
    """The link to one peer."""

    party: str
    name: str
    address: str
    fingerprint: str
    link: Literal["up", "down", "refused"]
    since: datetime
    since_s: float
    outbox: int
    held: int
    reason: str | None
    clock_offset_s: float | None
    clock_within_s: float | None
    clock_warning: str | None


class WitnessRow(Answer):
    """A neutral witness of our journal: how many entries it has cosigned, since when."""

    name: str
    address: str
    fingerprint: str
    cosigned: int
    at: datetime | None
    reason: str | None


class LinkListenerRow(Answer):
    """Connections to the link's listener that did not get through, since the start."""

    turned_away: int
    turned_away_last: str | None


class RuleRow(Rule):
    """A rule of an accord, and how it is read."""

    reading: str


class AccordParty(Answer):
    """A party of an accord."""

    id: str
    name: str


class AccordRow(Answer):
    """One accord as it stands."""

    digest: str
    name: str
    title: str
    version: int
    state: str
    reason: str | None
    signed_by: list[str]
    missing: list[str]
    parties: list[AccordParty]
    start: datetime
    end: datetime | None
    exercise: bool
    rules: list[RuleRow]
    watch_nm: float | None
    tiers: list[Tier]
    roles: list[Role]
    conduct: list[Conduct]
    watched: bool
    suspended_by: list[str]
    withdrawn_by: list[str]
    announced: list[CourseStep]
    steps: list[CourseStep]
    annexes: list[AnnexRow]
    instructed: dict[str, str]
    told: dict[str, list[ToldRow]]


class PersonRow(Answer):
    """Somebody who is enrolled."""

    party: str
    role: str
    name: str
    public_key: str
    automatic: bool


class EnrolmentWaiting(Answer):
    """Somebody whose console asks to be enrolled."""

    public_key: str
    name: str
    role: str


class JournalRow(Answer):
    """A journal that is held here."""

    party: str
    origin: str
    entries: int


class UnusedEntry(Answer):
    """An entry that is held and never acted on."""

    ref: Ref
    kind: str | None
    reason: str


class StatusRow(Answer):
    """The node at one moment."""

    party: str
    name: str
    fingerprint: str
    version: str
    exercise: bool
    sky_time: datetime
    wall_time: datetime
    speed: float
    feed: FeedRow
    trouble: str | None
    peers: list[PeerRow]
    link_listener: LinkListenerRow
    witnesses: list[WitnessRow]
    accords: list[AccordRow]
    political: list[PoliticalRow]
    circuit: list[CircuitRow]
    talks: list[dict[str, Any]]
    persons: list[PersonRow]
    enrolments_waiting: list[EnrolmentWaiting]
    journals: list[JournalRow]
    unused_entries: int
    unused: list[UnusedEntry]
