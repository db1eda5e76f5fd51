"""The log of reads: who, what, when; never changed, bounded, and honest about what was rotated away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from skyaccord.node.accounts import schema
from skyaccord.node.accounts.credentials import Visitor
from skyaccord.node.accounts.door import Door
from skyaccord.node.accounts.reads import ReadLog
from skyaccord.node.accounts.rights import RIGHTS, Role
from tests.node.accounts.doors import clock_of, door_in, with_account


def visitor(door: Door) -> Visitor:
    _, kept = door.credentials.give(
        "noor", Role.VIEWER, kind="session", label="", lasts=timedelta(hours=1), idle=None
    )
    return Visitor("noor", Role.VIEWER, RIGHTS[Role.VIEWER], None, kept)


def test_the_first_read_is_on_disk_at_once_and_more_alike_are_counted(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    who = visitor(door)
    for held in (5, 6, 7):
        door.reads.note(who, "192.0.2.1", "GET /api/alerts", {"B": held})
        clock_of(door).advance(10)
    other = door_in(tmp_path)
    (only,) = other.reads.rows()
    assert (only.account, only.credential, only.address) == ("noor", who.credential.id, "192.0.2.1")
    assert (only.what, only.held, only.times) == ("GET /api/alerts", {"B": 5}, 1)
    clock_of(door).advance(40)
    door.reads.note(who, "192.0.2.1", "GET /api/alerts", {"B": 8})
    rows = other.reads.rows()
    assert [(one.times, one.held["B"]) for one in rows] == [(1, 5), (2, 7), (1, 8)]
    assert (rows[1].until - rows[1].at).total_seconds() == 20
    assert [one.number for one in rows] == [1, 2, 3]
    other.close()
    door.close()


def test_what_is_counted_is_written_when_the_node_stops(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    who = visitor(door)
    for _ in range(3):
        door.reads.note(who, "192.0.2.1", "GET /api/alerts", {})
    door.close()
    again = door_in(tmp_path)
    assert sum(one.times for one in again.reads.rows()) == 3
    again.close()


def test_other_paths_addresses_and_sessions_are_other_reads(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    one, two = visitor(door), visitor(door)
    door.reads.note(one, "192.0.2.1", "GET /api/alerts", {})
    door.reads.note(one, "192.0.2.2", "GET /api/alerts", {})
    door.reads.note(one, "192.0.2.1", "GET /api/messages", {})
    door.reads.note(two, "192.0.2.1", "GET /api/alerts", {})
    assert len(door.reads.rows()) == 4
    assert len(door.reads.rows(since=2)) == 2
    assert len(door.reads.rows(limit=3)) == 3
    door.close()


def test_no_row_can_be_changed_or_removed(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    door.reads.note(visitor(door), "192.0.2.1", "GET /api/alerts", {})
    for statement in (update(schema.reads).values(account="amal"), delete(schema.reads)):
        with pytest.raises(IntegrityError, match="only appended to"), door.store.writing() as connection:
            connection.execute(statement)
    assert [one.account for one in door.reads.rows()] == ["noor"]
    door.close()


def test_the_oldest_rows_are_rotated_away_and_the_log_says_so(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    who = visitor(door)
    log = ReadLog(door.store, door.clock, rows_max=100)
    for number in range(1050):
        log.note(who, "192.0.2.1", f"GET /api/{number}", {})
    rows = log.rows()
    assert 100 <= len(rows) < 250
    assert log.first_kept() == rows[0].number > 1
    assert [one.number for one in rows] == list(range(rows[0].number, 1051))
    assert rows[-1].what == "GET /api/1049"
    door.close()
