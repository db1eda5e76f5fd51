"""How much a pinned peer may store here: entries and bytes, a day and in all.

Whoever is pinned may sign whatever it likes, and every entry is kept for years. A limit that is reached
refuses that peer's batches, with the reason in the answer; our own journal and every other peer go on.

Some kinds cost more than their bytes: they ask somebody, or stay open until somebody has answered. Rooms say
how many of theirs a person could mean in a day (`bound_kind`). More are held as leaves, receipted as refused,
and never acted on: the link goes on. What such a refusal takes away never comes back, so days that brought
less leave room: an honest month comes in an hour after an outage, and to somebody who is new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from skyaccord.base.clock import Clock
from skyaccord.base.errors import RefusedError
from skyaccord.record.entries import Entry
from skyaccord.record.hot import driver
from skyaccord.record.journals import JournalInfo
from skyaccord.record.store import read_setting, write_setting

MEBIBYTE: Final = 1024 * 1024
ENTRIES_A_DAY: Final = 200_000  # more than two a second, day and night; a busy sky brings some thousands
MEBIBYTES_A_DAY: Final = 512
ENTRIES_IN_ALL: Final = 50_000_000  # the busiest day, every day for most of a year
MEBIBYTES_IN_ALL: Final = 64 * 1024

_USED = "SELECT bytes, day, day_entries, day_bytes FROM usage WHERE origin = ?"
_USE = (
    "INSERT INTO usage (origin, bytes, day, day_entries, day_bytes) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (origin) DO UPDATE SET bytes = excluded.bytes, day = excluded.day, "
    "day_entries = excluded.day_entries, day_bytes = excluded.day_bytes"
)


A_DAY: Final[dict[str, int]] = {}
"""Kind → entries of it that one peer's journal may bring, on average, on a day of our clock."""
BACKLOG_DAYS: Final = 30
"""Days whose room is kept: a link that was away for a month, or the past of a party that was pinned today."""
_TODAY: Final = "today"


def bound_kind(kind: str, a_day: int) -> None:
    """Let a peer bring only so many entries of this kind in a day."""
    A_DAY[kind] = a_day


class Today:
    """How much of its room the journal `origin` has used of each bounded kind; of one transaction.

    What a day allows is given back with each day of our clock.
    """

    def __init__(self, connection: Connection, origin: str, now: datetime) -> None:
        self._connection = connection
        self._origin = origin
        self._day = now.date()
        self._counts: dict[str, int] | None = None

    def fault(self, kind: str) -> str | None:
        """Why one more of this kind is too many; or None, and it is counted."""
        most = A_DAY.get(kind)
        if most is None:
            return None
        counts = self._known()
        if counts.get(kind, 0) >= most * BACKLOG_DAYS:
            return f"more than {most} entries of kind {kind} a day"
        counts[kind] = counts.get(kind, 0) + 1
        return None

    def keep(self) -> None:
        """Write the counts, in the transaction."""
        if self._counts is not None:
            write_setting(self._connection, f"{_TODAY}/{self._origin}", [self._day.isoformat(), self._counts])

    def _known(self) -> dict[str, int]:
        if self._counts is None:
            kept = read_setting(self._connection, f"{_TODAY}/{self._origin}")
            day, counts = (self._day, {}) if kept is None else (date.fromisoformat(kept[0]), kept[1])
            days = max(0, (self._day - day).days)  # a day that lies ahead was written by a wrong clock
            left = {kind: count - A_DAY[kind] * days for kind, count in counts.items() if kind in A_DAY}
            self._counts = {kind: count for kind, count in left.items() if count > 0}
        return self._counts


@dataclass(frozen=True)
class Quota:
    """The limits of one peer. Days are those of our own wall clock, in UTC. Bytes are those of envelopes."""

    entries_a_day: int = ENTRIES_A_DAY
    mebibytes_a_day: int = MEBIBYTES_A_DAY
    entries_in_all: int = ENTRIES_IN_ALL
    mebibytes_in_all: int = MEBIBYTES_IN_ALL

    def charge(self, connection: Connection, info: JournalInfo, fresh: list[Entry], clock: Clock) -> None:
        """Count entries that were just taken, in their transaction. RefusedError when they are too many.

        info: the journal with them.
        """
        raw = driver(connection)
        used, day, entries, octets = raw.execute(_USED, (info.origin,)).fetchone() or (0, "", 0, 0)
        today = clock.now().date().isoformat()
        if day != today:
            entries = octets = 0
        size = sum(len(entry.data or b"") for entry in fresh)
        used, entries, octets = used + size, entries + len(fresh), octets + size
        for what, found, limit in (
            ("entries a day", entries, self.entries_a_day),
            ("bytes a day", octets, self.mebibytes_a_day * MEBIBYTE),
            ("entries in all", info.size, self.entries_in_all),
            ("bytes in all", used, self.mebibytes_in_all * MEBIBYTE),
        ):
            if found > limit:
                raise RefusedError(f"quota: more than {limit} {what} of party {info.party}")
        raw.execute(_USE, (info.origin, used, today, entries, octets))
