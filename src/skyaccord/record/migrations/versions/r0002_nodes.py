"""The stored Merkle tree: inner nodes over the leaves there are."""

import sqlalchemy as sa
from alembic import op

from skyaccord.base.errors import JournalError
from skyaccord.record.hot import node_number
from skyaccord.record.merkle import completed_nodes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and fill it from the leaves."""
    nodes = op.create_table(
        "nodes",
        sa.Column("origin", sa.Text, sa.ForeignKey("journals.origin"), primary_key=True),
        sa.Column("node", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for (origin,) in connection.execute(sa.text("SELECT origin FROM journals")).all():
        spine: dict[
            tuple[int, int], bytes
        ] = {}  # the newest complete node of each level is all that is asked
        rows = connection.execute(
            sa.text("SELECT sequence, leaf FROM entries WHERE origin = :of ORDER BY sequence"), {"of": origin}
        )
        for sequence, leaf in rows.all():
            found = completed_nodes(lambda level, place: spine[level, place], sequence, leaf)  # noqa: B023
            spine[0, sequence] = leaf
            spine.pop((0, sequence - 2), None)
            for level, place, value in found:
                spine[level, place] = value
                spine.pop((level, place - 2), None)
            if found:
                connection.execute(
                    nodes.insert(),
                    [
                        {"origin": origin, "node": node_number(level, place), "hash": value}
                        for level, place, value in found
                    ],
                )


def downgrade() -> None:
    """A record is never taken back."""
    raise JournalError("a record is never taken back")
