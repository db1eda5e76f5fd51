"""`skyaccord witness` and `node witness`, from the folder to a process that cosigns and stops as asked."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.cli.app import app
from skyaccord.node.link_tls import LinkTls
from skyaccord.record.folder import open_folder
from skyaccord.record.witness import WitnessError, read_request
from skyaccord.record.witness_folder import open_witness_folder
from skyaccord.record.witnessing import KnownWitness, Witnessing
from tests.node.scene import free_port, must, wait_for


@pytest.fixture
def parties(tmp_path: Path) -> Path:
    """A node's folder and a witness's, that have each other's card."""
    (tmp_path / "secret").write_text("passphrase\n")
    secret = ("--passphrase-file", tmp_path / "secret")
    must("node", "init", tmp_path / "A", "--party", "A", "--name", "Party A", "--exercise", *secret)
    (tmp_path / "port").write_text(str(free_port()))
    address = f"https://127.0.0.1:{(tmp_path / 'port').read_text()}"
    must("witness", "init", tmp_path / "W", "--name", "harbour.example/w1", "--address", address, *secret)
    (tmp_path / "A.card").write_text(must("node", "card", tmp_path / "A"))
    (tmp_path / "W.card").write_text(must("witness", "card", tmp_path / "W"))
    return tmp_path


def fingerprint(card: Path) -> str:
    return str(json.loads(card.read_text())["fingerprint"])


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_nobody_is_pinned_without_the_digits_that_were_read_aloud(parties: Path) -> None:
    secret = ("--passphrase-file", parties / "secret")
    wrong = "12345 " * 8
    for command in (("witness", "follow", "W", "A"), ("node", "witness", "A", "W")):
        words, folder, card = command[:2], parties / command[2], parties / f"{command[3]}.card"
        assert "no terminal" in run(*words, folder, card, *secret)[1]
        status, said = run(*words, folder, card, "--fingerprint", wrong, *secret)
        assert status != 0
        assert "differs" in said
    status, said = run("node", "witness", parties / "A", parties / "A.card", *secret)
    assert status != 0
    assert "not a witness's card" in said
    assert "No journal is followed" in run("witness", "status", parties / "W")[1]


def test_a_rotated_key_is_followed_once_its_card_is_compared_again(parties: Path) -> None:
    """`node rotate-key`, then `witness follow`: in between the witness cosigns nothing of the new key's."""
    secret = ("--passphrase-file", parties / "secret")
    a, w, card = parties / "A", parties / "W", parties / "A.card"
    must("witness", "follow", w, card, "--fingerprint", fingerprint(card), *secret)
    folder, witness_folder = open_folder(a), open_witness_folder(w)
    key = witness_folder.load_key("passphrase")
    known = KnownWitness(witness_folder.card().name, key.public)

    def bring() -> bool:
        """The journal as it is now, to the witness as its folder is now."""
        store, witness_store = folder.open_store(), witness_folder.open_store()
        try:
            party_key = folder.load_key("passphrase")
            outgoing = Witnessing(
                folder.open_journal(store, party_key, SystemClock(), SystemRandomness()), known
            )
            body = outgoing.request()
            assert body is not None
            request = read_request(body)
            witness = witness_folder.witness(witness_store, key, SystemClock())
            return outgoing.answered(
                200, witness.add_checkpoint(request.old, request.proof, request.note).encode()
            )
        finally:
            store.close()
            witness_store.close()

    assert bring()
    said = must("node", "rotate-key", a, "--root", a / "party.root", "--root-passphrase-file",
                parties / "secret", *secret)  # fmt: skip
    assert "skyaccord witness follow" in said, "it says what is to be done"
    with pytest.raises(WitnessError, match="with the key known of it"):
        bring()
    renewed = parties / "A2.card"
    renewed.write_text(must("node", "card", a))
    status, said = run("witness", "follow", w, renewed, "--fingerprint", fingerprint(card), *secret)
    assert status != 0, "the digits of the old card are not enough"
    assert "differs" in said
    must("witness", "follow", w, renewed, "--fingerprint", fingerprint(renewed), *secret)
    assert bring()
    status, said = run("witness", "follow", w, card, "--fingerprint", fingerprint(card), *secret)
    assert status != 0, "the old card is none any more"
    (row,) = json.loads(must("witness", "status", w, "--format", "json"))
    assert row["size"] == 2


def test_it_serves_cosigns_and_stops(parties: Path) -> None:
    secret = ("--passphrase-file", parties / "secret")
    a, w = parties / "A", parties / "W"
    said = must(
        "witness", "follow", w, parties / "A.card", "--fingerprint", fingerprint(parties / "A.card"), *secret
    )
    assert "is followed" in said
    said = must(
        "node", "witness", a, parties / "W.card", "--fingerprint", fingerprint(parties / "W.card"), *secret
    )
    assert "Pinned, as entry 1" in said
    said = must(
        "node", "witness", a, parties / "W.card", "--fingerprint", fingerprint(parties / "W.card"), *secret
    )
    assert "Pinned already" in said

    folder, port = open_folder(a), (parties / "port").read_text()
    tls = LinkTls(folder.load_link_key("passphrase"), folder.card().certificate or b"")
    context: ssl.SSLContext = tls.client_context(open_witness_folder(w).card().certificate)
    with (parties / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "skyaccord", "witness", "serve", str(w), "--port", port,
             "--passphrase-file", str(parties / "secret")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        with httpx2.Client(verify=context, base_url=f"https://127.0.0.1:{port}", trust_env=False) as client:
            rows = wait_for("the witness", lambda: client.get("/witnessed").json())
        assert [(row["origin"], row["size"]) for row in rows] == [(folder.card().origin, 0)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
    assert "stopped" in (parties / "log").read_text()
    (row,) = json.loads(must("witness", "status", w, "--format", "json"))
    assert row == {"origin": folder.card().origin, "size": 0, "note": None}
