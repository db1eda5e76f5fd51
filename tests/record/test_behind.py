"""A folder restored from an older copy never signs a place twice: it is made whole, or it appends nothing."""

from __future__ import annotations

import contextlib
import random
import shutil
from pathlib import Path

import pytest

from skyaccord.base.errors import JournalError, RefusedError, SkyAccordError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.behind import JOURNAL_RESTORED, Restoring, is_behind, recall
from skyaccord.record.copies import copy_of
from skyaccord.record.evidence import forks
from skyaccord.record.keys import PartyKey
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.rotation import rotate_key
from skyaccord.record.standing import MEMORY_FILE, read_memory, write_memory
from skyaccord.record.store import DATABASE_FILE
from skyaccord.record.verify import verify_folder
from skyaccord.record.wire import read_answer, read_batch
from tests.record.worlds import Party, exchange, exchange_all, make_pair


def backup(party: Party, target: Path, *, database_alone: bool = False) -> Path:
    """A copy of the folder as it is now."""
    party.store.close()
    target.mkdir(parents=True)
    for file in party.path.iterdir():
        if file.is_file() and (not database_alone or file.name.startswith(DATABASE_FILE)):
            shutil.copy(file, target / file.name)
    party.reopen()
    return target


def restore(party: Party, source: Path) -> None:
    """Put the copy back, over what is there, as somebody does after a broken disk."""
    party.store.close()
    for file in party.path.glob(f"{DATABASE_FILE}*"):
        file.unlink()
    for file in source.iterdir():
        shutil.copy(file, party.path / file.name)
    party.reopen()


def note(party: Party, number: int, *, sealed: bool = False) -> None:
    party.journal.append("note", {"number": number}, recipients=[] if sealed else ["*"])


def meet(sender: Party, receiver: Party) -> bool:
    """One heartbeat: whether the sender may go on."""
    outgoing = Outgoing(sender.journal, receiver.card.party)
    answer = Incoming(receiver.journal).accept(outgoing.batch())
    try:
        outgoing.answered(read_answer(answer.dumps()))
    except JournalError:
        return False
    return True


def make_whole(party: Party, peer: Party) -> int:
    """Restore from the peer's copy; how many entries came back."""
    restoring, count = Restoring(party.journal, peer.card.party), 0
    while (first := restoring.wanted()) is not None:
        page = copy_of(peer.journal, party.card.party, first)
        assert page is not None
        count += restoring.take(read_batch(page.dumps()))
    return count


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def test_what_was_lost_comes_back_from_the_peer_and_is_said_so(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    for number in range(5):
        note(a, number, sealed=number == 2)
        note(b, number)
        exchange_all(a, b)
    lost = [(entry.leaf, entry.sealed) for entry in a.journal.entries()]
    restore(a, earlier)
    assert recall(a.journal) is None, "the whole folder was restored: it does not know yet"
    assert meet(a, b) is False
    with pytest.raises(JournalError, match="nothing is appended: behind: party B has our signature"):
        note(a, 99)
    missing = len(lost) - a.journal.size()
    assert make_whole(a, b) == missing
    back = [(entry.leaf, entry.sealed) for entry in a.journal.entries()]
    assert [leaf for leaf, _ in back[:-1]] == [leaf for leaf, _ in lost]
    assert [place for place, (_, sealed) in enumerate(back) if sealed] == [
        entry.sequence for entry in b.journal.entries(a.card.origin) if entry.sealed and entry.sequence > 2
    ]
    last = list(a.journal.entries())[-1]
    assert last.kind == JOURNAL_RESTORED
    assert (last.body["party"], last.body["first"], last.body["sealed"]) == ("B", len(lost) - missing, 1)
    note(a, 100)
    exchange_all(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()
    assert forks(b.journal) == []
    for party in pair:
        report = verify_folder(party.path, [a.card, b.card])
        assert report.ok, report.findings


@pytest.mark.parametrize("memory", ["file", "store"])
def test_a_node_alone_goes_on_with_all_it_remembers_and_stops_with_less(
    pair: tuple[Party, Party], tmp_path: Path, memory: str
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup", database_alone=True)
    note(a, 1)
    exchange_all(a, b)
    assert recall(a.journal) is None, "nothing is missing: alone is fine"
    note(a, 2)
    if memory == "file":
        restore(a, earlier)
    else:
        a.store.close()
        (a.path / MEMORY_FILE).unlink()
        a.reopen()
        origin = a.card.origin
        with a.store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM entries WHERE sequence > 0 AND origin = ?", (origin,))
            connection.exec_driver_sql("DELETE FROM nodes WHERE origin = ?", (origin,))
            connection.exec_driver_sql(
                "UPDATE journals SET size = 1, head = (SELECT head FROM entries WHERE sequence = 0 "
                "AND origin = journals.origin) WHERE own = 1"
            )
    reason = recall(a.journal)
    assert is_behind(reason)
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        note(a, 3)
    a.reopen()
    assert recall(a.journal) == reason, "and it is remembered"


def test_a_memory_that_is_not_ours_stops_nobody(pair: tuple[Party, Party]) -> None:
    a, b = pair
    for text in ("", "x", b.journal.checkpoint(), "\u2014 a b\n"):
        write_memory(a.path, text)
        assert read_memory(a.path) == text
        assert recall(a.journal) is None
    (a.path / MEMORY_FILE).write_bytes(b"\xff\xfe")
    assert recall(a.journal) is None
    note(a, 1)


def test_a_peer_cannot_stop_us_by_what_it_says(pair: tuple[Party, Party]) -> None:
    """Only our own signature does: a peer that claims more, or shows what we never signed, is told off."""
    a, b = pair
    outgoing = Outgoing(a.journal, "B")
    good = Incoming(b.journal).accept(outgoing.batch())
    theirs = good.model_copy(update={"cosigned": b.journal.checkpoint()})
    bare = good.model_copy(update={"cosigned": a.journal.checkpoint()})
    for answer in (good.model_copy(update={"held": 99}), theirs):
        with pytest.raises(JournalError):
            outgoing.answered(answer)
        note(a, 1)
        assert recall(a.journal) is None
    outgoing.answered(bare)  # without a line of B's it shows nothing
    note(a, 1)
    assert recall(a.journal) is None


def test_a_copy_that_does_not_hold_restores_nothing(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    for number in range(3):
        note(a, number)
        exchange_all(a, b)
    restore(a, earlier)
    meet(a, b)
    size = a.journal.size()
    page = copy_of(b.journal, "A", size)
    assert page is not None
    first, *rest = page.entries
    garbled = first.model_copy(update={"leaf": "00" * 32})
    other_text = first.model_copy(update={"envelope": (first.envelope or "").replace("a", "b", 1)})
    sealed_all = [entry.model_copy(update={"salt": None, "envelope": None}) for entry in page.entries]
    bad = [
        page.model_copy(update={"entries": [garbled, *rest]}),
        page.model_copy(update={"entries": [other_text, *rest]}),
        page.model_copy(update={"entries": rest}),
        page.model_copy(update={"entries": []}),
        page.model_copy(update={"origin": b.card.origin}),
        page.model_copy(update={"checkpoint": b.journal.checkpoint()}),
    ]
    for one in bad:
        with pytest.raises(RefusedError):
            Restoring(a.journal, "B").take(one)
        assert a.journal.size() == size
        with pytest.raises(JournalError):
            note(a, 9)
    # A peer may keep the texts back: the leaves are ours all the same, and the journal goes on.
    Restoring(a.journal, "B").take(page.model_copy(update={"entries": sealed_all}))
    assert a.journal.size() > size


def test_a_copy_is_for_the_party_whose_journal_it_is(pair: tuple[Party, Party]) -> None:
    _, b = pair
    with pytest.raises(JournalError, match="no journal of party 'C'"):
        copy_of(b.journal, "C", 0)
    assert copy_of(b.journal, "A", b.journal.held_from("A")) is None


def test_copies_whose_checkpoints_lie_apart_are_taken_in_pages(
    pair: tuple[Party, Party], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    for number in range(20):
        note(a, number)
    exchange_all(a, b)
    with b.store.writing() as connection:  # as in a store of revision 0002: only the newest is there
        connection.exec_driver_sql("DELETE FROM checkpoints WHERE size < (SELECT max(size) FROM checkpoints)")
    restore(a, earlier)
    meet(a, b)
    monkeypatch.setattr("skyaccord.record.copies.BATCH_ENTRIES_MAX", 6)
    assert make_whole(a, b) >= 20
    note(a, 21)
    exchange_all(a, b)
    assert verify_folder(a.path, [a.card, b.card]).ok


# ── what the storm found ────────────────────────────────────────────────────────────────────────────────


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


# ── whatever happens: no fork, unless it is noticed ─────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(12))
def test_backups_crashes_and_talk_in_any_order_never_fork_unnoticed(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    a, b = make_pair(tmp_path / "pair", seed=seed)
    exchange_all(a, b)
    copies: list[tuple[Path, bool]] = []
    signed: dict[int, set[bytes]] = {}
    for step in range(28):
        match dice.choice(["append"] * 4 + ["meet"] * 4 + ["backup", "restore", "reopen", "theirs"]):
            case "append":
                try:
                    entry = a.journal.append("note", {"n": step}, recipients=dice.choice([["*"], []]))
                except JournalError:
                    assert a.journal.info().halted is not None
                    continue
                signed.setdefault(entry.sequence, set()).add(entry.leaf)
            case "meet":
                try:
                    exchange(a, b)
                    exchange(b, a)
                except (SkyAccordError, AssertionError):
                    if is_behind(a.journal.info().halted):
                        make_whole(a, b)
            case "backup":
                alone = dice.random() < 0.5
                copies.append((backup(a, tmp_path / f"copy{step}", database_alone=alone), alone))
            case "restore" if copies:
                source, _ = dice.choice(copies)
                restore(a, source)
                recall(a.journal)
            case "reopen":
                a.reopen()
                recall(a.journal)
            case "theirs":
                b.journal.append("note", {"n": step}, recipients=["*"])
    # Restored whole and alone, it appended: nobody can know before they meet.
    blind_fork = any(len(leaves) > 1 for leaves in signed.values())
    held = {entry.sequence: entry.leaf for entry in b.journal.entries(a.card.origin)}
    if blind_fork:
        with contextlib.suppress(SkyAccordError, AssertionError):
            exchange(a, b)
        ours = {entry.sequence: entry.leaf for entry in a.journal.entries()}
        if any(ours[place] != leaf for place, leaf in held.items() if place in ours):
            assert a.journal.info().halted is not None, "forked, and went on"
    else:
        for sequence, leaf in held.items():
            assert signed.get(sequence, {leaf}) == {leaf}
        assert forks(b.journal) == []
