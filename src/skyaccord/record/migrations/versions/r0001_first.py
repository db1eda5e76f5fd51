"""The first tables: journals, entries, heads, cursors, evidence, settings."""

import sqlalchemy as sa
from alembic import op

from skyaccord.base.errors import JournalError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "journals",
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("own", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("receipted", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "entries",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("origin", sa.Text, sa.ForeignKey("journals.origin"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("envelope", sa.LargeBinary),
        sa.Column("kind", sa.Text),
        sa.Column("refused", sa.Text),
        sa.UniqueConstraint("origin", "sequence", name="one_entry_a_place"),
        sqlite_strict=True,
    )
    op.create_index("entries_by_kind", "entries", ["kind", "origin", "sequence"])
    op.create_table(
        "heads",
        sa.Column("origin", sa.Text, sa.ForeignKey("journals.origin"), primary_key=True),
        sa.Column("size", sa.Integer, primary_key=True),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("signed", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "cursors",
        sa.Column("party", sa.Text, primary_key=True),
        sa.Column("held", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "evidence",
        sa.Column("origin", sa.Text, sa.ForeignKey("journals.origin"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("leaf", sa.LargeBinary, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("signed_head", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("envelope", sa.LargeBinary),
        sqlite_strict=True,
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """There is nothing before the first revision."""
    raise JournalError("a record is never taken back")
