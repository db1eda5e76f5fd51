"""A disk that forgets what was not synced: SQLite's own files in a folder of memory, and a power cut.

A fuse is set to a number of store calls, or to the next commit. When it burns down, the machine stops there:
`Crash` goes up through the code under test, and what a real disk could hold at that instant becomes the
files. SQLite syncs its write-ahead log before a commit returns, so all up to the last commit stands. Of
what was being written at that moment, each sector of 512 bytes is there or not, in any order, or is garbage.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event

from skyaccord.record import store as store_module
from skyaccord.record.store import DATABASE_FILE, Store

SECTOR = 512
WAL_FILE = f"{DATABASE_FILE}-wal"
SHM_FILE = f"{DATABASE_FILE}-shm"
FULL = 2  # PRAGMA synchronous: a commit is on the disk when it returns

Image = dict[str, bytes]
"""File name → bytes; a file that is not there is empty."""

# Thousands of stores in one run: each statement is compiled once.
_COMPILED: dict[Any, Any] = {}
_DIALECTS: dict[str, Any] = {}


class Crash(BaseException):
    """The machine stops here. No `except Exception` of the code under test holds it up."""


class Disk:
    """One node's folder. dice: which sectors survive."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder = folder
        self.dice = dice
        self.calls_left: int | None = None
        self.at_commit = False
        self.calls = 0
        self.left: Image | None = None  # what a crash left behind
        self.how = ""
        self.synced: Image | None = None  # as it was last synced, if commits do not sync

    def set_fuse(self, calls: int | None, *, at_commit: bool = False) -> None:
        """Crash after so many store calls, or at the first commit from then on."""
        self.calls_left, self.at_commit = calls, at_commit

    def defuse(self) -> None:
        """No crash any more."""
        self.calls_left, self.at_commit = None, False

    @property
    def dead(self) -> bool:
        """Whether the machine has stopped and was not started again."""
        return self.left is not None

    def image(self) -> Image:
        """The files' bytes now."""
        found = {}
        for name in (DATABASE_FILE, WAL_FILE):
            path = self.folder / name
            found[name] = path.read_bytes() if path.exists() else b""
        return found

    def write(self, image: Image) -> None:
        """Put these files in the folder. Nothing may have them open."""
        (self.folder / SHM_FILE).unlink(missing_ok=True)
        for name in (DATABASE_FILE, WAL_FILE):
            data = image.get(name, b"")
            if data:
                (self.folder / name).write_bytes(data)
            else:
                (self.folder / name).unlink(missing_ok=True)

    def pull_the_plug(self, how: str, before: Image | None = None) -> None:
        """Stop now. before: the files as they were when what is unfinished began."""
        after = self.image()
        first = before or self.synced
        if first is None:
            self.left = after
        else:
            self.left, torn = tear(first, after, self.dice)
            how = f"{how}; {torn}"
        self.how = how
        self.defuse()

    def recover(self) -> None:
        """The files become what the crash left."""
        if self.left is not None:
            self.write(self.left)
        self.left = None

    # ── called by the connection ────────────────────────────────────────────────────────────────────────

    def call(self, statement: str) -> None:
        """A statement is about to run."""
        self.calls += 1
        if self.calls_left is None or self.dead:
            return
        self.calls_left -= 1
        if self.calls_left < 0 and not self.at_commit:
            self.pull_the_plug(f"before {' '.join(statement.split())[:60]}")
            raise Crash

    def burns_at_commit(self) -> bool:
        """Whether a commit that begins now is the last thing that happens."""
        return not self.dead and self.calls_left is not None and self.at_commit


class _Cursor(sqlite3.Cursor):
    def execute(self, statement: str, *rest: Any) -> Any:
        disk = self.connection.disk  # type: ignore[attr-defined]
        disk.call(statement)
        if statement.startswith("PRAGMA wal_checkpoint") and disk.burns_at_commit():
            before = disk.image()
            super().execute(statement, *rest).fetchall()
            disk.pull_the_plug("while the log was brought into the database", before)
            raise Crash
        return super().execute(statement, *rest)

    def executemany(self, statement: str, rows: Iterable[Any]) -> Any:
        self.connection.disk.call(statement)  # type: ignore[attr-defined]
        return super().executemany(statement, rows)


class _Connection(sqlite3.Connection):
    disk: Disk

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(_Cursor)

    def commit(self) -> None:
        disk = self.disk
        if disk.dead:
            raise Crash
        if not disk.burns_at_commit():
            super().commit()
            return
        before = disk.synced or disk.image()
        super().commit()
        disk.pull_the_plug("at a commit", before)
        raise Crash


def open_store_on(disk: Disk) -> Store:
    """The record's own store, on this disk."""

    def connect(*args: Any, **more: Any) -> _Connection:
        found = _Connection(*args, **more)
        found.disk = disk
        return found

    path = disk.folder / DATABASE_FILE
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": 5.0, "check_same_thread": False, "factory": connect}
    )
    engine.update_execution_options(compiled_cache=_COMPILED)
    engine.dialect = _DIALECTS.setdefault("sqlite", engine.dialect)  # the cache goes by dialect
    # As `open_store` prepares it, looked up now, so that a fault planted there counts.
    event.listen(engine, "connect", store_module._prepare_connection)
    store = Store(engine, str(path))
    with store.reading() as connection:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    disk.synced = None if synchronous >= FULL else disk.image()
    return store


def tear(before: Image, after: Image, dice: random.Random) -> tuple[Image, str]:
    """What may be on the disk when `after` was being written over `before`, and that in words.

    In SQLite's order: the log is written and synced; a checkpoint then writes and syncs the database, and
    only then is the log cut.
    """
    database, log = (before[DATABASE_FILE], after[DATABASE_FILE]), (before[WAL_FILE], after[WAL_FILE])
    cut = len(log[1]) < len(log[0])
    stages = ["log"] if not cut else []
    if database[0] != database[1]:
        stages.append("database")
    if cut:
        stages.append("cut")
    stage = dice.choice(stages)
    share = dice.choice([0.0, 0.5, 0.9, 1.0, 1.0])
    if stage == "log":
        data, words = _mixed(*log, share, dice)
        return {DATABASE_FILE: database[0], WAL_FILE: data}, f"of the log {words} survived"
    if stage == "database":
        data, words = _mixed(*database, share, dice)
        return {DATABASE_FILE: data, WAL_FILE: log[0] if cut else log[1]}, f"of the database {words} survived"
    return {DATABASE_FILE: database[1], WAL_FILE: dice.choice(log)}, "the log may not have been cut"


def _mixed(before: bytes, after: bytes, share: float, dice: random.Random) -> tuple[bytes, str]:
    """Each sector that changed is written with this probability; one that is not is as before, or garbage."""
    end = len(after)
    if share < 1.0 and end > len(before):
        end = dice.randrange(len(before), end + 1)
    result = bytearray(before[:end].ljust(end, b"\0"))
    changed = written = 0
    for start in range(0, len(after), SECTOR):
        new = after[start : start + SECTOR]
        if start < end and before[start : start + SECTOR] == new:
            continue
        changed += 1
        if start >= end:
            continue
        if dice.random() < share:
            written += 1
            result[start : min(start + SECTOR, end)] = new[: end - start]
        elif start >= len(before) and dice.random() < 0.3:
            result[start : min(start + SECTOR, end)] = dice.randbytes(min(len(new), end - start))
    return bytes(result), f"{written} of {changed} sectors"
