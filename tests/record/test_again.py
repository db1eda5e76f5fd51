"""What our own receipts have judged stays judged when it comes again to a restored store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.record import quota
from skyaccord.record.again import Again
from skyaccord.record.behind import is_behind, recall
from skyaccord.record.journals import journal_info
from skyaccord.record.verify import verify_folder
from tests.record.backups import backup, make_whole, meet, note, restore
from tests.record.test_arrival import PERSON, refusal, suspend
from tests.record.worlds import Party, enrol, exchange, exchange_all, make_pair


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    enrol(a, PERSON, role="representative")
    exchange_all(a, b)
    return a, b


def again(party: Party, peer: Party, earlier: Path) -> None:
    """Restore the older copy, get our own journal back from the peer, then the peer's once more."""
    restore(party, earlier)
    assert recall(party.journal) is None
    assert meet(party, peer) is False
    assert is_behind(recall(party.journal))
    assert make_whole(party, peer) > 0
    exchange_all(party, peer)
    for one in (party, peer):
        report = verify_folder(one.path, [party.card, peer.card])
        assert report.ok, report.findings


def test_a_notice_that_was_refused_does_not_count_after_a_restore(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    """The older store does not know the heartbeat that spoke against its date."""
    a, b = pair
    earlier = backup(b, tmp_path / "backup")
    a.clock.advance(7200.0)  # one clock for both
    exchange_all(a, b)  # heartbeats alone
    ref = suspend(a, a.clock.now() - timedelta(minutes=90))
    a.journal.clock = a.clock
    exchange(a, b)
    reason = refusal(b, ref)
    assert "when its party said that its journal ended before it" in str(reason)
    for number in range(3):
        note(b, number)
        exchange_all(a, b)
    again(b, a, earlier)
    assert refusal(b, ref) == reason


def test_what_was_taken_is_not_too_much_when_it_comes_together(
    pair: tuple[Party, Party], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(quota.A_DAY, "note", 2)
    monkeypatch.setattr(quota, "BACKLOG_DAYS", 1)
    a, b = pair
    earlier = backup(b, tmp_path / "backup")
    for number in range(3):
        note(a, number)
        note(a, number)
        note(b, number)
        exchange_all(a, b)
        a.clock.advance(timedelta(days=1).total_seconds())
    again(b, a, earlier)
    assert all(entry.refused is None for entry in b.journal.entries(a.card.origin))
    note(a, 3)  # they were not counted a second time
    exchange(a, b)
    assert list(b.journal.entries(a.card.origin))[-1].refused is None


def test_each_receipt_is_found_far_back(pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skyaccord.record.again.PAGE_ENTRIES", 1)
    monkeypatch.setitem(quota.A_DAY, "note", 0)
    a, b = pair
    for number in range(4):
        note(a, number)
        a.journal.append("sounding", {}, recipients=["*"])
        exchange_all(a, b)
    held = list(b.journal.entries(a.card.origin))
    assert sum(entry.refused is not None for entry in held) == 4
    with b.store.reading() as connection:
        said = Again(connection, b.card.origin, journal_info(connection, a.card.origin))
        assert [said.reason(entry.sequence) for entry in held] == [entry.refused for entry in held]
        assert said.covers(0)
        assert not said.covers(journal_info(connection, a.card.origin).receipted)
