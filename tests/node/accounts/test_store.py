"""accounts.db: private, migrated, apart from the record, and one line where it cannot be used."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import inspect

from skyaccord.base.errors import UnreadableError
from skyaccord.node.accounts import schema
from skyaccord.node.accounts.store import open_account_store
from tests.node.accounts.doors import door_in, with_account


def test_it_is_for_the_nodes_user_alone_and_empty(tmp_path: Path) -> None:
    door = door_in(tmp_path)
    assert door.book.all() == []
    assert stat.S_IMODE((tmp_path / "accounts.db").stat().st_mode) == 0o600
    door.close()
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.db"]


def test_the_migration_makes_what_the_schema_says(tmp_path: Path) -> None:
    store = open_account_store(tmp_path)
    with store.reading() as connection:
        look = inspect(connection)
        for table in schema.metadata.tables.values():
            found = {
                (column["name"], str(column["type"]), column["nullable"])
                for column in look.get_columns(table.name)
            }
            said = {(one.name, str(one.type), one.nullable) for one in table.columns}
            assert found == said, table.name
        tables = set(look.get_table_names()) - {"alembic_version"}
    assert tables == set(schema.metadata.tables)
    store.close()


def test_a_damaged_or_newer_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "accounts.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(UnreadableError, match="damaged"):
        open_account_store(tmp_path)
    (tmp_path / "accounts.db").unlink()
    store = open_account_store(tmp_path)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(UnreadableError, match="revision 9999"):
        open_account_store(tmp_path)
    with pytest.raises(UnreadableError, match="cannot be opened"):
        open_account_store(tmp_path / "nowhere")


def test_accounts_stay(tmp_path: Path) -> None:
    with_account(tmp_path).close()
    again = door_in(tmp_path)
    assert [one.name for one in again.book.all()] == ["noor"]
    again.close()
