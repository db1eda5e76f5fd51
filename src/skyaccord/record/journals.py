"""The journals a store holds: their sizes and heads, and the one way in which an entry is added to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, update

from skyaccord.base.errors import InputError, JournalError
from skyaccord.record import schema
from skyaccord.record.chain import leaf_hash, start_head
from skyaccord.record.changes import read_change
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.entries import Entry
from skyaccord.record.envelope import ROOT_KINDS, read_envelope
from skyaccord.record.hot import JournalEnd, Row, driver, write_rows
from skyaccord.record.keychain import KeyChange
from skyaccord.record.kinds import PERSON_DISMISSED, PERSON_ENROLLED
from skyaccord.record.remembered import entries_of

REVOKED = "the party's key was revoked; no key signs for it until a rotation"
"""Why a journal, own or copied, is halted after a `key.revoked`."""


@dataclass(frozen=True)
class JournalInfo:
    """A journal that is held: whose, how many entries, the chain head after the last of them.

    keys: the party's, newest first. halted: why nothing may be appended to it.
    """

    origin: str
    party: str
    keys: tuple[str, ...]
    own: bool
    size: int
    head: bytes
    receipted: int
    halted: str | None = None

    @property
    def public_key(self) -> str:
        """The key that signs the next entry, unless the journal is halted."""
        return self.keys[0]


def last_position(connection: Connection) -> int:
    """The arrival position of the newest entry, 0 when there is none."""
    return int(driver(connection).execute("SELECT max(position) FROM entries").fetchone()[0] or 0)


# To the driver itself: every batch asks several times, and wrapping a statement costs more than running it.
_ALL = "SELECT origin, party, public_key, own, size, head, receipted, halted FROM journals"
_JOURNAL = f"{_ALL} WHERE origin = ?"
_JOURNALS = f"{_ALL} ORDER BY own DESC, party"


def create_journal(connection: Connection, origin: str, party: str, public_key: str, *, own: bool) -> None:
    """A new, empty journal. JournalError if this party, or ours, has one already."""
    for info in all_journals(connection):
        if info.origin == origin or info.party == party or (own and info.own):
            raise JournalError(f"party {info.party!r} has a journal here already", where=info.origin)
    connection.execute(
        insert(schema.journals).values(
            origin=origin,
            party=party,
            public_key=public_key,
            own=int(own),
            size=0,
            head=start_head(origin),
            receipted=0,
        )
    )


def all_journals(connection: Connection) -> list[JournalInfo]:
    """Every journal held, ours first, then by party."""
    return [_info(row) for row in driver(connection).execute(_JOURNALS).fetchall()]


def journal_info(connection: Connection, origin: str) -> JournalInfo:
    """One journal. JournalError if it is not held."""
    row = driver(connection).execute(_JOURNAL, (origin,)).fetchone()
    if row is None:
        raise JournalError("no such journal is held", where=origin)
    return _info(row)


def info_of(origin: str, end: JournalEnd) -> JournalInfo:
    """The same from `hot.read_end`."""
    keys = tuple(end.public_key.split())
    return JournalInfo(origin, end.party, keys, bool(end.own), end.size, end.head, end.receipted, end.halted)


def _info(row: tuple[Any, ...]) -> JournalInfo:
    origin, party, keys, own, size, head, receipted, halted = row
    return JournalInfo(origin, party, tuple(keys.split()), bool(own), size, head, receipted, halted)


def write_entry(
    connection: Connection,
    info: JournalInfo,
    *,
    leaf: bytes | None,
    salt: bytes | None,
    data: bytes | None,
    kind: str | None,
    refused: str | None = None,
    position: int | None = None,
) -> Entry:
    """Put an entry at the end of a journal and move its head. The caller has checked everything.

    leaf: None is that of salt and envelope. position: of the newest entry of all, if that is known.
    """
    if (salt is None) != (data is None) or (kind is None) != (data is None):
        raise InputError("salt, envelope and kind stand together")
    made = None if salt is None or data is None else leaf_hash(salt, data)
    if leaf is None:
        leaf = made
    elif made is not None and made != leaf:
        raise JournalError("the envelope does not fit its leaf", where=info.origin)
    if leaf is None:
        raise InputError("an entry has a leaf, at least")
    row = Row(leaf, salt, data, kind, refused)
    (written,) = write_rows(connection, info.origin, info.size, info.head, (row,), position=position)
    if kind in ROOT_KINDS and data is not None and refused is None:
        _change_key(connection, info.origin, read_change(read_envelope(data)))
    return Entry(written.position, info.origin, info.size, leaf, written.head, salt, data, refused, kind)


def _change_key(connection: Connection, origin: str, change: KeyChange) -> None:
    """From the next entry on another key signs, or none."""
    values: dict[str, str | None] = {"halted": REVOKED}
    if change.new is not None:
        keys = (change.new, *journal_info(connection, origin).keys)
        values = {"public_key": " ".join(keys), "halted": None}
    connection.execute(update(schema.journals).where(schema.journals.c.origin == origin).values(values))


def enrolments_of(connection: Connection, origin: str, *, into: Enrolments | None = None) -> Enrolments:
    """The enrolments of one journal, those refused left out."""
    found = Enrolments() if into is None else into
    for entry in entries_of(connection, origin, (PERSON_ENROLLED, PERSON_DISMISSED)):
        if entry.refused is None:
            found.add(entry.header, entry.body)
    return found
