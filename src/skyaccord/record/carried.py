"""The entry in which a statement waited before it went out: the very one that the later entry names."""

from __future__ import annotations

from pydantic import ValidationError
from sqlalchemy import Connection, select

from skyaccord.record import schema
from skyaccord.record.acts import ACTS
from skyaccord.record.envelope import Envelope
from skyaccord.record.fields import EntryRef

OTHER_LEAF = "entry {} has another leaf than the entry that it was prepared in"


def leaf_fault(connection: Connection, envelope: Envelope) -> str | None:
    """Why an entry that passes on an earlier statement names no entry of its journal, or None.

    Its place has been checked (`statement_fault`); the leaf is held also where the entry is sealed.
    """
    if ACTS.carried(envelope.header.kind) is None:
        return None
    try:
        prepared = EntryRef.model_validate(envelope.body.get("prepared"))
    except ValidationError:
        return None  # refused as such
    table = schema.entries
    leaf = connection.execute(
        select(table.c.leaf).where(
            table.c.origin == envelope.header.origin, table.c.sequence == prepared.sequence
        )
    ).scalar()
    return None if leaf is not None and leaf.hex() == prepared.leaf else OTHER_LEAF.format(prepared.sequence)
