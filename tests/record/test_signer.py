"""A party's key in another process: journal, card, checkpoint and link never see its private bytes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.base.errors import TrustError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card
from skyaccord.record.folder import open_new_journal
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.store import open_store
from tests.record.worlds import START, make_party

TOKEN = """
import sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
key = Ed25519PrivateKey.generate()
print(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex(), flush=True)
for line in sys.stdin:
    print(key.sign(bytes.fromhex(line.strip())).hex(), flush=True)
"""


class Token:
    """As a hardware token is used: it tells its public key, and signs what it is given."""

    signs_for: Literal["party"] = "party"

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", TOKEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        from skyaccord.record.fields import encode_base64

        self.public = encode_base64(bytes.fromhex(self._answer()))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def sign(self, message: bytes) -> bytes:
        assert self._process.stdin is not None
        self._process.stdin.write(message.hex() + "\n")
        self._process.stdin.flush()
        return bytes.fromhex(self._answer())

    def close(self) -> None:
        self._process.communicate(timeout=20)


@pytest.fixture
def token() -> Iterator[Token]:
    made = Token()
    yield made
    made.close()


def test_everything_a_node_signs_can_be_signed_elsewhere(tmp_path: Path, token: Token) -> None:
    b = make_party(tmp_path, "B")
    origin = "skyaccord.journal/A/" + "0" * 16
    card = Card.make(
        party="A", name="A", origin=origin, link_address="none", key=token, root_key=b.key.public
    )
    store = open_store(tmp_path / "a.db", create=True)
    journal = open_new_journal(store, card, token, ManualClock(START), SeededRandomness(1), exercise=True)
    pin_peer(journal, b.card)
    pin_peer(b.journal, card)
    journal.append("sounding", {"depth_m": 12}, recipients=["*"])
    answer = Incoming(b.journal).accept(Outgoing(journal, "B").batch(), party="A")
    assert (answer.reason, answer.held) == (None, journal.size())
    assert origin in journal.checkpoint()
    back = Incoming(journal).accept(Outgoing(b.journal, "A").batch(), party="B")
    assert back.reason is None
    assert [entry.kind for entry in journal.entries()][-1] == "receipt"
    store.close()


def test_a_signer_that_signs_wrongly_writes_nothing(tmp_path: Path) -> None:
    """Another process may be broken: what it signed is checked before it is journalled."""
    a = make_party(tmp_path, "A")

    class Broken:
        signs_for: Literal["party"] = "party"
        public = a.key.public

        def sign(self, message: bytes) -> bytes:
            return a.key.sign(message + b"!")

    size = a.journal.size()
    a.journal._key = Broken()
    with pytest.raises(TrustError, match="signature does not hold"):
        a.journal.append("sounding", {}, recipients=["*"])
    assert a.journal.size() == size
