"""What an append does to the tables, as few statements as can be, prepared once by SQLite's driver.

Building, compiling and wrapping a statement costs several times what SQLite takes to run it, so these go to
the driver itself, on the connection and in the transaction of the caller. The right edge of each Merkle tree
is remembered between appends, by the chain head it belongs to: a head names all leaves before it, so what is
remembered for it is right whoever has written since, and whatever was rolled back. So is the end of the own
journal, as this process left it, for as long as SQLite says that nobody has written anything since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from skyaccord.base.errors import JournalError
from skyaccord.record.chain import next_head
from skyaccord.record.merkle import completed_nodes
from skyaccord.record.store import until_rollback, writes

LEVEL_BITS: Final = 56  # a node's number is level · 2^56 + place: one integer, in order of level

_END = """
SELECT party, public_key, own, size, head, receipted, halted,
  (SELECT head FROM entries WHERE origin = journals.origin AND sequence = journals.size - 1),
  EXISTS (SELECT 1 FROM entries WHERE origin = journals.origin AND sequence >= journals.size),
  (SELECT value FROM settings WHERE name = 'sky_clock'),
  (SELECT value FROM settings WHERE name = 'exercise'),
  (SELECT max(position) FROM entries)
FROM journals WHERE origin = ?"""
_VERSION = "PRAGMA data_version"  # changes when another connection has committed something
_LAST_POSITION = "SELECT max(position) FROM entries"
_ADD = (
    "INSERT INTO entries (position, origin, sequence, leaf, head, salt, envelope, kind, refused) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_NODE = "INSERT INTO nodes (origin, node, hash) VALUES (?, ?, ?)"
_MOVE = "UPDATE journals SET size = ?, head = ? WHERE origin = ? AND size = ?"
_LEAF = "SELECT leaf FROM entries WHERE origin = ? AND sequence = ?"
_NODE = "SELECT hash FROM nodes WHERE origin = ? AND node = ?"


def node_number(level: int, place: int) -> int:
    """The key under which an inner node is stored."""
    return level << LEVEL_BITS | place


def driver(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection under SQLAlchemy's."""
    found: Any = connection.connection.driver_connection
    return found  # type: ignore[no-any-return]


class JournalEnd(NamedTuple):
    """The end of a journal, and what its next entry needs to know, in one query."""

    party: str
    public_key: str
    own: int
    size: int
    head: bytes
    receipted: int
    halted: str | None
    last_head: bytes | None
    more: int
    sky_clock: str | None
    exercise: str | None
    position: int | None

    def after(self, head: bytes, position: int) -> JournalEnd:
        """The end with one more entry, after which the head is `head`, at this arrival position."""
        party, public_key, own, size, _, receipted, halted, _, more, sky_clock, exercise, _ = self
        return JournalEnd(
            party, public_key, own, size + 1, head, receipted, halted, head, more, sky_clock, exercise,
            position,
        )  # fmt: skip


class _Kept(NamedTuple):
    """The end of a journal, right while SQLite's two counts are these: that of others' commits, and that of
    the rows which this connection has written (also in this transaction)."""

    version: int
    changes: int
    end: JournalEnd


def read_end(connection: Connection, origin: str) -> JournalEnd:
    """From memory where nobody has written since `keep_end`. JournalError if the journal is not held."""
    raw = driver(connection)
    if not writes(connection):
        return _read_end(raw, origin)
    memory: dict[str, _Kept] = until_rollback(connection)
    version = raw.execute(_VERSION).fetchone()[0]
    kept = memory.get(origin)
    if kept is None or kept.version != version or kept.changes != raw.total_changes:
        kept = memory[origin] = _Kept(version, raw.total_changes, _read_end(raw, origin))
    return kept.end


def keep_end(connection: Connection, origin: str, end: JournalEnd) -> None:
    """What the transaction that called `read_end` has just made of the journal's end. A rollback forgets."""
    memory: dict[str, _Kept] = until_rollback(connection)
    known = memory.get(origin)
    if known is not None:
        memory[origin] = _Kept(known.version, driver(connection).total_changes, end)


def _read_end(raw: sqlite3.Connection, origin: str) -> JournalEnd:
    row = raw.execute(_END, (origin,)).fetchone()
    if row is None:
        raise JournalError("no such journal is held", where=origin)
    return JournalEnd(*row)


class Row(NamedTuple):
    """What is written for an entry beside its place; salt, data and kind together or none of them."""

    leaf: bytes
    salt: bytes | None
    data: bytes | None
    kind: str | None
    refused: str | None


class Written(NamedTuple):
    """Where an entry came to stand, and the chain head after it."""

    position: int
    sequence: int
    head: bytes


class _Edge(NamedTuple):
    """Level → the complete subtree that waits there for its right sibling, of the journal with this head."""

    head: bytes
    waiting: dict[int, bytes]


_EDGES: WeakKeyDictionary[Engine, dict[str, _Edge]] = WeakKeyDictionary()


def write_rows(
    connection: Connection,
    origin: str,
    size: int,
    head: bytes,
    rows: Iterable[Row],
    *,
    position: int | None = None,
) -> list[Written]:
    """Put entries at the end of a journal of this size and head: entries, tree and journal, nothing checked.

    position: of the newest entry of all journals, 0 if there is none; None: not known, it is looked up.
    JournalError if somebody else wrote in between, or the stored tree has a hole.
    """
    raw = driver(connection)
    edges = _EDGES.setdefault(connection.engine, {})
    edge = edges.get(origin)
    waiting = dict(edge.waiting) if edge and edge.head == head else _read_edge(raw, origin, size)
    if position is None:
        position = raw.execute(_LAST_POSITION).fetchone()[0] or 0
    position += 1
    entries: list[tuple[Any, ...]] = []
    nodes: list[tuple[str, int, bytes]] = []
    written: list[Written] = []
    sequence = size
    for row in rows:
        head = next_head(head, row.leaf)
        entries.append(
            (position, origin, sequence, row.leaf, head, row.salt, row.data, row.kind, row.refused)
        )
        written.append(Written(position, sequence, head))
        top = row.leaf
        level = 0
        for level, place, top in completed_nodes(lambda at, _: waiting.pop(at), sequence, row.leaf):
            nodes.append((origin, node_number(level, place), top))
        waiting[level] = top
        position, sequence = position + 1, sequence + 1
    if len(entries) == 1:
        raw.execute(_ADD, entries[0])
    else:
        raw.executemany(_ADD, entries)
    if nodes:
        raw.executemany(_ADD_NODE, nodes)
    if raw.execute(_MOVE, (sequence, head, origin, size)).rowcount != 1:
        raise JournalError("somebody else wrote in between", where=origin)
    edges[origin] = _Edge(head, waiting)
    return written


def _read_edge(raw: sqlite3.Connection, origin: str, size: int) -> dict[int, bytes]:
    waiting: dict[int, bytes] = {}
    for level in range(size.bit_length()):
        if size >> level & 1:
            place = (size >> level) - 1
            query, number = (_LEAF, place) if level == 0 else (_NODE, node_number(level, place))
            row = raw.execute(query, (origin, number)).fetchone()
            if row is None:
                raise JournalError(f"node {place} of level {level} is missing", where=origin)
            waiting[level] = row[0]
    return waiting
