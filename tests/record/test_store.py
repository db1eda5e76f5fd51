from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from skyaccord.base.clock import SkyClock
from skyaccord.base.errors import InputError, JournalError, NotANodeError, UnreadableError
from skyaccord.record import schema
from skyaccord.record.hot import driver
from skyaccord.record.store import DATABASE_FILE, READERS_KEPT, open_store, read_sky_clock
from tests.record.worlds import START


def test_durable_settings_on_every_connection(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)
    with store.reading() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    store.close()
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_the_migrations_make_what_the_code_uses(tmp_path: Path) -> None:
    open_store(tmp_path, create=True).close()
    migrated = _tables(tmp_path / DATABASE_FILE)
    engine = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    assert migrated == _tables(tmp_path / "other.db")


def _tables(path: Path) -> dict[str, object]:
    engine = create_engine(f"sqlite:///{path}")
    found = inspect(engine)
    result = {
        name: (
            [(c["name"], str(c["type"]), c["nullable"], c["primary_key"]) for c in found.get_columns(name)],
            found.get_unique_constraints(name),
            found.get_foreign_keys(name),
            [(index["name"], index["column_names"]) for index in found.get_indexes(name)],
        )
        for name in found.get_table_names()
        if name != "alembic_version"
    }
    engine.dispose()
    return result


def test_a_store_that_breaks_while_it_is_read_is_one_line(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)
    with pytest.raises(JournalError, match="the store cannot be read"), store.reading() as connection:
        driver(connection).execute("SELECT gone FROM nowhere")
    with store.reading() as connection:  # and what can be read is read
        assert driver(connection).execute("SELECT count(*) FROM entries").fetchone() == (0,)
    store.close()


def test_the_code_needs_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    import skyaccord.record.store as store_module

    config = Config()
    config.set_main_option("script_location", str(Path(store_module.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.REVISION]


def test_a_store_that_is_up_to_date_opens_without_the_migration_code(tmp_path: Path) -> None:
    open_store(tmp_path, create=True).close()
    code = (
        "import sys; from skyaccord.record.store import open_store; "
        f"open_store({str(tmp_path)!r}).close(); assert 'alembic' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_ini_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = nowhere\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "node").mkdir()
    open_store(tmp_path / "node", create=True).close()
    assert (tmp_path / "node" / DATABASE_FILE).exists()


def test_a_folder_without_a_store_is_no_node(tmp_path: Path) -> None:
    with pytest.raises(NotANodeError, match="skyaccord node init"):
        open_store(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_url_works_too_and_other_engines_are_named(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'x.db'}", create=True).close()
    assert (tmp_path / "x.db").exists()
    with pytest.raises(InputError, match="mssql cannot hold a record"):
        open_store("mssql://host/db", create=True)
    with pytest.raises(InputError, match=r"postgresql cannot hold a record: .* SQLite's driver") as no:
        open_store("postgresql+psycopg://officer:secret@host/db", create=True)
    assert "secret" not in str(no.value)
    with pytest.raises(InputError, match="access is not a store we know"):
        open_store("access://host/db", create=True)
    with pytest.raises(InputError, match="not a database address"):
        open_store("://", create=True)


@pytest.mark.parametrize("damage", ["text", "truncated", "future"])
def test_a_damaged_or_newer_store_is_one_line(tmp_path: Path, damage: str) -> None:
    path = tmp_path / DATABASE_FILE
    open_store(tmp_path, create=True).close()
    if damage == "text":
        path.write_text("this is no database, it is a text of some length" * 100)
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()
    with pytest.raises(UnreadableError) as caught:
        open_store(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)

    def write_and_fail() -> None:
        with store.writing() as connection:
            connection.exec_driver_sql("INSERT INTO settings VALUES ('a', '1')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert store.setting("a") is None
    store.close()


def test_settings_are_shared_between_processes(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)
    store.put_setting("weather", {"wind_kt": 12})
    store.put_setting("weather", {"wind_kt": 15})
    store.close()
    code = (
        "import json; from skyaccord.record.store import open_store; "
        f"s = open_store({str(tmp_path)!r}); print(json.dumps(s.setting('weather'))); s.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"wind_kt": 15}


def test_the_sky_clock_is_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)
    clock = SkyClock(START, START + timedelta(days=4000), 10.0)
    store.put_sky_clock(clock)
    with store.reading() as connection:
        assert read_sky_clock(connection) == clock
    store.put_sky_clock(None)
    with store.reading() as connection:
        assert read_sky_clock(connection) is None
    store.close()


def test_a_locked_store_is_waited_for_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path, create=True)
    other = sqlite3.connect(tmp_path / DATABASE_FILE, isolation_level=None)
    with store.writing() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    said: list[str | None] = []
    other.execute("BEGIN IMMEDIATE")

    def sleep(_seconds: float) -> None:
        said.append(store.waits)
        if len(said) == 3:
            other.execute("ROLLBACK")

    monkeypatch.setattr("skyaccord.record.store.time.sleep", sleep)
    store.put_setting("a", 1)
    assert said == ["another process keeps the store locked; waiting for it"] * 3
    assert store.waits is None
    assert store.setting("a") == 1
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("skyaccord.record.store.time.sleep", lambda _seconds: None)
    with pytest.raises(JournalError, match=r"cannot be written .*locked"):
        store.put_setting("a", 2)
    other.execute("ROLLBACK")
    store.put_setting("a", 3)
    assert store.setting("a") == 3
    other.close()
    store.close()


def test_writers_of_one_process_wait_for_each_other(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)

    def add(_number: int) -> None:
        with store.writing() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM settings").scalar()
            connection.exec_driver_sql("INSERT INTO settings VALUES (?, '1')", (str(found),))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(40)))
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM settings").scalar() == 40
    store.close()


def test_readers_are_used_again_and_see_what_was_written(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)
    with store.reading() as first:
        pass
    store.put_setting("a", 1)
    with store.reading() as again:
        assert again is first
        assert again.exec_driver_sql("SELECT value FROM settings").scalar() == "1"
        with store.reading() as other:  # one within another is another one
            assert other is not first
        store.put_setting("a", 2)
        assert again.exec_driver_sql("SELECT value FROM settings").scalar() == "1"  # one state
    assert store.setting("a") == 2
    store.close()


def test_a_reader_that_failed_or_outlived_its_store_is_not_used_again(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)

    def read_and_fail() -> None:
        with store.reading() as connection:
            failed.append(connection)
            raise RuntimeError

    failed: list[object] = []
    with pytest.raises(RuntimeError):
        read_and_fail()
    with store.reading() as connection:
        assert connection not in failed
        store.close()
    assert connection.closed
    with store.reading() as anew:
        assert anew is not connection
        assert anew.exec_driver_sql("SELECT count(*) FROM settings").scalar() == 0
    store.close()


def test_many_read_at_once_and_few_connections_are_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)
    with ExitStack() as many:
        for _ in range(READERS_KEPT + 3):
            connection = many.enter_context(store.reading())
            assert connection.exec_driver_sql("SELECT count(*) FROM settings").scalar() == 0
    assert len(store._readers) == READERS_KEPT
    store.close()
    assert store._readers == []
