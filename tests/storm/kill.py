"""Real processes, really killed: two nodes over TLS and two writers, and SIGKILL at random moments.

What a writer was told is written must be in both journals, once, at its place; and both folders must verify.
"""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.folder import open_folder
from skyaccord.record.journal import Journal
from tests.node.scene import Party, must, two_parties
from tests.storm.warm import Warm

STANDSTILL = 60.0  # in starts of a process: so long nothing moves before it counts as hanging; never under…
STANDSTILL_S = 120.0
PAUSE = (0.1, 1.2)  # from one kill to the next, in starts of a process: within one, and after it
PAUSE_START_MAX_S = 6.0  # of a start that is so reckoned: it may have been a busy moment of the machine
START_S = 120.0
SERVES = "Ctrl-C stops it."  # what a node says once it serves


@dataclass(frozen=True)
class Survived:
    """What a storm of kills left. at_work: killed after they had begun to serve or to write, not before.
    written: entries that were returned as written, each once in both journals. lost, doubled: of these; more
    than none is an AssertionError."""

    node_kills: int
    writer_kills: int
    at_work: int
    written: int
    lost: int = 0
    doubled: int = 0


class Process(Protocol):
    """The part of `subprocess.Popen` that is used here."""

    def send_signal(self, sig: int, /) -> None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...


def begin(module: str, arguments: list[str], output: Path, log: Path, *, warm: bool) -> Process:
    """`python -m module arguments`, its words added to these files. warm: imports are done already."""
    if warm:
        return Warm(module, arguments, output, log)
    with output.open("ab") as words, log.open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL, stdout=words, stderr=errors,
        )  # fmt: skip


class Writer:
    """A writer of one party, its output kept over its deaths."""

    def __init__(self, party: Party, *, warm: bool) -> None:
        self.party = party
        self.output = party.root / f"{party.id}.written"
        self.process: Process | None = None
        self._warm = warm

    def start(self) -> None:
        """Begin, or begin again."""
        arguments = [str(self.party.folder), str(self.party.passphrase)]
        log = self.party.root / f"{self.party.id}.log"
        self.process = begin("tests.storm.writer", arguments, self.output, log, warm=self._warm)

    def kill(self) -> None:
        """SIGKILL, at whatever it is doing."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(timeout=30)

    def written(self) -> dict[int, str]:
        """Sequence → leaf of what was returned as written; a line that a kill cut off says nothing."""
        found: dict[int, str] = {}
        for line in self.output.read_text("utf-8").split("\n")[:-1]:
            sequence, _, leaf = line.partition(" ")
            if len(leaf) == 64:
                assert int(sequence) not in found, "one place was given twice"
                found[int(sequence)] = leaf
        return found


def serve(party: Party, *, warm: bool) -> None:
    """Start the party's node."""
    arguments = ["node", "serve", str(party.folder), "--passphrase-file", str(party.passphrase)]
    log = party.root / f"{party.id}.log"
    party.process = begin("skyaccord", arguments, log, log, warm=warm)  # type: ignore[assignment]


def kill_at_random(
    root: Path, kills: int, seed: int, say: Callable[[str], None] = lambda _: None, *, warm: bool = False
) -> Survived:
    """So many SIGKILLs, then the check. AssertionError says what is wrong. warm: `warm.py`."""
    dice = random.Random(seed)
    with two_parties(root) as parties:
        writers = [Writer(party, warm=warm) for party in parties]
        nodes_killed = at_work = 0
        try:
            for party, writer in zip(parties, writers, strict=True):
                serve(party, warm=warm)
                writer.start()
            start_s = _first_words(parties, writers)
            served = dict.fromkeys((party.id for party in parties), 0)
            written = dict(served)
            say(f"started in {start_s:.1f} s")
            for number in range(kills):
                time.sleep(dice.uniform(*PAUSE) * min(start_s, PAUSE_START_MAX_S))
                which = dice.randrange(4)
                party, writer = parties[which % 2], writers[which % 2]
                if which < 2:
                    party.kill()
                    at_work += _serving(party) > served[party.id]
                    served[party.id] = _serving(party)
                    serve(party, warm=warm)
                    nodes_killed += 1
                else:
                    writer.kill()
                    at_work += len(writer.written()) > written[party.id]
                    written[party.id] = len(writer.written())
                    writer.start()
                say(f"kill {number + 1} of {kills}: {'node' if which < 2 else 'writer'} of {party.id}")
            for writer in writers:
                writer.kill()
            _catch_up(parties, max(STANDSTILL_S, STANDSTILL * start_s))
            for party in parties:
                assert party.stop() == 0, party.log()
                assert "Traceback" not in party.log(), party.log()
            return Survived(nodes_killed, kills - nodes_killed, at_work, _check(parties, writers))
        finally:
            for writer in writers:
                writer.kill()


def _serving(party: Party) -> int:
    """How often this party's node has begun to serve."""
    return party.log().count(SERVES)


def _first_words(parties: tuple[Party, Party], writers: list[Writer]) -> float:
    """Wait until both nodes serve and both writers have written; how long that took, in seconds."""
    began = time.monotonic()
    while time.monotonic() - began < START_S:
        if all(writer.output.exists() and writer.written() for writer in writers) and all(
            _serving(party) for party in parties
        ):
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError("nodes and writers do not start")


def _catch_up(parties: tuple[Party, Party], patience_s: float) -> None:
    """Wait until each holds what the other has. However slow the machine: it is over when nothing moves."""
    seen: object = None
    moved = time.monotonic()
    while time.monotonic() - moved < patience_s:
        for party in parties:
            assert party.process is not None
            assert party.process.poll() is None, party.log()
        with contextlib.suppress(Exception):  # a node that is starting does not answer yet
            links = [party.peer_link() for party in parties]
            held = [party.held() for party in parties]
            if held[0] == held[1] and all(link["link"] == "up" and link["outbox"] == 0 for link in links):
                return
            now = (held, [(link["link"], link["outbox"]) for link in links])
            if now != seen:
                seen, moved = now, time.monotonic()
        time.sleep(0.2)
    logs = "\n".join(party.log() for party in parties)
    raise AssertionError(f"nothing moved for {patience_s:.0f} s; last seen: {seen}\n{logs}")


def journal_of(party: Party) -> Journal:
    """The party's journal, for reading."""
    folder = open_folder(party.folder)
    return folder.open_journal(folder.open_store(), None, SystemClock(), SystemRandomness())


def _check(parties: tuple[Party, Party], writers: list[Writer]) -> int:
    count = 0
    journals = [journal_of(party) for party in parties]
    for own, other, writer in zip(journals, reversed(journals), writers, strict=True):
        mine = {entry.sequence: entry.leaf.hex() for entry in own.entries()}
        copy = {entry.sequence: entry.leaf.hex() for entry in other.entries(own.origin)}
        written = writer.written()
        assert sorted(mine) == list(range(len(mine)))
        # What a node says while it stops may wait for the next start; nothing else may differ.
        assert copy == {sequence: mine[sequence] for sequence in range(len(copy))}, (
            "the copy is another journal"
        )
        assert len(set(mine.values())) == len(mine), "something is there twice"
        for held in (mine, copy):
            lost = {sequence for sequence, leaf in written.items() if held.get(sequence) != leaf}
            assert not lost, f"returned as written, and lost: {sorted(lost)}"
        assert written
        count += len(written)
    for journal in journals:
        journal.store.close()
    cards = [part for party in parties for part in ("--card", str(party.card))]
    for party in parties:
        must("journal", "verify", str(party.folder), *cards)
    return count
