"""What the routes of representatives answer, documented."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from skyaccord.node.http.models import Answer
from skyaccord.talks.acts import Language


class TemplateNames(Answer):
    """Names of the shipped accords."""

    templates: list[str]


class ClauseText(Answer):
    """A clause as TOML."""

    path: str
    text: str


class ClauseValue(Answer):
    """A clause read: canonical JSON and its digest, ready to be signed."""

    path: str
    value: str
    digest: str


class FileRead(Answer):
    """A file read: what is signed."""

    digest: str


class Lead(Answer):
    """Seconds from the alert to the infringement: the least, and below which a tenth and a half lie."""

    least: float | None
    tenth: float | None
    median: float | None


class OutcomeRow(Answer):
    """What one variant came to; docs/talks.md, Try a clause, has the columns."""

    label: str
    value: float | None
    digest: str
    approaches: int
    infringements: int
    of_formations: int
    breaches: int
    crossings: int | None
    alerts: int
    alerts_by_tier: dict[str, int]
    nuisance: int
    not_confident: int
    not_warned: int
    lead_s: Lead
    nmac: int
    nmac_missed: int


class TrialFound(Answer):
    """A trial on this node's recordings. between_parties_only: pairs of two parties count, as at a node.
    sentences, notes: in each language.
    """

    states: int
    aircraft: int
    start: datetime | None
    end: datetime | None
    areas_left_out: bool
    between_parties_only: bool
    outcomes: list[OutcomeRow]
    sentences: dict[Language, list[str]]
    notes: dict[Language, list[str]]
    recordings: list[str]


class TrialRow(Answer):
    """The node's last trial. share: of its stage, 0 to 1."""

    state: Literal["none", "running", "done", "failed"]
    talks: str | None
    path: str | None
    field: str | None
    stage: Literal["reading", "watching"]
    share: float
    error: str | None
    result: TrialFound | None
