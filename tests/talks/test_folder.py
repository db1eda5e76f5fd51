"""The accords of real node folders: signed on both sides, carried over, in force on both."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skyaccord.accord.annexes import parse_amendment
from skyaccord.accord.drafting import fill_keys
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.clock import ManualClock, SkyClock
from skyaccord.base.errors import AccordError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.folder import Folder
from skyaccord.record.journal import Journal, write_entry
from skyaccord.record.peers import pin_peer
from skyaccord.talks.clause_text import amendment_toml
from skyaccord.talks.folder import amend_into, read_book, sign_into, sky_now
from skyaccord.talks.signing import SIGNED_KIND
from tests.accord.samples import SMALL
from tests.talks.world import KEYS, PASSPHRASE, START, node_folder


@contextmanager
def journal_of(folder: Folder) -> Iterator[Journal]:
    store = folder.open_store()
    try:
        key = folder.load_key(PASSPHRASE)
        yield folder.open_journal(store, key, ManualClock(START), SeededRandomness(3))
    finally:
        store.close()


def between(one: Folder, other: Folder) -> LoadedAccord:
    keys = {folder.card().party: folder.card().public_key for folder in (one, other)}
    return parse_accord(fill_keys(SMALL, keys), "accord.toml")


def carry(source: Journal, target: Journal) -> None:
    """What the link does: entries of the source's journal that the target lacks, in order."""
    for entry in source.entries(after=target.held_from(source.party) - 1):
        with target.store.writing() as connection:
            info = next(info for info in target.journals() if info.party == source.party)
            write_entry(connection, info, leaf=entry.leaf, salt=entry.salt, data=entry.data, kind=entry.kind)


def test_signed_by_both_and_in_force_on_both(tmp_path: Path) -> None:
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "B")
    loaded = between(a, b)
    with journal_of(a) as ours, journal_of(b) as theirs:
        pin_peer(ours, b.card())
        pin_peer(theirs, a.card())
        entry = sign_into(ours, loaded)
        assert entry is not None
        assert entry.header.accord == loaded.digest
        assert entry.header.recipients == ["*"]
        assert entry.header.exercise is False
        assert sign_into(ours, loaded) is None
        assert [e.kind for e in ours.entries()].count(SIGNED_KIND) == 1
        assert read_book(ours).in_force(START) == ()
        sign_into(theirs, loaded)
        carry(ours, theirs)
        carry(theirs, ours)
        for journal in (ours, theirs):
            book = read_book(journal)
            assert [entry.digest for entry in book.in_force(START)] == [loaded.digest]
            assert book.refusals == ()


def test_a_second_text_of_the_same_version_is_signed_only_when_told_so(tmp_path: Path) -> None:
    """By the party that signed one, and by the other one that has it: two in force would both be watched."""
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "B")
    loaded = between(a, b)
    other = parse_accord(loaded.text.replace("horizontal_nm = 3", "horizontal_nm = 4"), "other.toml")
    raised = parse_accord(other.text.replace("version = 1", "version = 2"), "raised.toml")
    with journal_of(a) as ours, journal_of(b) as theirs:
        pin_peer(ours, b.card())
        pin_peer(theirs, a.card())
        sign_into(ours, loaded)
        carry(ours, theirs)
        for journal in (ours, theirs):
            with pytest.raises(AccordError) as caught:
                sign_into(journal, other)
            assert f"party A signed {loaded.digest[:19]}" in str(caught.value)
            assert f"this is {other.digest[:19]}" in str(caught.value)
            assert "--second-text" in str(caught.value)
        assert sign_into(ours, loaded) is None  # again: nothing changes
        assert sign_into(theirs, loaded) is not None
        assert sign_into(ours, raised) is not None  # another version is another thing
        assert sign_into(theirs, other, second_text=True) is not None
        assert read_book(theirs).other_texts(other) == {loaded.digest: ("A", "B")}


ANNEX = '\n[[annex]]\nid = "limits"\ntitle = "Limits"\nversion = 1\nparts = ["rule", "tier"]\n'


def test_a_second_text_of_an_annex_version_is_refused(tmp_path: Path) -> None:
    """Of two that everybody signed only one would run."""
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "B")
    loaded = parse_accord(between(a, b).text + ANNEX, "accord.toml")
    with journal_of(a) as ours, journal_of(b) as theirs:
        pin_peer(ours, b.card())
        pin_peer(theirs, a.card())
        sign_into(ours, loaded)
        carry(ours, theirs)
        sign_into(theirs, loaded)
        carry(theirs, ours)
        text = amendment_toml(loaded.accord, loaded.digest, "limits")
        first = parse_amendment(text, "first.toml")
        second = parse_amendment(text.replace("horizontal_nm = 3", "horizontal_nm = 4"), "second.toml")
        assert amend_into(ours, first) is not None
        with pytest.raises(AccordError, match=r"has signed another text of version 2 already.*version 3"):
            amend_into(ours, second)
        assert amend_into(ours, first) is None


def test_an_exercise_accord_marks_its_envelope(tmp_path: Path) -> None:
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "B")
    drill = parse_accord(
        between(a, b).text.replace("version = 1", "version = 1\nexercise = true"), "drill.toml"
    )
    with journal_of(a) as ours:
        entry = sign_into(ours, drill)
        assert entry is not None
        assert entry.header.exercise is True


def test_a_peers_key_that_is_not_the_pinned_one_is_not_signed(tmp_path: Path) -> None:
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "B")
    forged = parse_accord(between(a, b).text.replace(b.card().public_key, KEYS["C"].public), "accord.toml")
    with journal_of(a) as ours:
        pin_peer(ours, b.card())
        with pytest.raises(AccordError, match="another public key for party B than the one pinned here"):
            sign_into(ours, forged)
        assert all(entry.kind != SIGNED_KIND for entry in ours.entries())


def test_sky_time_is_what_the_serving_node_said(tmp_path: Path) -> None:
    a = node_folder(tmp_path, "A")
    with journal_of(a) as ours:
        assert sky_now(ours) == START
        ours.store.put_sky_clock(SkyClock(datetime(2015, 10, 14, tzinfo=UTC), START, 10.0))
        assert sky_now(ours) == datetime(2015, 10, 14, tzinfo=UTC)
