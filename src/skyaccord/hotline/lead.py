"""Was a notice of flights given in time? Asked before it is sent, and again by who receives it.

In September 2018 a notice came less than a minute before. A late notice is still sent, since the other side's
crews live by it; it is called late on both sides, with the seconds it came before its start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from skyaccord.accord.due import notice_fault
from skyaccord.accord.model import Accord
from skyaccord.hotline.checking import NOTICE
from skyaccord.hotline.faults import Fault
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.hotline.values import TimeValue, Value

START, END = "start", "end"  # the phrase's own parameters
PARTS: Final = ("window", "volume", "levels", "count", "class", "contact-role", "frequency")
"""Every part of a notice: only its lead time is judged here, what it must hold is the phrase's parameters."""


@dataclass(frozen=True)
class Lead:
    """How long before its start a notice was given, and how long before the accord asks for it. Seconds."""

    lead_s: float
    wanted_s: float
    late: bool

    def fault(self) -> Fault:
        """In words."""
        wanted = {"wanted_s": round(self.wanted_s)}
        if self.lead_s < 0:
            text = f"given after its start; the accord asks for {self.wanted_s:.0f} s"
            return Fault("begun", text, values=wanted)
        text = f"given {self.lead_s:.0f} s before its start; the accord asks for {self.wanted_s:.0f} s"
        return Fault("late", text, values={"lead_s": round(self.lead_s), **wanted})


def lead_of(accord: Accord | None, message: HotlineMessage) -> Lead | None:
    """Of a message from when it was signed, of a prepared one from when it went out; None if it is no notice,
    or the accord asks for no time.
    """
    given = message.at if message.prepared is None else max(message.at, message.recorded_at)
    return lead(accord, message.code, message.params, given)


def lead(accord: Accord | None, code: str | None, values: Iterable[Value], given: datetime) -> Lead | None:
    """Of a notice that is given at this moment."""
    times = {value.name: value.time for value in values if isinstance(value, TimeValue)}
    if code != NOTICE or accord is None or accord.notices is None or START not in times:
        return None
    start = times[START]
    found = notice_fault(accord, given=given, start=start, end=times.get(END, start), holds=PARTS)
    late = found is not None and found.late
    return Lead((start - given).total_seconds(), accord.notices.lead_s, late)
