"""A bundle: written from a node's store, and verified, beside bare Ed25519 verifications in the same run.

    python -m bench.bundle 1000000      # one large one instead, with time and peak memory of each step

EXERCISE: two parties that talk for years, in a few seconds. What they say is made as a node makes it (signed
envelopes, people's statements, receipts, cosigned checkpoints); only the link between them is left out.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import skyaccord.hotline.bodies  # noqa: F401 - what people say here
from bench.table import Report, Row
from bench.timing import in_turn, in_words
from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.cards import Card
from skyaccord.record.chain import SALT_BYTES, leaf_hash, next_head
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint, split_note
from skyaccord.record.compact import Tree
from skyaccord.record.cosign import add_signature, cosign
from skyaccord.record.envelope import make_header, seal_written, write_body
from skyaccord.record.folder import CARD_FILE, open_new_journal
from skyaccord.record.hot import Row as StoredRow
from skyaccord.record.hot import driver, write_rows
from skyaccord.record.keys import PartyKey, PersonKey, verify_signature
from skyaccord.record.kinds import PERSON_ENROLLED
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.statement import sign_statement
from skyaccord.record.store import Store, open_store
from skyaccord.record.verify_bundle import verify_bundle

ENTRIES = 20_000
ROUND = 64  # entries of one side between two receipts
ROUNDS_A_COMMIT = 64
BARE = 2_000  # bare verifications a turn
SHARE_MIN = 0.4
BARE_BYTES = 900  # what an envelope's signature is over, here
NOTE = "EXERCISE " + "x" * 300
BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Side:
    """One party's journal as it is written here, without a store of its own."""

    card: Card
    key: PartyKey
    person: PersonKey
    clock: ManualClock
    size: int = 0
    head: bytes = b""
    tree: Tree = field(default_factory=Tree)
    rows: list[StoredRow] = field(default_factory=list)  # not written yet
    covered: int = 0  # of the other's entries, by receipts in this journal
    sealed: list[int] = field(default_factory=list)  # of this journal, since the other's last receipt

    def take(self, leaf: bytes, head: bytes) -> None:
        """An entry that is there already."""
        self.tree.append(leaf)
        self.size, self.head = self.size + 1, head

    def say(self, kind: str, body: dict[str, Any], *, to: list[str]) -> bytes:
        """One more entry, signed; its leaf."""
        now = self.clock.now()
        header = make_header(
            origin=self.card.origin,
            sequence=self.size,
            previous=self.head.hex(),
            kind=kind,
            accord=None,
            recipients=to,
            sky_time=now,
            recorded_at=now,
            exercise=True,
        )
        salt, data = os.urandom(SALT_BYTES), seal_written(header, write_body(body), self.key)
        leaf = leaf_hash(salt, data)
        self.rows.append(StoredRow(leaf, salt, data, kind, None))
        self.take(leaf, next_head(self.head, leaf))
        return leaf

    def state(self, act: str, **more: Any) -> dict[str, Any]:
        """A person's statement, signed."""
        said = {
            "act": act,
            "party": self.card.party,
            "role": "duty-officer",
            "at": self.clock.now(),
            "accord": None,
            "exercise": True,
            "automatic": False,
        }
        return {"statement": sign_statement({**said, **more}, self.person)}


@dataclass
class Years:
    """Two parties, and the first one's folder."""

    folder: Path
    store: Store
    a: Side
    b: Side

    def round(self) -> None:
        """Each side says ROUND entries; the other receipts them and cosigns."""
        for side, other in ((self.a, self.b), (self.b, self.a)):
            side.clock.advance(1.0)
            self._receipt(side, other)
            if self._asked is not None:
                side.say("acknowledgement", side.state("acknowledge", of=self._asked), to=["*"])
            for number in range(ROUND - 3):
                side.say("note", {"number": number, "text": NOTE}, to=["*"])
            if side is self.b:
                side.say("note", {"text": NOTE}, to=[])  # its hash alone goes over
                self._seal(side)
            said = side.state("message", to_role="duty-officer", text="EXERCISE", language="en")
            leaf = side.say("message", said, to=["*"])
            self._asked = {"origin": side.card.origin, "sequence": side.size - 1, "leaf": leaf.hex()}
        self._cosigned(self.b, self.a)

    _asked: dict[str, Any] | None = None
    _notes: list[tuple[str, int, str]] = field(default_factory=list)

    def _receipt(self, side: Side, other: Side) -> None:
        body = {
            "origin": other.card.origin, "first": side.covered, "last": other.size - 1,
            "head": other.head.hex(), "refused": [], "sealed": other.sealed if side is self.a else [],
        }  # fmt: skip
        if other.size == side.covered:
            return
        side.say("receipt", body, to=["*"])
        side.covered, other.sealed = other.size, []

    def _seal(self, side: Side) -> None:
        side.rows[-1] = StoredRow(side.rows[-1].leaf, None, None, None, None)
        side.sealed.append(side.size - 1)

    def _cosigned(self, side: Side, by: Side) -> str:
        root = side.tree.root(side.size)
        assert root is not None
        note = sign_checkpoint(Checkpoint(side.card.origin, side.size, root), side.key)
        line = cosign(split_note(note)[0], by.card.origin, by.key, by.clock.now())
        full = add_signature(note, line)
        if side is self.b:
            self._notes.append((side.card.origin, side.size, full))
        return full

    def write(self) -> None:
        """What was said since, in one commit."""
        with self.store.writing() as connection:
            raw = driver(connection)
            for side in (self.a, self.b):
                origin, first = side.card.origin, side.size - len(side.rows)
                query = "SELECT head FROM journals WHERE origin = ?"
                (head,) = raw.execute(query, (origin,)).fetchone()
                write_rows(connection, origin, first, head, side.rows)
                side.rows = []
            raw.executemany("INSERT INTO checkpoints VALUES (?, ?, ?)", self._notes)
            self._notes = []

    def end(self) -> None:
        """The last receipts, and the newest checkpoint of the holder's own journal."""
        self._receipt(self.a, self.b)
        self.write()
        own = self._cosigned(self.a, self.b)
        with self.store.writing() as connection:
            raw = driver(connection)
            replace = "INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?)"
            raw.execute(replace, (self.b.card.origin, self.a.size, own))
            receipted = "UPDATE journals SET receipted = ? WHERE origin = ?"
            raw.execute(receipted, (self.a.covered, self.b.card.origin))


@contextmanager
def years(place: Path) -> Iterator[Years]:
    """Two parties that know each other, one officer each, and nothing said yet."""
    clock, parties = ManualClock(BEGIN), []
    for name in "AB":
        folder = place / name
        folder.mkdir()
        store, key, randomness = open_store(folder, create=True), PartyKey.generate(), SystemRandomness()
        card = Card.make(
            party=name,
            name=f"EXERCISE {name}",
            origin=f"skyaccord.journal/{name}/{randomness.token_bytes(8).hex()}",
            link_address="none",
            key=key,
            root_key=None,
        )
        (folder / CARD_FILE).write_text(card.dumps(), encoding="utf-8")
        journal = open_new_journal(store, card, key, clock, randomness, exercise=True)
        parties.append((store, journal, Side(card, key, PersonKey.generate(), clock)))
    (store, ours, a), (other, theirs, b) = parties
    for journal, side, peer in ((ours, a, b), (theirs, b, a)):
        pin_peer(journal, peer.card)
        person = {"public_key": side.person.public, "name": "EXERCISE", "role": "duty-officer"}
        journal.append(PERSON_ENROLLED, {**person, "automatic": False}, recipients=["*"])
    for _ in range(2):
        for sender, receiver, party in ((ours, theirs, "B"), (theirs, ours, "A")):
            outgoing = Outgoing(sender, party)
            while not outgoing.answered(Incoming(receiver).accept(outgoing.batch(), party=sender.party)):
                pass
    for side in (a, b):
        for entry in ours.entries(side.card.origin):
            side.take(entry.leaf, entry.head)
    a.covered = ours.info(b.card.origin).receipted
    b.covered = theirs.info(a.card.origin).receipted
    other.close()
    try:
        yield Years(place / "A", store, a, b)
    finally:
        store.close()


def make(place: Path, entries: int) -> tuple[Path, list[Card]]:
    """The first party's folder with so many entries in both journals, and both cards."""
    with years(place) as two:
        while two.a.size + two.b.size < entries:
            for _ in range(ROUNDS_A_COMMIT):
                if two.a.size + two.b.size < entries:
                    two.round()
            two.write()
        two.end()
        return two.folder, [two.a.card, two.b.card]


def run() -> Report:
    with tempfile.TemporaryDirectory() as place:
        folder, cards = make(Path(place), ENTRIES)
        file = Path(place) / "bundle"
        begin = time.process_time()
        written = export_bundle(folder, file)
        export_s = time.process_time() - begin
        entries = sum(written.entries.values())
        key = PartyKey.generate()
        messages = [os.urandom(BARE_BYTES) for _ in range(BARE)]
        signed = [(key.sign(message), message) for message in messages]
        verdict = verify_bundle(file, cards, workers=0)
        if not verdict.ok:
            raise SystemExit(f"a bundle that was just written is wrong: {verdict.findings[0]}")
        # 3, 7, 8, 11: envelopes, statements, checkpoints, cosignatures.
        signatures = sum(verdict.looked_at[check] for check in (3, 7, 8, 11))

        def bare() -> None:
            for signature, message in signed:
                if not verify_signature(key.public, signature, message):
                    raise SystemExit("a signature that was just made does not hold")

        verify_s, bare_s = in_turn(
            [lambda: verify_bundle(file, cards, workers=0), bare], repeats=2, clock=time.process_time
        )
    each_s = bare_s / BARE
    share = signatures * each_s / verify_s
    return Report(
        rows=[
            Row(
                f"a bundle of {entries:,} entries verified, every check, one processor's time",
                f"{entries / verify_s:,.0f} entries/s",
                f"bare Ed25519, {1 / each_s:,.0f} signatures/s; it checks {signatures:,}",
                f"{share:.2f}",
                f"≥ {SHARE_MIN}",
                share >= SHARE_MIN,
            ),
            Row(
                f"the same written from the store, {written.size_bytes / 2**20:.0f} MiB",
                f"{entries / export_s:,.0f} entries/s",
                "–",
                "–",
                "–",
                None,
            ),
        ],
        notes=[
            f"**Where a bundle's check goes**: {in_words(verify_s / entries)} an entry, of which "
            f"{in_words(signatures * each_s / entries)} are Ed25519; from 20,000 signatures on these go to "
            "the other processors, so that the wall time is that of the rest. `python -m bench.bundle "
            "1000000` makes and checks a large one (docs/bundle.md)."
        ],
    )


def large(entries: int) -> None:
    """One bundle of so many entries: what each step takes, in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder, cards = make(Path(place), entries)
        file = Path(place) / "bundle"
        given = []
        for card in cards:
            (Path(place) / f"{card.party}.card.json").write_text(card.dumps(), encoding="utf-8")
            given += ["--card", f"{place}/{card.party}.card.json"]
        for words in (["export", str(file), "--node", str(folder)], ["verify", str(file), *given]):
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-m", "skyaccord", "journal", *words], check=True)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(
                f"{words[0]}: {time.perf_counter() - begin:.0f} s; so far "
                f"{used.ru_utime + used.ru_stime:.0f} s of processor, at most {used.ru_maxrss / 1024:.0f} "
                "MiB in one process"
            )
        print(f"{file.stat().st_size:,} bytes")


if __name__ == "__main__":
    large(int(sys.argv[1]))
