from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.clock import SkyClock, SystemClock
from skyaccord.base.errors import JournalError, LimitError, RefusedError, TrustError
from skyaccord.record.chain import leaf_hash, next_head, start_head
from skyaccord.record.entries import PAGE_ENTRIES
from skyaccord.record.envelope import ENVELOPE_BYTES_MAX, open_envelope
from skyaccord.record.fields import EntryRef
from skyaccord.record.journal import Journal
from skyaccord.record.store import DATABASE_FILE
from skyaccord.record.verify import verify_folder
from tests.record.worlds import ACCORD, START, Party, make_pair, make_party

KEY_BYTES_ENV = "TEST_PARTY_KEY"
# Appends for ever (or argv[3] times), printing each sequence once it is on the disk.
WRITER = """
import os, sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.journal import Journal
from skyaccord.record.keys import PartyKey
from skyaccord.record.store import open_store
store = open_store(Path(sys.argv[1]))
key = PartyKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(os.environ["TEST_PARTY_KEY"])))
journal = Journal(store, sys.argv[2], key, SystemClock(), SystemRandomness())
for number in range(int(sys.argv[3])):
    entry = journal.append("note", {"by": os.getpid(), "number": number}, recipients=["*"])
    print(entry.sequence, number, flush=True)
"""


def start_writer(party: Party, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, KEY_BYTES_ENV: party.key.private.private_bytes_raw().hex()}
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(party.path), party.card.origin, str(count)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_each_entry_continues_the_chain(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    for number in range(5):
        a.journal.append("note", {"number": number}, recipients=["*"], accord=ACCORD)
    head = start_head(a.card.origin)
    for sequence, entry in enumerate(a.journal.entries()):
        assert entry.data is not None
        assert entry.salt is not None
        envelope = open_envelope(entry.data, a.card.public_key)
        assert envelope.header.sequence == sequence == entry.sequence
        assert envelope.header.previous == head.hex()
        assert entry.leaf == leaf_hash(entry.salt, entry.data)
        head = next_head(head, entry.leaf)
        assert entry.head == head
    assert a.journal.head() == head
    assert a.journal.size() == 6


def test_times_and_marks_come_from_the_serving_node_unless_given(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    a.store.put_exercise(False)
    live = a.journal.append("note", {}, recipients=[])
    assert (live.header.sky_time, live.header.recorded_at, live.header.exercise) == (START, START, False)
    sky = START - timedelta(days=30)
    a.store.put_sky_clock(SkyClock(sky, START, 10.0))
    a.store.put_exercise(True)
    a.clock.advance(2.0)
    replayed = a.journal.append("note", {}, recipients=[])
    assert replayed.header.sky_time == sky + timedelta(seconds=20)
    assert replayed.header.recorded_at == START + timedelta(seconds=2)
    assert replayed.header.exercise
    given = a.journal.append("note", {}, recipients=[], sky_time=START, exercise=False)
    assert (given.header.sky_time, given.header.exercise) == (START, False)


def test_what_breaks_a_rule_is_not_appended(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    with pytest.raises(RefusedError, match=r"body of person\.enrolled"):
        a.journal.append("person.enrolled", {"name": "x"}, recipients=["*"])
    with pytest.raises(LimitError):
        a.journal.append("note", {"text": "x" * ENVELOPE_BYTES_MAX}, recipients=["*"])
    with pytest.raises(RefusedError, match="recipients"):
        a.journal.append("note", {}, recipients=["*", "B"])
    with pytest.raises(RefusedError, match="kind"):
        a.journal.append("Not a kind", {}, recipients=["*"])
    with pytest.raises(RefusedError, match="accord"):
        a.journal.append("note", {}, recipients=["*"], accord="rule-of-threes")
    with pytest.raises(RefusedError, match="not JSON"):
        a.journal.append("note", {"number": float("nan")}, recipients=["*"])
    assert a.journal.size() == 1


def test_without_the_key_nothing_is_appended(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    reader = Journal(a.store, a.card.origin, None, a.clock, a.randomness)
    with pytest.raises(TrustError, match="reading only"):
        reader.append("note", {}, recipients=["*"])
    assert len(list(reader.entries())) == 1


def test_nobody_appends_to_a_peers_journal(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    stolen = Journal(a.store, b.card.origin, a.key, a.clock, a.randomness)
    with pytest.raises(JournalError, match="another party's"):
        stolen.append("note", {}, recipients=["*"])


def test_reading_by_page_kind_and_place(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    count = PAGE_ENTRIES + 20
    with a.store.writing() as connection:
        for number in range(count):
            kind = "odd" if number % 2 else "even"
            a.journal.append_within(connection, kind, {"number": number}, recipients=["*"])
    assert [entry.sequence for entry in a.journal.entries()] == list(range(count + 1))
    assert [entry.sequence for entry in a.journal.entries(after=count - 1)] == [count]
    assert [entry.body["number"] for entry in a.journal.entries(kinds=("odd",), limit=2)] == [1, 3]
    assert len(list(a.journal.entries(kinds=("odd", "even")))) == count
    assert [entry.position for entry in a.journal.since(3, limit=2)] == [4, 5]
    assert a.journal.since(a.journal.last_position()) == []


def test_a_reference_means_the_entry_with_that_leaf_only(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    entry = a.journal.append("note", {"number": 1}, recipients=["*"])
    assert a.journal.find(entry.ref) == entry
    assert a.journal.find(entry.ref.model_copy(update={"leaf": "00" * 32})) is None
    other = EntryRef(origin="skyaccord.journal/Z/0123456789abcdef", sequence=0, leaf="00" * 32)
    assert a.journal.find(other) is None


def test_a_changed_end_is_noticed_before_appending(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    for number in range(3):
        a.journal.append("note", {"number": number}, recipients=["*"])
    with sqlite3.connect(a.path / DATABASE_FILE) as connection:
        connection.execute("DELETE FROM entries WHERE sequence = 3")
    connection.close()
    with pytest.raises(JournalError, match="nothing was appended"):
        a.journal.append("note", {}, recipients=["*"])


def test_a_changed_envelope_is_noticed_when_read(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    with sqlite3.connect(a.path / DATABASE_FILE) as connection:
        connection.execute("UPDATE entries SET envelope = X'7B7D'")
    connection.close()
    with pytest.raises(JournalError, match="does not fit its leaf"):
        list(a.journal.entries())


def test_the_tail_sees_what_any_process_appends(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")

    async def follow() -> list[int]:
        seen = []
        async for entry in a.journal.tail(0, poll_s=0.001):
            seen.append(entry.sequence)
            if len(seen) < 4:
                a.journal.append("note", {}, recipients=["*"])
            else:
                break
        return seen

    assert asyncio.run(follow()) == [0, 1, 2, 3]


def test_two_processes_append_to_one_journal(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A", fast=False)
    writers = [start_writer(a, 60) for _ in range(2)]
    outputs = [writer.communicate(timeout=60)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    acknowledged = sorted(int(line.split()[0]) for output in outputs for line in output.splitlines())
    assert acknowledged == list(range(1, 121))
    written = [(entry.body["by"], entry.body["number"]) for entry in a.journal.entries(kinds=("note",))]
    assert sorted(written) == sorted((writer.pid, number) for writer in writers for number in range(60))
    a.store.close()
    assert verify_folder(a.path, [a.card]).ok


@pytest.mark.parametrize("round_", range(3))
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, round_: int) -> None:
    a = make_party(tmp_path, "A", seed=round_ + 1, fast=False)
    a.store.close()
    writer = start_writer(a, 1_000_000)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline().split()[0]) for _ in range(10 + 7 * round_)]
    time.sleep(0.003 * round_)
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.stdout.read()
    writer.wait(timeout=30)
    acknowledged += [int(line.split()[0]) for line in rest.splitlines() if len(line.split()) == 2]
    assert verify_folder(a.path, [a.card]).ok  # also with the WAL as the killed process left it
    a.reopen()
    held = [entry.sequence for entry in a.journal.entries()]
    assert held[: len(acknowledged) + 1] == [0, *acknowledged]
    assert len(held) <= len(acknowledged) + 2
    a.journal.clock = SystemClock()
    assert a.journal.append("note", {}, recipients=["*"]).sequence == len(held)
    a.store.close()
    assert verify_folder(a.path, [a.card]).ok
