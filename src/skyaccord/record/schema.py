"""The tables of a node's store, as the code uses them. `migrations/` makes them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0003"
"""The migration this code needs. Opening a store at this revision imports no migration code."""

metadata = MetaData()

journals = Table(
    "journals",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("party", Text, nullable=False),
    Column("public_key", Text, nullable=False),  # the party's keys, newest first, blanks between
    Column("own", Integer, nullable=False),  # 1: ours, the only one we append to
    Column("size", Integer, nullable=False),  # entries held
    Column("head", LargeBinary, nullable=False),  # chain head after the last entry held
    Column("receipted", Integer, nullable=False),  # entries of it our receipts cover (0 for our own)
    Column("halted", Text),  # our own: why nothing may be appended (behind, or of another history)
    sqlite_strict=True,
)

entries = Table(
    "entries",
    metadata,
    Column("position", Integer, primary_key=True),  # 1, 2, 3… as they came in, over all journals
    Column("origin", Text, ForeignKey("journals.origin"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("head", LargeBinary, nullable=False),  # chain head after this entry
    Column("salt", LargeBinary),  # with the envelope, or neither: sealed, the leaf is all we got
    Column("envelope", LargeBinary),
    Column("kind", Text),  # copy of the envelope's, for finding
    Column("refused", Text),  # why it is never acted on
    UniqueConstraint("origin", "sequence", name="one_entry_a_place"),
    sqlite_strict=True,
)
Index("entries_by_kind", entries.c.kind, entries.c.origin, entries.c.sequence)

nodes = Table(  # the Merkle tree over the leaves: inner nodes that are complete, and so never change
    "nodes",
    metadata,
    Column("origin", Text, ForeignKey("journals.origin"), primary_key=True),
    Column("node", Integer, primary_key=True, autoincrement=False),  # level · 2^56 + place, from level 1
    Column("hash", LargeBinary, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

checkpoints = Table(  # of peers' journals, as they signed and we cosigned them, one for each batch's end
    "checkpoints",
    metadata,
    Column("origin", Text, ForeignKey("journals.origin"), primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("note", Text, nullable=False),  # C2SP signed note, the party's line and ours
    sqlite_strict=True,
)

cosigned = Table(  # our own journal's newest checkpoint by each cosigner, a peer or a witness
    "cosigned",
    metadata,
    Column("cosigner", Text, primary_key=True),  # the name on its line
    Column("size", Integer, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_strict=True,
)

witnessed = Table(  # as a witness for journals of which no copy is held: the newest cosigned of each
    "witnessed",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("size", Integer, nullable=False),  # 0: none cosigned yet
    Column("root", LargeBinary, nullable=False),
    Column("note", Text),
    sqlite_strict=True,
)

usage = Table(  # what each peer's journal takes up here, for its quota
    "usage",
    metadata,
    Column("origin", Text, ForeignKey("journals.origin"), primary_key=True),
    Column("bytes", Integer, nullable=False),  # of all envelopes
    Column("day", Text, nullable=False),  # the day (UTC) the next two count
    Column("day_entries", Integer, nullable=False),
    Column("day_bytes", Integer, nullable=False),
    sqlite_strict=True,
)

cursors = Table(  # the durable outbox: what of our journal each peer holds; the rest is still to be sent
    "cursors",
    metadata,
    Column("party", Text, primary_key=True),
    Column("held", Integer, nullable=False),  # next sequence of ours that the peer wants
    sqlite_strict=True,
)

evidence = Table(  # what a peer sent that contradicts what it sent before
    "evidence",
    metadata,
    Column("origin", Text, ForeignKey("journals.origin"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("leaf", LargeBinary, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("signed", Text, nullable=False),  # the checkpoint (in the oldest stores a DSSE head) sent with it
    Column("salt", LargeBinary),
    Column("envelope", LargeBinary),
    Column("proof", Text),  # skyaccord.fork-proof/1, where what was signed proves it by itself
    sqlite_strict=True,
)

settings = Table(  # small facts that the processes of one node share: sky clock, exercise
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
    sqlite_strict=True,
)
