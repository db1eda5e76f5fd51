"""Memories, backups and rotations that a storm of faults found: each is told, and nothing forks."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import JournalError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.behind import is_behind, recall
from skyaccord.record.evidence import forks
from skyaccord.record.keys import PartyKey
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.rotation import rotate_key
from skyaccord.record.standing import read_memory, write_memory
from tests.record.backups import backup, make_whole, meet, note, restore
from tests.record.worlds import Party, exchange, exchange_all, make_pair


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def rotated(party: Party) -> PartyKey:
    """Replace the party's key; its old one."""
    old, new = party.key, PartyKey.generate(SeededRandomness(3))
    assert party.root is not None
    rotate_key(party.journal, party.root, new, party.card)
    party.key = new
    party.reopen()
    return old


def test_a_delayed_answer_does_not_make_the_memory_older(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    late = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch())
    note(a, 1)
    earlier = backup(a, tmp_path / "backup", database_alone=True)
    note(a, 2)
    exchange(a, b)
    Outgoing(a.journal, "B").answered(late)
    restore(a, earlier)
    assert is_behind(recall(a.journal))
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        note(a, 3)


def test_a_memory_that_a_crash_cut_off_is_written_at_the_next_start(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup", database_alone=True)
    before = read_memory(a.path)
    note(a, 1)
    exchange(a, b)
    newest = read_memory(a.path)
    assert before is not None
    write_memory(a.path, before)  # the power went between the store and the file
    a.reopen()
    assert recall(a.journal) is None
    assert read_memory(a.path) == newest
    restore(a, earlier)
    assert is_behind(recall(a.journal))


def test_a_database_from_before_a_rotation_is_held_against_a_memory_by_the_new_key(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    """party.key is not in the database: the new one lies there still, and signed what is remembered."""
    a, b = pair
    earlier = backup(a, tmp_path / "backup", database_alone=True)
    old = rotated(a)
    note(a, 1)
    exchange_all(a, b)
    restore(a, earlier)
    assert is_behind(recall(a.journal))
    assert make_whole(a, b) >= 2
    assert recall(a.journal) is None
    note(a, 2)
    restore(a, earlier)
    assert is_behind(recall(a.journal))
    a.key = old  # "replaced", it says; so somebody looks for the older one
    a.reopen()
    assert is_behind(recall(a.journal))
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        note(a, 3)


def test_who_went_on_alone_past_its_own_rotation_is_stopped_at_the_first_meeting(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    """It could not know, and wrote another entry where its key was replaced: both sides must say so."""
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    old = rotated(a)
    note(a, 1)
    exchange_all(a, b)
    restore(a, earlier)
    a.key = old
    a.reopen()
    assert recall(a.journal) is None, "it cannot know"
    note(a, 2)
    note(a, 3)
    assert not meet(a, b)
    with pytest.raises(JournalError, match="nothing is appended: another history"):
        note(a, 4)


def test_a_whole_folder_from_before_a_rotation_is_told_and_made_whole(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    old = rotated(a)
    new = a.key
    note(a, 1)
    exchange_all(a, b)
    restore(a, earlier)
    a.key = old
    a.reopen()
    assert recall(a.journal) is None, "it cannot know"
    assert meet(a, b) is False
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        note(a, 2)
    make_whole(a, b)
    with pytest.raises(JournalError, match="the party's key was replaced"):
        note(a, 2)
    a.key = new
    a.reopen()
    note(a, 2)
    exchange_all(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()
    assert forks(b.journal) == []


def test_a_database_from_before_a_rotation_comes_back_with_the_new_key(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup", database_alone=True)
    rotated(a)
    note(a, 1)
    exchange_all(a, b)
    restore(a, earlier)
    with pytest.raises(JournalError):
        note(a, 2)
    assert meet(a, b) is False
    assert make_whole(a, b) > 1
    note(a, 2)
    exchange_all(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()
    assert forks(b.journal) == []


def test_a_rotation_that_was_only_announced_is_told_as_well(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    note(a, 1)
    old, size = rotated(a), a.journal.size()
    new = a.key
    answer = Incoming(b.journal).accept(Outgoing(a.journal, "B", entries_max=1).batch())
    assert answer.held == size - 1, "the entry before the rotation, under a checkpoint by the new key"
    restore(a, earlier)
    a.key = old
    a.reopen()
    assert meet(a, b) is False
    assert make_whole(a, b) == 1
    assert b.journal.held_from("A") == a.journal.size() - 1
    assert new.public != a.journal.info().public_key, "the rotation itself is nowhere any more"


def test_a_rotation_that_the_root_did_not_sign_is_not_believed(pair: tuple[Party, Party]) -> None:
    a, b = pair
    rotated(a)
    exchange_all(a, b)
    answer = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch(0))
    envelope = next(iter(b.journal.entries(kinds=("peer.pinned",)))).data
    assert envelope is not None
    bad = answer.model_copy(update={"rotations": [envelope.decode()], "held": 0})
    with pytest.raises(JournalError, match="none of ours"):
        Outgoing(a.journal, "B").answered(bad)
    note(a, 1)
    batch = Outgoing(a.journal, "B").batch()
    refused = Incoming(b.journal).accept(batch.model_copy(update={"rotations": [envelope.decode()]}))
    assert refused.reason == "what is announced as a change of key is none"


def test_a_peer_whose_new_key_we_do_not_know_yet_can_show_that_we_are_behind(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    rotated(b)
    note(a, 1)
    exchange(a, b)
    restore(a, earlier)
    assert recall(a.journal) is None
    assert meet(a, b) is False
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        note(a, 2)
    make_whole(a, b)
    note(a, 2)
    exchange_all(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()


def test_two_changes_of_key_in_one_place_stop_it(pair: tuple[Party, Party], tmp_path: Path) -> None:
    """A whole folder from before its change of key, alone, changes its key again: the root signed both."""
    a, b = pair
    earlier, first = backup(a, tmp_path / "backup"), a.key
    rotated(a)
    exchange_all(a, b)
    a.key = first
    restore(a, earlier)
    assert a.root is not None
    other = PartyKey.generate(SeededRandomness(4))
    rotate_key(a.journal, a.root, other, a.card)
    a.key = other
    a.reopen()
    answer = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch())
    with pytest.raises(JournalError, match="another history: our root key has signed another change of key"):
        Outgoing(a.journal, "B").answered(answer)
    with pytest.raises(JournalError, match="another history"):
        note(a, 1)
