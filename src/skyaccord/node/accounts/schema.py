"""The tables of `accounts.db`. Times are whole milliseconds since 1970, UTC."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

REVISION = "0001"  # the newest migration

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("passphrase", Text),  # Argon2id, encoded; none: opened by link or token alone
    Column("totp_secret", LargeBinary),
    Column("totp_step", Integer, nullable=False),  # the last time step whose code was used
    Column("person", Text),  # public key of the person this account is for
    Column("handle", LargeBinary, nullable=False),  # what passkeys know the account by: random
    Column("made_at", Integer, nullable=False),
    Column("disabled_at", Integer),
    sqlite_strict=True,
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account", Text, ForeignKey("accounts.name", ondelete="CASCADE"), primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    sqlite_strict=True,
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("credential", LargeBinary, primary_key=True),
    Column("account", Text, ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("public_key", LargeBinary, nullable=False),  # COSE, as WebAuthn gives it
    Column("sign_count", Integer, nullable=False),
    Column("made_at", Integer, nullable=False),
    sqlite_strict=True,
)

credentials = Table(  # sessions of browsers and tokens of programs
    "credentials",
    metadata,
    Column("id", Text, primary_key=True),  # shown; the secret is not
    Column("kind", Text, nullable=False),  # session or token
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("account", Text, ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False),  # may do no more than this
    Column("label", Text, nullable=False),  # from where, or what for
    Column("made_at", Integer, nullable=False),
    Column("used_at", Integer, nullable=False),
    Column("expires_at", Integer, nullable=False),
    Column("idle_ms", Integer),  # unused for longer: ended
    Column("revoked_at", Integer),
    sqlite_strict=True,
)

links = Table(  # one-time links
    "links",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("account", Text, ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("made_at", Integer, nullable=False),
    Column("expires_at", Integer, nullable=False),
    Column("used_at", Integer),
    sqlite_strict=True,
)

reads = (
    Table(  # who has read what of a peer's; triggers refuse to change a row, or to remove one that is kept
        "reads",
        metadata,
        Column("number", Integer, primary_key=True),
        Column("at", Integer, nullable=False),
        Column("until", Integer, nullable=False),
        Column("times", Integer, nullable=False),  # alike reads between the two
        Column("account", Text, nullable=False),
        Column("credential", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("what", Text, nullable=False),  # method and path
        Column("held", Text, nullable=False),  # JSON: party → entries of its journal that were held then
        sqlite_strict=True,
    )
)

reads_kept = Table(  # one row: numbers below `first` have been rotated away
    "reads_kept",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("first", Integer, nullable=False),
    sqlite_strict=True,
)
