"""A peer that sends too much is refused with the reason, and nothing else is disturbed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import skyaccord.hotline.bodies
import skyaccord.talks.amending  # noqa: F401 (what rooms bound)
from skyaccord.base.clock import ManualClock
from skyaccord.record import quota as quota_room
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.quota import Quota
from tests.record.worlds import Party, exchange_all, make_pair, make_party


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def note(party: Party, count: int = 1, *, size: int = 0) -> None:
    for _ in range(count):
        party.journal.append("note", {"text": "x" * size}, recipients=["*"])


def send(a: Party, b: Party, quota: Quota) -> str | None:
    """What B says to everything A has, under this quota."""
    outgoing, incoming = Outgoing(a.journal, b.card.party), Incoming(b.journal, quota)
    while True:
        answer = incoming.accept(outgoing.batch())
        if answer.reason is not None or outgoing.answered(answer):
            return answer.reason


def test_entries_of_a_day_are_limited_and_the_next_day_goes_on(pair: tuple[Party, Party]) -> None:
    a, b = pair
    held = b.journal.held_from("A")
    quota = Quota(entries_a_day=held + 3)
    note(a, 3)
    assert send(a, b, quota) is None
    note(a)
    assert send(a, b, quota) == f"quota: more than {held + 3} entries a day of party A"
    assert b.journal.held_from("A") == held + 3, "nothing of the batch was kept"
    note(b)
    assert send(b, a, Quota()) is None, "our own journal goes on"
    b.clock.advance(timedelta(days=1).total_seconds())
    assert send(a, b, quota) is None


@pytest.mark.parametrize(
    ("quota", "what"),
    [
        (Quota(mebibytes_a_day=1), "1048576 bytes a day"),
        (Quota(mebibytes_in_all=1), "1048576 bytes in all"),
        (Quota(entries_in_all=6), "6 entries in all"),
    ],
)
def test_each_limit_is_named(pair: tuple[Party, Party], quota: Quota, what: str) -> None:
    a, b = pair
    note(a, 6, size=150_000)
    assert what in (send(a, b, quota) or "")
    b.clock.advance(timedelta(days=1).total_seconds())
    again = send(a, b, quota)
    assert (again is None) == ("a day" in what)


def test_one_peers_limit_is_not_anothers(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    c = make_party(tmp_path, "C", clock=a.clock)
    pin_peer(b.journal, c.card)
    pin_peer(c.journal, b.card)
    quota = Quota(entries_a_day=b.journal.held_from("A"))
    note(a)
    assert "party A" in (send(a, b, quota) or "")
    assert send(c, b, quota) is None


def test_what_is_sent_again_is_not_counted_again(pair: tuple[Party, Party]) -> None:
    a, b = pair
    note(a)
    batch = Outgoing(a.journal, "B").batch()
    incoming = Incoming(b.journal, Quota(entries_a_day=b.journal.held_from("A") + 1))
    for _ in range(4):
        assert incoming.accept(batch).reason is None


def test_a_node_whose_own_journal_is_halted_takes_nothing_and_says_why(pair: tuple[Party, Party]) -> None:
    a, b = pair
    note(a)
    with b.store.writing() as connection:
        connection.exec_driver_sql("UPDATE journals SET halted = 'behind: for a test' WHERE own = 1")
    held = b.journal.held_from("A")
    assert "takes nothing now: behind: for a test" in (send(a, b, Quota()) or "")
    assert b.journal.held_from("A") == held


def test_a_kind_that_costs_people_or_memory_is_bounded_by_the_day(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More are leaves that were refused; the link, other kinds and the next day go on."""
    a, b = pair
    monkeypatch.setitem(quota_room.A_DAY, "note", 3)
    monkeypatch.setattr(quota_room, "BACKLOG_DAYS", 1)
    note(a, 2)
    assert send(a, b, Quota()) is None
    b.reopen()  # what was counted is on the disk
    note(a, 3)
    a.journal.append("sounding", {}, recipients=["*"])
    assert send(a, b, Quota()) is None
    too_many = "more than 3 entries of kind note a day"
    assert [one.refused for one in b.journal.entries(a.card.origin) if one.kind in ("note", "sounding")] == [
        None, None, None, too_many, too_many, None,
    ]  # fmt: skip
    b.clock.advance(timedelta(days=1).total_seconds())
    note(a)
    assert send(a, b, Quota()) is None
    assert list(b.journal.entries(a.card.origin))[-1].refused is None


def test_what_came_together_after_an_outage_is_not_too_much(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days that brought nothing leave room, up to a month; what a day gives back is a day's."""
    a, b = pair
    monkeypatch.setitem(quota_room.A_DAY, "note", 2)
    monkeypatch.setattr(quota_room, "BACKLOG_DAYS", 5)

    def refused() -> int:
        assert send(a, b, Quota()) is None
        return sum(one.refused is not None for one in b.journal.entries(a.card.origin))

    note(a, 10)  # five days of them
    assert refused() == 0
    note(a)
    assert refused() == 1
    b.clock.advance(timedelta(days=1).total_seconds())
    note(a, 3)
    assert refused() == 2
    b.clock.advance(timedelta(days=400).total_seconds())
    note(a, 11)
    assert refused() == 3, "and no more than that is saved up"
    b.journal.clock = clock = ManualClock(b.clock.now() - timedelta(days=300))
    note(a)
    assert refused() == 4, "a clock that is set back gives nothing"
    clock.advance(timedelta(days=1).total_seconds())
    note(a, 2)
    assert refused() == 4, "and holds nothing up"


def test_an_ordinary_day_of_the_hotline_is_far_below_its_bounds() -> None:
    assert quota_room.A_DAY["message"] >= 24 * 60
    assert {"message", "message.released", "hotline.drill", "annex.signed"} <= quota_room.A_DAY.keys()
