"""How far our own journal is known to others: its checkpoints that peers and witnesses have cosigned.

A checkpoint that somebody shows us is believed by our own signature on it, not because they say so: whoever
shows one that our entries do not lead to has proved that we are behind (restored from an older copy), or that
our key signed another history. From then on nothing is appended until `behind.py` has put it right.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from skyaccord.base.errors import JournalError, RefusedError
from skyaccord.record import schema
from skyaccord.record.checkpoint import NOTE_BYTES_MAX, Checkpoint, open_by_any, split_note
from skyaccord.record.cosign import UnknownCosignerError, verify_cosigned
from skyaccord.record.hot import driver
from skyaccord.record.journals import JournalInfo
from skyaccord.record.tree import tree_root
from skyaccord.record.words import counted_entries

MEMORY_FILE = "cosigned.checkpoint"
"""Beside the database: the newest cosigned checkpoint. It tells of a database that was restored alone."""

_NEWEST_BY = "SELECT size, note FROM cosigned WHERE cosigner = ?"


def own_checkpoint(info: JournalInfo, note: str) -> Checkpoint:
    """A note as a checkpoint of our own journal, by our own signature. RefusedError if it is none."""
    return open_by_any(note, info.origin, info.keys)[0]


def fault_of(connection: Connection, info: JournalInfo, checkpoint: Checkpoint, shown_by: str) -> str | None:
    """Why nothing may be appended after seeing this checkpoint that our own key signed, or None."""
    if checkpoint.size > info.size:
        return (
            f"behind: {shown_by} has our signature under {counted_entries(checkpoint.size)}, "
            f"{info.size} here (restored from an older copy?)"
        )
    if tree_root(connection, info.origin, checkpoint.size) != checkpoint.root:
        return (
            f"another history: {shown_by} has our signature under {counted_entries(checkpoint.size)}, not "
            "of those here (the key is used elsewhere, or an older copy went on)"
        )
    return None


def halt(connection: Connection, origin: str, reason: str | None) -> None:
    """Let nothing be appended to our journal any more, for this reason; None: appending goes on."""
    table = schema.journals
    connection.execute(update(table).where(table.c.origin == origin).values(halted=reason))


def take_shown(
    connection: Connection, info: JournalInfo, name: str, keys: Sequence[str], note: str
) -> str | None:
    """Check and keep a checkpoint of ours that a cosigner shows; if it is not of our entries, halt.

    name, keys: the cosigner's. Returns why the journal was halted, or None. RefusedError: not signed by
    us, or not cosigned by them; then nothing is kept. Nor is it if a key that we do not know cosigned it.
    """
    checkpoint = own_checkpoint(info, note)
    text, signatures = split_note(note)
    fault = fault_of(connection, info, checkpoint, _who(name))
    try:
        verify_cosigned(text, signatures, name, keys)
    except UnknownCosignerError:
        # Its key was replaced, and its journal has not told us yet. Our own signature counts all the same.
        if fault is None:
            raise
        halt(connection, info.origin, fault)
        return fault
    known = newest_by(connection, name)
    if known is None or checkpoint.size > known[0] or (checkpoint.size == known[0] and fault is None):
        row = insert(schema.cosigned).values(cosigner=name, size=checkpoint.size, note=note)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["cosigner"], set_={"size": checkpoint.size, "note": note}
            )
        )
    if fault is not None and fault != info.halted:
        halt(connection, info.origin, fault)
    return fault


def _who(name: str) -> str:
    """A cosigner as people say it: peers cosign under their journal's origin."""
    prefix, _, rest = name.partition("/")
    return f"party {rest.split('/')[0]}" if prefix == "skyaccord.journal" else f"the witness {name}"


def newest_by(connection: Connection, name: str) -> tuple[int, str] | None:
    """Size and note of the newest checkpoint of ours by this cosigner, or None."""
    row = driver(connection).execute(_NEWEST_BY, (name,)).fetchone()
    return None if row is None else (row[0], row[1])


def newest_cosigned(connection: Connection) -> dict[str, tuple[int, str]]:
    """Cosigner → size and note of its newest checkpoint of ours."""
    table = schema.cosigned
    rows = connection.execute(select(table.c.cosigner, table.c.size, table.c.note))
    return {row.cosigner: (row.size, row.note) for row in rows}


def remember(folder: Path, info: JournalInfo, note: str) -> None:
    """Keep a checkpoint of ours outside the database, unless a newer one is kept there already. OSError.

    A delayed answer, or that of a peer that holds less, must not make us forget how far we were.
    """
    try:
        kept = read_memory(folder)
        if kept is not None and own_checkpoint(info, kept).size >= own_checkpoint(info, note).size:
            return
    except RefusedError:
        pass  # what is there is none of ours
    write_memory(folder, note)


def write_memory(folder: Path, note: str) -> None:
    """Put a checkpoint in the file beside the database, on the disk when this returns. OSError."""
    target = folder / MEMORY_FILE
    draft = folder / f".{MEMORY_FILE}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(note.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        sync_directory(folder)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def sync_directory(folder: Path) -> None:
    """Have the names in a folder on the disk, too: a file that was renamed is found after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_memory(folder: Path) -> str | None:
    """The checkpoint kept outside the database, or None. RefusedError if the file is no text; JournalError if
    it is there and cannot be read: what it remembers must not pass for nothing."""
    try:
        with (folder / MEMORY_FILE).open("rb") as file:
            return file.read(NOTE_BYTES_MAX + 1).decode("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(
            f"cannot be read ({error.strerror})", where=str(folder / MEMORY_FILE), do="mend the disk first"
        ) from None
    except UnicodeDecodeError:
        raise RefusedError(f"{MEMORY_FILE} is no text") from None
