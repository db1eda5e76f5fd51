"""`skyaccord journal restore`: a folder of yesterday, made whole by hand from a bundle of its peer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.base.clock import SystemClock
from skyaccord.base.errors import SkyAccordError
from skyaccord.base.randomness import SystemRandomness
from skyaccord.cli.app import app
from skyaccord.record.folder import open_folder
from tests.cli.test_link import pin
from tests.node.scene import must

PASSPHRASE = "passphrase"


def sky(root: Path, *arguments: str | Path, secret: bool = True) -> tuple[int, str]:
    more = ["--passphrase-file", str(root / "secret")] if secret else []
    result = CliRunner().invoke(app, [*map(str, arguments), *more])
    if isinstance(result.exception, SkyAccordError):  # as `python -m skyaccord` tells it
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.output


def say(folder: Path, *recipients: str) -> None:
    """One more entry of that party's journal."""
    found = open_folder(folder)
    store = found.open_store()
    journal = found.open_journal(store, found.load_key(PASSPHRASE), SystemClock(), SystemRandomness())
    journal.append("note", {}, recipients=recipients)
    store.close()


@pytest.fixture
def lost(tmp_path: Path) -> Path:
    """A's folder is of yesterday; B holds what it said since, and B's bundle is there. No network."""
    (tmp_path / "secret").write_text(f"{PASSPHRASE}\n")
    for party in ("A", "B"):
        must(
            "node", "init", tmp_path / party, "--party", party, "--name", f"Party {party}",
            "--link-address", "none", "--passphrase-file", tmp_path / "secret", "--exercise",
        )  # fmt: skip
        (tmp_path / f"{party}.card").write_text(must("node", "card", tmp_path / party))
    pin(tmp_path, "A", "B")
    pin(tmp_path, "B", "A")
    shutil.copytree(tmp_path / "A", tmp_path / "yesterday")
    say(tmp_path / "A", "*")
    say(tmp_path / "A")
    carry(tmp_path)
    must("journal", "export", tmp_path / "of-b", "--node", tmp_path / "B")
    shutil.rmtree(tmp_path / "A")
    shutil.copytree(tmp_path / "yesterday", tmp_path / "A")
    return tmp_path


def carry(root: Path) -> None:
    """There and back by hand."""
    steps = (("A", "B", "1"), ("B", "A", "2"))
    for one, other, name in steps:
        status, said = sky(root, "link", "export", root / name, "--node", root / one, "--peer", other)
        assert status == 0, said
        status, said = sky(root, "link", "import", root / name, "--node", root / other)
        assert status == 0, said
        (root / name).unlink()


def test_a_folder_of_yesterday_is_made_whole_and_goes_on(lost: Path) -> None:
    status, said = sky(lost, "journal", "restore", lost / "of-b", "--node", lost / "A")
    assert status == 0, said
    assert "Bundle of party B: 4 entries of our journal." in said
    assert "Came back:    2 entries, 2 to 3." in said
    assert "Leaves alone: 1 of these" in said
    status, said = sky(lost, "journal", "restore", lost / "of-b", "--node", lost / "A")
    assert status == 0
    assert "Nothing new:  4 entries are here." in said
    say(lost / "A", "*")
    carry(lost)


def test_another_history_and_bad_input_are_one_line_each(lost: Path) -> None:
    whole = (lost / "of-b").read_bytes()
    (lost / "cut").write_bytes(whole[:-50])
    must("journal", "export", lost / "of-a", "--node", lost / "yesterday")
    for bundle, status, says in (
        ("cut", 2, "a damaged bundle, nothing is restored from it"),
        ("nothing", 2, "no such file"),
        ("B.card", 2, "not a bundle"),
        ("of-a", 2, "no checkpoint of our journal is in it"),
    ):
        found, said = sky(lost, "journal", "restore", lost / bundle, "--node", lost / "A")
        assert (found, says in said) == (status, True), (bundle, found, said)
    say(lost / "A", "*")  # it goes on alone, before anybody brings the bundle
    found, said = sky(lost, "journal", "restore", lost / "of-b", "--node", lost / "A")
    assert found == 1
    assert "another history: the bundle of party B has our signature under 4 entries" in said
    assert "\n" not in said.strip()
