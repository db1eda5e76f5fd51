"""What is kept between batches is what would be read anew: after appends, rollbacks and restores."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest

from skyaccord.base.errors import RefusedError
from skyaccord.record import remembered
from skyaccord.record.entries import Entry, read_entries
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.kinds import PEER_PINNED, PERSON_DISMISSED, PERSON_ENROLLED
from skyaccord.record.peers import pin_peer
from skyaccord.record.pins import first_cards, keys_of
from skyaccord.record.remembered import entries_of
from skyaccord.record.rotation import rotate_key
from skyaccord.record.store import DATABASE_FILE, open_store
from tests.record.worlds import Party, exchange_all, make_pair, make_party

PERSONS = (PERSON_ENROLLED, PERSON_DISMISSED)


def enrol(party: Party, name: str) -> None:
    party.journal.append(
        PERSON_ENROLLED,
        {"public_key": PersonKey.generate().public, "name": name, "role": "duty-officer", "automatic": False},
        recipients=["*"],
    )


def kept_and_read(party: Party, kinds: tuple[str, ...] = PERSONS) -> list[Entry]:
    """The entries, which must be the same either way."""
    with party.store.reading() as connection:
        found = list(entries_of(connection, party.card.origin, kinds))
        assert found == list(read_entries(connection, party.card.origin, kinds=kinds))
    return found


@pytest.fixture
def party(tmp_path: Path) -> Party:
    return make_party(tmp_path, "A")


def test_what_comes_later_is_added(party: Party) -> None:
    assert kept_and_read(party) == []
    for count in range(1, 4):
        enrol(party, f"Officer {count}")
        party.journal.append("note", {}, recipients=["*"])
        assert len(kept_and_read(party)) == count


def test_it_is_not_read_again(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(party, "Officer")
    first = kept_and_read(party)
    monkeypatch.setattr(remembered, "read_entries", lambda *_, **__: pytest.fail("read again"))
    party.journal.append("note", {}, recipients=["*"])
    with party.store.reading() as connection:
        again = entries_of(connection, party.card.origin, PERSONS)
    assert [entry is other for entry, other in zip(first, again, strict=True)] == [True]


def test_what_another_process_wrote_is_there(party: Party) -> None:
    enrol(party, "Officer")
    kept_and_read(party)
    other = open_store(party.path)
    party.journal.store, mine = other, party.journal.store
    enrol(party, "Another")
    party.journal.store = mine
    other.close()
    assert len(kept_and_read(party)) == 2


def test_what_was_rolled_back_is_not_kept(party: Party) -> None:
    kept_and_read(party)
    with contextlib.suppress(RefusedError), party.store.writing() as connection:
        party.journal.append_within(
            connection,
            PERSON_ENROLLED,
            {"public_key": PersonKey.generate().public, "name": "X", "role": "r", "automatic": False},
            recipients=["*"],
        )
        assert len(entries_of(connection, party.card.origin, PERSONS)) == 1
        assert remembered._KEPT[connection.engine][party.card.origin, PERSONS].entries == ()
        raise RefusedError("not after all")
    assert kept_and_read(party) == []
    enrol(party, "Officer")
    assert [entry.body["name"] for entry in kept_and_read(party)] == ["Officer"]


def test_an_older_copy_put_in_its_place_is_noticed(party: Party, tmp_path: Path) -> None:
    """Under the same open engine, which no node does: what is kept goes by the head, not by the size."""
    with party.store.writing():
        pass
    party.store.clean()
    party.store.close()
    shutil.copy(party.path / DATABASE_FILE, tmp_path / "old.db")
    for names in (["One"], ["Two", "Three"]):
        party.store.close()
        for file in party.path.glob(f"{DATABASE_FILE}*"):
            file.unlink()
        shutil.copy(tmp_path / "old.db", party.path / DATABASE_FILE)
        for name in names:
            enrol(party, name)
        assert [entry.body["name"] for entry in kept_and_read(party)] == names


def test_a_new_pin_and_a_new_key_count_at_once(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    c = make_party(tmp_path, "C")
    with a.store.reading() as connection:
        assert sorted(first_cards(connection, a.card.origin)) == ["B"]
    pin_peer(a.journal, c.card)
    exchange_all(a, b)
    assert b.root is not None
    new = PartyKey.generate(b.randomness)
    with a.store.reading() as connection:
        assert sorted(first_cards(connection, a.card.origin)) == ["B", "C"]
        assert keys_of(connection, b.card.origin).chain.current == b.key.public
    rotate_key(b.journal, b.root, new, b.card)
    b.key = new
    b.reopen()
    exchange_all(a, b)
    with a.store.reading() as connection:
        assert keys_of(connection, b.card.origin).chain.current == new.public
    assert len(kept_and_read(a, (PEER_PINNED,))) == 2


def test_a_caller_cannot_change_what_is_kept(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    with a.store.reading() as connection:
        keys = keys_of(connection, b.card.origin)
        keys.chain._changes[99] = None  # type: ignore[assignment]
        assert keys_of(connection, b.card.origin).chain._changes == {}
