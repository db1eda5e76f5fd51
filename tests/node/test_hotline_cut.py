"""Two nodes as two processes, and one of them dies: what the shell says of the line, what is prepared
meanwhile, in which order it goes out, what is marked as too late. EXERCISE.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from skyaccord.base.times import format_utc
from tests.node.scene import Party, must, two_parties, wait_for

SECRET = "a key's passphrase"
LATE_S = 20.0  # long enough to be signed on a busy machine


class Desk:
    """A party's duty officer at a shell."""

    def __init__(self, party: Party) -> None:
        self.party = party
        self.key, self.secret = party.root / f"{party.id}.key", party.root / "secret"
        self.secret.write_text(SECRET, encoding="utf-8")
        party.officer.save(self.key, SECRET)

    def act(self, *words: str) -> str:
        """Act through the running node; what the entry is called."""
        said = must(
            "hotline", *words, "--node", self.party.folder, "--as", self.key,
            "--person-passphrase-file", self.secret,
        )  # fmt: skip
        return said.rsplit("(entry ", 1)[1].rstrip(")\n")

    def look(self, *words: str) -> Any:
        return json.loads(must("hotline", *words, "--node", self.party.folder, "--format", "json"))

    def circuit(self) -> dict[str, Any]:
        (found,) = self.look("status")["circuits"]
        return dict(found)


def test_the_other_node_dies_and_comes_back(tmp_path: Path) -> None:
    with two_parties(tmp_path) as (a, b):
        desk_a, desk_b = Desk(a), Desk(b)
        assert desk_a.circuit()["state"] == "down", "no node runs here"
        for party in (a, b):
            party.serve()
        for party in (a, b):
            wait_for(f"link up at {party.id}", lambda p=party: p.peer_link()["link"] == "up")
        circuit = desk_a.circuit()
        assert (circuit["state"], circuit["line"]) == ("unchecked", "up")

        b.kill()
        wait_for("link down at A", lambda: a.peer_link()["link"] == "down")
        circuit = desk_a.circuit()
        assert (circuit["state"], circuit["line"]) == ("down", "down")
        told = must("hotline", "status", "--node", a.folder)
        assert "alarm circuit-down: party B, since " in told
        assert "circuit to B: DOWN, never heard, no accord asks for checks; line down since " in told
        assert "accord test-sky version 1: " in told, "what stands on paper is another thing"

        said = ("send", "--prepare")
        kind = desk_a.act(*said, "GOODWILL")
        late = format_utc(datetime.now(UTC) + timedelta(seconds=LATE_S))
        expired = desk_a.act(*said, "STOPPING", "--param", f"time={late}", "--expires", late)
        lives = desk_a.act(
            *said, "EMERGENCY", "--param", "callsign=ALFA12", "--param", "position=35.2,36.9,FL250",
            "--param", "text=engine out",
        )  # fmt: skip
        spoken = desk_a.act(
            "voice", "enter", "--at", format_utc(datetime.now(UTC)), "--with", "duty-officer",
            "--text", "ALFA12 lands at the northern field",
        )  # fmt: skip
        time.sleep(LATE_S)
        waiting = [f"A:{one['ref']['sequence']}" for one in desk_a.look("list")["waiting"]]
        assert waiting == [lives, kind, expired], "lives first; what says nothing any more, last"

        b.serve()
        wait_for("what waited has come", lambda: len(desk_b.look("list")["messages"]) == 3)
        rows = {one["ref"]["sequence"]: one for one in desk_b.look("list")["messages"]}
        came = [rows[place] for place in sorted(rows)]
        assert [one["code"] for one in came] == ["EMERGENCY", "GOODWILL", "STOPPING"]
        assert [one["expired"] for one in came] == [False, False, True]
        assert [one["asked"] for one in came] == [{"B": "duty-officer"}, {"B": "duty-officer"}, {}]
        assert came[0]["said"]["en"].count("25000 ft STD") == 1
        assert desk_a.look("list")["waiting"] == []
        assert f"{lives} " not in must("hotline", "list", "--node", a.folder), "it has its own entry now"
        assert "EMERGENCY" in must("hotline", "show", lives, "--node", a.folder)
        assert "[EXPIRED]" in must("hotline", "list", "--node", b.folder)

        wait_for("the voice entry has come", lambda: desk_b.look("voice", "list"))
        desk_b.act("voice", "answer", spoken, "confirm")
        wait_for(
            "both say so", lambda: [one["state"] for one in desk_a.look("voice", "list")] == ["confirmed"]
        )
        desk_b.act("ack", f"A:{came[0]['ref']['sequence']}")
        wait_for("A knows", lambda: desk_a.look("show", lives)["acknowledged_by"] == ["B"])
        wait_for("the line is up", lambda: desk_a.circuit()["line"] == "up")
        assert desk_a.circuit()["heard_at"] is not None
