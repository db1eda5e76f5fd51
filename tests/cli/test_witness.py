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

from skyaccord.cli.app import app
from skyaccord.node.link_tls import LinkTls
from skyaccord.record.folder import open_folder
from skyaccord.record.witness_folder import open_witness_folder
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
