"""A journal that is behind what was cosigned of it: found out before anything is appended, and made whole.

A node whose folder was restored from an older copy would sign other entries for places it has filled before:
a fork, and it would look like a lie. So, after a start:

1. `recall` compares the journal with what is remembered here: the newest checkpoint by each cosigner in the
   database, and the newest of all in a small file beside it, which a restored database does not take along.
2. Every peer that can be reached shows the newest checkpoint of ours that it has cosigned (`link.py`), before
   the first entry is appended.
3. Whoever is behind appends nothing. `Restoring` takes the missing entries from a peer's copy, each page
   under a checkpoint that our own key signed. What was sealed to that peer comes back as a leaf: nobody else
   has it. Then `journal.restored` says so on the record, and appending goes on.
4. A peer that cannot be reached is not waited for: a node alone goes on if it holds all that it remembers.

What is left: a whole folder restored, with that file, while no peer can be reached. It goes on, and the first
peer it meets shows that it forked: both histories are proved, and nothing more is appended.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import Connection

from skyaccord.base.errors import JournalError, RefusedError, TrustError
from skyaccord.record import schema
from skyaccord.record.chain import leaf_hash
from skyaccord.record.checkpoint import Checkpoint, split_note
from skyaccord.record.cosign import UnknownCosignerError, verify_cosigned
from skyaccord.record.entries import Entry
from skyaccord.record.envelope import Envelope, open_envelope
from skyaccord.record.erasure import came_back
from skyaccord.record.fields import PartyId, RecordModel, Sequence
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, all_journals, journal_info, write_entry
from skyaccord.record.kinds import RECEIPT, Receipt, register_kind
from skyaccord.record.pins import anchor_of, with_rotations
from skyaccord.record.replica import place_fault
from skyaccord.record.standing import fault_of, halt, newest_cosigned, own_checkpoint, read_memory, remember
from skyaccord.record.store import read_setting, write_setting
from skyaccord.record.tree import Grown
from skyaccord.record.wire import Batch, Note, WireEntry

JOURNAL_RESTORED: Final = "journal.restored"
PAGES_MAX: Final = 64
"""Of entries kept in memory until a checkpoint covers them: 64 MiB. Copies hold one for every batch."""
_TO_SAY: Final = "restored"


class JournalRestored(RecordModel):
    """ "My entries `first` to `last` were lost here and came back from `party`'s copy; of these, `sealed` as
    leaves alone. They are those under `checkpoint`, which we had signed."
    """

    party: PartyId
    first: Sequence
    last: Sequence
    sealed: Annotated[int, Field(ge=0)]
    checkpoint: Note


register_kind(JOURNAL_RESTORED, JournalRestored)


def recall(journal: Journal) -> str | None:
    """Compare our journal with what is remembered here; halt it if it is behind. Why, or None.

    A memory that our key did not sign is none: it is not believed, and stops nobody.
    """
    folder = Path(journal.store.where).parent
    with journal.store.reading() as connection:
        info = _with_present_key(journal, journal_info(connection, journal.origin))
        if info.halted is not None:
            return info.halted
        kept = newest_cosigned(connection)
        notes = [(name, note) for name, (_, note) in kept.items()]
        try:
            memory = read_memory(folder)
        except RefusedError:
            memory = None
        if memory is not None:
            notes.append(("the file beside the store", memory))
        fault = _first_fault(connection, info, notes)
    if fault is not None:
        with journal.store.writing() as connection:
            halt(connection, journal.origin, fault)
    elif kept:  # a crash may have come between the store and the file
        with contextlib.suppress(OSError):
            remember(folder, info, max(kept.values())[1])
    return fault


def _with_present_key(journal: Journal, info: JournalInfo) -> JournalInfo:
    """The journal as this process signs it: a database from before a change of key does not know the key that
    signed what lies beside it."""
    try:
        key = journal.key.public
    except TrustError:  # open for reading
        return info
    return info if key in info.keys else replace(info, keys=(key, *info.keys))


def _first_fault(connection: Connection, info: JournalInfo, notes: list[tuple[str, str]]) -> str | None:
    for name, note in notes:
        try:
            checkpoint = own_checkpoint(info, note)
        except RefusedError:
            continue
        fault = fault_of(connection, info, checkpoint, name)
        if fault is not None:
            return fault
    return None


def is_behind(halted: str | None) -> bool:
    """Whether a halted journal lacks entries, which a peer's copy can give back (else: two histories)."""
    return halted is not None and halted.startswith("behind:")


class Restoring:
    """Takes the entries we lost from one peer's copy, page by page, until all that was cosigned is here."""

    def __init__(self, journal: Journal, party: str) -> None:
        self.journal = journal
        self.party = party
        self._pages: list[WireEntry] = []
        self._count = 0
        self._began: int | None = None
        self.sealed = 0

    def wanted(self) -> int | None:
        """The sequence from which a copy is wanted, or None: nothing is missing."""
        with self.journal.store.reading() as connection:
            info = journal_info(connection, self.journal.origin)
        if not is_behind(info.halted):
            return None
        return info.size + len(self._pages)

    def take(self, batch: Batch) -> int:
        """Check a page, and write what its checkpoint covers; how many entries were written.

        All of a checkpoint's entries or none, in one transaction. RefusedError: the page does not hold.
        JournalError: it can never be made whole so.
        """
        with self.journal.store.writing() as connection:
            info = journal_info(connection, self.journal.origin)
            known = with_rotations(connection, info, batch.rotations)
            checkpoint = own_checkpoint(known, batch.checkpoint)
            if batch.origin != info.origin or not batch.entries:
                raise RefusedError("not a copy of our journal")
            pages = [*self._pages, *batch.entries]
            for expected, entry in enumerate(pages, start=info.size):
                if entry.sequence != expected:
                    raise RefusedError(f"the copy has entry {entry.sequence} where {expected} belongs")
            if checkpoint.size > info.size + len(pages):
                self._wait(pages)
                return 0
            leaves = [bytes.fromhex(entry.leaf) for entry in pages]
            tree = Grown(connection, info.origin, info.size, leaves)
            if tree.size != checkpoint.size or tree.root(tree.size) != checkpoint.root:
                self._pages = []
                raise RefusedError("the copy does not lead to the checkpoint that we signed")
            for wire in pages:
                self.write(connection, wire)
            written = len(pages)
            self.finish(connection, checkpoint, batch.checkpoint)
        self._pages, self._count = [], 0
        return written

    def _wait(self, pages: list[WireEntry]) -> None:
        self._count += 1
        if self._count > PAGES_MAX:
            raise JournalError("the copy has no checkpoint within reach", where=self.journal.origin)
        self._pages = pages

    def write(self, connection: Connection, wire: WireEntry) -> None:
        """Write the next entry. Its leaf is under a checkpoint of ours that the caller checks in the same
        transaction, or its envelope is there. RefusedError: it does not fit its leaf, place or key."""
        info = journal_info(connection, self.journal.origin)
        if self._began is None:
            self._began = info.size
        entry = _write_own(connection, info, wire)
        self.sealed += entry.sealed
        if entry.kind == RECEIPT:
            _was_receipted(connection, Receipt.model_validate(entry.body))

    def check(self, connection: Connection, wire: WireEntry) -> None:
        """Check the next entry as `write` does and write nothing: it proves those before. RefusedError."""
        _read_own(connection, journal_info(connection, self.journal.origin), wire)

    def finish(self, connection: Connection, checkpoint: Checkpoint, note: str, *, say: bool = True) -> None:
        """When nothing is missing any more: say on the record what came back, and go on. say: False leaves
        the saying to `say_restored`, once our peers were greeted: there may be more than is known here."""
        info = journal_info(connection, self.journal.origin)
        if self._began is not None and checkpoint.size > self._began:
            self._to_be_said(connection, checkpoint, note)
        notes = [note for _, note in newest_cosigned(connection).values()]
        memory = read_memory(Path(self.journal.store.where).parent)
        if memory is not None:
            notes.append(memory)
        fault = _first_fault(connection, info, [(f"party {self.party}", one) for one in notes])
        if not is_behind(info.halted):
            return  # halted for another reason by what came back: a revocation
        halt(connection, info.origin, fault)
        if fault is not None or not say:
            return
        peer = next((one for one in all_journals(connection) if one.party == self.party), None)
        if peer is not None and not peer.own:  # by hand it may be a bundle of our own, or of somebody new
            text, signatures = split_note(note)
            with contextlib.suppress(UnknownCosignerError):  # its new key we hear of when we are whole
                verify_cosigned(text, signatures, peer.origin, peer.keys)
        _say(connection, self.journal)

    def _to_be_said(self, connection: Connection, checkpoint: Checkpoint, note: str) -> None:
        """In the transaction that writes the entries: whatever happens next, this will be said."""
        body = JournalRestored.model_validate(
            {
                "party": self.party,
                "first": self._began,
                "last": checkpoint.size - 1,
                "sealed": self.sealed,
                "checkpoint": note,
            }
        )
        others = [one for one in read_setting(connection, _TO_SAY) or () if one["first"] != self._began]
        write_setting(connection, _TO_SAY, [*others, body.model_dump(mode="json")])
        came_back(connection, self.journal.origin, body.first, checkpoint.size)


def say_restored(journal: Journal) -> None:
    """Say on the record what came back, if that was not said yet. Nothing while the journal is halted, or
    with a key from before a rotation that came back."""
    if journal.store.setting(_TO_SAY):
        with journal.store.writing() as connection:
            if journal_info(connection, journal.origin).halted is None:
                _say(connection, journal)


def _say(connection: Connection, journal: Journal) -> None:
    if journal.key.public != journal_info(connection, journal.origin).public_key:
        return
    for body in read_setting(connection, _TO_SAY) or ():
        journal.append_within(connection, JOURNAL_RESTORED, body, recipients=["*"])
    write_setting(connection, _TO_SAY, [])


def _write_own(connection: Connection, info: JournalInfo, wire: WireEntry) -> Entry:
    """One entry of our own, as a peer held it. Its leaf is under a checkpoint that was checked."""
    leaf = bytes.fromhex(wire.leaf)
    if wire.envelope is None or wire.salt is None:
        return write_entry(connection, info, leaf=leaf, salt=None, data=None, kind=None)
    salt, envelope = bytes.fromhex(wire.salt), _read_own(connection, info, wire)
    return write_entry(connection, info, leaf=leaf, salt=salt, data=envelope.data, kind=envelope.header.kind)


def _read_own(connection: Connection, info: JournalInfo, wire: WireEntry) -> Envelope:
    """The next entry of our own, which is whole. RefusedError: it does not fit its leaf, key or place."""
    data, salt = (wire.envelope or "").encode("utf-8"), bytes.fromhex(wire.salt or "")
    if leaf_hash(salt, data) != bytes.fromhex(wire.leaf):
        raise RefusedError(f"entry {wire.sequence} of the copy: the envelope does not fit its leaf")
    root_key = anchor_of(connection, info).root_key if info.size else None
    envelope = open_envelope(data, info.public_key, root_key)
    fault = place_fault(envelope, info)
    if fault is not None:
        raise RefusedError(f"entry {wire.sequence} of the copy: {fault}")
    return envelope


def _was_receipted(connection: Connection, receipt: Receipt) -> None:
    """A receipt of ours is back: what it covers is not receipted again when the peer sends it again."""
    table = schema.journals
    connection.execute(
        table.update()
        .where(table.c.origin == receipt.origin, table.c.receipted <= receipt.last)
        .values(receipted=receipt.last + 1)
    )
