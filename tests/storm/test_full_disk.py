"""A disk that is full: one clear line, nothing corrupted, and on it goes when there is room again."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from skyaccord.base.errors import JournalError
from skyaccord.record import standing
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.verify import verify_folder
from tests.node.scene import Party as RealParty
from tests.record.worlds import Party, exchange, exchange_all, make_pair
from tests.storm.kill import journal_of

ROOM = 64 * 1024  # bytes above what is there


def test_a_process_that_may_write_no_more_says_so_and_goes_on_later(tmp_path: Path) -> None:
    party = RealParty("A", tmp_path)
    try:
        party.init()
        limit = (party.folder / "node.db").stat().st_size + ROOM
        command = [sys.executable, "-m", "tests.storm.writer", str(party.folder), str(party.passphrase)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=120, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )  # fmt: skip
        assert done.returncode == 3, done.stderr
        assert "Traceback" not in done.stderr
        (line,) = done.stderr.splitlines()
        assert "the store cannot be written" in line
        journal = journal_of(party)
        written = [text.split() for text in done.stdout.splitlines()]
        assert written
        for sequence, leaf in written:
            entry = journal.entry(journal.origin, int(sequence))
            assert entry is not None
            assert entry.leaf.hex() == leaf
        assert journal.size() in (int(written[-1][0]) + 1, int(written[-1][0]) + 2)
        journal.store.close()
        again = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert again.stdout is not None
        assert int(again.stdout.readline().split()[0]) == journal_of(party).size() - 1
        again.kill()
        again.wait(timeout=30)
        again.stdout.close()
        folder = party.folder
        assert verify_folder(folder, []).ok
    finally:
        party.close()


@contextmanager
def full(party: Party) -> Iterator[None]:
    """No page more for this party's store."""

    def no_more(connection: object, _record: object) -> None:
        raw = connection.cursor()  # type: ignore[attr-defined]
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages}")

    party.store.close()
    event.listen(party.store.engine, "connect", no_more)
    try:
        yield
    finally:
        event.remove(party.store.engine, "connect", no_more)
        party.reopen()


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def _until_full(work: object) -> None:
    for _ in range(200):
        work()  # type: ignore[operator]


def test_appending_to_a_full_store_is_one_error_of_ours(pair: tuple[Party, Party]) -> None:
    a, b = pair
    with full(a):
        with pytest.raises(JournalError, match="the store cannot be written"):
            _until_full(lambda: a.journal.append("note", {"text": "x" * 4_000}, recipients=["*"]))
        size = a.journal.size()
        with pytest.raises(JournalError, match="full"):
            a.journal.append("note", {"text": "x" * 9_000}, recipients=["*"])
        assert a.journal.size() == size
        with pytest.raises(JournalError, match=r"the store cannot be written .database or disk is full."):
            a.store.put_setting("anything", "x" * 20_000)
    a.journal.append("note", {"text": "there is room again"}, recipients=["*"])
    exchange_all(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()
    assert verify_folder(a.path, [a.card, b.card]).ok


def test_taking_a_batch_into_a_full_store_takes_nothing(pair: tuple[Party, Party]) -> None:
    a, b = pair
    for _ in range(20):
        a.journal.append("note", {"text": "x" * 9_000}, recipients=["*"])
    batch = Outgoing(a.journal, "B").batch()
    size = b.journal.size(a.card.origin)
    with full(b):
        with pytest.raises(JournalError, match="the store cannot be written"):
            Incoming(b.journal).accept(batch)
        assert b.journal.size(a.card.origin) == size
    exchange(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()
    assert verify_folder(b.path, [a.card, b.card]).ok


def test_a_memory_that_cannot_be_written_is_one_error_of_ours(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pair
    a.journal.append("note", {}, recipients=["*"])
    answer = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch())

    def no_room(_: object, __: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(standing, "write_memory", no_room)
        with pytest.raises(JournalError, match=r"cannot be written .No space left on device."):
            Outgoing(a.journal, "B").answered(answer)
    a.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()
