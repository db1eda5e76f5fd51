"""`skyaccord journal erase`: what it asks for and refuses. What goes: tests/node/test_keys_story.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.base.clock import SystemClock
from skyaccord.base.errors import InputError
from skyaccord.base.randomness import SystemRandomness
from skyaccord.cli.app import app
from skyaccord.record.folder import Folder, open_folder
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
