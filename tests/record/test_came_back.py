"""What was erased and comes back from a peer's copy goes again, and nothing else goes with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.record.erasure import ERASED, Retention, due_again, erase, erase_again
from skyaccord.record.keys import PersonKey
from skyaccord.record.peers import pin_peer
from skyaccord.record.verify import verify_folder
from tests.record.backups import backup, make_whole, meet, restore
from tests.record.worlds import Party, enrol, exchange, exchange_all, make_pair, make_party, said

PERSON = PersonKey.generate()


def speak(party: Party) -> None:
    party.clock.advance(1.0)
    dsse = said(party, PERSON)
    party.journal.append_statement("message", dsse, recipients=["*"])


def messages(holder: Party, of: Party) -> list[bool]:
    """Of each message of that party as it is held here: whether its content is there."""
    entries = holder.journal.entries(of.card.origin, kinds=("message",))
    return [not entry.sealed for entry in entries]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    for party in (a, b):
        enrol(party, PERSON)
        speak(party)
    exchange_all(a, b)
    return a, b


def over(party: Party) -> Retention:
    return Retention(frozenset({"message"}), party.clock.now() - timedelta(days=30), "retention")


def test_contents_that_were_erased_do_not_come_back_with_what_was_lost(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    for party in pair:
        speak(party)
    exchange_all(a, b)
    a.clock.advance(40 * 86_400.0)
    for party in pair:
        speak(party)
    exchange_all(a, b)
    assert erase(a.journal, over(a)) == {"message": 4}
    exchange_all(a, b)
    restore(a, earlier)
    assert not due_again(a.journal)
    meet(a, b)
    make_whole(a, b)
    exchange_all(a, b)
    assert (messages(a, a), messages(a, b)) == ([True] * 3, [True] * 3), "B has erased nothing"
    assert due_again(a.journal)
    assert erase_again(a.journal, [over(a)]) == {"message": 2}
    assert messages(a, a) == messages(a, b) == [True, False, True], (
        "the first was in the copy, the last is young: it goes when somebody says so"
    )
    assert not due_again(a.journal)
    assert erase_again(a.journal, [over(a)]) == {}
    exchange_all(a, b)
    assert sum(entry.kind == ERASED for entry in a.journal.entries()) == 2
    for party in pair:
        report = verify_folder(party.path, [a.card, b.card])
        assert report.ok, report.findings


def test_our_own_go_once_every_peer_is_known_to_hold_them(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    c = make_party(tmp_path, "C", clock=a.clock)
    for one, other in ((a, c), (c, a), (b, c), (c, b)):
        pin_peer(one.journal, other.card)
    exchange_all(a, b, c)
    earlier = backup(a, tmp_path / "backup")
    speak(a)
    exchange_all(a, b, c)
    a.clock.advance(40 * 86_400.0)
    restore(a, earlier)
    meet(a, b)
    make_whole(a, b)
    exchange(a, b)
    exchange(b, a)
    assert not due_again(a.journal), "C was not met since"
    assert erase_again(a.journal, [over(a)]) == {}
    exchange_all(a, c)
    assert due_again(a.journal)
    assert erase_again(a.journal, [over(a)]) == {"message": 1}
    assert not due_again(a.journal)


def test_what_comes_for_the_first_time_is_not_touched(pair: tuple[Party, Party]) -> None:
    a, b = pair
    speak(b)
    exchange_all(a, b)
    a.clock.advance(40 * 86_400.0)
    assert not due_again(a.journal)
    assert erase_again(a.journal, [over(a)]) == {}
    assert messages(a, b) == [True, True]
