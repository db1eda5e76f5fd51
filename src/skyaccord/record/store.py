"""A node's store: SQLite in WAL mode, fully synchronised, so that what is committed survives a power cut.

Several processes of one party share it. Every write is one BEGIN IMMEDIATE transaction: it holds the only
write lock from its first read on, so that what it read is still so when it commits.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from skyaccord.base.clock import SkyClock
from skyaccord.base.errors import InputError, JournalError, NotANodeError, UnreadableError
from skyaccord.base.times import format_utc, parse_utc
from skyaccord.record import schema

DATABASE_FILE = "node.db"
BUSY_TIMEOUT_MS = 10_000  # another process of the party holds the write lock for milliseconds
# After each busy timeout: a minute and a half in all. Longer, and people must know of it.
LOCK_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
# Pages of 4 KiB in the write-ahead log before a commit brings them into the database, which costs two more
# syncs: an append writes six, so one in 700 pays for it. Sixteen MiB are read in milliseconds at a start.
LOG_FRAMES = 4_000
READERS_KEPT = 4  # a node reads in a few threads at a time; more connections are given back
_WRITES = "skyaccord.writes"
_UNTIL_ROLLBACK = "skyaccord.until_rollback"
_MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """An open store. `reading()` sees one snapshot; `writing()` is one transaction, committed at its end."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where
        self.waits: str | None = None  # why a write waits, for people to see
        self._writers = threading.Lock()
        self._writer: _Opened | None = None
        self._readers: list[_Opened] = []  # those that nobody reads with now

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection whose reads all see the same state. JournalError when the file cannot be read.

        Read a query to its end inside the block, or drop it: connections are used again, and a query half
        read would keep its old state for the next reader.
        """
        return _Reading(self)

    def writing(self) -> AbstractContextManager[Connection]:
        """A connection that holds the write lock; commits when the block ends well, else rolls back."""
        return _Writing(self)

    def _open(self) -> _Opened:
        connection = self.engine.connect()
        return _Opened(connection, connection.connection.driver_connection)

    def _lock(self, raw: Any) -> None:
        """Take the write lock, which another process of the party holds for milliseconds.

        Longer than that is said (`waits`), and waited for, each time a little longer: a backup or a virus
        scanner must not end a node. JournalError when it cannot be had at all.
        """
        for wait_s in (*LOCK_WAITS_S, None):
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or wait_s is None:
                    raise JournalError(
                        f"the store cannot be written ({error})",
                        where=self.where,
                        do="end whatever else has it open",
                    ) from None
                self.waits = "another process keeps the store locked; waiting for it"
                time.sleep(wait_s)
            else:
                self.waits = None
                return

    def setting(self, name: str) -> Any:
        """A shared fact, or None."""
        with self.reading() as connection:
            return read_setting(connection, name)

    def put_setting(self, name: str, value: Any) -> None:
        """Write a shared fact (any JSON value)."""
        with self.writing() as connection:
            write_setting(connection, name, value)

    def put_sky_clock(self, clock: SkyClock | None) -> None:
        """Say how sky time runs now, so that other processes stamp their entries alike. None: live."""
        value = None
        if clock is not None:
            value = {
                "sky_start": format_utc(clock.sky_start),
                "wall_start": format_utc(clock.wall_start),
                "speed": clock.speed,
            }
        self.put_setting("sky_clock", value)

    def put_exercise(self, exercise: bool) -> None:
        """Say whether what this node does now is an exercise."""
        self.put_setting("exercise", exercise)

    def clean(self) -> None:
        """Bring the write-ahead log into the database and cut it: what was overwritten is nowhere then."""
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def close(self) -> None:
        """Close every connection."""
        with self._writers:
            if self._writer is not None:
                self._writer.connection.close()
                self._writer = None
        idle, self._readers = self._readers, []  # whoever reads now gives theirs back to nobody
        for reader in idle:
            reader.connection.close()
        self.engine.dispose()


class _Opened(NamedTuple):
    """A connection, and the driver's own under it: to ask SQLAlchemy for it costs as much as a short read."""

    connection: Connection
    raw: Any


class _Reading:
    """One block of `Store.reading()`."""

    __slots__ = ("_opened", "_readers", "_store")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Connection:
        self._readers = self._store._readers
        try:
            self._opened = self._readers.pop()
        except IndexError:
            self._opened = self._store._open()
        try:
            self._opened.raw.execute("BEGIN")
        except sqlite3.Error as error:
            self._opened.connection.close()
            raise self._unreadable(error) from None
        except BaseException:
            self._opened.connection.close()
            raise
        return self._opened.connection

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        connection, raw = self._opened
        kept = False
        try:
            raw.rollback()
            if error is None and not connection.closed:
                if connection.in_transaction():  # as SQLAlchemy sees it; SQLite's has ended
                    connection.rollback()
                kept = self._readers is self._store._readers and len(self._readers) < READERS_KEPT
        finally:
            if kept:
                self._readers.append(self._opened)
            else:
                connection.close()
        if isinstance(error, sqlite3.Error):  # of whoever asks the driver itself
            raise self._unreadable(error) from None

    def _unreadable(self, error: sqlite3.Error) -> JournalError:
        return JournalError(f"the store cannot be read ({error})", where=self._store.where)


class _Writing:
    """One block of `Store.writing()`."""

    __slots__ = ("_opened", "_store")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Connection:
        store = self._store
        # One connection for all writers of this process: they wait for each other here, not in SQLite.
        store._writers.acquire()
        try:
            if store._writer is None or store._writer.connection.closed:
                store._writer = store._open()
                store._writer.connection.info[_WRITES] = True
            self._opened = store._writer
            store._lock(self._opened.raw)
        except BaseException:
            store._writers.release()
            raise
        return self._opened.connection

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        connection, raw = self._opened
        try:
            if error is None:
                try:
                    raw.commit()
                except sqlite3.Error as failed:
                    error = failed
                except BaseException:
                    self._take_back()
                    raise
            if error is not None:
                self._take_back()
            if isinstance(error, sqlite3.Error | OperationalError):  # the driver's, or SQLAlchemy's around it
                what = error.orig if isinstance(error, OperationalError) else error
                raise JournalError(f"the store cannot be written ({what})", where=self._store.where) from None
        finally:
            if connection.in_transaction():  # as SQLAlchemy sees it; SQLite's has ended
                connection.rollback()
            self._store._writers.release()

    def _take_back(self) -> None:
        self._opened.connection.info.pop(_UNTIL_ROLLBACK, None)
        self._opened.raw.rollback()


def until_rollback(connection: Connection) -> dict[Any, Any]:
    """What a writer may remember of the store from one transaction of `writing()` to the next: forgotten when
    one of them is rolled back. What others wrote meanwhile is for the caller to find out."""
    found: dict[Any, Any] | None = connection.info.get(_UNTIL_ROLLBACK)
    if found is None:
        found = connection.info[_UNTIL_ROLLBACK] = {}
    return found


def writes(connection: Connection) -> bool:
    """Whether this is the connection of `writing()`: what it sees may yet be rolled back."""
    return _WRITES in connection.info


_SETTING = select(schema.settings.c.value).where(schema.settings.c.name == bindparam("called"))


def read_setting(connection: Connection, name: str) -> Any:
    """A shared fact, or None."""
    value = connection.execute(_SETTING, {"called": name}).scalar_one_or_none()
    return None if value is None else json.loads(value)


def write_setting(connection: Connection, name: str, value: Any) -> None:
    """Write a shared fact inside a transaction."""
    text = json.dumps(value)
    row = insert(schema.settings).values(name=name, value=text)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": text}))


def read_sky_clock(connection: Connection) -> SkyClock | None:
    """The sky clock the serving node wrote, or None: sky time is wall time."""
    return _sky_clock(read_setting(connection, "sky_clock"))


def load_sky_clock(text: str | None) -> SkyClock | None:
    """The same from the setting's JSON text, or None."""
    return None if text is None else _sky_clock(json.loads(text))


def _sky_clock(value: Any) -> SkyClock | None:
    if value is None:
        return None
    return SkyClock(parse_utc(value["sky_start"]), parse_utc(value["wall_start"]), float(value["speed"]))


def open_store(place: Path | str, *, create: bool = False) -> Store:
    """Open the store of a node's folder, or a `sqlite:///` URL; brings its tables up to date.

    create: make the database if there is none; otherwise NotANodeError. UnreadableError if it is damaged.
    """
    path = _database_path(place)
    if not create and not path.is_file():
        raise NotANodeError(
            "no node's store here", where=str(path.parent), do="make one with `skyaccord node init`"
        )
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_connection)
    store = Store(engine, str(path))
    try:
        _migrate(store)
    except OperationalError as error:
        store.close()
        raise UnreadableError(f"the store cannot be opened ({error.orig})", where=str(path)) from None
    except DatabaseError as error:
        store.close()
        raise UnreadableError(
            f"not a store, or damaged ({error.orig})", where=str(path), do="restore the folder from a backup"
        ) from None
    except BaseException:
        store.close()
        raise
    return store


def _database_path(place: Path | str) -> Path:
    if isinstance(place, str) and "://" in place:
        try:
            url = make_url(place)
        except ArgumentError:
            raise InputError(f"{place!r} is not a database address") from None
        name = url.get_backend_name()
        if name in ("postgresql", "mysql", "mariadb", "mssql", "oracle"):
            raise InputError(
                f"{name} cannot hold a record: the store speaks SQLite's driver itself, for the journal's "
                "speed and its one writer, and keeps each party's record in its own file",
                where=f"{name}://…",
                do="use a node's folder, or sqlite:///file",
            )
        if name != "sqlite" or not url.database:
            raise InputError(f"{name} is not a store we know", do="use sqlite:///file")
        return Path(url.database)
    path = Path(place)
    return path / DATABASE_FILE if path.suffix != ".db" else path


def _prepare_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, never by the driver
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"wal_autocheckpoint = {LOG_FRAMES}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _revision(connection: Connection) -> str | None:
    tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
    if tables.first() is None:
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _migrate(store: Store) -> None:
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
                f"the store is at revision {found}, which this version does not know",
                where=store.where,
                do="use the newer SkyAccord that wrote it",
            ) from None
