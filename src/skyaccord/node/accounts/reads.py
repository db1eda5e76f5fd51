"""The log of reads: which account has looked at what of a peer's journal, and when; and who signed in or
failed to.

Append-only (the database refuses to change a row). A console asks for the same lists again and again: the
first
read of a minute is written before it is answered, further ones alike are counted and written as one row
when the
minute is over, or when the node stops. Bounded: the oldest rows are rotated away, and what is left says from
which number on it is complete.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from skyaccord.base.clock import Clock
from skyaccord.node.accounts import schema
from skyaccord.node.accounts.credentials import Visitor
from skyaccord.node.accounts.moments import from_ms, to_ms
from skyaccord.node.accounts.store import AccountStore

TOGETHER: Final = timedelta(minutes=1)
ROTATED_SHARE: Final = 10  # a tenth of the rows goes at once, so that rotation is rare
ROTATE_EVERY: Final = 256  # rows between two looks at how many there are
PATH_CHARS_MAX: Final = 500
LIST_MAX: Final = 1000

_Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Read:
    """One row. held: party → entries of its journal that the node held then. times: alike ones until
    `until`.
    """

    number: int
    at: datetime
    until: datetime
    times: int
    account: str
    credential: str
    address: str
    what: str
    held: dict[str, int]


@dataclass
class _Repeated:
    since: datetime
    until: datetime
    times: int
    held: dict[str, int]


class ReadLog:
    """Appends and lists. rows_max: kept at most. Synchronous; safe from several threads."""

    def __init__(self, store: AccountStore, clock: Clock, rows_max: int) -> None:
        self._store = store
        self._clock = clock
        self._rows_max = rows_max
        self._lock = threading.Lock()
        self._minutes: dict[_Key, _Repeated] = {}
        self._since_rotation = 0

    def note(self, visitor: Visitor, address: str, what: str, held: Mapping[str, int]) -> None:
        """This visitor reads `what` now. On disk when it returns, unless one alike is of the same minute."""
        self._note((visitor.account, visitor.credential.id, address, what[:PATH_CHARS_MAX]), held)

    def signing(self, account: str, credential: str, address: str, what: str) -> None:
        """Somebody signs in or out, or was refused. account: "?" for a name that there is none of; it may be
        a passphrase in the wrong field. Bounded and counted as reads are."""
        self._note((account, credential, address, what[:PATH_CHARS_MAX]), {})

    def _note(self, key: _Key, held: Mapping[str, int]) -> None:
        now = self._clock.now()
        with self._lock:
            rows = self._over(now)
            repeated = self._minutes.get(key)
            if repeated is None:
                self._minutes[key] = _Repeated(now, now, 0, dict(held))
                rows.append(_row(key, _Repeated(now, now, 1, dict(held))))
            else:
                repeated.until, repeated.held = now, dict(held)
                repeated.times += 1
            self._append(rows)

    def flush(self) -> None:
        """Write what has been counted so far."""
        with self._lock:
            self._append(self._over(None))

    def rows(self, *, since: int = 0, limit: int = LIST_MAX) -> list[Read]:
        """Rows with numbers above `since`, oldest first."""
        self.flush()
        table = schema.reads
        statement = select(table).where(table.c.number > since).order_by(table.c.number).limit(limit)
        with self._store.reading() as connection:
            return [_read(row) for row in connection.execute(statement).mappings()]

    def first_kept(self) -> int:
        """The number from which on the log is complete; 1: nothing was rotated away."""
        with self._store.reading() as connection:
            return int(connection.execute(select(schema.reads_kept.c.first)).scalar_one())

    def _over(self, now: datetime | None) -> list[dict[str, Any]]:
        """Rows of the minutes that are over; of all if now is None."""
        rows = []
        for key, one in list(self._minutes.items()):
            if now is not None and now - one.since < TOGETHER:
                continue
            if one.times:
                rows.append(_row(key, one))
            del self._minutes[key]
        return rows

    def _append(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        with self._store.writing() as connection:
            connection.execute(insert(schema.reads), rows)
            self._since_rotation += len(rows)
            if self._since_rotation >= min(ROTATE_EVERY, self._rows_max):
                self._since_rotation = 0
                self._rotate(connection)

    def _rotate(self, connection: Any) -> None:
        table, kept = schema.reads, schema.reads_kept
        last = (
            connection.execute(select(table.c.number).order_by(table.c.number.desc()).limit(1)).scalar() or 0
        )
        first = connection.execute(select(kept.c.first)).scalar_one()
        if last - first + 1 > self._rows_max:
            first = last - self._rows_max + self._rows_max // ROTATED_SHARE + 1
            connection.execute(update(kept).values(first=first))
            connection.execute(delete(table).where(table.c.number < first))


def _row(key: _Key, one: _Repeated) -> dict[str, Any]:
    account, credential, address, what = key
    return {
        "at": to_ms(one.since),
        "until": to_ms(one.until),
        "times": one.times,
        "account": account,
        "credential": credential,
        "address": address,
        "what": what,
        "held": json.dumps(one.held, sort_keys=True),
    }


def _read(row: Any) -> Read:
    return Read(
        number=row["number"],
        at=from_ms(row["at"]),
        until=from_ms(row["until"]),
        times=row["times"],
        account=row["account"],
        credential=row["credential"],
        address=row["address"],
        what=row["what"],
        held=json.loads(row["held"]),
    )
