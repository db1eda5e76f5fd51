"""Entries on which trust rests, kept between batches: pinned cards, enrolments, changes of key.

Every batch of every peer asks for them, and they hardly ever change. What was read is kept by the chain head
it was read under. A head names all leaves before it, so what is kept for it is right whoever has written
since, and whatever was rolled back or restored; only what came after it is looked for. Entries of these kinds
are never erased, and whether one is refused is written with it and never changed. Of the two, the second may
still be rolled back, so nothing is kept from within a transaction that writes.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from skyaccord.record.entries import Entry, read_entries
from skyaccord.record.hot import driver
from skyaccord.record.store import writes

_HEAD = "SELECT head FROM entries WHERE origin = ? AND sequence = ?"
_END = "SELECT sequence, head FROM entries WHERE origin = ? ORDER BY sequence DESC LIMIT 1"
_LATER = "SELECT 1 FROM entries WHERE kind = ? AND origin = ? AND sequence > ? LIMIT 1"


class _Kept(NamedTuple):
    """Entries of some kinds among those up to `last`, after which the chain head is `head`."""

    last: int
    head: bytes
    entries: tuple[Entry, ...]


_KEPT: WeakKeyDictionary[Engine, dict[tuple[str, tuple[str, ...]], _Kept]] = WeakKeyDictionary()


def entries_of(connection: Connection, origin: str, kinds: tuple[str, ...]) -> tuple[Entry, ...]:
    """`read_entries` of these kinds, which are never erased (`erasure.NEVER`), mostly from memory."""
    raw = driver(connection)
    kept = _KEPT.setdefault(connection.engine, {})
    found = kept.get((origin, kinds))
    if found is None or not _stands(raw, origin, found):
        found = _Kept(-1, b"", ())
    entries, end = found.entries, raw.execute(_END, (origin,)).fetchone()
    if end is None or end[0] == found.last:
        return entries
    if any(raw.execute(_LATER, (kind, origin, found.last)).fetchone() for kind in kinds):
        entries = (*entries, *read_entries(connection, origin, after=found.last, kinds=kinds))
    if not writes(connection):
        kept[origin, kinds] = _Kept(end[0], end[1], entries)
    return entries


def _stands(raw: Any, origin: str, found: _Kept) -> bool:
    """Whether the journal held now begins with what was read then."""
    row = raw.execute(_HEAD, (origin, found.last)).fetchone()
    return row is not None and row[0] == found.head
