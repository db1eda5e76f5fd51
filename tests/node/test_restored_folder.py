"""Two real nodes; one folder is put back from an older copy: made whole by the peer, by hand, or stopped.

EXERCISE: everything here is synthetic.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skyaccord.accord.source import load_accord
from skyaccord.base.clock import ManualClock, SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.cli.rooms import know_all_rooms
from skyaccord.record.entries import Entry
from skyaccord.record.folder import open_folder
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.node.scene import Party, must, wait_for
from tests.node.sky import ACCORD, PARTY, ROLE

RETENTION = "\n[retention]\ndays = 400\n[[retention.kind]]\nkind = 'message'\ndays = 30\n"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Party, Party]]:
    """A and B under an accord that keeps messages for 30 days; `yesterday` is a copy of A's folder, from
    before its officer said something that is 40 days old now."""
    know_all_rooms()
    a, b = Party("A", tmp_path), Party("B", tmp_path)
    try:
        for party in (a, b):
            party.init()
        a.introduce(b)
        b.introduce(a)
        keys = {party.id: json.loads(party.card.read_text("utf-8"))["public_key"] for party in (a, b)}
        parties = "".join(PARTY.format(id=name, key=key) for name, key in keys.items())
        accord = tmp_path / "accord.toml"
        accord.write_text(ACCORD.format(parties=parties, within_s=30) + RETENTION, encoding="utf-8")
        for party in (a, b):
            must("accord", "sign", accord, "--node", party.folder, "--passphrase-file", party.passphrase)
        shutil.copytree(a.folder, tmp_path / "yesterday")
        _speak_long_ago(a, load_accord(accord).digest)
        yield a, b
    finally:
        a.close()
        b.close()


def _speak_long_ago(party: Party, accord: str) -> None:
    folder, officer = open_folder(party.folder), PersonKey.generate()
    store = folder.open_store()
    clock = ManualClock(datetime.now(UTC) - timedelta(days=40))
    key = folder.load_key(party.passphrase.read_text("utf-8").strip())
    journal = folder.open_journal(store, key, clock, SystemRandomness())
    enrolled = {"public_key": officer.public, "name": "Officer", "role": ROLE, "automatic": False}
    journal.append("person.enrolled", enrolled, recipients=["*"])
    said = {
        "act": "message", "party": party.id, "role": ROLE, "at": clock.now(), "accord": accord,
        "exercise": True, "automatic": False, "to_role": ROLE, "text": "EXERCISE", "language": "en",
    }  # fmt: skip
    journal.append_statement("message", sign_statement(said, officer), recipients=["*"])
    store.close()


def put_back(party: Party, *, database_alone: bool = False) -> None:
    """The folder of yesterday, over what is there; keys and settings are the same."""
    for file in party.folder.glob("node.db*"):
        file.unlink()
    for file in (party.root / "yesterday").glob("node.db*"):
        shutil.copy(file, party.folder)
    if not database_alone:
        (party.folder / "cosigned.checkpoint").unlink(missing_ok=True)


def entries(party: Party) -> list[Entry]:
    """Its own journal, as its folder has it."""
    folder = open_folder(party.folder)
    store = folder.open_store()
    found = list(folder.open_journal(store, None, SystemClock(), SystemRandomness()).entries())
    store.close()
    return found


def at_rest(a: Party, b: Party) -> None:
    """Both up, and each holds all of both."""

    def look() -> bool:
        both = [party.peer_link() for party in (a, b)]
        held = a.held() == b.held()
        return held and all(one["link"] == "up" and one["outbox"] == 0 for one in both)

    wait_for("both links up, and all held", look)


def refused(party: Party) -> str:
    """A node that does not start; what it says last."""
    party.serve()
    assert party.process is not None
    assert party.process.wait(timeout=60.0) == 1
    return party.log().strip().splitlines()[-1]


def carry(one: Party, other: Party, name: str) -> None:
    """A parcel by hand."""
    parcel = one.root / name
    must("link", "export", parcel, "--node", one.folder, "--peer", other.id,
         "--passphrase-file", one.passphrase)  # fmt: skip
    must("link", "import", parcel, "--node", other.folder, "--passphrase-file", other.passphrase)


def test_a_folder_of_yesterday_is_made_whole_or_stops_and_forks_nothing(pair: tuple[Party, Party]) -> None:
    a, b = pair
    for party in pair:
        party.serve()
    at_rest(a, b)
    assert a.stop() == 0
    gone = must("journal", "erase", "--by-accord", "--node", a.folder, "--passphrase-file", a.passphrase)
    assert "1  message" in gone
    a.serve()
    at_rest(a, b)
    assert a.stop() == 0
    before = [entry.leaf for entry in entries(a)]

    # The peer can be reached: it comes back over the link, and what was erased goes again.
    put_back(a)
    assert len(entries(a)) < len(before)
    a.serve()
    at_rest(a, b)
    assert a.stop() == 0
    back = entries(a)
    assert [entry.leaf for entry in back[: len(before)]] == before
    assert [entry.sealed for entry in back if entry.filed == "message"] == [True]
    assert sum(entry.kind == "journal.restored" for entry in back) == 1

    # Nobody can be reached, and the file beside the store knows better: it stops, and says what to do.
    b.stop()
    put_back(a, database_alone=True)
    says = refused(a)
    assert "nothing is appended any more: behind:" in says
    assert "skyaccord journal restore BUNDLE --node DIR" in says

    # By hand: no parcel can be receipted yet; B's bundle makes the journal whole; then it is taken.
    with pytest.raises(AssertionError, match="nothing new; we hold 0"):
        carry(b, a, "too-early")
    must("journal", "export", b.root / "bundle", "--node", b.folder)
    must("journal", "restore", b.root / "bundle", "--node", a.folder, "--passphrase-file", a.passphrase)
    assert [entry.leaf for entry in entries(a)][: len(before)] == before
    carry(a, b, "there")
    carry(b, a, "and-back")  # from where A is now
    for party in pair:
        party.serve()
    at_rest(a, b)
    wait_for("what came back goes again", lambda: _erased(a))
    for party in pair:
        assert party.stop() == 0
    cards = [option for party in pair for option in ("--card", str(party.card))]
    for party in pair:
        told = must("journal", "verify", party.folder, *cards)
        assert "Nothing wrong." in told, told
        assert not list(party.folder.glob("forks/*"))


def _erased(party: Party) -> bool:
    return [entry.sealed for entry in entries(party) if entry.filed == "message"] == [True]
