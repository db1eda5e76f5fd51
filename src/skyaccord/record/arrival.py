"""Dates that have consequences: a notice runs from its entry's date, which the announcing party's node sets.

Whoever dates a suspension back has given no notice. Three bounds, for the acts that say that they are dated
(`acts.register_act(…, dated=True)`):

    sky time     that of the wall clock, but in an exercise, whose sky may be any day's
    forward      not after our own clock at its arrival
    back         not before what stands before it: the journal's last entry that we can read, and the newest
                 entry of ours that the party had receipted by then, whose date is our own clock's

Each with the skew that clocks may have. What breaks a bound is held and receipted as refused, with the
reason. The last bound catches a date backward: receipts go out within seconds while the link is up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from skyaccord.record import schema
from skyaccord.record.dating import DATE_SKEW_MAX_S
from skyaccord.record.envelope import Envelope, Header, read_envelope
from skyaccord.record.kinds import RECEIPT

LOOK_BACK_ENTRIES: Final = 64
"""How many entries back the last one is looked for that we can read; what is sealed has no date for us."""
_SKEW: Final = timedelta(seconds=DATE_SKEW_MAX_S)


def arrival_fault(connection: Connection, own: str, envelope: Envelope, now: datetime) -> str | None:
    """Why the date of a dated act that came in now is not believed, or None. own: our journal's origin."""
    header = envelope.header
    if header.recorded_at > now + _SKEW:
        ahead = (header.recorded_at - now).total_seconds()
        return f"dated {ahead:.0f} s ahead of our clock"
    before = _last_readable(connection, header)
    if before is not None and header.recorded_at < before.recorded_at - _SKEW:
        return f"dated before entry {before.sequence} of its own journal, which it follows"
    ours = _receipted(connection, own, header)
    if ours is not None and header.recorded_at < ours.recorded_at - _SKEW:
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


def _receipted(connection: Connection, own: str, header: Header) -> Header | None:
    """Our newest entry that the journal's newest receipt before this entry names."""
    table = schema.entries
    rows = connection.execute(
        select(table.c.envelope)
        .where(table.c.origin == header.origin, table.c.sequence < header.sequence)
        .where(table.c.kind == RECEIPT, table.c.envelope.is_not(None), table.c.refused.is_(None))
        .order_by(table.c.sequence.desc())
        .limit(LOOK_BACK_ENTRIES)
    )
    for (data,) in rows:
        body = read_envelope(data).body
        if body.get("origin") == own:
            held = connection.execute(
                select(table.c.envelope).where(table.c.origin == own, table.c.sequence == body["last"])
            ).scalar()
            return None if held is None else read_envelope(held).header
    return None
