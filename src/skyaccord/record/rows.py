"""The rows of a store as a checker reads them: plain SQLite on a private copy, nothing taken on trust.

Every value is looked at before it is used, because whoever changed a store may have changed a type as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skyaccord.base.errors import UnreadableError
from skyaccord.record import schema
from skyaccord.record.store import open_store


@dataclass(frozen=True)
class JournalRow:
    """A row of `journals`."""

    origin: str
    party: str
    public_key: str
    own: int
    size: int
    head: bytes
    receipted: int


@dataclass(frozen=True)
class EntryRow:
    """A row of `entries`; of a bundle without position, head and, unless it was erased, kind."""

    position: int
    origin: str
    sequence: int
    leaf: bytes
    head: bytes | None
    salt: bytes | None
    envelope: bytes | None
    kind: str | None
    refused: str | None


@dataclass(frozen=True)
class CheckpointRow:
    """A row of `checkpoints`, or of `cosigned`: then `name` is the cosigner's, else the journal's origin."""

    name: str
    size: int
    note: str


@dataclass(frozen=True)
class EvidenceRow:
    """A row of `evidence`, without the envelope."""

    origin: str
    sequence: int
    reason: str
    recorded_at: str
    proof: str | None


class Rows:
    """A store, read-only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def journals(self) -> list[JournalRow]:
        """Every journal, ours first."""
        return [
            JournalRow(*row)
            for row in self._read(
                "SELECT origin, party, public_key, own, size, head, receipted FROM journals "
                "ORDER BY own DESC, party"
            )
        ]

    def entries(self, origin: str) -> Iterator[EntryRow]:
        """The entries of a journal by sequence."""
        rows = self._read(
            "SELECT position, origin, sequence, leaf, head, salt, envelope, kind, refused FROM entries "
            "WHERE origin = ? ORDER BY sequence",
            origin,
        )
        for row in rows:
            yield EntryRow(*row)

    def last_entries(self, origin: str, count: int) -> list[EntryRow]:
        """The last `count` entries of a journal, oldest first."""
        rows = self._read(
            "SELECT position, origin, sequence, leaf, head, salt, envelope, kind, refused FROM entries "
            "WHERE origin = ? ORDER BY sequence DESC LIMIT ?",
            origin,
            count,
        )
        return [EntryRow(*row) for row in rows][::-1]

    def positions(self) -> Iterator[tuple[int, str, int]]:
        """(position, origin, sequence) of every entry by position."""
        yield from self._read("SELECT position, origin, sequence FROM entries ORDER BY position")

    def count_entries(self) -> int:
        """How many entries there are in all journals."""
        return next(int(row[0]) for row in self._read("SELECT count(*) FROM entries"))

    def nodes(self, origin: str) -> Iterator[tuple[int, bytes]]:
        """(number, hash) of the stored inner nodes of a journal's Merkle tree, by number."""
        yield from self._read("SELECT node, hash FROM nodes WHERE origin = ? ORDER BY node", origin)

    def checkpoints(self, origin: str) -> Iterator[CheckpointRow]:
        """The checkpoints of a peer's journal that were cosigned here, by size."""
        query = "SELECT origin, size, note FROM checkpoints WHERE origin = ? ORDER BY size"
        for row in self._read(query, origin):
            yield CheckpointRow(*row)

    def cosigned(self) -> list[CheckpointRow]:
        """The newest checkpoint of the own journal by each cosigner."""
        query = "SELECT cosigner, size, note FROM cosigned ORDER BY size, cosigner"
        return [CheckpointRow(*row) for row in self._read(query)]

    def cursors(self) -> list[tuple[str, int]]:
        """(party, next sequence of ours that it wants)."""
        return [(party, held) for party, held in self._read("SELECT party, held FROM cursors")]

    def evidence(self) -> list[EvidenceRow]:
        """Kept proofs of forks."""
        return [
            EvidenceRow(*row)
            for row in self._read("SELECT origin, sequence, reason, recorded_at, proof FROM evidence")
        ]

    def strays(self) -> list[tuple[str, str, int]]:
        """(table, origin, number) of rows that belong to no journal."""
        found = []
        for table, number in (
            ("entries", "sequence"),
            ("checkpoints", "size"),
            ("usage", "bytes"),
            ("evidence", "sequence"),
            ("nodes", "node"),
        ):
            query = f"SELECT origin, {number} FROM {table} WHERE origin NOT IN (SELECT origin FROM journals)"  # noqa: S608 (names are constants)
            found += [(table, str(origin), int(place)) for origin, place in self._read(query)]
        return found

    def _read(self, query: str, *values: str | int) -> Iterator[Any]:
        try:
            yield from self._connection.execute(query, values)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise UnreadableError(f"the store is damaged ({error})", do="restore it from a backup") from None


@contextmanager
def open_rows(database: Path, *, where: str) -> Iterator[Rows]:
    """Open a private copy. UnreadableError if it is no sound SQLite database, or not a node's store.

    A copy of an older revision is brought up to date first: old records are checked by newer programs.
    """
    revision = _check(database, where)
    if revision < schema.REVISION:
        open_store(database).close()
        revision = _check(database, where)
    if revision != schema.REVISION:
        raise UnreadableError(
            f"the store is at revision {revision}, which this version does not know",
            where=where,
            do="use the newer SkyAccord that wrote it",
        )
    with closing(sqlite3.connect(database)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")  # damaged text is compared too
        missing = set(schema.metadata.tables) - {
            row[0] for row in connection.execute("SELECT name FROM sqlite_master")
        }
        if missing:
            raise UnreadableError(f"the store lacks {', '.join(sorted(missing))}", where=where)
        yield Rows(connection)


def _check(database: Path, where: str) -> str:
    """The revision of a sound store. UnreadableError for anything else."""
    with closing(sqlite3.connect(database)) as connection:
        try:
            problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise UnreadableError(f"not a node's store, or damaged ({error})", where=where) from None
    if problems != ["ok"]:
        raise UnreadableError(f"the store is damaged ({problems[0]})", where=where)
    if revision is None:
        raise UnreadableError("not a node's store, or damaged (it names no revision)", where=where)
    return str(revision[0])
