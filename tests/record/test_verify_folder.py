"""Checking a folder: nothing is changed in it, it may be in use, and damage is one line."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import UnreadableError
from skyaccord.record.standing import MEMORY_FILE
from skyaccord.record.store import DATABASE_FILE
from skyaccord.record.verify import verify_folder
from tests.record.tampering import Scene, Tampering, tampering
from tests.record.test_journal import start_writer
from tests.record.worlds import exchange_all, make_pair, make_party

# ── the folder itself ───────────────────────────────────────────────────────────────────────────────────


def state(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("serving", [True, False])
def test_checking_changes_and_creates_nothing(tmp_path: Path, serving: bool) -> None:
    a = make_party(tmp_path, "A")
    for number in range(10):
        a.journal.append("note", {"number": number}, recipients=["*"])
    if not serving:
        a.store.close()
    before = state(a.path)
    assert (DATABASE_FILE + "-wal" in before) is serving
    report = verify_folder(a.path, [a.card])
    assert report.ok
    assert report.journals[0].entries == 11  # also what is only in the WAL yet
    assert state(a.path) == before
    a.store.close()


def test_an_older_copy_of_the_store_is_not_the_whole_journal(tmp_path: Path) -> None:
    """A restored database is whole in itself; the file beside it says what this party signed after."""
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    older = tmp_path / "older"
    a.store.close()
    older.mkdir()
    shutil.copy(a.path / DATABASE_FILE, older)
    a.reopen()
    a.journal.append("note", {"text": "later"}, recipients=["*"])
    exchange_all(a, b)
    a.store.close()
    cards = [a.card, b.card]
    assert verify_folder(a.path, cards).ok
    for path in a.path.glob(f"{DATABASE_FILE}*"):
        path.unlink()
    shutil.copy(older / DATABASE_FILE, a.path)
    (found,) = verify_folder(a.path, cards).findings
    assert (found.check, found.party) == (8, "A")
    assert "the end is missing" in found.what
    (a.path / MEMORY_FILE).write_bytes(b"\xff no text")
    assert verify_folder(a.path, cards).ok, "what nobody signed shows nothing"
    b.store.close()


def test_a_read_only_folder_can_be_checked(tmp_path: Path, read_only: Any) -> None:
    a = make_party(tmp_path, "A")
    a.store.close()
    with read_only(a.path):
        assert verify_folder(a.path, [a.card]).ok


@pytest.fixture
def read_only() -> Any:
    from contextlib import contextmanager

    @contextmanager
    def guard(folder: Path) -> Iterator[None]:
        for path in folder.iterdir():
            path.chmod(0o400)
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)

    return guard


def test_a_journal_is_checked_while_another_process_appends(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A", fast=False)
    a.store.close()
    writer = start_writer(a, 1_000_000)
    try:
        sizes = []
        for _ in range(4):
            report = verify_folder(a.path, [a.card])
            assert report.ok, report.findings
            sizes.append(report.journals[0].entries)
    finally:
        writer.kill()
        writer.communicate()
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("damage", ["none", "no folder", "empty", "text", "truncated", "other database"])
def test_what_cannot_be_read_is_one_line(tmp_path: Path, damage: str) -> None:
    a = make_party(tmp_path, "A")
    a.store.close()
    path = a.path / DATABASE_FILE
    target = a.path
    match damage:
        case "none":
            path.unlink()
        case "no folder":
            target = tmp_path / "nowhere"
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("no database at all " * 500)
        case "truncated":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "other database":
            path.unlink()
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE x (y)")
    with pytest.raises(UnreadableError) as caught:
        verify_folder(target, [a.card])
    assert "\n" not in str(caught.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_never_called_good_with_other_content(
    scene: Scene, tmp_path: Path, data: st.DataObject
) -> None:
    """Any byte of the file: unreadable, wrong, or (free space) without any effect on what is read."""
    tampered = tampering(scene, "A", tmp_path)
    path = tampered.folder / DATABASE_FILE
    raw = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    before = tampered.rows("SELECT * FROM entries")
    path.write_bytes(raw)
    try:
        ok = tampered.verify().ok
    except UnreadableError:
        return
    if ok:
        assert tampered.rows("SELECT * FROM entries") == before


def test_a_report_for_programs(open_folder: Tampering) -> None:
    open_folder.run("UPDATE entries SET salt = zeroblob(16) WHERE sequence = 2")
    value = open_folder.verify().to_dict()
    assert value["ok"] is False
    assert {"party", "entries", "verified", "anchored"} <= value["journals"][0].keys()
    assert [check["number"] for check in value["checks"]] == list(range(1, 15))
    assert value["findings"][0]["sequence"] == 2
