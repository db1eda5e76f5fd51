"""The monitor's reasons in words, one place for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from skyaccord.accord.model import Rule
from skyaccord.base.times import from_epoch


def limits_text(rule: Rule) -> str:
    """What it means to be inside: `closer than 3 NM and 3,000 ft`."""
    joint = "and" if rule.combinator == "either" else "or"
    return f"closer than {rule.horizontal_nm:g} NM {joint} {rule.vertical_ft:,.0f} ft"


def with_doubts(reason: str, doubts: Sequence[str]) -> str:
    """A reason, and why it is not sure."""
    return f"{reason}; not confident: {', '.join(doubts)}" if doubts else reason


def moment(epoch_s: float) -> datetime:
    """Seconds since 1970 as aware UTC, to the millisecond, which is finer than any report."""
    return from_epoch(round(epoch_s, 3))


def duration_text(seconds: float) -> str:
    """`48 s`, `0.4 s`, `3 min 12 s`."""
    if seconds < 10 and round(seconds, 1) != round(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"
