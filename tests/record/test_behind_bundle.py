"""A folder that is behind is made whole by hand from a bundle; nothing is rewritten, and no fork accepted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import InputError, JournalError, RefusedError, UnreadableError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.behind import JOURNAL_RESTORED, is_behind, recall, say_restored
from skyaccord.record.behind_bundle import restore_from_bundle
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.chain import leaf_hash, next_head
from skyaccord.record.envelope import read_envelope
from skyaccord.record.evidence import forks
from skyaccord.record.keys import PartyKey
from skyaccord.record.peers import pin_peer
from skyaccord.record.rotation import rotate_key
from skyaccord.record.standing import MEMORY_FILE, read_memory
from skyaccord.record.verify import verify_folder
from skyaccord.record.verify_bundle import verify_bundle
from tests.record.backups import backup, make_whole, meet, note, restore
from tests.record.bundles import sealed as written_again
from tests.record.worlds import Party, exchange, exchange_all, make_pair, make_party


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def exported(party: Party, target: Path) -> Path:
    export_bundle(party.path, target)
    return target


def lost(a: Party, b: Party, folder: Path, *, database_alone: bool = False) -> list[bytes]:
    """A has said more since it was copied, and the copy is put back; the leaves that there were."""
    earlier = backup(a, folder / "backup", database_alone=database_alone)
    for number in range(5):
        note(a, number, sealed=number == 2)
        note(b, number)
        exchange_all(a, b)
    leaves = [entry.leaf for entry in a.journal.entries()]
    restore(a, earlier)
    return leaves


def leaves_of(party: Party) -> list[bytes]:
    return [entry.leaf for entry in party.journal.entries()]


@pytest.mark.parametrize("database_alone", [True, False])
def test_what_was_lost_comes_back_from_a_peers_bundle(
    pair: tuple[Party, Party], tmp_path: Path, database_alone: bool
) -> None:
    """Whether the folder knows that it is behind, or not: the bundle tells it."""
    a, b = pair
    before = lost(a, b, tmp_path, database_alone=database_alone)
    assert is_behind(recall(a.journal)) == database_alone
    here = a.journal.size()
    done = restore_from_bundle(a.journal, exported(b, tmp_path / "of-b"))
    assert (done.holder, done.first, done.last, done.sealed, done.fault) == (
        "B",
        here,
        len(before) - 1,
        1,
        None,
    )
    assert leaves_of(a) == before
    say_restored(a.journal)
    say_restored(a.journal)
    assert leaves_of(a)[:-1] == before
    last = list(a.journal.entries())[-1]
    assert (last.kind, last.body["party"], last.body["sealed"]) == (JOURNAL_RESTORED, "B", 1)
    assert recall(a.journal) is None
    memory = read_memory(a.path)
    assert memory is not None
    assert int(memory.split("\n")[1]) == len(before)
    note(a, 100)
    exchange_all(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()
    assert forks(b.journal) == []
    for party in pair:
        report = verify_folder(party.path, [a.card, b.card])
        assert report.ok, report.findings


def test_our_own_bundle_brings_all_of_it_and_what_nobody_had_cosigned(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    note(a, 1, sealed=True)
    exchange_all(a, b)
    note(a, 2)
    note(a, 3, sealed=True)
    ours, before = exported(a, tmp_path / "of-a"), leaves_of(a)
    restore(a, earlier)
    done = restore_from_bundle(a.journal, ours)
    assert (done.holder, done.sealed, done.fault) == ("A", 0, None)
    assert (leaves_of(a), done.unproven) == (before[:-1], len(before) - 1)
    say_restored(a.journal)
    exchange_all(a, b)
    assert forks(b.journal) == []
    assert verify_folder(a.path, [a.card, b.card]).ok


def test_a_journal_that_lacks_nothing_is_left_as_it_is(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    older = exported(b, tmp_path / "of-b")
    for bundle in (older, older):
        note(a, 1)
        exchange_all(a, b)
        before = leaves_of(a)
        done = restore_from_bundle(a.journal, bundle)
        assert (done.last - done.first, done.fault) == (-1, None)
        assert leaves_of(a) == before


def test_a_bundle_that_does_not_reach_far_enough_leaves_it_stopped(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup", database_alone=True)
    note(a, 1)
    exchange_all(a, b)
    older = exported(b, tmp_path / "older")
    note(a, 2)
    exchange_all(a, b)
    newer = exported(b, tmp_path / "newer")
    restore(a, earlier)
    done = restore_from_bundle(a.journal, older)
    assert done.last >= done.first
    assert is_behind(done.fault)
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        note(a, 9)
    say_restored(a.journal)
    assert a.journal.size() == done.size, "it is stopped"
    assert restore_from_bundle(a.journal, newer).fault is None
    say_restored(a.journal)
    assert [entry.kind for entry in a.journal.entries()][-2:] == [JOURNAL_RESTORED] * 2
    note(a, 9)
    exchange_all(a, b)
    assert forks(b.journal) == []
    assert verify_folder(a.path, [a.card, b.card]).ok


def test_another_history_is_never_taken_and_stops_it(pair: tuple[Party, Party], tmp_path: Path) -> None:
    """The copy went on before the bundle came: what our own key signed in it proves a second history."""
    a, b = pair
    lost(a, b, tmp_path)
    note(a, 99)
    before = leaves_of(a)
    with pytest.raises(JournalError, match="another history: the bundle of party B has our signature under"):
        restore_from_bundle(a.journal, exported(b, tmp_path / "of-b"))
    assert leaves_of(a) == before
    with pytest.raises(JournalError, match="another history"):
        note(a, 100)
    with pytest.raises(JournalError, match="another history"):  # and it stays so
        restore_from_bundle(a.journal, tmp_path / "of-b")


def test_a_change_of_key_comes_back_too(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    old, new = a.key, PartyKey.generate(SeededRandomness(3))
    assert a.root is not None
    rotate_key(a.journal, a.root, new, a.card)
    a.key = new
    a.reopen()
    note(a, 1)
    exchange_all(a, b)
    bundle, before = exported(b, tmp_path / "of-b"), leaves_of(a)
    a.key = old
    restore(a, earlier)
    done = restore_from_bundle(a.journal, bundle)
    assert (done.fault, done.old_key) == (None, True)
    assert leaves_of(a) == before
    say_restored(a.journal)
    assert leaves_of(a) == before, "with the old key nothing is said"
    a.key = new
    a.reopen()
    say_restored(a.journal)
    assert leaves_of(a)[:-1] == before
    exchange_all(a, b)
    assert forks(b.journal) == []
    report = verify_bundle(exported(a, tmp_path / "of-a"), [b.card])
    assert report.ok, report.findings


Change = Callable[[list[dict[str, Any]], int], None]


def _other_leaf(lines: list[dict[str, Any]], at: int) -> None:
    lines[at]["leaf"] = "00" * 32


def _other_salt(lines: list[dict[str, Any]], at: int) -> None:
    lines[at]["salt"] = "00" * 16


def _dropped(lines: list[dict[str, Any]], at: int) -> None:
    del lines[at]


def _doubled(lines: list[dict[str, Any]], at: int) -> None:
    lines.insert(at, lines[at])


def _no_checkpoints(lines: list[dict[str, Any]], _: int) -> None:
    lines[:] = [line for line in lines if "checkpoint" not in line]


def _other_checkpoint(lines: list[dict[str, Any]], _: int) -> None:
    note = next(line["checkpoint"] for line in lines if "checkpoint" in line)
    for line in lines:
        if "checkpoint" in line:
            line["checkpoint"] = note


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_other_leaf, "do not lead to the checkpoint"),
        (_other_salt, "does not fit its leaf"),
        (_dropped, "damaged bundle"),
        (_doubled, "damaged bundle"),
        (_no_checkpoints, "no checkpoint of our journal"),
        (_other_checkpoint, "do not lead to the checkpoint|none of|0 signatures"),
    ],
)
def test_a_bundle_that_does_not_hold_restores_nothing(
    pair: tuple[Party, Party], tmp_path: Path, change: Change, error: str
) -> None:
    """Made anew by whoever hands it out, digest and all."""
    a, b = pair
    lost(a, b, tmp_path)
    bundle = exported(b, tmp_path / "of-b")
    lines = [json.loads(line) for line in bundle.read_bytes().splitlines()[:-1]]
    begins = next(at for at, line in enumerate(lines) if line.get("journal") == a.card.origin)
    size, before = a.journal.size(), leaves_of(a)
    entries = [at for at, line in enumerate(lines) if at > begins and "envelope" in line]
    change(lines, next(at for at in entries if lines[at]["sequence"] > size))
    bundle.write_bytes(written_again(lines))
    with pytest.raises((RefusedError, UnreadableError), match=error):
        restore_from_bundle(a.journal, bundle)
    assert leaves_of(a) == before
    assert a.journal.info().halted is None, "and nobody can stop us so"
    note(a, 1)


def test_what_is_no_bundle_of_ours_is_said_so(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    lost(a, b, tmp_path)
    stranger = make_party(tmp_path, "C")
    with pytest.raises(InputError, match=r"does not hold our journal .* it is of C"):
        restore_from_bundle(a.journal, exported(stranger, tmp_path / "of-c"))
    for data in (b"", b"x", b"{}\n"):
        (tmp_path / "none").write_bytes(data)
        with pytest.raises(UnreadableError):
            restore_from_bundle(a.journal, tmp_path / "none")
    whole = exported(b, tmp_path / "of-b").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(UnreadableError, match="damaged bundle"):
        restore_from_bundle(a.journal, tmp_path / "cut")
    assert a.journal.info().halted is None


def test_a_peer_that_was_pinned_after_the_copy_can_help_as_well(tmp_path: Path) -> None:
    """Its pin was for nobody else, so it comes back as a leaf: it is pinned again."""
    a, b = (make_party(tmp_path, name) for name in "AB")
    earlier = backup(a, tmp_path / "backup")
    pin_peer(a.journal, b.card)
    pin_peer(b.journal, a.card)
    note(a, 1)
    exchange(a, b)
    before = leaves_of(a)
    restore(a, earlier)
    (a.path / MEMORY_FILE).unlink(missing_ok=True)
    done = restore_from_bundle(a.journal, exported(b, tmp_path / "of-b"))
    assert (done.holder, done.sealed, done.fault) == ("B", 1, None)
    say_restored(a.journal)
    assert leaves_of(a)[:-1] == before
    pin_peer(a.journal, b.card)
    exchange_all(a, b)
    assert forks(b.journal) == []


def test_over_the_link_it_goes_on_from_there(pair: tuple[Party, Party], tmp_path: Path) -> None:
    """A bundle of yesterday first, the rest from the peer when it can be reached again."""
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    note(a, 1, sealed=True)
    exchange_all(a, b)
    older = exported(b, tmp_path / "older")
    note(a, 2)
    exchange_all(a, b)
    before = leaves_of(a)
    restore(a, earlier)
    assert restore_from_bundle(a.journal, older).fault is None, "nothing here knows that there is more"
    assert not meet(a, b)
    make_whole(a, b)
    say_restored(a.journal)
    assert leaves_of(a)[:-2] == before, "and both are said"
    exchange_all(a, b)
    assert forks(b.journal) == []
    assert verify_folder(a.path, [a.card, b.card]).ok


def test_a_salt_that_nobody_signed_does_not_make_us_sign_another_history(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    """A peer was given our last entry; it hands out a bundle as if it were ours, with another salt on it."""
    a, b = pair
    earlier = backup(a, tmp_path / "backup")
    note(a, 1)
    forged = exported(a, tmp_path / "as-of-a")
    exchange_all(a, b)
    lines = [json.loads(line) for line in forged.read_bytes().splitlines()[:-1]]
    lines = lines[: next(place for place, line in enumerate(lines) if line.get("journal") == b.card.origin)]
    begin, last = lines[1], lines[-1]
    lines[0]["journals"] = [a.card.origin]
    data = last["envelope"].encode()
    leaf = leaf_hash(bytes(16), data)
    last |= {"salt": bytes(16).hex(), "leaf": leaf.hex()}
    begin["head"] = next_head(bytes.fromhex(read_envelope(data).header.previous), leaf).hex()
    forged.write_bytes(written_again(lines))
    restore(a, earlier)
    restore_from_bundle(a.journal, forged)
    assert meet(a, b) is False, "behind: the peer holds the entry that was left out"
    assert is_behind(a.journal.info().halted)
    assert forks(b.journal) == []
    make_whole(a, b)
    assert a.journal.info().halted is None
