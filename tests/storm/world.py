"""Nodes, a witness, and the lines between them, all from one seed.

A step is one thing that happens to one machine; a message that flies may be delivered in any order, twice, or
never. Nothing here checks anything but what can be seen at once; see `checks.py` for the end.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from skyaccord.base.errors import RefusedError, SkyAccordError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.behind import Restoring, recall, say_restored
from skyaccord.record.copies import copy_of
from skyaccord.record.fields import SEQUENCE_MAX
from skyaccord.record.keys import PartyKey
from skyaccord.record.wire import Answer, Batch, read_answer, read_batch
from skyaccord.record.witness import Witness, WitnessError, read_request
from skyaccord.record.witnessing import KnownWitness
from tests.record.worlds import START
from tests.storm.disk import Disk, open_store_on
from tests.storm.liar import Liar
from tests.storm.node import Machine, Time
from tests.storm.template import parties, witness_store
from tests.storm.truth import Truth, Violation

WITNESS = "harbour.example/w1"
FLYING_MAX = 24
NODES = {2: 80, 3: 16, 4: 3, 5: 1}
"""How many, and how often."""


@dataclass(frozen=True)
class Message:
    """Something on a line. what: batch, answer, ask (a witness), cosigned. sent_at: by its sender's clock."""

    what: str
    source: str
    target: str
    data: bytes
    status: int = 200
    sent_at: datetime = START

    def __str__(self) -> str:
        return f"{self.what} {self.source}→{self.target}"


class World:
    """Everything that the seed decides."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.time = Time()
        self.truth = Truth()
        self.trace: list[str] = []
        self.flying: list[Message] = []
        self.cut: set[frozenset[str]] = set()
        self.crash_share = self.dice.choice([0.0, 0.05, 0.15, 0.3])
        count = self.dice.choices(list(NODES), list(NODES.values()))[0]
        known = None
        self.witness: Witness | None = None
        self.liar: Machine | None = None
        if self.dice.random() < 0.35:
            self.witness_key = PartyKey.generate(SeededRandomness(99))
            known = KnownWitness(WITNESS, self.witness_key.public)
        made = parties(count, met=self.dice.random() < 0.8)
        self.machines = {
            one.name: Machine(
                folder / one.name, one, [other for other in made if other is not one], self.time, seed, known
            )
            for one in made
        }
        if known is not None:
            self.witness_disk = Disk(folder / "W", random.Random(f"{seed}/W"))
            self.witness_disk.folder.mkdir()
            (self.witness_disk.folder / "node.db").write_bytes(witness_store())
            self._start_witness()
        for machine in self.machines.values():
            machine.start()
            machine.state = "up"
            self._scan(machine)

    # ── what happens on one machine ─────────────────────────────────────────────────────────────────────

    def say(self, text: str) -> None:
        """A line of the trace."""
        self.trace.append(f"{self.time.elapsed_s:9.1f} s  {text}")

    def do(self, machine: Machine, what: str, work: Callable[[], Any], *, crash: bool = True) -> Any:
        """Run something on a machine that may lose its power meanwhile; what it returned, or None."""
        if crash and self.dice.random() < self.crash_share:
            if self.dice.random() < 0.5:
                machine.disk.set_fuse(0, at_commit=True)
            else:
                machine.disk.set_fuse(self.dice.randrange(40))
        try:
            result = work()
            self._scan(machine)
        except BaseException as error:
            if machine.disk.dead:
                self.say(f"{machine.name}: {what} — POWER CUT {machine.disk.how}")
                machine.stop()
                return None
            if isinstance(error, Violation) or not isinstance(error, Exception):
                raise
            if not isinstance(error, SkyAccordError):
                raise Violation(f"{machine.name}: {what}: {type(error).__name__}: {error}") from error
            self.say(f"{machine.name}: {what} — {type(error).__name__}: {error}")
            machine.disk.defuse()
            self._scan(machine)
            return None
        finally:
            machine.disk.defuse()
        self.say(f"{machine.name}: {what}")
        return result

    def _scan(self, machine: Machine) -> None:
        if machine.state == "down" or machine.disk.dead:
            return
        calls = machine.disk.calls_left
        machine.disk.calls_left = None
        fresh, size, head = machine.fresh_entries()
        for sequence, leaf in fresh:
            self.truth.sign(machine.origin, sequence, leaf)
        self.truth.claim(machine.name, machine.origin, size, head)
        machine.disk.calls_left = calls

    def up(self) -> list[Machine]:
        """Machines that run."""
        return [machine for machine in self.machines.values() if machine.state == "up"]

    def reachable(self, one: str, other: str) -> bool:
        """Whether a line is whole, and somebody is at its end."""
        if frozenset((one, other)) in self.cut:
            return False
        return other == "W" or self.machines[other].state != "down"

    # ── starting ────────────────────────────────────────────────────────────────────────────────────────

    def start(self, machine: Machine) -> None:
        """A process begins: it compares its journal, and asks its peers (`node/first_contact.py`)."""
        fault = self.do(machine, "start", machine.start)
        if machine.state == "down":
            return
        if fault:
            self.say(f"{machine.name}: {fault}")
        self.check_claims(machine)
        for peer in machine.peers:
            if machine.state != "down":
                self.send(machine, peer, greet=True)

    def check_claims(self, machine: Machine) -> None:
        """What was answered as held, or returned as written, stands after a power cut."""
        for (holder, origin), (size, head) in self.truth.claims.items():
            if holder == machine.name and machine.head_at(origin, size) != head:
                raise Violation(f"{holder} answered that it holds {size} entries of {origin}, and lost some")

    def contact_ends(self, machine: Machine) -> None:
        """The time for greetings is over: what is missing comes back, or nothing is appended."""
        for peer in machine.peers:
            if machine.state == "contact":
                self.do(machine, f"restore from {peer}", lambda peer=peer: self._restore(machine, peer))
        if machine.state != "contact":
            return
        fault = self.do(machine, "recall", lambda: recall(machine.journal))
        if machine.state != "contact":
            return
        if fault is not None:
            self.say(f"{machine.name}: stops: {fault}")
            machine.stop()
        elif machine.key_is_old():
            self.say(f"{machine.name}: stops: the record names another key, and a person brings it")
            machine.key_file = None
            machine.stop()
        else:
            machine.key_file = None
            machine.state = "up"
            if machine.store.setting("restored"):
                self.do(machine, "says what came back", lambda: say_restored(machine.journal))

    def _restore(self, machine: Machine, peer: str) -> str:
        restoring = Restoring(machine.journal, peer)
        count = 0
        while (first := restoring.wanted()) is not None:
            other = self.machines[peer]
            if not self.reachable(machine.name, peer) or other.disk.dead:
                raise RefusedError(f"{peer} cannot be reached")
            batch = copy_of(other.journal, machine.name, first)
            if batch is None:
                raise RefusedError(f"{peer} holds nothing of it")
            count += restoring.take(read_batch(batch.dumps()))
        return f"{count} entries"

    # ── lines ───────────────────────────────────────────────────────────────────────────────────────────

    def send(self, machine: Machine, peer: str, *, greet: bool = False) -> None:
        """A batch, or a heartbeat, on its way."""
        batch = self.do(
            machine,
            f"{'greet' if greet else 'push'} → {peer}",
            lambda: machine.outgoing[peer].batch(SEQUENCE_MAX if greet else None),
        )
        if batch is not None:
            self.truth.checkpoint(batch.checkpoint)
            self.fly(Message("batch", machine.name, peer, batch.dumps(), sent_at=machine.clock.now()))

    def exchange(self, machine: Machine, peer: str) -> Message | None:
        """A batch there and the answer back, if nothing is in its way; the answer that came."""
        self.send(machine, peer)
        last = None
        for pair in ((machine.name, peer), (peer, machine.name)):
            for message in [one for one in self.flying if (one.source, one.target) == pair][-1:]:
                self.flying.remove(message)
                self.deliver(message)
                last = message
        return last if last is not None and last.what == "answer" else None

    def answer_greeting(self, machine: Machine, peer: str) -> None:
        """What a machine that starts has sent to this peer arrives, and the answer comes back."""
        for pair in ((machine.name, peer), (peer, machine.name)):
            for message in [one for one in self.flying if (one.source, one.target) == pair][-1:]:
                self.flying.remove(message)
                self.deliver(message)

    # ── a liar ──────────────────────────────────────────────────────────────────────────────────────────

    def let_lie(self, machine: Machine) -> None:
        """From now on it may. What it says of its own journal is nobody's business any more."""
        self.liar = machine
        self.truth.liars.add(machine.origin)

    def lie(self, liar: Machine, peer: Machine, how: Callable[[Liar], bytes | None]) -> None:
        """A lie comes in: refused with a reason, nothing of it held, nothing said for it; or Violation."""
        data = how(Liar(liar, peer, self.dice.randrange(256)))
        if data is None:
            return
        before = (peer.end_of(liar.origin), peer.end_of(peer.origin))
        answer = self.do(
            peer,
            f"is lied to by {liar.name}: {how.__name__}",
            lambda: peer.incoming.accept(read_batch(data), party=liar.name),
        )
        if peer.state == "down":
            return
        if answer is not None and answer.reason is None:
            raise Violation(f"{peer.name} believes {liar.name}: {how.__name__}")
        if (peer.end_of(liar.origin), peer.end_of(peer.origin)) != before:
            raise Violation(f"{peer.name} holds or says something for a lie of {liar.name}: {how.__name__}")

    def fly(self, message: Message) -> None:
        """Put a message on a line; it may be doubled."""
        self.flying += [message] * (
            2 if self.dice.random() < (0.25 if message.what == "answer" else 0.1) else 1
        )
        while len(self.flying) > FLYING_MAX:
            self.flying.pop(self.dice.randrange(len(self.flying)))

    def deliver(self, message: Message) -> None:
        """A message comes in, if there is somebody."""
        if frozenset((message.source, message.target)) in self.cut:
            self.say(f"{message} — lost, the line is cut")
        elif message.target == "W":
            self._witness_asked(message)
        elif self.machines[message.target].state == "down":
            self.say(f"{message} — nobody there")
        elif message.what == "batch":
            self._batch(self.machines[message.target], message)
        elif message.what == "answer":
            self._answer(self.machines[message.target], message)
        else:
            self._cosigned(self.machines[message.target], message)

    def _batch(self, machine: Machine, message: Message) -> None:
        batch = read_batch(message.data)
        if batch.entries and machine.state != "up":
            self.say(f"{message} — 503 starting")
            return
        first = message.source not in machine.measured  # the first exchange of a process measures no clock
        machine.measured.add(message.source)
        answer = self.do(
            machine,
            f"takes {message} ({len(batch.entries)} entries)",
            lambda: self.take(machine, message.source, batch, message.sent_at, measured=not first),
        )
        if answer is not None:
            if answer.reason:
                self.say(f"{machine.name}: refused: {answer.reason}")
            self.truth.checkpoint(answer.cosigned)
            self.truth.claim(machine.name, batch.origin, *machine.end_of(batch.origin))
            self.fly(Message("answer", machine.name, message.source, answer.dumps()))

    def take(
        self, machine: Machine, source: str, batch: Batch, sent_at: datetime, *, measured: bool = True
    ) -> Answer:
        """What a node answers to a batch of a party whose clock shows this. measured: it knows that clock.
        Violation: it refused for good, for its date, what was not ahead of its own party's clock."""
        info = machine.journal.info(batch.origin)
        before = max(info.size, info.receipted)  # what comes a second time was judged when it came first
        answer = machine.incoming.accept(batch, party=source, sent_at=sent_at if measured else None)
        if batch.origin not in self.truth.liars and batch.entries:
            for entry in machine.journal.entries(batch.origin, after=before - 1):
                ahead = entry.refused is not None and "ahead of our clock" in entry.refused
                if ahead and entry.header.recorded_at <= sent_at:
                    raise Violation(
                        f"{machine.name} refused {entry.name} for good: its party's clock dated it rightly"
                    )
        return answer

    def _answer(self, machine: Machine, message: Message) -> None:
        answer = read_answer(message.data)

        def work() -> bool:
            try:
                told = machine.outgoing[message.source].answered(answer)
            finally:
                if not machine.disk.dead and answer.cosigned is not None:
                    size = int(answer.cosigned.split("\n")[1])
                    self.truth.known[machine.origin] = max(size, self.truth.known[machine.origin])
            return told

        self.do(machine, f"takes {message} (held {answer.held})", work)

    # ── the witness ─────────────────────────────────────────────────────────────────────────────────────

    def _start_witness(self) -> None:
        self.witness_disk.recover()
        store = open_store_on(self.witness_disk)
        first = next(iter(self.machines.values()))
        self.witness = Witness(
            store, WITNESS, self.witness_key, first.clock, forks_folder=self.witness_disk.folder
        )
        for machine in self.machines.values():
            self.witness.follow(machine.card)

    def ask_witness(self, machine: Machine) -> None:
        """Bring it our newest checkpoint."""
        if machine.witnessing is None:
            return
        data = self.do(machine, "asks the witness", machine.witnessing.request)
        if data is not None:
            self.truth.checkpoint(read_request(data).note)
            self.fly(Message("ask", machine.name, "W", data))

    def _witness_asked(self, message: Message) -> None:
        assert self.witness is not None
        request = read_request(message.data)
        if self.dice.random() < self.crash_share:
            self.witness_disk.set_fuse(self.dice.randrange(12), at_commit=self.dice.random() < 0.5)
        try:
            body = self.witness.add_checkpoint(request.old, request.proof, request.note)
            status = 200
        except WitnessError as error:
            body, status = error.body, int(error.status)
        except BaseException:
            if not self.witness_disk.dead:
                raise
            self.say(f"W: {message} — POWER CUT {self.witness_disk.how}")
            self.witness.store.close()
            self._start_witness()
            return
        finally:
            self.witness_disk.defuse()
        self.say(f"W: {message}: {status} {body.strip()[:60]}")
        if status == 200:
            self.truth.checkpoint(request.note + body)
        self.fly(Message("cosigned", "W", message.source, body.encode(), status))

    def _cosigned(self, machine: Machine, message: Message) -> None:
        witnessing = machine.witnessing
        if witnessing is None:
            return
        asked = witnessing._asked
        work = lambda: witnessing.answered(message.status, message.data)  # noqa: E731
        if self.do(machine, f"takes {message}", work) and asked:  # the witness holds that we had so many
            size = int(asked.split("\n")[1])
            self.truth.known[machine.origin] = max(size, self.truth.known[machine.origin])

    def seen(self) -> Counter[str]:
        """What came about, for the statistics."""
        found = Counter(line.split(" — ")[1].split()[0] for line in self.trace if " — " in line)
        found["steps"] = len(self.trace)
        found["nodes"] = len(self.machines)
        found["forks by backup"] = len(self.truth.excused)
        return found

    def close(self) -> None:
        """Give every file back."""
        for machine in self.machines.values():
            machine.stop()
        if self.witness is not None:
            with contextlib.suppress(Exception):
                self.witness.store.close()
