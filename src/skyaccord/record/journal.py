"""A party's journal, and its copies of other parties' journals.

Appending is one BEGIN IMMEDIATE transaction: read the head, sign an envelope that names it, write entry and
new head, commit. Several processes of the party may append; each waits for the other's commit. What `append`
has returned is on the disk.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any

import anyio.to_thread
from pydantic import BaseModel
from sqlalchemy import Connection

from skyaccord.base.clock import Clock
from skyaccord.base.errors import JournalError, RefusedError, TrustError
from skyaccord.base.randomness import Randomness
from skyaccord.record.acts import ACTS
from skyaccord.record.canonical import read_again, surely_flat
from skyaccord.record.carried import leaf_fault
from skyaccord.record.chain import SALT_BYTES, start_head
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.entries import PAGE_ENTRIES, Entry, read_entries, read_entry, read_since
from skyaccord.record.envelope import (
    ROOT_KINDS,
    open_envelope,
    read_envelope,
    seal_next,
    write_body,
)
from skyaccord.record.fields import EntryRef
from skyaccord.record.hot import JournalEnd, keep_end, read_end
from skyaccord.record.journals import (
    REVOKED,
    JournalInfo,
    all_journals,
    enrolments_of,
    info_of,
    journal_info,
    last_position,
    write_entry,
)
from skyaccord.record.keys import SigningKey
from skyaccord.record.kinds import KINDS, PERSON_DISMISSED, PERSON_ENROLLED, KindRegistry
from skyaccord.record.remedy import remedy
from skyaccord.record.signer import PartySigner, RootSigner
from skyaccord.record.statement import read_statement, statement_fault
from skyaccord.record.store import Store, load_sky_clock
from skyaccord.record.tree import prove_consistency, prove_inclusion, tree_root

SINCE_ENTRIES_MAX = 500  # one answer of `since`
TAIL_POLL_S = 0.2  # another process's entry is seen this soon


class Journal:
    """Append to our own journal; read ours and the copies of our peers'.

    key: None for reading only. clock: wall clock of `recorded_at`. randomness: salts.
    """

    def __init__(
        self,
        store: Store,
        origin: str,
        key: PartySigner | None,
        clock: Clock,
        randomness: Randomness,
        *,
        kinds: KindRegistry = KINDS,
    ) -> None:
        self.store = store
        self.origin = origin
        self.party = origin.split("/")[1]
        self.clock = clock
        self.kinds = kinds
        self._key = key
        self._randomness = randomness

    @property
    def key(self) -> PartySigner:
        """The party's key. TrustError when the journal was opened for reading only."""
        if self._key is None:
            raise TrustError("the journal is open for reading only", do="give the party's passphrase")
        return self._key

    # ── append ──────────────────────────────────────────────────────────────────────────────────────────

    def append(
        self,
        kind: str,
        body: BaseModel | dict[str, Any],
        *,
        recipients: Iterable[str],
        accord: str | None = None,
        sky_time: datetime | None = None,
        exercise: bool | None = None,
    ) -> Entry:
        """Sign and write one entry; it is on the disk when this returns.

        recipients: party ids, `["*"]` every peer, `[]` nobody (peers get the leaf). sky_time, exercise: None
        takes what the serving node said last (`Store.put_sky_clock`, `put_exercise`), else wall time, False.
        RefusedError: the body breaks its kind's model, or carries a statement that does not hold.
        """
        with self.store.writing() as connection:
            return self.append_within(
                connection,
                kind,
                body,
                recipients=recipients,
                accord=accord,
                sky_time=sky_time,
                exercise=exercise,
            )

    def append_statement(
        self, kind: str, dsse: dict[str, Any], *, recipients: Iterable[str], **more: Any
    ) -> Entry:
        """Append a person's signed statement as `{"statement": …, **more}` under its own accord and mark."""
        statement = read_statement(dsse)
        return self.append(
            kind,
            {"statement": dsse, **more},
            recipients=recipients,
            accord=statement.accord,
            exercise=True if statement.exercise else None,
        )

    def append_within(
        self,
        connection: Connection,
        kind: str,
        body: BaseModel | dict[str, Any],
        *,
        recipients: Iterable[str],
        accord: str | None = None,
        sky_time: datetime | None = None,
        exercise: bool | None = None,
        root: RootSigner | None = None,
    ) -> Entry:
        """`append` inside a `Store.writing()` transaction, with which it stands or falls.

        root: signs the kinds that change the party's key, and no others.
        """
        content = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
        now = self.clock.now()
        end = read_end(connection, self.origin)
        if sky_time is None:
            sky_clock = load_sky_clock(end.sky_clock)
            sky_time = now if sky_clock is None else sky_clock.at(now)
        if exercise is None:
            exercise = end.exercise is not None and bool(json.loads(end.exercise))
        info = info_of(self.origin, end)
        if info.halted is not None and (root is None or info.halted != REVOKED):
            raise JournalError(
                f"nothing is appended: {info.halted}", where=self.origin, do=remedy(info.halted)
            )
        self._check_end(info, end)
        key = self.key if root is None else root
        if root is None and key.public != info.public_key:
            raise JournalError(
                "the party's key was replaced; this process still has the old one",
                where=self.origin,
                do="stop it and start it again with the new party.key",
            )
        if root is None and kind in ROOT_KINDS:
            raise RefusedError(f"a {kind} is signed with a root key, never with the party's own")
        written = write_body(content)
        data = seal_next(
            key, self.origin, info.size, info.head, kind, accord, tuple(recipients), sky_time, now, exercise,
            written,
        )  # fmt: skip
        if root is not None or not isinstance(key, SigningKey):
            # What we write is what a peer will accept. A key in this process, this moment, is not checked.
            open_envelope(data, info.public_key, None if root is None else root.public)
        fault = self._fault(connection, kind, written, data)
        if fault is not None:
            raise RefusedError(fault)
        salt = self._randomness.token_bytes(SALT_BYTES)
        entry = write_entry(
            connection, info, leaf=None, salt=salt, data=data, kind=kind, position=end.position or 0
        )
        if kind not in ROOT_KINDS:  # those change more of it
            keep_end(connection, self.origin, end.after(entry.head, entry.position))
        return entry

    def _fault(self, connection: Connection, kind: str, written: str, data: bytes) -> str | None:
        """Why what was just sealed must not be appended, or None. RefusedError if it is nested too deep."""
        signed = ACTS.of_kind(kind) or ACTS.carried(kind)
        if signed is None and not self.kinds.checks(kind):
            if not surely_flat(written):
                _as_read(written)
            return None
        body = _as_read(written)
        fault = self.kinds.fault(kind, body)
        if fault is None and (signed is not None or kind in (PERSON_ENROLLED, PERSON_DISMISSED)):
            envelope = read_envelope(data)
            enrolments = enrolments_of(connection, self.origin)
            fault = enrolments.fault(envelope.header, envelope.body) or statement_fault(envelope, enrolments)
            fault = fault or leaf_fault(connection, envelope)
        return fault

    def _check_end(self, info: JournalInfo, end: JournalEnd) -> None:
        """The last entry must be the one that the head belongs to; otherwise the store was changed."""
        if not info.own:
            raise JournalError("this journal is another party's", where=self.origin)
        last = start_head(info.origin) if info.size == 0 else end.last_head
        if last != info.head or end.more:
            raise JournalError(
                "the end of the journal does not fit its head; nothing was appended",
                where=self.origin,
                do="run `skyaccord journal verify` on this folder",
            )

    # ── read ────────────────────────────────────────────────────────────────────────────────────────────

    def entries(
        self,
        origin: str | None = None,
        after: int = -1,
        *,
        kinds: tuple[str, ...] | None = None,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Entries of one journal (ours if none is named) with sequence above `after`, in order."""
        left = limit
        while left is None or left > 0:
            page = PAGE_ENTRIES if left is None else min(PAGE_ENTRIES, left)
            with self.store.reading() as connection:  # a page at a time: no snapshot is held for long
                found = list(
                    read_entries(connection, origin or self.origin, after=after, kinds=kinds, limit=page)
                )
            yield from found
            if len(found) < page:
                return
            after = found[-1].sequence
            left = None if left is None else left - page

    def since(self, position: int, *, limit: int = SINCE_ENTRIES_MAX) -> list[Entry]:
        """Entries of all journals that came in after `position`, in order of arrival, at most `limit`."""
        with self.store.reading() as connection:
            return read_since(connection, position, limit)

    async def tail(self, position: int = 0, *, poll_s: float = TAIL_POLL_S) -> AsyncIterator[Entry]:
        """Every entry after `position`, for ever, whichever process wrote it; polls every `poll_s`."""
        while True:
            found = await anyio.to_thread.run_sync(self.since, position)
            for entry in found:
                yield entry
                position = entry.position
            if not found:
                await self.clock.sleep(poll_s)

    def entry(self, origin: str, sequence: int) -> Entry | None:
        """One entry, or None."""
        with self.store.reading() as connection:
            return read_entry(connection, origin, sequence)

    def find(self, ref: EntryRef) -> Entry | None:
        """The entry a reference means, or None if it is not held or has another leaf."""
        entry = self.entry(ref.origin, ref.sequence)
        return entry if entry is not None and entry.leaf.hex() == ref.leaf else None

    def journals(self) -> list[JournalInfo]:
        """Every journal held, ours first."""
        with self.store.reading() as connection:
            return all_journals(connection)

    def info(self, origin: str | None = None) -> JournalInfo:
        """One journal's size and head. JournalError if it is not held."""
        with self.store.reading() as connection:
            return journal_info(connection, origin or self.origin)

    def size(self, origin: str | None = None) -> int:
        """How many entries of it are held."""
        return self.info(origin).size

    def head(self, origin: str | None = None) -> bytes:
        """The chain head after the last entry held."""
        return self.info(origin).head

    def checkpoint(self) -> str:
        """Our journal's size and Merkle root as a signed note (`checkpoint.py`)."""
        with self.store.reading() as connection:
            size = journal_info(connection, self.origin).size
            found = Checkpoint(self.origin, size, tree_root(connection, self.origin, size))
        return sign_checkpoint(found, self.key)

    def root(self, origin: str | None = None, *, size: int | None = None) -> bytes:
        """The Merkle root of the first `size` entries held (None: of all)."""
        with self.store.reading() as connection:
            info = journal_info(connection, origin or self.origin)
            return tree_root(connection, info.origin, info.size if size is None else size)

    def inclusion_proof(self, sequence: int, size: int, *, origin: str | None = None) -> list[bytes]:
        """The RFC 6962 proof that an entry is among the first `size`."""
        with self.store.reading() as connection:
            return prove_inclusion(connection, origin or self.origin, sequence, size)

    def consistency_proof(self, old: int, new: int, *, origin: str | None = None) -> list[bytes]:
        """The RFC 6962 proof that the first `new` entries begin with the first `old`."""
        with self.store.reading() as connection:
            return prove_consistency(connection, origin or self.origin, old, new)

    def peer_info(self, connection: Connection, party: str) -> JournalInfo:
        """Our copy of a peer's journal. JournalError if it is not pinned."""
        for info in all_journals(connection):
            if info.party == party and not info.own:
                return info
        raise JournalError(f"no journal of party {party!r} is held")

    def held_from(self, party: str) -> int:
        """The next sequence we want of a peer's journal. JournalError if it is not pinned."""
        with self.store.reading() as connection:
            return self.peer_info(connection, party).size

    def last_position(self) -> int:
        """The arrival position of the newest entry, 0 when there is none."""
        with self.store.reading() as connection:
            return last_position(connection)

    def enrolments(self) -> Enrolments:
        """Who is enrolled, of every party whose journal is held."""
        with self.store.reading() as connection:
            found = Enrolments()
            for info in all_journals(connection):
                enrolments_of(connection, info.origin, into=found)
            return found


def _as_read(written: str) -> dict[str, Any]:
    """A body that was just sealed, as a peer reads it. RefusedError if it is nested too deep."""
    try:
        found: dict[str, Any] = read_again(written)
    except ValueError as error:
        raise RefusedError(f"the body: {error}") from None
    return found
