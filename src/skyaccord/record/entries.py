"""One entry of a journal as it is held: the leaf always, the envelope unless it is sealed to us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Connection

from skyaccord.base.errors import JournalError, RefusedError
from skyaccord.record.chain import leaf_hash
from skyaccord.record.envelope import Envelope, Header, read_envelope
from skyaccord.record.fields import EntryRef
from skyaccord.record.hot import driver

PAGE_ENTRIES = 500  # read at a time, so that a long journal needs little memory


@dataclass(frozen=True)
class Entry:
    """An entry. `data` and `salt` are None when it is sealed; `refused` says why it must not be acted on.

    position: order of arrival at this node over all journals, from 1. head: chain head after this entry.
    """

    position: int
    origin: str
    sequence: int
    leaf: bytes
    head: bytes
    salt: bytes | None
    data: bytes | None
    refused: str | None
    filed: str | None = None  # the kind it is filed under; of an erased entry it stays

    @property
    def sealed(self) -> bool:
        """Whether only the leaf is held."""
        return self.data is None

    @property
    def erased(self) -> bool:
        """Whether its contents were here, and were erased when their retention ended (`erasure.py`)."""
        return self.data is None and self.filed is not None

    @property
    def party(self) -> str:
        """The party that wrote it."""
        return self.origin.split("/")[1]

    @property
    def ref(self) -> EntryRef:
        """How other entries refer to it."""
        return EntryRef(origin=self.origin, sequence=self.sequence, leaf=self.leaf.hex())

    @cached_property
    def envelope(self) -> Envelope | None:
        """The envelope, read without checking its signature again; None when sealed."""
        if self.data is None:
            return None
        try:
            return read_envelope(self.data)
        except RefusedError as error:
            raise JournalError(str(error), where=self.name) from None

    @property
    def header(self) -> Header:
        """The header. JournalError for a sealed entry: check `sealed` or `kind` first."""
        if self.envelope is None:
            raise JournalError("sealed: only its leaf is held", where=self.name)
        return self.envelope.header

    @property
    def body(self) -> dict[str, Any]:
        """The body. JournalError for a sealed entry."""
        if self.envelope is None:
            raise JournalError("sealed: only its leaf is held", where=self.name)
        return self.envelope.body

    @property
    def kind(self) -> str | None:
        """The kind, or None when sealed."""
        return None if self.envelope is None else self.envelope.header.kind

    @property
    def name(self) -> str:
        """The entry in words, for messages."""
        return f"entry {self.sequence} of {self.origin}"


# To the driver itself: every batch asks, and wrapping a statement costs more than running it.
_COLUMNS = "SELECT position, origin, sequence, leaf, head, salt, envelope, refused, kind FROM entries"
_OF_JOURNAL = f"{_COLUMNS} WHERE origin = ? AND sequence > ? ORDER BY sequence LIMIT ?"
_SINCE = f"{_COLUMNS} WHERE position > ? ORDER BY position LIMIT ?"
_ONE = f"{_COLUMNS} WHERE origin = ? AND sequence = ?"


@cache
def _of_kinds(count: int) -> str:
    """`_OF_JOURNAL` for so many kinds."""
    marks = ", ".join("?" * count)
    return f"{_COLUMNS} WHERE kind IN ({marks}) AND origin = ? AND sequence > ? ORDER BY sequence LIMIT ?"


def _entry(row: tuple[Any, ...]) -> Entry:
    entry = Entry(*row)
    if entry.data is not None and leaf_hash(entry.salt or b"", entry.data) != entry.leaf:
        raise JournalError(
            "the envelope does not fit its leaf: the store was changed or is damaged", where=entry.name
        )
    return entry


def read_entries(
    connection: Connection,
    origin: str,
    *,
    after: int = -1,
    kinds: tuple[str, ...] | None = None,
    limit: int | None = None,
) -> Iterator[Entry]:
    """Entries of one journal with sequence above `after`, in order; only of these kinds, if given."""
    kinds, query = kinds or (), _OF_JOURNAL if kinds is None else _of_kinds(len(kinds))
    left = limit
    while left is None or left > 0:
        page = PAGE_ENTRIES if left is None else min(PAGE_ENTRIES, left)
        rows = driver(connection).execute(query, (*kinds, origin, after, page)).fetchall()
        for row in rows:
            yield _entry(row)
        if len(rows) < page:
            return
        after = rows[-1][2]
        left = None if left is None else left - page


def read_since(connection: Connection, position: int, limit: int) -> list[Entry]:
    """Up to `limit` entries of all journals with arrival position above `position`, in order of arrival."""
    return [_entry(row) for row in driver(connection).execute(_SINCE, (position, limit))]


def read_entry(connection: Connection, origin: str, sequence: int) -> Entry | None:
    """One entry, or None."""
    row = driver(connection).execute(_ONE, (origin, sequence)).fetchone()
    return None if row is None else _entry(row)
