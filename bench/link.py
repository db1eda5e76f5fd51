"""Envelopes over the link between two nodes' journals: TLS 1.3 both ways, loopback, both disks synchronised.

Everything the link does is in it: reading, disclosing, the request, checks of every signature, the
transaction with the receipt and the cosignature, the answer. Both ends run in this one process, so they share
a core and a disk; two machines do better.
"""

from __future__ import annotations

import socket
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from bench.table import Report, Row
from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.node.link_calls import PeerCalls, over_tls
from skyaccord.node.link_listener import LinkListener
from skyaccord.node.link_server import link_app
from skyaccord.node.link_times import PeerTimes
from skyaccord.node.link_tls import LinkTls
from skyaccord.record.folder import Folder, init_folder
from skyaccord.record.journal import Journal
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer

BULK = 4_000
SINGLE = 300
BODY = {"note": "x" * 400}
SECRET = "bench"  # noqa: S105 - keys that live for a second


@dataclass
class Side:
    """One party: folder, journal, and what it shows on the link."""

    folder: Folder
    journal: Journal = field(init=False)
    tls: LinkTls = field(init=False)

    def __post_init__(self) -> None:
        store = self.folder.open_store()
        key = self.folder.load_key(SECRET)
        self.journal = self.folder.open_journal(store, key, SystemClock(), SystemRandomness())
        certificate = self.folder.card().certificate or b""
        self.tls = LinkTls(self.folder.load_link_key(SECRET), certificate)


class OnePeer:
    """What the listener's application asks about its only peer."""

    ready = True

    def __init__(self, party: str, certificate: bytes) -> None:
        self._party, self._certificate = party, certificate
        self._times = PeerTimes(SystemClock(), SystemRandomness())

    def party_of(self, certificate: bytes) -> str | None:
        return self._party if certificate == self._certificate else None

    def times(self, _party: str) -> PeerTimes:
        return self._times

    def heard(self, *_: Any, **__: Any) -> None:
        return


@asynccontextmanager
async def connected(a: Side, b: Side) -> AsyncIterator[PeerCalls]:
    """B listens, A calls."""
    peers: Any = OnePeer("A", a.tls.certificate)
    context = b.tls.server_context([a.tls.certificate])
    listener = LinkListener(link_app(Incoming(b.journal), peers), context, peers.party_of, lambda why: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.setblocking(False)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, taken)
            calls = PeerCalls("B", PeerTimes(SystemClock(), SystemRandomness()))
            calls.address = f"https://127.0.0.1:{taken.getsockname()[1]}"
            calls.client = over_tls(a.tls.client_context(b.tls.certificate))
            yield calls
            await calls.client.aclose()
            listener.stop()


async def push(outgoing: Outgoing, calls: PeerCalls) -> bool:
    """One batch there, one answer back; whether the peer holds everything."""
    answer = await calls.post_batch(await anyio.to_thread.run_sync(outgoing.batch))
    if answer.reason is not None:
        raise RuntimeError(answer.reason)
    return await anyio.to_thread.run_sync(outgoing.answered, answer)


async def measured(a: Side, b: Side) -> tuple[float, list[float]]:
    """Seconds for all of the bulk; milliseconds from sending to receipt, one by one."""
    outgoing, took = Outgoing(a.journal, "B"), []
    async with connected(a, b) as calls:
        while not await push(outgoing, calls):
            pass
        with a.journal.store.writing() as connection:
            for _ in range(BULK):
                a.journal.append_within(connection, "bench.note", BODY, recipients=["*"])
        start = time.perf_counter()
        while not await push(outgoing, calls):
            pass
        bulk_s = time.perf_counter() - start
        for _ in range(SINGLE):
            await anyio.to_thread.run_sync(lambda: a.journal.append("bench.note", BODY, recipients=["*"]))
            start = time.perf_counter()
            await push(outgoing, calls)
            took.append((time.perf_counter() - start) * 1000.0)
    return bulk_s, took


def bare_commit_ms(file: Path) -> float:
    """The median of durable commits of a bare table on this disk, now."""
    bare = sqlite3.connect(file, isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE entry (sequence INTEGER PRIMARY KEY, data BLOB)")
    took = []
    for _ in range(SINGLE):
        start = time.perf_counter()
        bare.execute("INSERT INTO entry (data) VALUES (?)", (bytes(1000),))
        took.append((time.perf_counter() - start) * 1000.0)
    bare.close()
    return statistics.median(took)


def run() -> Report:
    with tempfile.TemporaryDirectory() as place:
        sides = [
            Side(
                init_folder(
                    Path(place) / party,
                    party=party,
                    name=f"Party {party}",
                    link_address="https://127.0.0.1:7411",
                    passphrase=SECRET,
                    settings_text="",
                    clock=SystemClock(),
                    randomness=SystemRandomness(),
                    exercise=True,
                )
            )
            for party in ("A", "B")
        ]
        for side, other in (sides, sides[::-1]):
            pin_peer(side.journal, other.folder.card())
        bulk_s, took = anyio.run(measured, sides[0], sides[1])
        commit_ms = bare_commit_ms(Path(place) / "bare.db")
        for side in sides:
            side.journal.store.close()
    hundredths = statistics.quantiles(took, n=100)
    return Report(
        rows=[
            Row(
                "envelopes over the link, catching up, 400 B bodies",
                f"{BULK / bulk_s:,.0f}/s",
                "–",
                "–",
                "–",
                None,
            ),
            Row(
                "one envelope, from sending to its signed receipt, p50 / p99",
                f"{statistics.median(took):.1f} / {hundredths[98]:.1f} ms",
                f"a bare durable SQLite commit here, p50 {commit_ms:.1f} ms",
                f"{commit_ms / statistics.median(took):.2f}",
                "–",
                None,
            ),
        ],
        notes=[
            "The link: mutual TLS 1.3 over loopback, batches of up to 256, every signature checked, stored "
            "with synchronous = FULL on both sides, receipted and cosigned; both ends share this process. "
            "One envelope waits for three synchronisations of the disk: the receiver's transaction, the "
            "sender's note of the answer, and its memory of the cosigned checkpoint beside the store."
        ],
    )
