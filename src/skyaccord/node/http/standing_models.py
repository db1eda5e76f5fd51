"""What stands beside an accord's state, documented: its course, annexes, members told; political and circuit
status.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from skyaccord.node.http.models import Answer


class CourseStep(Answer):
    """A suspension, resumption or withdrawal: said at, and in effect from, sky time."""

    party: str
    step: Literal["suspend", "resume", "withdraw"]
    because: str
    said_at: datetime
    holds_from: datetime


class AnnexRow(Answer):
    """One version of an annex; digest: of the amendment, None for the accord's own."""

    annex: str
    version: int
    digest: str | None
    state: str
    signed_by: list[str]
    missing: list[str]
    start: datetime | None


class ToldRow(Answer):
    """Whether a member has confirmed that it was told the rules."""

    member: str
    confirmed_by: str | None
    at: datetime | None


class PoliticalRow(Answer):
    """How an accord stands on paper."""

    accord: str
    name: str
    version: int
    state: str
    reason: str | None


class CircuitRow(Answer):
    """Whether the line to a party works, whatever stands on paper."""

    party: str
    link: Literal["up", "down", "refused"]
    since: datetime
