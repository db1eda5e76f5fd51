"""Write a bundle from a node's folder: no key is needed, and the node may be serving.

A private copy of the store is read, one entry after the other; the file appears whole or not at all. What
several rows say in different order is put into one order, and words that nobody signed are left out: so the
same journals give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from skyaccord.base.errors import JournalError, UnreadableError
from skyaccord.base.files import cannot_write, draft_of, settle
from skyaccord.record.bundle import (
    CheckpointLine,
    EndLine,
    EntryLine,
    ForkLine,
    HeaderLine,
    JournalLine,
    Line,
    write_line,
)
from skyaccord.record.canonical import canonical_json
from skyaccord.record.fields import HASH_BYTES
from skyaccord.record.fork import read_fork_proof
from skyaccord.record.rows import CheckpointRow, EntryRow, JournalRow, Rows, open_rows
from skyaccord.record.snapshot import snapshot
from skyaccord.record.verify import PROGRESS_EVERY, Progress, no_progress

_CHECK = "see what is wrong with `skyaccord journal verify DIR`"


@dataclass(frozen=True)
class Exported:
    """What was written. entries: by party. unproved: signs of a second history without a proof of their own,
    which a bundle cannot carry.
    """

    entries: dict[str, int]
    checkpoints: int
    forks: int
    unproved: int
    size_bytes: int
    sha256: str


def export_bundle(folder: Path, target: Path, *, progress: Progress = no_progress) -> Exported:
    """Write all journals that a node's folder holds into `target`, which is replaced if it is there.

    UnreadableError: no store. JournalError: what it holds cannot be written down. InputError: `target` cannot
    be written; nothing half-written stays. progress: entries.
    """
    if not folder.is_dir():
        what = "not a folder" if folder.exists() else "no such folder"
        raise UnreadableError(what, where=str(folder), do="name a node's folder")
    with snapshot(folder) as copy, open_rows(copy, where=str(folder)) as rows:
        return _write(rows, str(folder), target, progress)


def _write(rows: Rows, where: str, target: Path, progress: Progress) -> Exported:
    draft = draft_of(target)
    digest, size, lines = hashlib.sha256(), 0, 0
    writer = _Lines(rows, where, progress)
    try:
        with draft.open("xb") as file:
            for line in writer.all():
                data = write_line(line)
                digest.update(data)
                file.write(data)
                size += len(data)
                lines += 1
            size += file.write(write_line(EndLine(lines, digest.hexdigest())))
            file.flush()
            os.fsync(file.fileno())
        settle(draft, target)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return Exported(
        writer.entries, writer.checkpoints, writer.forks, writer.unproved, size, digest.hexdigest()
    )


class _Lines:
    """The lines of a bundle but the last, in their one order."""

    def __init__(self, rows: Rows, where: str, progress: Progress) -> None:
        self._rows = rows
        self._where = where
        self._progress = progress
        self._done, self._total = 0, rows.count_entries()
        self.entries: dict[str, int] = {}
        self.checkpoints = self.forks = self.unproved = 0

    def all(self) -> Iterator[Line]:
        journals = sorted(self._rows.journals(), key=lambda row: (row.own != 1, row.origin))
        if [row.own for row in journals[:2]] not in ([1], [1, 0]):
            raise self._damaged("not one journal is the folder's own")
        yield HeaderLine(tuple(row.origin for row in journals))
        for row in journals:
            yield from self._journal(row)
        yield from self._forks()
        self._progress(self._done, self._total)

    def _journal(self, row: JournalRow) -> Iterator[Line]:
        if not isinstance(row.head, bytes) or len(row.head) != HASH_BYTES:
            raise self._damaged(f"the head of the journal of {row.party} is none")
        yield JournalLine(row.origin, row.size, row.head)
        notes = _by_size(self._rows.cosigned() if row.own == 1 else self._rows.checkpoints(row.origin))
        size, found = next(notes, (-1, []))
        self.entries[row.party] = 0
        while size == 0:
            yield from self._noted(found)
            size, found = next(notes, (-1, []))
        for entry in self._rows.entries(row.origin):
            yield self._entry(entry)
            self.entries[row.party] += 1
            while size == entry.sequence + 1:
                yield from self._noted(found)
                size, found = next(notes, (-1, []))
            self._done += 1
            if self._done % PROGRESS_EVERY == 0:
                self._progress(self._done, self._total)
        while found:  # of more entries than are there: the reader is to see it
            yield from self._noted(found)
            _, found = next(notes, (-1, []))

    def _noted(self, notes: list[str]) -> Iterator[Line]:
        for note in notes:
            self.checkpoints += 1
            yield CheckpointLine(note)

    def _entry(self, row: EntryRow) -> EntryLine:
        erased = row.kind if row.envelope is None else None
        if len(row.leaf) != HASH_BYTES or (row.salt is None) != (row.envelope is None):
            raise self._damaged(f"entry {row.sequence} of {row.origin} is not whole")
        try:
            (row.envelope or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise self._damaged(f"entry {row.sequence} of {row.origin} is no text") from None
        return EntryLine(row.sequence, row.leaf, row.salt, row.envelope, erased)

    def _forks(self) -> Iterator[Line]:
        found = {}
        for row in self._rows.evidence():
            if row.proof is None:
                self.unproved += 1
                continue
            proof = read_fork_proof(row.proof.encode("utf-8"))
            fields = proof.model_dump(mode="json", exclude_defaults=True, exclude={"says", "found_at"})
            found[canonical_json(fields)] = fields
        self.forks = len(found)
        for _, fields in sorted(found.items()):
            yield ForkLine(fields)

    def _damaged(self, what: str) -> JournalError:
        return JournalError(what, where=self._where, do=_CHECK)


def _by_size(rows: Iterator[CheckpointRow] | list[CheckpointRow]) -> Iterator[tuple[int, list[str]]]:
    """(size, its notes in order) from rows in order of size."""
    size, found = -1, list[str]()
    for row in rows:
        if row.size != size and found:
            yield size, sorted(found)
            found = []
        size = row.size
        found.append(row.note)
    if found:
        yield size, sorted(found)
