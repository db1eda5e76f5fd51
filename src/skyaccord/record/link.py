"""The exchange between two nodes as pure logic: what to send, what to answer. Nothing here knows HTTP.

    sender                                   receiver
    Outgoing.batch()      ── batch ──►       Incoming.accept(): check, store, receipt; one transaction
    Outgoing.answered()   ◄── answer ──      held: the next sequence wanted

Nothing is lost: an entry stays in the outbox until an answer says it is held. Nothing is doubled: an entry
that is held already changes nothing. Each may be repeated, delayed, swapped with another, or cut off by a
crash at any place; the next exchange goes on from what is on the disks. An empty batch is the heartbeat.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from skyaccord.base.errors import (
    InputError,
    JournalError,
    LimitError,
    RefusedError,
    SkyAccordError,
    TrustError,
)
from skyaccord.record import schema
from skyaccord.record.again import Again
from skyaccord.record.arrival import ended_lately, keep_ended
from skyaccord.record.cards import EARLIER_KEYS_MAX
from skyaccord.record.changes import announced
from skyaccord.record.checkpoint import (
    Checkpoint,
    key_hash,
    open_by_any,
    read_checkpoint,
    sign_checkpoint,
    split_note,
)
from skyaccord.record.copies import cosign_held, keep_announced, newest_held, rotations_from
from skyaccord.record.cosign import UnknownCosignerError
from skyaccord.record.entries import Entry, read_entries
from skyaccord.record.envelope import KEY_ROTATED
from skyaccord.record.erasure import came_back
from skyaccord.record.evidence import ForkError, keep_evidence
from skyaccord.record.hot import driver
from skyaccord.record.joined import Joined
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, all_journals, enrolments_of, journal_info
from skyaccord.record.kinds import RECEIPT, clip_reason
from skyaccord.record.pins import chain_of, keys_of, other_change, with_rotations
from skyaccord.record.quota import Quota, Today
from skyaccord.record.remedy import MAKE_WHOLE, remedy
from skyaccord.record.replica import check_checkpoint, take, write_receipt
from skyaccord.record.standing import halt, newest_by, remember, take_shown
from skyaccord.record.tree import tree_root
from skyaccord.record.trust import AgreedKeys, TrustPolicy, trust_fault
from skyaccord.record.wire import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Answer, Batch, WireEntry

_HELD = "SELECT held FROM cursors WHERE party = ?"


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
        self._signed: tuple[Checkpoint, str] | None = None

    def held(self) -> int:
        """The next sequence of our journal that the peer wants, as far as we know."""
        with self.journal.store.reading() as connection:
            return self._held(connection)

    def outbox(self) -> int:
        """How many entries the peer does not hold yet, as far as we know."""
        with self.journal.store.reading() as connection:
            return journal_info(connection, self.journal.origin).size - self._held(connection)

    def batch(self, first: int | None = None) -> Batch:
        """The next entries for the peer, bounded by count and bytes; sealed where it is no recipient.

        first: from this entry on, instead of the next one that the peer wants.
        """
        with self.journal.store.reading() as connection:
            info = journal_info(connection, self.journal.origin)
            told = min(self._held(connection), info.size)
            held = told if first is None else min(first, info.size)
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
            size = held + len(entries)
            checkpoint = Checkpoint(info.origin, size, tree_root(connection, info.origin, size))
            rotations = [
                entry.data.decode("utf-8")
                for entry in read_entries(
                    connection,
                    info.origin,
                    after=min(told, held) - 1,
                    kinds=(KEY_ROTATED,),
                    limit=EARLIER_KEYS_MAX,
                )
                if entry.data is not None
            ]
        return Batch.model_validate(
            {
                "from": self.journal.origin,
                "checkpoint": self._note(checkpoint),
                "rotations": rotations or None,
                "entries": [entry.model_dump() for entry in entries],
            }
        )

    def answered(self, answer: Answer) -> bool:
        """Take note of an answer; True when the peer holds everything.

        The checkpoint it shows is kept, if our own key signed it and the peer cosigned it. JournalError: it
        is not of our entries (our folder was restored from an older copy, or our key is used elsewhere), and
        from now on nothing is appended; or the peer says so without showing one, and nothing is changed.
        """
        with self.journal.store.reading() as connection:
            info = journal_info(connection, self.journal.origin)
            peer = self.journal.peer_info(connection, self.peer)
            known = newest_by(connection, peer.origin)
            told = known is not None and known[1] == answer.cosigned
            if info.halted is None and told and self._held(connection) == answer.held <= info.size:
                return answer.held == info.size  # a heartbeat: nothing to write
        with self.journal.store.writing() as connection:
            info = journal_info(connection, self.journal.origin)
            knowing, fault = self._shown(connection, info, peer, answer)
            if answer.held <= info.size:
                row = insert(schema.cursors).values(party=self.peer, held=answer.held)
                connection.execute(
                    row.on_conflict_do_update(index_elements=["party"], set_={"held": answer.held})
                )
        if fault is not None:
            raise JournalError(f"nothing is appended any more: {fault}", where=info.origin, do=remedy(fault))
        if answer.held > info.size:
            raise JournalError(
                f"party {self.peer} says it holds {answer.held} entries of our journal, we only {info.size}: "
                "was this folder restored from an older copy?",
                where=info.origin,
                do=f"stop this node, then {MAKE_WHOLE}",
            )
        if answer.cosigned is not None and not told:
            try:
                remember(Path(self.journal.store.where).parent, knowing, answer.cosigned)
            except OSError as error:
                raise JournalError(
                    f"what party {self.peer} cosigned cannot be written ({error.strerror})",
                    where=self.journal.store.where,
                ) from None
        return answer.held == info.size

    def _shown(
        self, connection: Connection, info: JournalInfo, peer: JournalInfo, answer: Answer
    ) -> tuple[JournalInfo, str | None]:
        """Our journal with the keys that the peer reminds us of, and why it was halted, or None."""
        if answer.cosigned is None:
            return info, None
        fault = other_change(connection, info, answer.rotations)
        if fault is not None:
            halt(connection, info.origin, fault)
            return info, fault
        try:
            knowing = with_rotations(connection, info, answer.rotations)
            return knowing, take_shown(connection, knowing, peer.origin, peer.keys, answer.cosigned)
        except UnknownCosignerError:
            return info, None  # its key was replaced, and its journal has not told us yet
        except RefusedError as error:
            raise JournalError(
                f"party {self.peer} shows a checkpoint that is none of ours, cosigned ({error})",
                where=info.origin,
            ) from None

    def _held(self, connection: Connection) -> int:
        found = driver(connection).execute(_HELD, (self.peer,)).fetchone()
        return 0 if found is None else int(found[0])

    def _wire(self, entry: Entry) -> WireEntry:
        disclosed = not entry.sealed and entry.header.is_for(self.peer)
        return WireEntry(
            sequence=entry.sequence,
            leaf=entry.leaf.hex(),
            salt=entry.salt.hex() if disclosed and entry.salt is not None else None,
            envelope=entry.data.decode("utf-8") if disclosed and entry.data is not None else None,
        )

    def _note(self, checkpoint: Checkpoint) -> str:
        """The checkpoint, signed; a heartbeat repeats the last one instead of signing each second."""
        if self._signed is None or self._signed[0] != checkpoint:
            self._signed = (checkpoint, sign_checkpoint(checkpoint, self.journal.key))
        return self._signed[1]


class Incoming:
    """Peers' journals on their way to us. quota: what each peer may store here."""

    def __init__(
        self, journal: Journal, quota: Quota | None = None, trust: TrustPolicy | None = None
    ) -> None:
        """trust: which keys accords in force name; None: the pinned cards alone decide."""
        self.journal = journal
        self._trust = trust or AgreedKeys()
        self._quota = quota or Quota()

    def accept(
        self,
        batch: Batch,
        *,
        party: str | None = None,
        live: bool = True,
        sent_at: datetime | None = None,
    ) -> Answer:
        """Check and store a batch, and journal the receipt, in one transaction; then say what is held.

        party: whose batch it must be, where the transport knows it. live: it comes from the party itself,
        now. sent_at: what that party's clock shows now, as far from ours as it may be, if it is known: where
        the two are days apart, nothing is refused for good for a date that lies ahead.

        A batch that does not hold is refused whole, with the reason in the answer; a proof that the peer
        forked its journal is kept. JournalError: our own journal, store or disk fails; then nothing is taken
        and nothing is called refused.
        """
        try:
            # Whose it is comes first, without the write lock: whoever has no pinned key cannot hold up this
            # node's own journal, and a heartbeat, which writes nothing, hardly ever does.
            with self.journal.store.reading() as connection:
                info = self._pinned(connection, batch, party)
                chain = announced(chain_of(connection, info.origin), info.origin, batch.rotations or ())
                fault = trust_fault(self._trust, info.party, chain)
                if fault is not None:
                    raise RefusedError(fault)
                keys = chain.signed_by(info.size + 1)
                checkpoint, signer = open_by_any(batch.checkpoint, info.origin, keys)
                if not batch.entries:
                    if checkpoint.size <= info.size:
                        check_checkpoint(connection, info, batch, checkpoint)
                    if checkpoint.size != info.size or self._known(connection, info, live=live):
                        return _answer(connection, batch)
            with self.journal.store.writing() as connection:
                self._check_own(connection)
                info = journal_info(connection, batch.origin)
                self._store(connection, info, batch, checkpoint, signer, sent_at)
                if live and not batch.entries and checkpoint.size == info.size:  # it has no more than this
                    keep_ended(connection, info.origin, info.size, self.journal.clock.now())
                return _answer(connection, batch)
        except ForkError as fork:
            keep_evidence(self.journal, batch, fork)
            return self._refusal(batch, fork)
        except (TrustError, InputError, LimitError) as error:  # the batch's fault; a JournalError is our own
            return self._refusal(batch, error)
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            raise JournalError(
                f"nothing was taken: our own store or disk fails ({error})", where=self.journal.store.where
            ) from error

    def _known(self, connection: Connection, info: JournalInfo, *, live: bool) -> bool:
        """Whether a heartbeat over all that is held says nothing new."""
        if live:
            return ended_lately(connection, info.origin, info.size, self.journal.clock.now())
        newest = newest_held(connection, info.origin)
        return newest is not None and newest[0] == info.size

    def _check_own(self, connection: Connection) -> None:
        """A journal that may not be appended to cannot receipt either: peers keep what they have for it."""
        own = journal_info(connection, self.journal.origin)
        if own.halted is not None:
            raise RefusedError(f"this node's own journal takes nothing now: {own.halted}")

    def _pinned(self, connection: Connection, batch: Batch, party: str | None) -> JournalInfo:
        try:
            info = journal_info(connection, batch.origin)
        except JournalError:
            raise RefusedError("this journal is of no party pinned here") from None
        if info.own or (party is not None and info.party != party):
            raise RefusedError("this journal is another party's than the sender's")
        return info

    def _store(  # noqa: PLR0917
        self,
        connection: Connection,
        info: JournalInfo,
        batch: Batch,
        checkpoint: Checkpoint,
        signer: str,
        sent_at: datetime | None,
    ) -> None:
        """Check, take, cosign, receipt; all of it stands or falls with the transaction."""
        if batch.entries and batch.entries[0].sequence > info.size:
            return  # a gap: the answer says where to go on
        check_checkpoint(connection, info, batch, checkpoint)
        enrolments, keys = enrolments_of(connection, info.origin), keys_of(connection, info.origin)
        joined = Joined(connection, info.origin)
        today = Today(connection, info.origin, self.journal.clock.now())
        again, receipted = Again(connection, self.journal.origin, info), info.receipted
        fresh: list[Entry] = []
        for wire in batch.entries:
            if wire.sequence >= info.size:
                entry = take(
                    connection, self.journal, info, wire, enrolments,
                    keys=keys, joined=joined, today=today, again=again, sent_at=sent_at,
                )  # fmt: skip
                held = tuple(reversed(keys.chain.keys))  # this entry may have changed them
                info = replace(info, size=info.size + 1, head=entry.head, keys=held)
                fresh.append(entry)
        if info.size != checkpoint.size:
            return  # all of it is held already, and more
        joined.keep()
        today.keep()
        if fresh and fresh[0].sequence < receipted:  # held before, and lost
            came_back(connection, info.origin, fresh[0].sequence, min(info.size, receipted))
        if fresh:
            self._quota.charge(connection, info, fresh, self.journal.clock)
        cosign_held(connection, self.journal, info, batch.checkpoint, signer)
        if signer not in info.keys and batch.rotations is not None:
            keep_announced(connection, info.origin, batch.rotations)
        # Receipts are not receipted, or two nodes would answer each other for ever.
        if any(entry.kind != RECEIPT or entry.refused is not None for entry in fresh):
            write_receipt(connection, self.journal, batch.origin)

    def _refusal(self, batch: Batch, error: SkyAccordError) -> Answer:
        reason = clip_reason(str(error))
        with self.journal.store.reading() as connection:
            for info in all_journals(connection):
                if info.origin == batch.origin and not info.own:
                    return _answer(connection, batch, reason)
        return Answer(held=0, reason=reason)


def _answer(connection: Connection, batch: Batch, reason: str | None = None) -> Answer:
    info = journal_info(connection, batch.origin)
    newest = newest_held(connection, batch.origin)
    rotations = None
    with contextlib.suppress(RefusedError):
        text, signatures = split_note(batch.checkpoint)
        present = (info.origin, key_hash(info.origin, info.public_key))
        # Who does not sign with the key that we know is told of every change: it may have gone on with an
        # older one, past the place where it was replaced.
        knows = any((one.name, one.key_hash) == present for one in signatures)
        rotations = rotations_from(connection, info, read_checkpoint(text).size if knows else 0)
    return Answer(
        held=info.size,
        cosigned=None if newest is None else newest[1],
        rotations=rotations,
        reason=reason,
    )
