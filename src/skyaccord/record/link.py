"""The exchange between two nodes as pure logic: what to send, what to answer. Nothing here knows HTTP.

    sender                                   receiver
    Outgoing.batch()      ── batch ──►       Incoming.accept(): check, store, receipt; one transaction
    Outgoing.answered()   ◄── answer ──      held: the next sequence wanted

Nothing is lost: an entry stays in the outbox until an answer says it is held. Nothing is doubled: an entry
that is held already changes nothing. Each may be repeated, delayed, swapped with another, or cut off by a
crash at any place; the next exchange goes on from what is on the disks. An empty batch is the heartbeat.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from skyaccord.base.errors import JournalError, RefusedError
from skyaccord.record import schema
from skyaccord.record.entries import Entry, read_entries
from skyaccord.record.heads import SignedHead, open_head, sign_head
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, all_journals, enrolments_of, journal_info
from skyaccord.record.kinds import REASON_CHARS_MAX, RECEIPT
from skyaccord.record.replica import (
    ForkError,
    check_head,
    head_before,
    keep_evidence,
    take,
    write_receipt,
)
from skyaccord.record.wire import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Answer, Batch, WireEntry


class Outgoing:
    """Our journal on its way to one peer."""

    def __init__(
        self,
        journal: Journal,
        peer: str,
        *,
        entries_max: int = BATCH_ENTRIES_MAX,
        bytes_max: int = BATCH_BYTES_MAX,
    ) -> None:
        self.journal = journal
        self.peer = peer
        self._entries_max = min(entries_max, BATCH_ENTRIES_MAX)
        self._bytes_max = min(bytes_max, BATCH_BYTES_MAX)
        self._signed: tuple[int, str, dict[str, Any]] | None = None

    def held(self) -> int:
        """The next sequence of our journal that the peer wants, as far as we know."""
        with self.journal.store.reading() as connection:
            return self._held(connection)

    def outbox(self) -> int:
        """How many entries the peer does not hold yet, as far as we know."""
        with self.journal.store.reading() as connection:
            return journal_info(connection, self.journal.origin).size - self._held(connection)

    def batch(self) -> Batch:
        """The next entries for the peer, bounded by count and bytes; sealed where it is no recipient."""
        with self.journal.store.reading() as connection:
            info = journal_info(connection, self.journal.origin)
            held = min(self._held(connection), info.size)
            head = head_before(connection, info, held)
            entries: list[WireEntry] = []
            size_bytes = 0
            for entry in read_entries(
                connection, self.journal.origin, after=held - 1, limit=self._entries_max
            ):
                wire = self._wire(entry)
                size_bytes += len(wire.envelope or "")
                if entries and size_bytes > self._bytes_max:
                    break
                entries.append(wire)
                head = entry.head
        return Batch.model_validate(
            {
                "from": self.journal.origin,
                "head": self._head(held + len(entries), head.hex()),
                "entries": [entry.model_dump() for entry in entries],
            }
        )

    def answered(self, answer: Answer) -> bool:
        """Take note of an answer; True when the peer holds everything.

        JournalError: the peer holds more of our journal than we do, or another history of it: our folder was
        restored from an older copy, or its key is used elsewhere. Appending more would fork the journal.
        """
        with self.journal.store.writing() as connection:
            info = journal_info(connection, self.journal.origin)
            if answer.held > info.size:
                raise JournalError(
                    f"party {self.peer} holds {answer.held} entries of our journal, we only {info.size}: "
                    "was this folder restored from an older copy?",
                    where=info.origin,
                    do="stop this node and restore the newer folder",
                )
            if answer.head is not None and head_before(connection, info, answer.held).hex() != answer.head:
                raise JournalError(
                    f"party {self.peer} holds another history of our journal before entry {answer.held}",
                    where=info.origin,
                    do="stop this node: its key is used elsewhere, or the folder was restored from a copy",
                )
            row = insert(schema.cursors).values(party=self.peer, held=answer.held)
            connection.execute(
                row.on_conflict_do_update(index_elements=["party"], set_={"held": answer.held})
            )
            return answer.held == info.size

    def _held(self, connection: Connection) -> int:
        table = schema.cursors
        found = connection.execute(
            select(table.c.held).where(table.c.party == self.peer)
        ).scalar_one_or_none()
        return int(found or 0)

    def _wire(self, entry: Entry) -> WireEntry:
        disclosed = entry.header.is_for(self.peer)
        return WireEntry(
            sequence=entry.sequence,
            leaf=entry.leaf.hex(),
            salt=entry.salt.hex() if disclosed and entry.salt is not None else None,
            envelope=entry.data.decode("utf-8") if disclosed and entry.data is not None else None,
        )

    def _head(self, size: int, head: str) -> dict[str, Any]:
        """The signed head; a heartbeat repeats the last one instead of signing each second."""
        if self._signed is None or self._signed[:2] != (size, head):
            statement = SignedHead(
                origin=self.journal.origin, size=size, head=head, at=self.journal.clock.now()
            )
            self._signed = (size, head, sign_head(statement, self.journal.key))
        return self._signed[2]


class Incoming:
    """Peers' journals on their way to us."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    def accept(self, batch: Batch, *, party: str | None = None) -> Answer:
        """Check and store a batch, and journal the receipt, in one transaction; then say what is held.

        party: whose batch it must be, where the transport knows it. A batch that does not hold is refused
        whole, with the reason in the answer; a proof that the peer forked its journal is kept.
        """
        try:
            # Whose it is comes first, without the write lock: whoever has no pinned key cannot hold up this
            # node's own journal, and a heartbeat, which writes nothing, never does.
            with self.journal.store.reading() as connection:
                info = self._pinned(connection, batch, party)
                head = open_head(batch.head.model_dump(), info.public_key)
                if not batch.entries:
                    if head.size <= info.size:
                        check_head(connection, info, batch, head)
                    return _answer(connection, batch.origin)
            with self.journal.store.writing() as connection:
                self._store(connection, journal_info(connection, batch.origin), batch, head)
                return _answer(connection, batch.origin)
        except ForkError as fork:
            keep_evidence(self.journal, batch, fork)
            return self._refusal(batch, fork)
        except RefusedError as error:
            return self._refusal(batch, error)

    def _pinned(self, connection: Connection, batch: Batch, party: str | None) -> JournalInfo:
        try:
            info = journal_info(connection, batch.origin)
        except JournalError:
            raise RefusedError("this journal is of no party pinned here") from None
        if info.own or (party is not None and info.party != party):
            raise RefusedError("this journal is another party's than the sender's")
        return info

    def _store(self, connection: Connection, info: JournalInfo, batch: Batch, head: SignedHead) -> None:
        if batch.entries[0].sequence > info.size:
            return  # a gap: the answer says where to go on
        check_head(connection, info, batch, head)
        enrolments = enrolments_of(connection, info.origin)
        fresh: list[Entry] = []
        for wire in batch.entries:
            if wire.sequence >= info.size:
                entry = take(connection, self.journal, info, wire, enrolments)
                info = replace(info, size=info.size + 1, head=entry.head)
                fresh.append(entry)
        if not fresh:
            return
        if (info.size, info.head.hex()) != (head.size, head.head):
            raise RefusedError("the entries do not lead to the signed head")
        connection.execute(
            insert(schema.heads).values(
                origin=info.origin, size=info.size, head=info.head, signed=batch.head.model_dump_json()
            )
        )
        # Receipts are not receipted, or two nodes would answer each other for ever.
        if any(entry.kind != RECEIPT or entry.refused is not None for entry in fresh):
            write_receipt(connection, self.journal, batch.origin)

    def _refusal(self, batch: Batch, error: RefusedError) -> Answer:
        reason = str(error)[:REASON_CHARS_MAX]
        with self.journal.store.reading() as connection:
            for info in all_journals(connection):
                if info.origin == batch.origin and not info.own:
                    return Answer(held=info.size, head=info.head.hex(), reason=reason)
        return Answer(held=0, reason=reason)


def _answer(connection: Connection, origin: str) -> Answer:
    info = journal_info(connection, origin)
    return Answer(held=info.size, head=info.head.hex())
