"""The exchange: nothing lost, nothing doubled, in order, whatever the line and the machines do."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.base.errors import JournalError
from skyaccord.record.chain import leaf_hash
from skyaccord.record.checkpoint import open_checkpoint
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.standing import newest_cosigned
from skyaccord.record.verify import verify_folder
from skyaccord.record.wire import BATCH_BYTES_MAX, Answer, read_answer, read_batch
from tests.record.test_replica import restored
from tests.record.worlds import START, exchange, exchange_all, make_pair, make_party

SEEDS = 200
STEPS = 36  # a simulation: each a send, a delivery, an append or a crash
PER_TEST = 40  # seeds a test, so that they spread over processes


def test_entries_arrive_sealed_or_disclosed_by_their_recipients(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    mine = a.journal.append("note", {"for": "nobody"}, recipients=[])
    other = a.journal.append("note", {"for": "C"}, recipients=["C"])
    theirs = a.journal.append("note", {"for": "B"}, recipients=["B"])
    exchange_all(a, b)
    held = {entry.sequence: entry for entry in b.journal.entries(a.card.origin)}
    assert held[mine.sequence].sealed
    assert held[other.sequence].sealed
    assert held[theirs.sequence].body == {"for": "B"}
    assert held[mine.sequence].leaf == mine.leaf
    # opened later, by hand: the leaf was a commitment to exactly this envelope
    assert mine.salt is not None
    assert mine.data is not None
    assert leaf_hash(mine.salt, mine.data) == held[mine.sequence].leaf


def test_receipts_end(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    a.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b, rounds=6)
    sizes = (a.journal.size(), b.journal.size())
    exchange_all(a, b, rounds=6)
    assert (a.journal.size(), b.journal.size()) == sizes


def test_a_receipt_names_the_head_and_joins_the_last(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    for _ in range(3):
        a.journal.append("note", {}, recipients=["*"])
        exchange_all(a, b)
    receipts = [entry.body for entry in b.journal.entries(kinds=("receipt",))]
    firsts = [receipt["first"] for receipt in receipts]
    assert firsts == [0, *[receipt["last"] + 1 for receipt in receipts[:-1]]]
    last = a.journal.entry(a.card.origin, receipts[-1]["last"])
    assert last is not None
    assert last.head.hex() == receipts[-1]["head"]


def test_batches_are_bounded_by_count_and_bytes(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    for _ in range(9):
        a.journal.append("note", {"text": "x" * 100_000}, recipients=["*"])
    outgoing = Outgoing(a.journal, "B", entries_max=4)
    assert len(outgoing.batch().entries) == 4
    whole = Outgoing(a.journal, "B").batch()
    assert 2 < len(whole.entries) < a.journal.size()
    assert sum(len(entry.envelope or "") for entry in whole.entries) <= BATCH_BYTES_MAX
    tiny = Outgoing(a.journal, "B", bytes_max=10)
    assert len(tiny.batch().entries) == 1  # one always fits, or nothing would ever move
    exchange(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()


def test_the_outbox_outlives_the_process(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    for _ in range(3):
        a.journal.append("note", {}, recipients=["*"])
    a.reopen()
    assert Outgoing(a.journal, "B").outbox() == 3
    exchange(a, b)
    a.reopen()
    assert Outgoing(a.journal, "B").outbox() == 0


def test_a_heartbeat_is_signed_once(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    outgoing = Outgoing(a.journal, "B")
    assert outgoing.batch() == outgoing.batch()
    assert outgoing.batch().entries == []
    assert Incoming(b.journal).accept(outgoing.batch()).held == a.journal.size()


def test_the_same_batch_again_changes_nothing(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    first = Outgoing(a.journal, "B").batch()
    incoming = Incoming(b.journal)
    answer = incoming.accept(first)
    a.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b)
    before = (b.journal.size(), b.journal.head(a.card.origin))
    again = incoming.accept(first)
    assert answer.held == 2
    assert (again.held, again.reason) == (a.journal.size(), None)
    assert (b.journal.size(), b.journal.head(a.card.origin)) == before


def test_a_node_restored_from_a_backup_is_told_by_its_peer(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    twin = restored(a, tmp_path)
    a.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b)
    outgoing = Outgoing(twin.journal, "B")
    with pytest.raises(JournalError, match=r"behind: party B has our signature under 4 entries, 3 here"):
        outgoing.answered(Incoming(b.journal).accept(outgoing.batch()))
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        twin.journal.append("note", {"late": True}, recipients=["*"])
    twin.reopen()
    with pytest.raises(JournalError, match="nothing is appended: behind"):
        twin.journal.append("note", {"late": True}, recipients=["*"])


def test_a_node_that_went_on_from_a_backup_learns_that_it_forked(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    twin = restored(a, tmp_path)
    a.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b)
    for _ in range(3):
        twin.journal.append("note", {"late": True}, recipients=["*"])
    outgoing = Outgoing(twin.journal, "B")
    refused = Incoming(b.journal).accept(outgoing.batch())
    assert "forked" in (refused.reason or "")
    with pytest.raises(JournalError, match="another history: party B has our signature"):
        outgoing.answered(refused)
    with pytest.raises(JournalError, match="nothing is appended: another history"):
        twin.journal.append("note", {}, recipients=["*"])


def test_three_parties_hold_each_others_journals_and_fall_silent(tmp_path: Path) -> None:
    clock = ManualClock(START)
    parties = [make_party(tmp_path, name, clock=clock) for name in "ABC"]
    for one in parties:
        for other in parties:
            if one is not other:
                pin_peer(one.journal, other.card)
    parties[0].journal.append("note", {"for": "B"}, recipients=["B"])
    exchange_all(*parties, rounds=5)
    sizes = [one.journal.size() for one in parties]
    exchange_all(*parties, rounds=3)
    assert [one.journal.size() for one in parties] == sizes
    for one in parties:
        report = verify_folder(one.path, [party.card for party in parties])
        assert report.ok, report.findings


# ── simulation ──────────────────────────────────────────────────────────────────────────────────────────


class Crash(Exception):
    """The machine stops here."""


class CrashingClock(ManualClock):
    """Crashes whoever reads it, when told to: inside `accept` that is between storing and committing."""

    armed = False

    def now(self) -> datetime:
        if self.armed:
            self.armed = False
            raise Crash
        return super().now()


class World:
    """Two parties and a line that loses, doubles, delays and swaps what goes over it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.clock = CrashingClock(START)
        self.parties = {name: make_party(folder, name, seed=seed, clock=self.clock) for name in "AB"}
        a, b = self.parties.values()
        pin_peer(a.journal, b.card)
        pin_peer(b.journal, a.card)
        self.flying: list[tuple[str, bytes]] = []  # (to, batch)
        self.answers: list[tuple[str, bytes]] = []  # (to, answer)
        self.said: dict[str, list[int]] = {"A": [], "B": []}

    def other(self, name: str) -> str:
        return "B" if name == "A" else "A"

    def step(self) -> None:
        name = self.dice.choice("AB")
        party = self.parties[name]
        self.clock.advance(self.dice.random())
        match self.dice.choices(
            ["append", "send", "batch", "answer", "crash", "accept-crash", "lose"], [4, 5, 6, 4, 1, 1, 1]
        )[0]:
            case "append":
                number = len(self.said[name])
                recipients = self.dice.choice([["*"], [self.other(name)], []])
                party.journal.append("note", {"number": number}, recipients=recipients)
                self.said[name].append(number)
            case "send":
                outgoing = Outgoing(party.journal, self.other(name), entries_max=self.dice.randint(1, 5))
                for _ in range(self.dice.choice([1, 1, 2])):
                    self.flying.append((self.other(name), outgoing.batch().dumps()))
            case "batch" if self.flying:
                self.deliver(*self.flying.pop(self.dice.randrange(len(self.flying))))
            case "answer" if self.answers:
                to, data = self.answers.pop(self.dice.randrange(len(self.answers)))
                Outgoing(self.parties[to].journal, self.other(to)).answered(read_answer(data))
            case "crash":
                party.reopen()
            case "accept-crash" if self.flying:
                to, data = self.flying[self.dice.randrange(len(self.flying))]
                before = self.state(to)
                self.clock.armed = True
                try:
                    self.deliver(to, data)
                except Crash:
                    self.parties[to].reopen()
                    assert self.state(to) == before  # all or nothing: entries, cosignature, receipt
                self.clock.armed = False
            case "lose" if self.flying:
                self.flying.pop(self.dice.randrange(len(self.flying)))

    def state(self, name: str) -> list[object]:
        """What is on one party's disk: journals, and the checkpoints it has cosigned."""
        with self.parties[name].store.reading() as connection:
            cosigned = connection.exec_driver_sql("SELECT origin, size, note FROM checkpoints").all()
        return [*((info.size, info.head) for info in self.parties[name].journal.journals()), *cosigned]

    def deliver(self, to: str, data: bytes) -> None:
        answer = Incoming(self.parties[to].journal).accept(read_batch(data), party=self.other(to))
        assert answer.reason is None, answer.reason
        if self.dice.random() < 0.7:  # else: crashed, or the line broke, between commit and answer
            self.answers.append((self.other(to), answer.dumps()))

    def settle(self) -> None:
        self.clock.armed = False
        exchange_all(*self.parties.values(), rounds=2)

    def check(self) -> None:
        for name, party in self.parties.items():
            copy = self.parties[self.other(name)].journal
            own = list(party.journal.entries())
            held = list(copy.entries(party.card.origin))
            assert [entry.leaf for entry in held] == [entry.leaf for entry in own]  # once each, in order
            assert copy.head(party.card.origin) == party.journal.head()
            numbers = [entry.body["number"] for entry in own if entry.kind == "note"]
            assert numbers == self.said[name]
            with self.parties[self.other(name)].store.reading() as connection:
                cosigned = connection.exec_driver_sql("SELECT note FROM checkpoints").scalars().all()
            for note in cosigned:
                checkpoint = open_checkpoint(note, party.card.origin, party.card.public_key)
                assert checkpoint.root == party.journal.root(size=checkpoint.size)
            assert cosigned
            with party.store.reading() as connection:
                assert newest_cosigned(connection)[copy.origin][0] == party.journal.size()
            disclosed = [e.sequence for e in own if e.header.is_for(self.other(name))]
            assert [entry.sequence for entry in held if not entry.sealed] == disclosed


@pytest.mark.parametrize("start", range(0, SEEDS, PER_TEST))
def test_every_entry_ends_in_both_stores_once_and_in_order(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + PER_TEST):
        world = World(tmp_path / str(seed), seed)
        try:
            for _ in range(STEPS):
                world.step()
            world.settle()
            world.check()
            if seed % PER_TEST == 0:
                cards = [party.card for party in world.parties.values()]
                for party in world.parties.values():
                    assert verify_folder(party.path, cards).ok
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
        finally:
            for party in world.parties.values():
                party.store.close()


def test_a_sender_that_knows_too_much_or_too_little_recovers(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    a.journal.append("note", {}, recipients=["*"])
    outgoing = Outgoing(a.journal, "B")
    for wrong in (0, 1, a.journal.size()):
        outgoing.answered(Answer(held=wrong))
        exchange(a, b)
        assert b.journal.head(a.card.origin) == a.journal.head()
