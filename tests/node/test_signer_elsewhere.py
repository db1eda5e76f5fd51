"""A node whose party's key is not in its hands: all it has is something that signs (record/signer.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from skyaccord.record.keys import PartyKey
from skyaccord.record.verify import verify_folder
from tests.node.tabletop import Table, play


class Elsewhere:
    """As a token in a slot: no private bytes, nothing but what the interface asks for."""

    signs_for: Literal["party"] = "party"

    def __init__(self, key: PartyKey) -> None:
        self.public = key.public
        self.signed = 0
        self._hidden = key.sign

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return self._hidden(message)


def test_a_node_runs_with_a_signer_that_is_no_file(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        token = Elsewhere(a.key)
        await a.close()
        a.key = token  # type: ignore[assignment]
        a.open()
        table.introduce()
        a.enrol()
        await table.prepare()
        before = token.signed
        await a.act({"act": "message", "to_role": "duty-officer", "text": "from a token", "language": "en"})
        assert token.signed > before, "the node asked it"
        await table.exchange()
        (message,) = await b.get("messages")
        assert message["text"] == "from a token"
        assert [one["held_by"] for one in await a.get("messages")] == [["B"]]
        cards = [a.card, b.card]
        for seat in (a, b):
            assert verify_folder(seat.folder.path, cards).ok

    play(tmp_path, story)
