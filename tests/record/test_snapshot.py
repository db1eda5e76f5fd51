from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import skyaccord.record.snapshot as snapshot_module
from skyaccord.base.errors import UnreadableError
from skyaccord.record.snapshot import snapshot
from skyaccord.record.store import DATABASE_FILE
from tests.record.worlds import make_party


def test_the_copy_has_what_is_only_in_the_wal_and_goes_away(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    a.journal.append("note", {}, recipients=["*"])
    with snapshot(a.path) as copy:
        assert copy.parent != a.path
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM entries").fetchone() == (2,)
    assert not copy.parent.exists()


def test_the_nodes_own_locks_survive_a_check_by_the_node_itself(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    with a.store.writing() as connection:
        a.journal.append_within(connection, "note", {}, recipients=["*"])
        with snapshot(a.path):
            pass
        with closing(sqlite3.connect(a.path / DATABASE_FILE, timeout=0)) as other:
            other.isolation_level = None
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
    assert a.journal.size() == 2


def test_a_folder_without_a_store_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"no node\.db here"), snapshot(tmp_path):
        pass


def test_a_store_that_never_stands_still_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a = make_party(tmp_path, "A")
    monkeypatch.setattr(snapshot_module, "_COPY", "import sys; sys.exit(3)")
    with pytest.raises(UnreadableError, match="changed each time"), snapshot(a.path):
        pass
