"""Erasing contents when retention ends: salt and envelope go, from our journal and our copies; leaves stay.

What stays of an erased entry: its place, leaf and kind, the receipts that cover it, and a `record.erased`
entry of ours that says what went and why. Chain and tree close over the leaf as before. Nobody can tell from
a leaf what stood there, since the salt is gone too; whoever still has salt and envelope can prove it.

Kinds on which trust rests are never erased: cards, persons, keys, receipts, signatures under accords.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator
from sqlalchemy import Connection, func, select, update

from skyaccord.base.errors import InputError
from skyaccord.record import schema
from skyaccord.record.entries import Entry, read_entries
from skyaccord.record.envelope import ROOT_KINDS
from skyaccord.record.fields import Digest, HashHex, Kind, Name, Origin, RecordModel, Sequence, UtcTime
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, all_journals, journal_info
from skyaccord.record.kinds import (
    KINDS,
    NODE_OPENED,
    PEER_PINNED,
    PERSON_DISMISSED,
    PERSON_ENROLLED,
    RECEIPT,
    register_kind,
)
from skyaccord.record.store import read_setting, write_setting

ERASED: Final = "record.erased"
ERASED_MAX: Final = 1000  # entries of one journal that one `record.erased` names; more take several
NEVER: Final = {
    NODE_OPENED, PEER_PINNED, PERSON_ENROLLED, PERSON_DISMISSED, RECEIPT, ERASED, "journal.restored",
    "witness.pinned", *ROOT_KINDS,
}  # fmt: skip
"""Kinds that are never erased. Rooms add theirs when they are imported (`keep_always`)."""
_CAME_BACK: Final = "came_back"


class ErasedEntry(RecordModel):
    """One entry that was erased."""

    sequence: Sequence
    leaf: HashHex
    kind: Kind


class Erased(RecordModel):
    """kind `record.erased`: we no longer hold the contents of these entries of journal `origin`.

    before: they were recorded before this. accord: only those made under it, if not null. reason: for people.
    """

    origin: Origin
    before: UtcTime
    accord: Digest | None
    reason: Name
    entries: Annotated[list[ErasedEntry], Field(min_length=1, max_length=ERASED_MAX)]

    @model_validator(mode="after")
    def _none_that_stay(self) -> Self:
        kept = sorted({entry.kind for entry in self.entries} & NEVER)
        if kept:
            raise ValueError(f"{kept[0]} is never erased")
        return self


register_kind(ERASED, Erased)


def keep_always(kind: str) -> None:
    """Add a kind on which trust rests: it is never erased."""
    NEVER.add(kind)


@dataclass(frozen=True)
class Retention:
    """What has been kept long enough: these kinds, recorded before a time; under one accord, if named.

    stay: (origin, sequence) of entries that are needed still, whatever their kind and age. only: within these
    places of these journals, and nothing elsewhere; None: everywhere.
    """

    kinds: frozenset[str]
    before: datetime
    reason: str
    accord: str | None = None
    stay: frozenset[tuple[str, int]] = frozenset()
    only: Mapping[str, range] | None = None

    def check(self) -> None:
        """InputError: a kind that is never erased, or that nobody knows."""
        for kind in sorted(self.kinds):
            if kind in NEVER:
                raise InputError(f"{kind} is never erased: trust rests on it", where="--kind")
            if kind not in KINDS.known():
                known = ", ".join(sorted(set(KINDS.known()) - NEVER))
                raise InputError(f"no kind {kind!r} is known", where="--kind", do=f"known are: {known}")


def erase(journal: Journal, retention: Retention) -> dict[str, int]:
    """Erase what the retention names, in every journal; kind → count. InputError: see `check`.

    Our own entries only where every peer holds them: what is still to be delivered stays. Each page goes in
    one transaction with the entry that says so; the store overwrites what it frees.
    """
    retention.check()
    gone: dict[str, int] = {}
    for info in journal.journals():
        if retention.only is not None and info.origin not in retention.only:
            continue
        while page := _erase_page(journal, info, retention):
            for entry in page:
                gone[entry.kind] = gone.get(entry.kind, 0) + 1
    journal.store.clean()
    return gone


def came_back(connection: Connection, origin: str, first: int, end: int) -> None:
    """Say that these entries (`end` not included) were lost here and are held again: their contents, too,
    also where they had been erased since the copy was made that was put back."""
    known = read_setting(connection, _CAME_BACK) or {}
    was = known.get(origin, [first, end])
    write_setting(connection, _CAME_BACK, known | {origin: [min(first, was[0]), max(end, was[1])]})


def due_again(journal: Journal) -> dict[str, range]:
    """Origin → entries that came back, where retention can run over them and has not since.

    Over our own once every peer is known to hold them again, over a peer's once all have come that we had
    receipted: until then they are not among these.
    """
    with journal.store.reading() as connection:
        return {
            origin: range(first, end)
            for origin, (first, end) in (read_setting(connection, _CAME_BACK) or {}).items()
            if not _more_to_come(connection, origin, end)
        }


def erase_again(journal: Journal, retentions: Iterable[Retention]) -> dict[str, int]:
    """Let these retentions run over what came back (`due_again`), and over nothing else; kind → count."""
    only = due_again(journal)
    gone: dict[str, int] = {}
    for one in retentions:
        for kind, count in erase(journal, replace(one, only=only)).items():
            gone[kind] = gone.get(kind, 0) + count
    with journal.store.writing() as connection:
        now: dict[str, list[int]] = read_setting(connection, _CAME_BACK) or {}
        left = {
            origin: [first, end]
            for origin, (first, end) in now.items()
            if range(first, end) != only.get(origin)
        }
        write_setting(connection, _CAME_BACK, left)
    return gone


def _more_to_come(connection: Connection, origin: str, end: int) -> bool:
    info = journal_info(connection, origin)
    return _held_by_all(connection) < end if info.own else info.size < info.receipted


def _erase_page(journal: Journal, info: JournalInfo, retention: Retention) -> list[ErasedEntry]:
    with journal.store.writing() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        page = [_named(entry) for entry in _due(connection, info, retention)]
        if not page:
            return []
        table = schema.entries
        places = [entry.sequence for entry in page]
        for start in range(0, len(places), 500):  # within SQLite's limit on parameters
            connection.execute(
                update(table)
                .where(table.c.origin == info.origin, table.c.sequence.in_(places[start : start + 500]))
                .values(salt=None, envelope=None)
            )
        body = Erased(
            origin=info.origin, before=retention.before, accord=retention.accord, reason=retention.reason,
            entries=page,
        )  # fmt: skip
        journal.append_within(connection, ERASED, body, recipients=[])
        return page


def _due(connection: Connection, info: JournalInfo, retention: Retention) -> Iterator[Entry]:
    end = info.size if not info.own else _held_by_all(connection)
    only = range(end) if retention.only is None else retention.only[info.origin]
    end = min(end, only.stop)
    found = 0
    kinds = tuple(sorted(retention.kinds))
    for entry in read_entries(connection, info.origin, after=only.start - 1, kinds=kinds):
        if entry.sequence >= end or found >= ERASED_MAX:
            return
        if entry.sealed or entry.header.recorded_at >= retention.before:
            continue
        if retention.accord is not None and entry.header.accord != retention.accord:
            continue
        if (entry.origin, entry.sequence) in retention.stay:
            continue
        found += 1
        yield entry


def _held_by_all(connection: Connection) -> int:
    """How many of our entries every pinned peer holds."""
    peers = sum(not info.own for info in all_journals(connection))
    row = connection.execute(select(func.count(), func.min(schema.cursors.c.held))).one()
    own = next(info for info in all_journals(connection) if info.own)
    if peers == 0:
        return own.size
    return 0 if row[0] < peers else int(row[1])


def _named(entry: Entry) -> ErasedEntry:
    return ErasedEntry(sequence=entry.sequence, leaf=entry.leaf.hex(), kind=entry.header.kind)


def erasures(bodies: Collection[dict[str, Any]]) -> dict[tuple[str, int], ErasedEntry]:
    """(origin, sequence) → what `record.erased` bodies say of it."""
    return {
        (body.origin, entry.sequence): entry
        for body in map(Erased.model_validate, bodies)
        for entry in body.entries
    }
