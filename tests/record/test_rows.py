from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from skyaccord.base.errors import UnreadableError
from skyaccord.record.rows import open_rows
from skyaccord.record.store import DATABASE_FILE
from tests.record.worlds import copy_folder, downgrade, exchange_all, make_pair


@pytest.fixture
def database(tmp_path: Path) -> Path:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return copy_folder(a, tmp_path / "copy") / DATABASE_FILE


def test_every_row_is_read(database: Path) -> None:
    with open_rows(database, where="here") as rows:
        own, other = rows.journals()
        assert (own.party, own.own, other.party, other.own) == ("A", 1, "B", 0)
        assert [entry.sequence for entry in rows.entries(own.origin)] == list(range(own.size))
        assert [entry.sequence for entry in rows.last_entries(own.origin, 2)] == [own.size - 2, own.size - 1]
        assert [position for position, _, _ in rows.positions()] == list(range(1, rows.count_entries() + 1))
        assert [one.size for one in rows.checkpoints(other.origin)] == [other.size]
        assert rows.cursors() == [("B", own.size)]
        assert rows.evidence() == []
        assert rows.strays() == []


def test_rows_of_no_journal_are_strays(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE entries SET origin = 'x' WHERE position = 2")
    with open_rows(database, where="here") as rows:
        assert [table for table, _, _ in rows.strays()] == ["entries"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("DROP TABLE cursors", "lacks cursors"),
        ("UPDATE alembic_version SET version_num = '9999'", "9999, which this version does not know"),
        ("DELETE FROM alembic_version", "names no revision"),
        ("DROP TABLE alembic_version", "not a node's store"),
    ],
)
def test_another_layout_is_unreadable(database: Path, change: str, what: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(change)
    with pytest.raises(UnreadableError, match=what), open_rows(database, where="here"):
        pass


def test_a_copy_of_an_older_revision_is_brought_up_to_date(database: Path) -> None:
    with open_rows(database, where="here") as rows:
        origin = rows.journals()[0].origin
        nodes = list(rows.nodes(origin))
    with closing(sqlite3.connect(database)) as connection, connection:
        downgrade(connection, "0001")
    with open_rows(database, where="here") as rows:
        assert list(rows.nodes(origin)) == nodes
        assert nodes
