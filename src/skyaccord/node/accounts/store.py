"""`accounts.db`: a small database of its own, beside the record's.

Apart, because it is no evidence: a record that is restored from a peer or from a backup must not bring
revoked
sessions back, an exported or copied record must hold no passphrase hash, and a console that signs in must
never wait for the journal's write lock, nor the journal for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from skyaccord.base.errors import UnreadableError
from skyaccord.node.accounts import schema

ACCOUNTS_FILE: Final = "accounts.db"
FILE_MODE: Final = 0o600  # it holds the shared secrets of authenticator apps: for the node's own user alone
BUSY_TIMEOUT_MS: Final = 10_000
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class AccountStore:
    """An open accounts.db. `reading()` sees one snapshot; `writing()` is one transaction, committed at
    its end.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads all see the same state."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the write lock; commits when the block ends well, else rolls back."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_account_store(folder: Path) -> AccountStore:
    """Open accounts.db in a node's folder; made empty, without any account, if there is none.

    UnreadableError if it cannot be opened, is damaged, or was written by a newer SkyAccord.
    """
    path = folder / ACCOUNTS_FILE
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE))
    except OSError as error:
        raise UnreadableError(f"cannot be opened ({error.strerror})", where=str(path)) from None
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_connection)
    store = AccountStore(engine, path)
    try:
        _migrate(store)
    except DatabaseError as error:
        store.close()
        raise UnreadableError(
            f"not the accounts of a node, or damaged ({error.orig})",
            where=str(path),
            do="move it away and make the accounts again; the record is not in it",
        ) from None
    except BaseException:
        store.close()
        raise
    return store


def _prepare_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, never by the driver
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",  # a power cut may cost the last sign-in or logged read, never the file
        "foreign_keys = ON",
        "secure_delete = ON",  # what is removed here was a secret
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _revision(connection: Connection) -> str | None:
    found = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE name = 'alembic_version'"
    ).first()
    if found is None:
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _migrate(store: AccountStore) -> None:
    with store.reading() as connection:
        if _revision(connection) == schema.REVISION:
            return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with store.writing() as connection:
        found = _revision(connection)  # another process may have been quicker
        if found == schema.REVISION:
            return
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise UnreadableError(
                f"the accounts are at revision {found}, which this version does not know",
                where=str(store.path),
                do="use the newer SkyAccord that wrote them",
            ) from None
