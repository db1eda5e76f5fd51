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

REVISION = "0002"
"""The migration this code needs. Opening a store at this revision imports no migration code."""

metadata = MetaData()

journals = Table(
    "journals",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("party", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("own", Integer, nullable=False),  # 1: ours, the only one we append to
    Column("size", Integer, nullable=False),  # entries held
    Column("head", LargeBinary, nullable=False),  # chain head after the last entry held
    Column("receipted", Integer, nullable=False),  # entries of it our receipts cover (0 for our own)
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

heads = Table(  # signed heads of peers' journals, one for each size at which a batch ended
    "heads",
    metadata,
    Column("origin", Text, ForeignKey("journals.origin"), primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("head", LargeBinary, nullable=False),
    Column("signed", Text, nullable=False),  # the DSSE JSON
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
    Column("signed_head", Text, nullable=False),  # as sent with the other leaf
    Column("salt", LargeBinary),
    Column("envelope", LargeBinary),
    sqlite_strict=True,
)

settings = Table(  # small facts that the processes of one node share: sky clock, exercise
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
    sqlite_strict=True,
)
