"""Dates that have consequences: a notice runs from its entry's date, which the announcing party's node sets.

Whoever dates a suspension back has given no notice. What a party prepares (entries of its own, receipts, any
number of them) proves nothing about time; what it cannot prepare is our own clock at what it has shown us.
Four bounds, for the acts that say that they are dated (`acts.register_act(…, dated=True)`):

    sky time     that of the wall clock, but in an exercise, whose sky may be any day's (`dating.py`)
    forward      not after our own clock at its arrival
    its journal  not before the last entry before it that we can read
    our clock    not before the newest moment at which, for us, it was not there yet: when its party last said
                 that its journal ended before it (a heartbeat, cosigned with our time), and when we wrote the
                 last entry that it had receipted by then

Each with the skew that clocks may have. What breaks a bound is held and receipted as refused, with the
reason. While the link is up a heartbeat comes each second, and one a minute is kept; after an outage a date
may lie within the outage, and no earlier.

A person's word is held against our clock as well, and ours may be the wrong one: a machine whose battery is
dead starts in another year. What is refused stays refused for good, so nothing is refused for lying ahead
while the two clocks are known to be days apart, or were not compared: the batch waits, on its party's disk,
and both sides are told to set the clock that is wrong. Once they agree, what lies ahead is ahead of both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from skyaccord.base.errors import RefusedError
from skyaccord.base.times import format_utc, parse_utc, span
from skyaccord.record import schema
from skyaccord.record.dating import DATE_SKEW_MAX_S
from skyaccord.record.envelope import Envelope, Header, read_envelope
from skyaccord.record.store import read_setting, write_setting
from skyaccord.record.wire import NOT_YET

LOOK_BACK_ENTRIES: Final = 64
"""How many entries back the last one is looked for that we can read; what is sealed has no date for us."""
ENDED_AGAIN_S: Final = 60.0
"""A peer's word that its journal ends here is kept, and cosigned, this often: a heartbeat a second writes
nothing otherwise, and a date is not believed to the minute anyway."""
AHEAD_MAX: Final = timedelta(days=1)
"""How far ahead of our clock what a person says may be dated and still count. A clock that is minutes or
hours ahead must not silence a hotline; one that is days ahead would put its words beyond every period. The
two clocks may be as far apart and what lies further ahead is still refused for good: then it lies ahead of
its own party's clock, too, whichever of the two is wrong."""
_SKEW: Final = timedelta(seconds=DATE_SKEW_MAX_S)
_ENDED: Final = "ended"


def future_fault(header: Header, now: datetime, sent_at: datetime | None) -> str | None:
    """Why a person's word that came in now is not believed: its node's clock was days ahead; or None.

    sent_at: what its party's own clock shows now, or None where that is not known. RefusedError, of the whole
    batch and for the time being (`wire.NOT_YET`): the clocks are apart, and ours may be the wrong one.
    """
    ahead_s = (header.recorded_at - now).total_seconds()
    if header.recorded_at <= now + AHEAD_MAX:
        return None
    if sent_at is None:
        raise RefusedError(
            f"{NOT_YET}entry {header.sequence} is dated {span(ahead_s)} ahead of our clock, and the clocks "
            "were not compared yet"
        )
    if abs(sent_at - now) > AHEAD_MAX:
        apart = span(abs((sent_at - now).total_seconds()))
        raise RefusedError(
            f"{NOT_YET}the clocks are {apart} apart, and entry {header.sequence} is dated {span(ahead_s)} "
            "ahead of the clock that receives it: set the clock that is wrong"
        )
    return f"dated {ahead_s:.0f} s ahead of our clock"


def ended_lately(connection: Connection, origin: str, size: int, now: datetime) -> bool:
    """Whether it is kept already that this journal ended at `size` entries about now, by our clock."""
    kept = _ended(connection, origin)
    return kept is not None and kept[0] == size and abs((now - kept[1]).total_seconds()) < ENDED_AGAIN_S


def keep_ended(connection: Connection, origin: str, size: int, now: datetime) -> None:
    """Its party says that its journal has `size` entries now, and no more."""
    write_setting(connection, f"{_ENDED}/{origin}", [size, format_utc(now)])


def _ended(connection: Connection, origin: str) -> tuple[int, datetime] | None:
    kept = read_setting(connection, f"{_ENDED}/{origin}")
    return None if kept is None else (int(kept[0]), parse_utc(kept[1]))


def arrival_fault(
    connection: Connection, own: str, envelope: Envelope, now: datetime, *, receipted: int
) -> str | None:
    """Why the date of a dated act that came in now is not believed, or None. own: our journal's origin.
    receipted: how many of our entries its journal had receipted before it.
    """
    header = envelope.header
    if header.recorded_at > now + _SKEW:
        ahead = (header.recorded_at - now).total_seconds()
        return f"dated {ahead:.0f} s ahead of our clock"
    early = header.recorded_at + _SKEW
    before = _last_readable(connection, header)
    if before is not None and early < before.recorded_at:
        return f"dated before entry {before.sequence} of its own journal, which it follows"
    ended = _ended(connection, header.origin)
    # A time of ours that lies ahead was written while our clock was wrong.
    if ended is not None and ended[0] <= header.sequence and early < ended[1] <= now:
        return f"dated before {format_utc(ended[1])}, when its party said that its journal ended before it"
    ours = _written(connection, own, receipted - 1)
    if ours is not None and early < ours.recorded_at <= now:
        return f"dated before entry {ours.sequence} of our journal, which its party had receipted by then"
    return None


def _last_readable(connection: Connection, header: Header) -> Header | None:
    table = schema.entries
    asked = (
        select(table.c.envelope)
        .where(table.c.origin == header.origin, table.c.sequence < header.sequence)
        .where(table.c.sequence >= header.sequence - LOOK_BACK_ENTRIES, table.c.envelope.is_not(None))
        .order_by(table.c.sequence.desc())
        .limit(1)
    )
    data = connection.execute(asked).scalar()
    return None if data is None else read_envelope(data).header


def _written(connection: Connection, own: str, sequence: int) -> Header | None:
    """Our entry in this place, if we have it whole."""
    table = schema.entries
    held = connection.execute(
        select(table.c.envelope).where(table.c.origin == own, table.c.sequence == sequence)
    ).scalar()
    return None if held is None else read_envelope(held).header
