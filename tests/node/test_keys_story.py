"""Two nodes as two processes: the link by hand beside them, erasing beside them, a folder that was stolen.

One test, because it is one story. Times are never asserted, only waited for. EXERCISE.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skyaccord.record.link_identity import LINK_CERTIFICATE_FILE
from tests.node.scene import Party, must, two_parties, wait_for


def up(party: Party) -> bool:
    return bool(party.peer_link()["link"] == "up")


def agree(a: Party, b: Party) -> bool:
    return a.held() == b.held()


def say(party: Party, text: str) -> None:
    payload = {"act": "message", "to_role": "duty-officer", "text": text, "language": "en"}
    answer = party.act(payload)
    assert answer.status_code == 201, answer.text


def texts(party: Party) -> set[str]:
    return {row["text"] for row in party.get("messages")}


def by_hand(a: Party, b: Party, root: Path) -> None:
    """A parcel there and its answer back, while both nodes serve."""
    there, back = root / "to-b.parcel", root / "to-a.parcel"
    must("link", "export", there, "--node", a.folder, "--peer", b.id, "--passphrase-file", a.passphrase)
    said = must(
        "link", "import", there, "--node", b.folder, "--answer", back, "--passphrase-file", b.passphrase
    )
    assert "Taken:" in said
    must("link", "import", back, "--node", a.folder, "--passphrase-file", a.passphrase)


def erase(party: Party) -> str:
    return must(
        "journal", "erase", "--node", party.folder, "--before", "2999-01-01T00:00:00Z", "--kind", "message",
        "--passphrase-file", party.passphrase,
    )  # fmt: skip


def test_by_hand_erased_and_stolen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with two_parties(tmp_path) as (a, b):
        for party in (a, b):
            party.serve()
        for party in (a, b):
            wait_for(f"link up at {party.id}", lambda p=party: up(p))

        # the link by hand, beside two running nodes that cannot reach each other
        for party in (a, b):
            party.proxy.cut()
        wait_for("link down", lambda: not up(a))
        say(a, "by hand")
        by_hand(a, b, tmp_path)
        wait_for("B's console shows it", lambda: "by hand" in texts(b))
        wait_for("A's console knows that it is held", lambda: a.get("messages")[0]["held_by"] == ["B"])
        for party in (a, b):
            party.proxy.restore()
        wait_for("both links up again", lambda: up(a) and up(b))
        wait_for("both hold the same", lambda: agree(a, b))
        say(b, "and back")
        wait_for("it goes on over the network", lambda: "and back" in texts(a))
        wait_for("both hold the same", lambda: agree(a, b))

        # contents are erased beside the running node; what follows still joins
        assert "message" in erase(a)
        say(a, "after erasing")
        wait_for("the link goes on", lambda: "after erasing" in texts(b) and agree(a, b))

        # A's folder was stolen: party key and link key are replaced, and nothing is carried to B
        old = (a.folder / LINK_CERTIFICATE_FILE).read_bytes()
        assert a.stop() == 0
        must(
            "node", "rotate-key", a.folder, "--root", a.folder / "party.root", "--new-link-key",
            "--passphrase-file", a.passphrase, "--root-passphrase-file", a.root_passphrase,
        )  # fmt: skip
        assert (a.folder / LINK_CERTIFICATE_FILE).read_bytes() != old
        a.serve()
        for party in (a, b):
            wait_for(f"link up at {party.id} with the new certificate", lambda p=party: up(p))
        say(a, "under new keys")
        wait_for("B takes what the new key signs", lambda: "under new keys" in texts(b) and agree(a, b))
        assert json.loads(must("node", "card", a.folder))["fingerprint"] == b.peer_link()["fingerprint"]

        # the whole record still stands, at both
        for party in (a, b):
            assert party.stop() == 0
            for card in (a, b):
                card.card.write_text(must("node", "card", card.folder), encoding="utf-8")
            said = must("journal", "verify", party.folder, "--card", a.card, "--card", b.card)
            assert "nothing wrong" in said.lower()
