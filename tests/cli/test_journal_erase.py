"""`skyaccord journal erase`: what it asks for and refuses. What goes: tests/node/test_keys_story.py."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.accord.source import load_accord
from skyaccord.base.clock import Clock, ManualClock, SystemClock
from skyaccord.base.errors import InputError
from skyaccord.base.randomness import SystemRandomness
from skyaccord.cli.app import app
from skyaccord.cli.rooms import know_all_rooms
from skyaccord.node.settings_text import settings_text
from skyaccord.record.folder import Folder, init_folder, open_folder
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from skyaccord.record.verify import verify_folder

PASSPHRASE = "correct horse"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A node's folder with three notes and two soundings that nobody else has to hold."""
    (tmp_path / "secret").write_text(PASSPHRASE + "\n", encoding="utf-8")
    run("node", "init", tmp_path / "A", "--party", "A", "--name", "Party A", "--exercise",
        "--passphrase-file", tmp_path / "secret")  # fmt: skip
    found = open_folder(tmp_path / "A")
    store = found.open_store()
    journal = found.open_journal(store, found.load_key(PASSPHRASE), SystemClock(), SystemRandomness())
    for number in range(3):
        journal.append("note", {"number": number}, recipients=[])
    for number in range(2):
        journal.append("sounding", {"number": number}, recipients=[])
    store.close()
    return found


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def erase(folder: Folder, *more: str) -> str:
    secret = folder.path.parent / "secret"
    return run("journal", "erase", "--node", folder.path, "--passphrase-file", secret, *more)


def left(folder: Folder) -> dict[str, int]:
    """kind → entries whose contents are there."""
    store = folder.open_store()
    journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
    found: dict[str, int] = {}
    for entry in journal.entries():
        if not entry.sealed and entry.kind is not None:
            found[entry.kind] = found.get(entry.kind, 0) + 1
    store.close()
    return found


def test_what_trust_rests_on_and_what_is_not_known_never_goes(folder: Folder) -> None:
    for kind in ("node.opened", "note"):
        with pytest.raises(InputError):
            erase(folder, "--before", "2999-01-01T00:00:00Z", "--kind", kind)
    assert "Nothing was due" in erase(folder, "--before", "2999-01-01T00:00:00Z", "--kind", "message")
    assert (left(folder)["node.opened"], left(folder)["note"]) == (1, 3)
    assert verify_folder(folder.path, [folder.card()]).findings == []


def test_by_accord_takes_nothing_where_no_accord_says_so(folder: Folder) -> None:
    assert "Nothing was due" in erase(folder, "--by-accord")
    assert left(folder)["note"] == 3


def test_by_accord_takes_what_its_retention_has_ended_for_and_names_it(tmp_path: Path) -> None:
    """Five years, and messages of 2015: they go; one under no accord, and one of today, stay."""
    know_all_rooms()
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
    then = ManualClock(datetime(2015, 10, 20, 9, 0, tzinfo=UTC))
    for party in ("A", "B"):
        init_folder(
            tmp_path / party, party=party, name=f"Party {party}", link_address="none", passphrase=PASSPHRASE,
            settings_text=settings_text(party, f"Party {party}", console_port=7410, link_port=7411),
            clock=then, randomness=SystemRandomness(), exercise=True, root_passphrase="battery staple",
        )  # fmt: skip
        (tmp_path / f"{party}.card").write_text(run("node", "card", tmp_path / party), encoding="utf-8")
    draft = tmp_path / "accord.toml"
    cards = [word for party in "AB" for word in ("--card", str(tmp_path / f"{party}.card"))]
    run("accord", "new", "rule-of-threes", draft, *cards)
    draft.write_text(
        draft.read_text("utf-8").replace("exercise = false", "exercise = true"), encoding="utf-8"
    )
    digest = load_accord(draft).digest

    found, person = open_folder(tmp_path / "A"), PersonKey.generate()
    store = found.open_store()
    key = found.load_key(PASSPHRASE)
    enrolled = {"public_key": person.public, "name": "Noor", "role": "duty-officer", "automatic": False}

    def say(clock: Clock, text: str, accord: str | None) -> None:
        journal = found.open_journal(store, key, clock, SystemRandomness())
        payload = {
            "act": "message", "party": "A", "role": "duty-officer", "at": clock.now(), "accord": accord,
            "exercise": True, "automatic": False, "to_role": "duty-officer", "text": text, "language": "en",
        }  # fmt: skip
        journal.append_statement("message", sign_statement(payload, person), recipients=["*"])

    journal = found.open_journal(store, key, then, SystemRandomness())
    journal.append("person.enrolled", enrolled, recipients=["*"], exercise=True)
    say(then, "EXERCISE long ago", digest)
    say(then, "EXERCISE under no accord", None)
    store.close()
    run("accord", "sign", draft, "--node", found.path, "--passphrase-file", secret)
    store = found.open_store()
    say(SystemClock(), "EXERCISE today", digest)
    store.close()

    assert erase(found, "--by-accord").split() == ["1", "message"]
    assert "Nothing was due" in erase(found, "--by-accord")
    shown = run("journal", "show", found.path)
    assert "long ago" not in shown
    assert "erased: its retention has ended" in shown
    assert "under no accord" in shown
    assert "EXERCISE today" in shown
    assert b"long ago" not in b"".join(path.read_bytes() for path in found.path.glob("node.db*"))
    said = run("journal", "verify", found.path, "--card", tmp_path / "A.card")
    assert "13. erasures: what is missing was erased on the record: 1 looked at, ok" in said


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--before", "2999-01-01T00:00:00Z"),
        ("--kind", "note"),
        ("--by-accord", "--kind", "note"),
        ("--by-accord", "--before", "2999-01-01T00:00:00Z"),
    ],
)
def test_what_is_to_go_is_said_in_full(folder: Folder, more: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="say what is to go"):
        erase(folder, *more)
    assert left(folder)["note"] == 3
