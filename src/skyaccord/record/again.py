"""Entries of a peer that come a second time, to a store that was restored: our own receipts have judged them.

What time alone decides (a date against our clock, a count of the day) would be decided otherwise now: a
notice that was dated back and refused would count, a busy week that was taken would be too much for one day.
Our receipts came back with our journal, before the peer's entries do, and what they say stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from skyaccord.record.entries import PAGE_ENTRIES
from skyaccord.record.envelope import read_envelope
from skyaccord.record.fields import SEQUENCE_MAX
from skyaccord.record.hot import driver
from skyaccord.record.journals import JournalInfo
from skyaccord.record.kinds import RECEIPT, Receipt

_EARLIER = (
    "SELECT sequence, envelope FROM entries WHERE kind = ? AND origin = ? AND sequence < ? "
    "AND envelope IS NOT NULL ORDER BY sequence DESC LIMIT ?"
)


class Again:
    """What our receipts in the journal `own` say of the entries of the journal `info`; of one transaction."""

    def __init__(self, connection: Connection, own: str, info: JournalInfo) -> None:
        self._origin = info.origin
        self._covered = info.receipted
        self._reasons: dict[int, str] = {}
        self._down_to = info.receipted
        self._receipts = _newest_first(connection, own)

    def covers(self, sequence: int) -> bool:
        """Whether we have receipted this entry already."""
        return sequence < self._covered

    def reason(self, sequence: int) -> str | None:
        """Why we refused it then, or None."""
        while sequence < self._down_to and (receipt := next(self._receipts, None)) is not None:
            if receipt.origin == self._origin:
                self._reasons |= {line.sequence: line.reason for line in receipt.refused}
                self._down_to = min(self._down_to, receipt.first)
        return self._reasons.get(sequence)


def _newest_first(connection: Connection, own: str) -> Iterator[Receipt]:
    before = SEQUENCE_MAX
    while True:
        rows = driver(connection).execute(_EARLIER, (RECEIPT, own, before, PAGE_ENTRIES)).fetchall()
        for _, data in rows:
            yield Receipt.model_validate(read_envelope(data).body)
        if len(rows) < PAGE_ENTRIES:
            return
        before = rows[-1][0]
