from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import JournalError, TrustError
from skyaccord.record.cards import Card
from skyaccord.record.keys import PartyKey
from skyaccord.record.peers import peers, pin_peer
from tests.record.worlds import make_pair, make_party


def test_pinning_is_journalled_for_nobody_else(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    entry = next(a.journal.entries(kinds=("peer.pinned",)))
    assert entry.header.recipients == []
    assert entry.body["fingerprint"] == b.card.fingerprint
    assert peers(a.journal) == {"B": b.card}
    assert a.journal.held_from("B") == 0


def test_the_same_card_again_changes_nothing(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    size = a.journal.size()
    assert pin_peer(a.journal, b.card) is None
    assert a.journal.size() == size


def test_a_new_address_is_journalled_again(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    moved = Card.make(
        party="B",
        name="Bravo",
        origin=b.card.origin,
        link_address="http://127.0.0.1:9",
        key=b.key,
        root_key=b.card.root_key,
    )
    assert pin_peer(a.journal, moved) is not None
    assert peers(a.journal)["B"].link_address == "http://127.0.0.1:9"


def test_a_pinned_key_is_never_replaced(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    thief = Card.make(
        party="B",
        name="Bravo",
        origin=b.card.origin,
        link_address=b.card.link_address,
        key=PartyKey.generate(),
    )
    size = a.journal.size()
    with pytest.raises(TrustError, match="never replaced"):
        pin_peer(a.journal, thief)
    assert peers(a.journal) == {"B": b.card}
    assert a.journal.size() == size


def test_ones_own_card_is_no_peers(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    with pytest.raises(TrustError, match="itself"):
        pin_peer(a.journal, a.card)
    with pytest.raises(JournalError, match="no journal of party 'B'"):
        a.journal.held_from("B")
