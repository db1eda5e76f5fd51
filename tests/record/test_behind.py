"""A folder restored from an older copy never signs a place twice: it is made whole, or it appends nothing."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from skyaccord.base.errors import JournalError, RefusedError, SkyAccordError
from skyaccord.record.behind import JOURNAL_RESTORED, Restoring, is_behind, recall
from skyaccord.record.copies import copy_of
from skyaccord.record.evidence import forks
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.standing import MEMORY_FILE, read_memory, write_memory
from skyaccord.record.verify import verify_folder
from tests.record.backups import backup, make_whole, meet, note, restore
from tests.record.worlds import Party, exchange, exchange_all, make_pair


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def test_a_memory_that_cannot_be_read_does_not_pass_for_none(pair: tuple[Party, Party]) -> None:
    a, b = pair
    note(a, 1)
    exchange_all(a, b)
    memory = a.path / MEMORY_FILE
    assert memory.is_file()
    memory.unlink()
    memory.mkdir()  # whatever is there, it is not "never cosigned"
    with pytest.raises(JournalError, match="cannot be read"):
        recall(a.journal)


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
