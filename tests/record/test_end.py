"""What a process remembers of its journal's end is what it would read: after rollbacks, and whoever wrote."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from skyaccord.base.clock import SkyClock
from skyaccord.base.errors import JournalError, RefusedError
from skyaccord.record import hot
from skyaccord.record.hot import driver, read_end
from skyaccord.record.journal import Journal
from skyaccord.record.journals import journal_info
from skyaccord.record.keys import PartyKey
from skyaccord.record.rotation import rotate_key
from skyaccord.record.store import DATABASE_FILE, open_store
from skyaccord.record.verify import verify_folder
from tests.record.worlds import START, Party, exchange_all, make_pair, make_party


@pytest.fixture
def party(tmp_path: Path) -> Party:
    a = make_party(tmp_path, "A")
    a.journal.append("note", {}, recipients=["*"])
    return a


def kept_and_read(party: Party) -> hot.JournalEnd:
    """The end, which must be the same either way."""
    with party.store.writing() as connection:
        found = read_end(connection, party.card.origin)
        assert found == hot._read_end(driver(connection), party.card.origin)
    return found


def statements(party: Party, connection: Connection) -> list[str]:
    said: list[str] = []
    driver(connection).set_trace_callback(said.append)
    party.journal.append_within(connection, "note", {}, recipients=["*"])
    driver(connection).set_trace_callback(None)
    return said


def test_it_is_read_once_and_then_known(party: Party) -> None:
    for _ in range(3):
        party.journal.append("note", {}, recipients=["*"])
        assert kept_and_read(party).size == party.journal.size()
    with party.store.writing() as connection:
        first = statements(party, connection)
        assert any(line.startswith("INSERT INTO entries") for line in first)
        assert not any("FROM journals" in line or "max(position)" in line for line in first)


def test_another_process_may_append_between(party: Party) -> None:
    store = open_store(party.path)
    other = Journal(store, party.card.origin, party.key, party.clock, party.randomness)
    for number in range(6):
        entry = (party.journal if number % 2 else other).append("note", {"n": number}, recipients=["*"])
        assert (entry.sequence, entry.position) == (2 + number, 3 + number)
    store.close()
    kept_and_read(party)
    party.store.close()
    assert verify_folder(party.path, [party.card]).ok


def test_what_is_rolled_back_is_forgotten(party: Party) -> None:
    for count in range(1, 3):
        with contextlib.suppress(RefusedError), party.store.writing() as connection:
            for _ in range(count):
                party.journal.append_within(connection, "note", {}, recipients=["*"])
            raise RefusedError("not after all")
        assert kept_and_read(party).size == 1 + count
        assert party.journal.append("note", {}, recipients=["*"]).sequence == 1 + count


def test_a_commit_that_fails_is_forgotten(party: Party) -> None:
    def append_and_break() -> None:
        with party.store.writing() as connection:
            party.journal.append_within(connection, "note", {}, recipients=["*"])
            driver(connection).execute("PRAGMA defer_foreign_keys = ON")
            driver(connection).execute("INSERT INTO usage VALUES ('nobody', 0, '', 0, 0)")

    with pytest.raises(JournalError, match="cannot be written"):
        append_and_break()
    assert kept_and_read(party).size == 2
    assert party.journal.append("note", {}, recipients=["*"]).sequence == 2


def test_what_the_node_says_of_sky_and_exercise_counts_at_once(party: Party) -> None:
    other = open_store(party.path)
    for store in (party.store, other):
        for exercise in (False, True):
            sky = START - timedelta(days=2 + exercise)
            store.put_exercise(exercise)
            store.put_sky_clock(SkyClock(sky, party.clock.now(), 1.0))
            header = party.journal.append("note", {}, recipients=["*"]).header
            assert (header.exercise, header.sky_time) == (exercise, sky)
    other.close()


def test_entries_of_others_take_positions_between(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    for _ in range(3):
        a.journal.append("note", {}, recipients=["*"])
        b.journal.append("note", {}, recipients=["*"])
        exchange_all(a, b)
        kept_and_read(a)
    positions = [entry.position for entry in a.journal.since(0)]
    assert positions == list(range(1, len(positions) + 1))


@pytest.mark.parametrize("mine", [True, False])
def test_a_halt_and_a_changed_end_are_noticed(party: Party, mine: bool) -> None:
    halt = "UPDATE journals SET halted = 'behind'"
    if mine:
        with party.store.writing() as connection:
            driver(connection).execute(halt)
    else:
        with contextlib.closing(sqlite3.connect(party.path / DATABASE_FILE)) as raw, raw:
            raw.execute(halt)
    with pytest.raises(JournalError, match="nothing is appended"):
        party.journal.append("note", {}, recipients=["*"])
    with contextlib.closing(sqlite3.connect(party.path / DATABASE_FILE)) as raw, raw:
        raw.execute("UPDATE journals SET halted = NULL")
        raw.execute("UPDATE entries SET head = zeroblob(32) WHERE sequence = 1")
    with pytest.raises(JournalError, match="does not fit its head"):
        party.journal.append("note", {}, recipients=["*"])


def test_a_new_key_is_known_at_once(party: Party) -> None:
    assert party.root is not None
    new = PartyKey.generate(party.randomness)
    rotate_key(party.journal, party.root, new, party.card)
    assert kept_and_read(party).public_key.split()[0] == new.public
    with pytest.raises(JournalError, match="key was replaced"):
        party.journal.append("note", {}, recipients=["*"])


def test_a_reader_is_told_what_it_sees(party: Party) -> None:
    with party.store.reading() as connection:
        before = read_end(connection, party.card.origin)
        party.journal.append("note", {}, recipients=["*"])
        assert read_end(connection, party.card.origin) == before
        assert journal_info(connection, party.card.origin).size == before.size
