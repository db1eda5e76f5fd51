"""A copy of a peer's journal: which entries are taken, which are refused, and what proves a second history.

Taken in order only. Hard faults (signature, chain, place) refuse the whole batch: the sender, or somebody on
the way, is not telling the truth, and nothing is stored. Soft faults (a valid envelope whose content breaks a
rule) are held as a leaf, receipted `refused: reason`, and never acted on.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, select

from skyaccord.base.errors import RefusedError
from skyaccord.record import schema
from skyaccord.record.acts import ACTS
from skyaccord.record.again import Again
from skyaccord.record.arrival import arrival_fault, future_fault
from skyaccord.record.carried import leaf_fault
from skyaccord.record.chain import leaf_hash
from skyaccord.record.checkpoint import Checkpoint
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.entries import Entry, read_entry
from skyaccord.record.envelope import Envelope, open_envelope
from skyaccord.record.evidence import ForkError
from skyaccord.record.fork_keys import Signers
from skyaccord.record.joined import Joined
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, journal_info, write_entry
from skyaccord.record.kinds import (
    NODE_OPENED,
    RECEIPT,
    NodeOpened,
    Receipt,
    clip_reason,
)
from skyaccord.record.pins import Keys, chain_of
from skyaccord.record.quota import Today
from skyaccord.record.statement import statement_fault
from skyaccord.record.tree import Grown, tree_root
from skyaccord.record.wire import Batch, WireEntry


def check_checkpoint(connection: Connection, info: JournalInfo, batch: Batch, checkpoint: Checkpoint) -> None:
    """The root must be that of the batch's leaves on top of what we hold. ForkError, RefusedError."""
    first = batch.entries[0].sequence if batch.entries else checkpoint.size
    for expected, entry in enumerate(batch.entries, start=first):
        if entry.sequence != expected:
            raise RefusedError(f"the entries are out of order: {entry.sequence} where {expected} belongs")
    if checkpoint.size != first + len(batch.entries):
        raise RefusedError(
            f"the checkpoint names {checkpoint.size} entries, the batch ends before that or after"
        )
    tree = Grown(connection, info.origin, first, [bytes.fromhex(entry.leaf) for entry in batch.entries])
    fits = tree.root(checkpoint.size) == checkpoint.root
    for entry in batch.entries:
        if entry.sequence >= info.size:
            break
        held = read_entry(connection, info.origin, entry.sequence)
        if held is not None and held.leaf.hex() != entry.leaf and (fits or _signed(connection, entry, info)):
            raise ForkError(
                f"entry {entry.sequence} was sent before with another content: the journal was forked",
                sequence=entry.sequence,
                leaf=bytes.fromhex(entry.leaf),
                entry=entry,
            )
    if (
        checkpoint.size <= info.size
        and tree_root(connection, info.origin, checkpoint.size) != checkpoint.root
    ):
        raise ForkError(
            f"the checkpoint of {checkpoint.size} entries is not of those we hold: the journal was forked",
            sequence=max(checkpoint.size - 1, 0),
            leaf=checkpoint.root,
            entry=None,
        )
    if not fits:
        _find_fork(connection, info, batch)
        raise RefusedError("the entries do not lead to the checkpoint")


def _find_fork(connection: Connection, info: JournalInfo, batch: Batch) -> None:
    """An entry for the next place that is signed but continues another head is a fork, not noise."""
    for entry in batch.entries:
        if entry.sequence != info.size or entry.envelope is None:
            continue
        header = Signers(info.origin, chain_of(connection, info.origin)).entry(entry.envelope).header
        if header.sequence == info.size and header.previous != info.head.hex():
            raise ForkError(
                f"entry {entry.sequence} continues another history than the one we hold: "
                "the journal was forked",
                sequence=entry.sequence,
                leaf=bytes.fromhex(entry.leaf),
                entry=entry,
            )


def _signed(connection: Connection, entry: WireEntry, info: JournalInfo) -> bool:
    """Whether the entry carries an envelope for its place, signed by the key of it, under its leaf."""
    if entry.envelope is None or entry.salt is None:
        return False
    data = entry.envelope.encode("utf-8")
    if leaf_hash(bytes.fromhex(entry.salt), data).hex() != entry.leaf:
        return False
    try:
        header = Signers(info.origin, chain_of(connection, info.origin)).entry(entry.envelope).header
    except RefusedError:
        return False
    return header.sequence == entry.sequence


def take(
    connection: Connection,
    journal: Journal,
    info: JournalInfo,
    wire: WireEntry,
    enrolments: Enrolments,
    *,
    keys: Keys,
    joined: Joined,
    today: Today,
    again: Again,
    sent_at: datetime | None = None,
) -> Entry:
    """Check the next entry of a peer's journal and write it. RefusedError for a hard fault.

    enrolments, keys, joined, today: persons, keys, receipts and counts of this journal so far; what this
    entry changes in them is added. again: what our own receipts say, where it comes a second time.
    sent_at: what its party's clock shows now, if that is known.
    """
    leaf = bytes.fromhex(wire.leaf)
    if wire.envelope is None or wire.salt is None:
        if wire.sequence == 0:
            raise RefusedError("the first entry of a journal is its party's card and is never sealed")
        return write_entry(connection, info, leaf=leaf, salt=None, data=None, kind=None)
    data = wire.envelope.encode("utf-8")
    salt = bytes.fromhex(wire.salt)
    if leaf_hash(salt, data) != leaf:
        raise RefusedError(f"entry {wire.sequence}: the envelope does not fit its leaf")
    try:
        envelope = open_envelope(data, info.public_key, keys.chain.root)
        fault = place_fault(envelope, info) or keys.take(envelope)
        if fault is not None:
            raise RefusedError(fault)
        if envelope.header.kind == RECEIPT:
            check_receipt(connection, journal.origin, envelope)
    except RefusedError as error:
        raise RefusedError(f"entry {wire.sequence}: {error}") from None
    refused = content_fault(journal, info, envelope, enrolments) or leaf_fault(connection, envelope)
    if again.covers(wire.sequence):
        refused = again.reason(wire.sequence) or refused
    elif refused is None:
        refused = _fault_of_time(connection, journal, envelope, joined, today, sent_at)
    if refused is None:
        enrolments.add(envelope.header, envelope.body)
        if envelope.header.kind == RECEIPT:
            joined.add(envelope.body)
    return write_entry(
        connection, info, leaf=leaf, salt=salt, data=data, kind=envelope.header.kind, refused=refused
    )


def _fault_of_time(  # noqa: PLR0917
    connection: Connection,
    journal: Journal,
    envelope: Envelope,
    joined: Joined,
    today: Today,
    sent_at: datetime | None,
) -> str | None:
    """Why an entry that came now must not be acted on, by our clock, by what came before, or by how many have
    come today; or None, and it is counted. RefusedError: the two clocks must be set first."""
    kind, now, refused = envelope.header.kind, journal.clock.now(), None
    if envelope.body.get("statement") is not None:
        refused = future_fault(envelope.header, now, sent_at)
    if refused is None and ACTS.is_dated(ACTS.of_kind(kind)):
        receipted = joined.end(journal.origin)
        refused = arrival_fault(connection, journal.origin, envelope, now, receipted=receipted)
    if refused is None and kind == RECEIPT:
        refused = joined.fault(envelope.body)
    return today.fault(kind) if refused is None else refused


def place_fault(envelope: Envelope, info: JournalInfo) -> str | None:
    """Why this envelope does not belong at the end of this journal, or None."""
    header = envelope.header
    if header.origin != info.origin:
        return f"the envelope belongs to the journal {header.origin}"
    if header.sequence != info.size:
        return f"the envelope says it is entry {header.sequence}"
    if header.previous != info.head.hex():
        return "the envelope continues another history (its `previous` is not our head)"
    if header.sequence == 0:
        return opening_fault(envelope, info.origin, info.public_key)
    return None


def opening_fault(envelope: Envelope, origin: str, public_key: str) -> str | None:
    """Why this is not the first entry of that journal by that key, or None."""
    try:
        card = NodeOpened.model_validate(envelope.body).card
    except ValidationError:
        return "the first entry holds no card"
    if envelope.header.kind != NODE_OPENED or (card.origin, card.public_key) != (origin, public_key):
        return "the first entry is not the opening of this journal by this key"
    return None


def check_receipt(connection: Connection, own: str, envelope: Envelope) -> None:
    """A receipt for our journal `own` must name what we wrote: else one of the two journals was changed, and
    nothing more is taken until people have looked. RefusedError."""
    try:
        receipt = Receipt.model_validate(envelope.body)
    except ValidationError:
        return  # refused as such
    if receipt.origin != own:
        return
    held = read_entry(connection, own, receipt.last)
    if held is None:
        raise RefusedError(
            f"it receipts entry {receipt.last} of our journal, which we do not hold: was our folder restored "
            "from an older copy?"
        )
    if held.head.hex() != receipt.head:
        raise RefusedError(
            f"it receipts another history of our journal than ours, up to entry {receipt.last}"
        )


def content_fault(
    journal: Journal, info: JournalInfo, envelope: Envelope, enrolments: Enrolments
) -> str | None:
    """Why a valid envelope must never be acted on, or None."""
    header = envelope.header
    fault = journal.kinds.fault(header.kind, envelope.body)
    if fault is None and not header.is_for(journal.party):
        fault = f"not addressed to party {journal.party}"
    if fault is None and header.kind == NODE_OPENED and header.sequence > 0:
        fault = "a journal is opened once"
    if fault is None and header.kind == RECEIPT and envelope.body.get("origin") == info.origin:
        fault = "a receipt for one's own journal"
    if fault is None:
        fault = enrolments.fault(header, envelope.body) or statement_fault(envelope, enrolments)
    return None if fault is None else clip_reason(fault)


def write_receipt(connection: Connection, journal: Journal, origin: str) -> Entry | None:
    """Journal that we hold everything of `origin` up to now, from where the last receipt ended.

    None: a receipt of ours covers it already (our journal was restored, the copy comes again).
    """
    info = journal_info(connection, origin)
    if info.size <= info.receipted:
        return None
    table = schema.entries
    marked = connection.execute(
        select(table.c.sequence, table.c.refused, table.c.envelope.is_(None))
        .where(table.c.origin == origin, table.c.sequence >= info.receipted)
        .where(table.c.refused.is_not(None) | table.c.envelope.is_(None))
        .order_by(table.c.sequence)
    ).all()
    receipt = Receipt.model_validate(
        {
            "origin": origin,
            "first": info.receipted,
            "last": info.size - 1,
            "head": info.head.hex(),
            "refused": [
                {"sequence": sequence, "reason": clip_reason(reason)}
                for sequence, reason, _ in marked
                if reason is not None
            ],
            "sealed": [sequence for sequence, _, sealed in marked if sealed],
        }
    )
    entry = journal.append_within(connection, RECEIPT, receipt, recipients=["*"])
    connection.execute(
        schema.journals.update().where(schema.journals.c.origin == origin).values(receipted=info.size)
    )
    return entry
