"""Checkpoints, cosigned, instead of signed heads; what a witness has seen; what peers' journals take up."""

import sqlalchemy as sa
from alembic import op

from skyaccord.base.errors import JournalError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new tables. Signed heads go: the next heartbeat brings a checkpoint over the same leaves."""
    op.add_column("journals", sa.Column("halted", sa.Text))
    op.drop_table("heads")
    op.create_table(
        "checkpoints",
        sa.Column("origin", sa.Text, sa.ForeignKey("journals.origin"), primary_key=True),
        sa.Column("size", sa.Integer, primary_key=True),
        sa.Column("note", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "cosigned",
        sa.Column("cosigner", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "witnessed",
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.Text),
        sqlite_strict=True,
    )
    op.create_table(
        "usage",
        sa.Column("origin", sa.Text, sa.ForeignKey("journals.origin"), primary_key=True),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("day_entries", sa.Integer, nullable=False),
        sa.Column("day_bytes", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO usage SELECT origin, coalesce(sum(length(envelope)), 0), '', 0, 0 FROM entries "
        "WHERE origin IN (SELECT origin FROM journals WHERE own = 0) GROUP BY origin"
    )
    op.execute("ALTER TABLE evidence RENAME COLUMN signed_head TO signed")
    op.add_column("evidence", sa.Column("proof", sa.Text))


def downgrade() -> None:
    """A record is never taken back."""
    raise JournalError("a record is never taken back")
