"""What is due of each side and by when, and the silence that goes on the record when it does not come.

The times run on the wall clock, from the first entry that opened the incident: people keep them. A deadline
that has passed is a silence; whoever sees it writes it down once, of itself as much as of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from pydantic import Field

from skyaccord.accord.limits import LEAD_S_MAX
from skyaccord.accord.procedures import IncidentProcedure
from skyaccord.record.fields import EntryRef, PartyId, RecordModel, UtcTime
from skyaccord.record.kinds import register_kind

SILENCE: Final = "incident.silence"

What = Literal["report", "account", "meeting"]
WHATS: Final[tuple[What, ...]] = ("report", "account", "meeting")
DueState = Literal["met", "met late", "waiting", "missed"]


class IncidentSilenceBody(RecordModel):
    """kind `incident.silence`: of `party` nothing was here of what was due. deadline_s: wall clock."""

    incident: EntryRef
    party: PartyId
    what: What
    deadline_s: Annotated[float, Field(gt=0, le=LEAD_S_MAX)]
    due_at: UtcTime


@dataclass(frozen=True)
class Due:
    """One thing due of one side. met_at: when it came on the record, by the side's own clock."""

    what: What
    party: str
    deadline_s: float
    at: datetime
    met_at: datetime | None

    def state(self, now: datetime) -> DueState:
        """Where it stands at this wall time."""
        if self.met_at is not None:
            return "met" if self.met_at <= self.at else "met late"
        return "waiting" if now < self.at else "missed"


def deadlines(procedure: IncidentProcedure | None) -> dict[What, float]:
    """What an accord asks for → seconds after the opening. Without an accord nothing is due."""
    if procedure is None:
        return {}
    found: dict[What, float] = {
        "report": procedure.report_within_s,
        "account": procedure.account_within_s,
    }
    if procedure.meet_within_s is not None:
        found["meeting"] = procedure.meet_within_s
    return found


def due(what: What, party: str, opened_at: datetime, deadline_s: float, met_at: datetime | None) -> Due:
    """One due, counted from the opening."""
    return Due(what, party, deadline_s, opened_at + timedelta(seconds=deadline_s), met_at)


register_kind(SILENCE, IncidentSilenceBody)
