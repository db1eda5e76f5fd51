"""The first tables: accounts, second factors, sessions and tokens, links, the log of reads."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _account(*, key: bool = False) -> sa.Column[str]:
    owner = sa.ForeignKey("accounts.name", ondelete="CASCADE")
    return sa.Column("account", sa.Text, owner, primary_key=key, nullable=False)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("passphrase", sa.Text),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_step", sa.Integer, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("handle", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.Integer, nullable=False),
        sa.Column("disabled_at", sa.Integer),
        sqlite_strict=True,
    )
    op.create_table(
        "recovery_codes",
        _account(key=True),
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sqlite_strict=True,
    )
    op.create_table(
        "passkeys",
        sa.Column("credential", sa.LargeBinary, primary_key=True),
        _account(),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.Integer, nullable=False),
        sa.Column("made_at", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
        _account(),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("made_at", sa.Integer, nullable=False),
        sa.Column("used_at", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.Integer, nullable=False),
        sa.Column("idle_ms", sa.Integer),
        sa.Column("revoked_at", sa.Integer),
        sqlite_strict=True,
    )
    op.create_table(
        "links",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        _account(),
        sa.Column("made_at", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.Integer, nullable=False),
        sa.Column("used_at", sa.Integer),
        sqlite_strict=True,
    )
    op.create_table(
        "reads",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("credential", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("held", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "reads_kept",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("first", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO reads_kept (one, first) VALUES (1, 1)")
    op.execute(
        "CREATE TRIGGER reads_never_change BEFORE UPDATE ON reads "
        "BEGIN SELECT RAISE(ABORT, 'the log of reads is only appended to'); END"
    )
    op.execute(
        "CREATE TRIGGER reads_stay BEFORE DELETE ON reads "
        "WHEN OLD.number >= (SELECT first FROM reads_kept WHERE one = 1) "
        "BEGIN SELECT RAISE(ABORT, 'the log of reads is only appended to'); END"
    )


def downgrade() -> None:
    """There is nothing before the first revision."""
    for table in ("reads_kept", "reads", "links", "credentials", "passkeys", "recovery_codes", "accounts"):
        op.drop_table(table)
