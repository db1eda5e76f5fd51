from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.base.errors import UnreadableError
from skyaccord.cli.journal import app
from skyaccord.record.store import DATABASE_FILE
from tests.record.worlds import Party, exchange_all, make_pair

RUN = CliRunner()


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    a.journal.append("note", {"text": "hello"}, recipients=["*"], exercise=True)
    exchange_all(a, b)
    for party in (a, b):
        (tmp_path / f"{party.card.party}.card").write_text(party.card.dumps())
        party.store.close()
    return a, b


def cards(tmp_path: Path) -> list[str]:
    return ["--card", str(tmp_path / "A.card"), "--card", str(tmp_path / "B.card")]


def test_verify_prints_the_numbered_checklist(tmp_path: Path, pair: tuple[Party, Party]) -> None:
    done = RUN.invoke(app, ["verify", str(pair[0].path), *cards(tmp_path)])
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert [line.split(".")[0].strip() for line in lines if line[:3].strip().isdigit()] == [
        str(number) for number in range(1, 15)
    ]
    assert "A: 4 entries, 4 EXERCISE, B holds 3; against the card given" in done.output
    assert lines[-1] == "Nothing wrong."


def test_verify_without_cards_says_unanchored(pair: tuple[Party, Party]) -> None:
    done = RUN.invoke(app, ["verify", str(pair[0].path)])
    assert done.exit_code == 0
    assert done.output.count("UNANCHORED: no card of this party was given") == 2
    assert "UNANCHORED: A, B." in done.output.splitlines()[-1]


def test_verify_names_the_entry_and_exits_1(tmp_path: Path, pair: tuple[Party, Party]) -> None:
    with closing(sqlite3.connect(pair[1].path / DATABASE_FILE)) as connection, connection:
        connection.execute("UPDATE entries SET salt = zeroblob(16) WHERE kind = 'note'")
    done = RUN.invoke(app, ["verify", str(pair[1].path), *cards(tmp_path)])
    assert done.exit_code == 1
    assert "- entry 2 of the journal of A: the envelope and its salt do not fit the leaf" in done.output
    told = RUN.invoke(app, ["verify", str(pair[1].path), "--format", "json"])
    assert told.exit_code == 1
    assert json.loads(told.output)["findings"][0]["sequence"] == 2


def test_verify_json_has_a_line_a_journal(tmp_path: Path, pair: tuple[Party, Party]) -> None:
    done = RUN.invoke(app, ["verify", str(pair[0].path), "--format", "json", *cards(tmp_path)])
    value = json.loads(done.output)
    assert [(one["party"], one["verified"]) for one in value["journals"]] == [("A", True), ("B", True)]


def test_what_cannot_be_read_is_an_error_of_ours(tmp_path: Path, pair: tuple[Party, Party]) -> None:
    for arguments in ([str(tmp_path)], [str(pair[0].path), "--card", str(tmp_path / "none")]):
        done = RUN.invoke(app, ["verify", *arguments])
        assert isinstance(done.exception, UnreadableError)
        assert done.exception.exit_code == 2


def test_the_real_command_exits_2_with_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "skyaccord", "journal", "verify", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"skyaccord: error: {tmp_path}: no node.db here; name a node's folder\n"


def test_show_lists_a_journal(pair: tuple[Party, Party]) -> None:
    done = RUN.invoke(app, ["show", str(pair[0].path)])
    lines = done.output.splitlines()
    assert lines[0].split() == ["entry", "sky", "time", "recorded", "at", "kind", "what"]
    place = next(number for number, line in enumerate(lines) if line.endswith("EXERCISE  text hello"))
    at = "2015-10-14T09:00:00.000Z"
    assert lines[place].split()[:4] == ["2", at, at, "note"]
    assert lines[place + 1].strip() == f"└ received by B at {at}"
    assert f"└ its hash received by B at {at}" in done.output  # the pin is for nobody
    other = RUN.invoke(app, ["show", str(pair[0].path), "--party", "B", "--limit", "1", "--format", "json"])
    (line,) = json.loads(other.output)
    assert line["kind"] == "receipt"


@pytest.mark.parametrize("command", ["verify", "show"])
def test_what_is_not_there_is_called_neither_folder_nor_bundle(tmp_path: Path, command: str) -> None:
    for what, says in [
        (tmp_path / "nowhere", "no such file or folder"),
        (Path(os.devnull), "neither a file nor a folder"),
    ]:
        done = RUN.invoke(app, [command, str(what)])
        assert isinstance(done.exception, UnreadableError)
        assert says in str(done.exception)
        assert done.exception.exit_code == 2
    (tmp_path / "text").write_text("hello")
    done = RUN.invoke(app, [command, str(tmp_path / "text")])
    assert f"{tmp_path / 'text'}" in str(done.exception)
    assert "a bundle" in str(done.exception)
    assert "Expecting" not in str(done.exception)
