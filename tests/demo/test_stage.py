"""What stands before the first act: folders, keys, cards, first contact, officers, ports."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.cli.running import run_command
from skyaccord.demo.stage import CONSOLE_PORTS, PARTIES, Stage, make_free_folder, public_key_of
from skyaccord.record.cards import Card
from skyaccord.record.verify import verify_folder

FILES = {
    "node.toml",
    "node.db",
    "accounts.db",
    "party.card.json",
    "party.key",
    "party.root",
    "link.key",
    "link.crt",
}
"""What a node's folder holds."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    made = Stage(folder / "nodes", folder / "work", run_command, prefer_ports=False)
    made.prepare()
    yield made
    made.close()


def test_two_folders_and_nothing_secret_of_a_person_in_them(stage: Stage) -> None:
    nodes = stage.nodes["A"].folder.parent
    assert sorted(path.name for path in nodes.iterdir()) == list(PARTIES)
    names = {path.name for path in nodes.rglob("*") if path.is_file()}
    assert names == FILES
    for node in stage.nodes.values():
        for secret in (node.passphrase, node.officer_passphrase, node.officer_key):
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
            assert nodes not in secret.parents
        assert stat.S_IMODE(node.officer_token.stat().st_mode) == 0o600
        assert stat.S_IMODE((node.folder / "accounts.db").stat().st_mode) == 0o600


def test_a_link_to_each_console_and_no_passphrase_anywhere(stage: Stage) -> None:
    links = [stage.link(party) for party in PARTIES]
    for party, link in zip(PARTIES, links, strict=True):
        address, secret = link.split("/#link=")
        assert address == stage.nodes[party].address
        assert secret not in stage.link(party)  # each time a new one
        listed = run_command("account", "list", "--node", str(stage.nodes[party].folder))
        assert listed.count("links and tokens") == 3
        assert "passphrase" not in listed


def test_first_contact_and_an_automatic_officer_are_on_both_records_marked_exercise(stage: Stage) -> None:
    cards = [Card.load(node.card) for node in stage.nodes.values()]
    for node in stage.nodes.values():
        report = verify_folder(node.folder, cards)
        assert report.ok
        (own,) = [journal for journal in report.journals if journal.own]
        assert own.entries == 3  # opened, peer pinned, officer enrolled
        assert own.exercise == own.entries
        listed = run_command("journal", "show", str(node.folder))
        for kind in ("node.opened", "peer.pinned", "person.enrolled"):
            assert kind in listed
        assert len(public_key_of(node.officer_key)) == 44


def test_ports_are_held_until_the_nodes_listen(tmp_path: Path) -> None:
    one = Stage(tmp_path / "1", tmp_path / "work1", run_command, prefer_ports=True)
    other = Stage(tmp_path / "2", tmp_path / "work2", run_command, prefer_ports=True)
    try:
        ports = [
            port for s in (one, other) for n in s.nodes.values() for port in (n.console_port, n.link_port)
        ]
        assert len(set(ports)) == len(ports)
        assert other.nodes["A"].console_port != CONSOLE_PORTS["A"]
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", one.nodes["A"].console_port))
    finally:
        one.close()
        other.close()
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", other.nodes["A"].console_port))


def test_a_folder_must_be_new_or_empty(tmp_path: Path) -> None:
    make_free_folder(tmp_path / "deep" / "new")
    make_free_folder(tmp_path / "deep" / "new")
    (tmp_path / "file").touch()
    for used in (tmp_path, tmp_path / "file"):
        with pytest.raises(InputError, match="exists and is not an empty folder"):
            make_free_folder(used)
    with pytest.raises(InputError, match="cannot be made"):
        make_free_folder(tmp_path / "file" / "below")
