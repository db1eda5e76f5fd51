"""Our copies of peers' journals as a witness keeps them: each checkpoint cosigned when its entries are
stored, and shown again to whoever wrote it, entries and all, when it has lost them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from skyaccord.record import schema
from skyaccord.record.cards import EARLIER_KEYS_MAX
from skyaccord.record.checkpoint import key_hash, split_note
from skyaccord.record.cosign import add_signature, bare_note, cosign
from skyaccord.record.entries import Entry, read_entries
from skyaccord.record.envelope import KEY_ROTATED, read_envelope
from skyaccord.record.hot import driver
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo
from skyaccord.record.store import read_setting, write_setting
from skyaccord.record.wire import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Batch, WireEntry

_ANNOUNCED: Final = "announced"
_NEWEST: Final = "SELECT size, note FROM checkpoints WHERE origin = ? ORDER BY size DESC LIMIT 1"


def cosign_held(connection: Connection, journal: Journal, info: JournalInfo, note: str, signer: str) -> str:
    """Cosign a peer's checkpoint over exactly the entries held, and store it in the same transaction.

    signer: the party's key that signed it. The caller has recomputed its root over the leaves that are in
    this transaction. Returns the note with the
    lines of the journal's party and ours.
    """
    text, _ = split_note(note)
    line = cosign(text, journal.origin, journal.key, journal.clock.now())
    bare = bare_note(note, info.origin, key_hash(info.origin, signer))
    signed = add_signature(bare, line)
    row = insert(schema.checkpoints).values(origin=info.origin, size=info.size, note=signed)
    connection.execute(row.on_conflict_do_update(index_elements=["origin", "size"], set_={"note": signed}))
    return signed


def newest_held(connection: Connection, origin: str) -> tuple[int, str] | None:
    """Size and note of the newest checkpoint of a peer's journal that we cosigned, or None."""
    found = driver(connection).execute(_NEWEST, (origin,)).fetchone()
    return None if found is None else (found[0], found[1])


def keep_announced(connection: Connection, origin: str, rotations: Sequence[str]) -> None:
    """Keep changes of key that a batch announced ahead of the entries: we have cosigned by one of them."""
    write_setting(connection, f"{_ANNOUNCED}/{origin}", list(rotations))


def rotations_from(connection: Connection, info: JournalInfo, first: int) -> list[str] | None:
    """The changes of key of a journal from entry `first` on, held or announced; None if there are none."""
    found: dict[int, str] = {}
    for text in read_setting(connection, f"{_ANNOUNCED}/{info.origin}") or ():
        found[read_envelope(text.encode("utf-8")).header.sequence] = text
    if len(info.keys) > 1:
        for entry in read_entries(
            connection, info.origin, after=first - 1, kinds=(KEY_ROTATED,), limit=EARLIER_KEYS_MAX
        ):
            if entry.data is not None and entry.refused is None:
                found[entry.sequence] = entry.data.decode("utf-8")
    return [text for sequence, text in sorted(found.items()) if sequence >= first][:EARLIER_KEYS_MAX] or None


def copy_of(journal: Journal, party: str, first: int) -> Batch | None:
    """What we hold of a peer's journal from entry `first` on, for that peer alone to restore its own from.

    As it came: disclosed entries with salt and envelope, sealed ones as leaves; with the first checkpoint at
    or after its end (the peer's own signature and ours), and the changes of key ahead. None: nothing from
    there on is held under a checkpoint. JournalError if the party is not pinned.
    """
    with journal.store.reading() as connection:
        info = journal.peer_info(connection, party)
        entries: list[WireEntry] = []
        size_bytes = 0
        for entry in read_entries(connection, info.origin, after=first - 1, limit=BATCH_ENTRIES_MAX):
            size_bytes += len(entry.data or b"")
            if entries and size_bytes > BATCH_BYTES_MAX:
                break
            entries.append(_wire(entry))
        table = schema.checkpoints
        covering = select(table.c.size, table.c.note).where(table.c.origin == info.origin)
        within = covering.where(table.c.size > first, table.c.size <= first + len(entries))
        row = connection.execute(within.order_by(table.c.size.desc()).limit(1)).one_or_none()
        if row is None:  # the next one lies beyond what one answer holds
            beyond = covering.where(table.c.size > first + len(entries)).order_by(table.c.size).limit(1)
            row = connection.execute(beyond).one_or_none()
        if row is None:
            return None
        return Batch.model_validate(
            {
                "from": info.origin,
                "checkpoint": row.note,
                "rotations": rotations_from(connection, info, first),
                "entries": [entry.model_dump() for entry in entries[: row.size - first]],
            }
        )


def _wire(entry: Entry) -> WireEntry:
    return WireEntry(
        sequence=entry.sequence,
        leaf=entry.leaf.hex(),
        salt=None if entry.salt is None else entry.salt.hex(),
        envelope=None if entry.data is None else entry.data.decode("utf-8"),
    )
