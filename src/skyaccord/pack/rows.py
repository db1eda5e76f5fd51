"""The rows of a pack's tables, one class a table. docs/pack.md defines every column."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from skyaccord.pack.seen import Seen

Asked = Literal["message", "alert"]


@dataclass(frozen=True)
class SkyRow:
    """One party's counts under one rule. nuisance: of the alerts; open_ended: neither nuisance nor not, since
    it ended for a reason that is not in the sky, or has not ended."""

    party: str
    accord: str
    rule: str
    area: str
    approaches: int = 0
    alerts: int = 0
    nuisance: int = 0
    undecided: int = 0
    infringements: int = 0
    breaches: int = 0
    nmacs: int = 0
    doubtful: int = 0


@dataclass(frozen=True)
class CrossingRow:
    """Crossings of one line or zone, one way, as one party counted them."""

    party: str
    accord: str
    place: str
    way: str
    count: int


@dataclass(frozen=True)
class ResponseRow:
    """How long one step took at one party's role, wall-clock seconds from sending; None: nothing to measure.

    asked: how many asked that role; reached: how many came so far.
    """

    what: Asked
    party: str
    role: str
    step: str
    asked: int
    reached: int
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    max_s: float | None


@dataclass(frozen=True)
class LineRow:
    """Of the hotline, per party: what it said, and what it was asked and left open."""

    party: str
    messages: int
    silences: int
    vacancies: int
    unanswered: int
    expired: int
    radio_calls: int
    radio_unanswered: int
    voice_entries: int
    voice_confirmed: int
    checks: int
    checks_in_time: int


@dataclass(frozen=True)
class DrillRow:
    """One drill: who opened it, what came of it."""

    party: str
    opened_at: datetime
    phrases: str
    outcome: str
    said: int
    in_time: int
    slowest_s: float | None


@dataclass(frozen=True)
class IncidentRow:
    """One incident of the window. missed: deadlines that no word met, by now."""

    incident: str
    level: str
    reason: str
    start: datetime
    opened_by: str
    state: str
    accounts: int
    facts_agreed: int
    facts_disputed: int
    missed: int


@dataclass(frozen=True)
class NoticeRow:
    """Of one party: notices that it gave on the hotline, and reports of flights that nobody was told of.

    measured: of the notices, those with a start under an accord that asks for a lead time; late: of these.
    lead_least_s, lead_p50_s: before the start, seconds, negative after it; None: nothing to measure.
    """

    party: str
    notices: int
    measured: int
    late: int
    lead_least_s: float | None
    lead_p50_s: float | None
    uncoordinated: int


@dataclass(frozen=True)
class Figures:
    """All tables. Rows are in an order that is the same wherever the same entries are held."""

    sky: tuple[SkyRow, ...]
    crossings: tuple[CrossingRow, ...]
    responses: tuple[ResponseRow, ...]
    line: tuple[LineRow, ...]
    drills: tuple[DrillRow, ...]
    incidents: tuple[IncidentRow, ...]
    notices: tuple[NoticeRow, ...]
    events: tuple[Seen, ...] = field(default=())
