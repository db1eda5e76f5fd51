"""A peer with a real certificate that lies over a real connection, strangers beside it, and a third party
whose link goes on: every lie is refused with a reason, kept where it should be, and disturbs nothing.

What a liar's batches meet in the record alone is in tests/record/test_replica.py; here they come over TLS.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.link_server import link_app
from skyaccord.node.link_times import PeerTimes
from skyaccord.record.evidence import FORKS_FOLDER, forks
from skyaccord.record.fork import verify_fork_proof
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.verify import verify_folder
from skyaccord.record.wire import BATCH_WIRE_BYTES_MAX, Answer, Batch, read_answer
from tests.node import link_parties
from tests.record.test_replica import forge, wrap
from tests.record.worlds import ACCORD, Party, copy_folder, enrol, exchange_all, make_party, said

ENTRIES = "/link/v1/entries"


@dataclass
class Peers:
    """Who is who at A's door, and what was noticed."""

    ready: bool = True
    refused: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    all_times: dict[str, PeerTimes] = field(default_factory=dict)
    outgoing: dict[str, Outgoing] = field(default_factory=dict)

    def party_of(self, certificate: bytes) -> str | None:
        return {link_parties.B.certificate: "B", link_parties.C.certificate: "C"}.get(certificate)

    def times(self, party: str) -> PeerTimes:
        return self.all_times.setdefault(party, PeerTimes(SystemClock(), SeededRandomness(1)))

    def heard(self, party: str, entries: int, refused: str | None, *, fresh: bool) -> None:
        if refused is not None:
            self.refused.append((party, refused))

    async def next_batch(self, party: str, wait_s: float) -> Batch:
        return self.outgoing[party].batch()

    async def answered(self, party: str, answer: Answer, *, fresh: bool) -> None:
        self.outgoing[party].answered(answer)


@dataclass
class Scene:
    """A, whose door it is; B, who lies; C, who does not."""

    a: Party
    b: Party
    c: Party
    peers: Peers
    door: link_parties.Door
    liar: httpx2.AsyncClient
    honest: httpx2.AsyncClient

    async def lie(self, content: bytes, path: str = ENTRIES) -> httpx2.Response:
        """B sends this; C's link must go on afterwards, and nothing of B may have come in."""
        before = self.a.journal.size(self.b.card.origin)
        response = await self.liar.post(path, content=content)
        assert self.a.journal.size(self.b.card.origin) == before
        await self.goes_on()
        return response

    async def goes_on(self) -> None:
        """C says something, A takes and receipts it."""
        said = self.c.journal.append("note", {"text": "EXERCISE all well"}, recipients=["*"])
        outgoing = Outgoing(self.c.journal, "A")
        answer = read_answer((await self.honest.post(ENTRIES, content=outgoing.batch().dumps())).content)
        assert answer.reason is None
        assert answer.held == said.sequence + 1
        outgoing.answered(answer)

    async def reason(self, batch: Batch) -> str:
        """Why a batch of B's is refused; A's node has noticed, too."""
        self.peers.refused.clear()
        response = await self.lie(batch.dumps())
        assert response.status_code == 200
        answer = read_answer(response.content)
        assert answer.reason is not None
        assert self.peers.refused == [("B", answer.reason)]
        return answer.reason


@contextlib.asynccontextmanager
async def scene(root: Path) -> AsyncIterator[Scene]:
    a, b, c = parties = [make_party(root, name) for name in "ABC"]
    for one in parties:
        for other in parties:
            if one is not other:
                pin_peer(one.journal, other.card)
    exchange_all(a, b, c, rounds=2)
    peers = Peers(outgoing={"B": Outgoing(a.journal, "B"), "C": Outgoing(a.journal, "C")})
    async with (
        link_parties.open_door(link_app(Incoming(a.journal), peers)) as door,
        door.client(link_parties.B) as liar,
        door.client(link_parties.C) as honest,
    ):
        yield Scene(a, b, c, peers, door, liar, honest)


def play(root: Path, story: Callable[[Scene], Any], *, finding: str | None = None) -> None:
    """finding: what checking A's folder says in the end; None: nothing wrong."""

    async def run() -> None:
        with anyio.fail_after(60):
            async with scene(root) as found:
                await story(found)
                cards = [one.card for one in (found.a, found.b, found.c)]
                report = verify_folder(found.a.path, cards)
                assert report.ok is (finding is None), report.findings
                assert all(finding is not None and finding in one.what for one in report.findings)

    anyio.run(run)


def test_forged_moved_and_foreign_batches_are_refused_by_name(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        a, b = found.a, found.b
        stranger = PartyKey.generate()
        good = forge(b, a)
        mixed = good.model_copy(update={"entries": forge(b, a, key=stranger).entries})
        assert "0 signatures by" in await found.reason(forge(b, a, key=stranger))
        assert "another key" in await found.reason(mixed)
        assert "says it is entry 77" in await found.reason(forge(b, a, sequence=77))
        assert "another history" in await found.reason(forge(b, a, previous="00" * 32))
        assert "belongs to the journal" in await found.reason(forge(b, a, origin=found.c.card.origin))
        theirs = Outgoing(found.c.journal, "A").batch(0)
        assert "another party's than the sender's" in await found.reason(theirs)
        ours = Outgoing(a.journal, "B").batch(0)
        assert "another party's than the sender's" in await found.reason(ours)
        assert forks(a.journal) == []

    play(tmp_path, story)


def test_a_false_change_of_key_is_refused_in_a_line(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        envelope = forge(found.b, found.a).entries[0].envelope
        batch = forge(found.b, found.a).model_copy(update={"rotations": [envelope]})
        assert "announced as a change of key is none" in await found.reason(batch)
        assert (
            "rotations" in (await found.lie(batch.model_copy(update={"rotations": ["x"] * 65}).dumps())).text
        )

    play(tmp_path, story)


def test_gaps_and_replays_change_nothing(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        a, b = found.a, found.b
        for number in range(3):
            b.journal.append("note", {"number": number}, recipients=["*"])
        late = Outgoing(b.journal, "A").batch(b.journal.size() - 1)
        held = read_answer((await found.lie(late.dumps())).content).held
        assert held == a.journal.size(b.card.origin)
        whole = Outgoing(b.journal, "A").batch()
        assert read_answer((await found.liar.post(ENTRIES, content=whole.dumps())).content).reason is None
        receipts = len(list(a.journal.entries(kinds=("receipt",))))
        for _ in range(3):
            again = read_answer((await found.liar.post(ENTRIES, content=whole.dumps())).content)
            assert (again.held, again.reason) == (b.journal.size(), None)
        assert len(list(a.journal.entries(kinds=("receipt",)))) == receipts

    play(tmp_path, story)


def test_what_is_said_again_under_another_accord_is_kept_and_never_counts(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        a, b = found.a, found.b
        officer = PersonKey.generate(SeededRandomness(8))
        enrol(b, officer)
        first = said(b, officer)
        b.journal.append_statement("message", first, recipients=["*"])
        await found.liar.post(ENTRIES, content=Outgoing(b.journal, "A").batch().dumps())
        far = b.clock.now() + timedelta(hours=2)
        for body, header, why in (
            ({"statement": first}, {"accord": ACCORD}, "another accord"),
            ({"statement": said(b, officer, at=far)}, {"recorded_at": b.clock.now()}, "future"),
            ({"statement": said(b, PersonKey.generate())}, {}, "not enrolled"),
        ):
            batch = forge(b, a, body=body, kind="message", **{"recorded_at": b.clock.now(), **header})
            answer = read_answer((await found.liar.post(ENTRIES, content=batch.dumps())).content)
            assert answer.reason is None, "the envelope is B's own: it is held as a leaf"
            last = list(a.journal.entries(b.card.origin))[-1]
            assert why in (last.refused or "")
            receipt = list(a.journal.entries(kinds=("receipt",)))[-1]
            assert why in receipt.body["refused"][-1]["reason"]
            await found.goes_on()

    play(tmp_path, story)


def test_two_histories_are_refused_proved_and_kept(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        a, b = found.a, found.b
        earlier = copy_folder(b, tmp_path / "earlier")
        b.journal.append("note", {"text": "one"}, recipients=["*"])
        await found.liar.post(ENTRIES, content=Outgoing(b.journal, "A").batch().dumps())
        b.store.close()
        for file in b.path.glob("node.db*"):
            file.unlink()
        (b.path / "node.db").write_bytes((earlier / "node.db").read_bytes())
        b.reopen()
        b.journal.append("note", {"text": "other"}, recipients=["*"])
        assert "forked" in await found.reason(Outgoing(b.journal, "A").batch())
        (fork,) = forks(a.journal)
        (file,) = (a.path / FORKS_FOLDER).iterdir()
        assert fork.proof == file.read_bytes()
        assert verify_fork_proof(file.read_bytes(), b.card).party == "B"

    play(tmp_path, story, finding="the journal was forked")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"\xff\xfe\x00", 400),
        (b"[" * 100_000, 400),
        (b'{"from":1}', 400),
        (b'{"from":"a","from":"b"}', 400),
        (b'{"from": "skyaccord.journal/B/\\ud800"}', 400),
        (b" " * (BATCH_WIRE_BYTES_MAX + 1), 413),
    ],
)
def test_malformed_and_oversized(tmp_path: Path, content: bytes, status: int) -> None:
    async def story(found: Scene) -> None:
        response = await found.lie(content)
        assert response.status_code == status
        assert len(response.text.splitlines()) == 1

    play(tmp_path, story)


def test_lone_surrogates_inside_a_batch_are_refused(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        text = forge(found.b, found.a).dumps().decode()
        for place in ('"checkpoint":"', '"envelope":"'):
            response = await found.lie(text.replace(place, place + "\\ud800", 1).encode())
            refused = response.text if response.status_code == 400 else read_answer(response.content).reason
            assert response.status_code in (200, 400)
            assert refused

    play(tmp_path, story)


def test_withheld_receipts_show_as_nothing_held_and_lose_nothing(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        a = found.a
        for number in range(3):
            a.journal.append("note", {"number": number}, recipients=["*"])
        outbox = found.peers.outgoing["B"].outbox()
        for _ in range(3):  # B fetches, and never answers
            got = await found.liar.get(ENTRIES)
            assert got.status_code == 200
        assert found.peers.outgoing["B"].outbox() == outbox > 0
        for false in (Answer(held=99), Answer(held=0, cosigned=found.b.journal.checkpoint())):
            response = await found.liar.post("/link/v1/answers", content=false.dumps())
            assert response.status_code == 409
        assert found.peers.outgoing["B"].outbox() == outbox
        a.journal.append("note", {"text": "and goes on"}, recipients=["*"])
        await found.goes_on()

    play(tmp_path, story)


def test_another_partys_certificate_and_garbage_before_tls(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        theirs = Outgoing(found.b.journal, "A").batch(0)
        assert (await found.honest.post(ENTRIES, content=theirs.dumps())).status_code == 200
        assert found.peers.refused[-1][0] == "C", "C spoke for B, and is named"
        for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 600, b"\0" * 64):
            with socket.create_connection(("127.0.0.1", found.door.port)) as line:
                line.sendall(garbage)
                line.settimeout(0.2)
                assert await found.door.refusal()
            await found.goes_on()
        async with found.door.client(link_parties.STRANGER) as stranger:
            with pytest.raises(httpx2.HTTPError):
                await stranger.post(ENTRIES, content=theirs.dumps())
        await found.goes_on()

    play(tmp_path, story)


def test_an_envelope_by_another_key_under_a_good_checkpoint(tmp_path: Path) -> None:
    async def story(found: Scene) -> None:
        forged = forge(found.b, found.a, key=PartyKey.generate()).entries[0].envelope or ""
        assert "another key" in await found.reason(wrap(found.b, found.a, forged.encode()))

    play(tmp_path, story)
