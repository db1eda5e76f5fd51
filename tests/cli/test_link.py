"""`skyaccord link export|import`: there and back by hand, while a node holds the folder open or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.base.errors import SkyAccordError
from skyaccord.cli.app import app
from skyaccord.record.folder import open_folder
from tests.node.scene import must


def pin(root: Path, folder: str, other: str) -> None:
    """Pin a card whose fingerprint was compared."""
    card = root / f"{other}.card"
    fingerprint = json.loads(card.read_text())["fingerprint"]
    must(
        "node", "peer", root / folder, card, "--fingerprint", fingerprint,
        "--passphrase-file", root / "secret",
    )  # fmt: skip


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nodes' folders that know each other."""
    root = tmp_path_factory.mktemp("by-hand")
    (root / "secret").write_text("passphrase\n")
    for party in ("A", "B"):
        must(
            "node", "init", root / party, "--party", party, "--name", f"Party {party}",
            "--link-address", "none", "--passphrase-file", root / "secret",
            "--exercise",
        )  # fmt: skip
        (root / f"{party}.card").write_text(must("node", "card", root / party))
    for party, other in (("A", "B"), ("B", "A")):
        pin(root, party, other)
    return root


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.exit_code, result.stdout, result.stderr


def link(root: Path, *arguments: str | Path) -> tuple[int, str, str]:
    return run("link", *arguments, "--passphrase-file", root / "secret")


def test_a_card_of_an_unreachable_node_says_so(parties: Path) -> None:
    card = json.loads((parties / "A.card").read_text())
    assert card["link_address"] == "none"
    assert card["tls_certificate"]


def test_there_and_back(parties: Path) -> None:
    status, said, _ = link(parties, "export", parties / "to-b", "--node", parties / "A", "--peer", "B")
    assert (status, "entries 0 to 1 of our journal" in said) == (0, True)
    store = open_folder(parties / "B").open_store()  # as a running node has it
    try:
        status, said, _ = link(
            parties, "import", parties / "to-b", "--node", parties / "B", "--answer", parties / "to-a"
        )
    finally:
        store.close()
    assert status == 0
    assert "2 new entries; we hold 2 entries of party A's journal" in said
    assert link(parties, "import", parties / "to-b", "--node", parties / "B")[1].count("nothing new") == 1
    status, said, _ = link(parties, "import", parties / "to-a", "--node", parties / "A")
    assert status == 0
    assert "Held there:   2 entries of our journal" in said
    status, said, _ = link(parties, "export", parties / "again", "--node", parties / "A", "--peer", "B")
    assert "entry 2 of our journal, and that we hold 3 of theirs" in said


def test_every_refusal_is_a_line(parties: Path) -> None:
    own = parties / "own"
    assert link(parties, "export", own, "--node", parties / "A", "--peer", "B")[0] == 0
    (parties / "cut").write_bytes(own.read_bytes()[:-40])
    (parties / "cut short").write_bytes(own.read_bytes()[:200])
    for arguments, says in [
        (("export", own, "--node", parties / "A", "--peer", "B"), "exists already"),
        (("export", parties / "x", "--node", parties / "A", "--peer", "Z"), "no party 'Z' is pinned here"),
        (("export", parties / "x", "--node", parties / "A", "--peer", "A"), "is this node's own"),
        (("export", parties / "no" / "x", "--node", parties / "A", "--peer", "B"), "cannot be written"),
        (("import", parties / "nowhere", "--node", parties / "A"), "cannot be read"),
        (("import", own, "--node", parties / "A"), "is for party B, not for A"),
        (("import", parties / "cut", "--node", parties / "B"), "cut off or changed"),
        (("import", parties / "A.card", "--node", parties / "B"), "not a parcel"),
        (("import", parties / "cut short", "--node", parties / "B"), "the end is missing"),
        (("import", own, "--node", parties / "B", "--answer", own), "exists already"),
    ]:
        result = CliRunner().invoke(
            app, ["link", *map(str, arguments), "--passphrase-file", str(parties / "secret")]
        )
        assert isinstance(result.exception, SkyAccordError), arguments
        assert says in str(result.exception), arguments
        assert result.exception.exit_code == 2, arguments
    assert sorted(one.name for one in parties.iterdir() if one.name.startswith(".")) == [], (
        "nothing half-written"
    )


def test_a_gap_ends_with_status_1_and_a_way_out(parties: Path) -> None:
    store = open_folder(parties / "A").open_store()
    with store.writing() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO cursors VALUES ('B', 1)")
    store.close()
    folder = parties / "fresh"
    must(
        "node", "init", folder, "--party", "B2", "--name", "Other", "--link-address", "none",
        "--passphrase-file", parties / "secret", "--exercise",
    )  # fmt: skip
    (parties / "B2.card").write_text(must("node", "card", folder))
    pin(parties, "fresh", "A")
    pin(parties, "A", "B2")
    store = open_folder(parties / "A").open_store()
    with store.writing() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO cursors VALUES ('B2', 1)")
    store.close()
    assert link(parties, "export", parties / "gap", "--node", parties / "A", "--peer", "B2")[0] == 0
    status, said, error = link(
        parties, "import", parties / "gap", "--node", folder, "--answer", parties / "mend"
    )
    assert status == 1
    assert "goes on with entry 1, and we hold 0" in error
    assert "Answer:" in said
    assert link(parties, "import", parties / "mend", "--node", parties / "A")[0] == 0
    assert link(parties, "export", parties / "whole", "--node", parties / "A", "--peer", "B2")[0] == 0
    assert link(parties, "import", parties / "whole", "--node", folder)[0] == 0
