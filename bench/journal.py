"""The journal: durable appends against what the same disk gives a bare SQLite table; entries signed before,
appended as a group; proofs and recovery at a million entries.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import peers
from bench.table import Report, Row
from bench.timing import in_turn, in_words
from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record import hot
from skyaccord.record.chain import SALT_BYTES
from skyaccord.record.folder import Folder, init_folder
from skyaccord.record.journal import Journal
from skyaccord.record.store import Store

APPENDS = 100
GROUP = 2_000
MANY = 1_000_000
PEER_ENTRIES = 100_000  # a proof of the peer at MANY would take a third of a second
PROOFS = 500
PROOF_S_MAX = 0.2e-3
SHARE_MIN = 0.8
GROUP_PER_S_MIN = 10_000
FOLDER = "SKYACCORD_BENCH_FOLDER"  # names a folder on another, slower disk, to append there as well
BODY = {"note": "x" * 400}
PASSPHRASE = "bench"  # noqa: S105 - of a key that lives for a minute

# Appends without end, until it is killed in the middle.
_VICTIM = """
import sys
from pathlib import Path
from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.folder import Folder
folder = Folder(Path(sys.argv[1]))
journal = folder.open_journal(
    folder.open_store(), folder.load_key(sys.argv[2]), SystemClock(), SystemRandomness()
)
while True:
    journal.append("bench.note", {"note": "x" * 400}, recipients=["*"])
    print(journal.size(), flush=True)
"""


def run() -> Report:
    with tempfile.TemporaryDirectory() as place:
        folder, store, journal = opened(Path(place))
        parts = measured(store, journal, Path(place) / "bare.db")
        rows = [parts.row(), *slower(), group(store, journal), *proofs(store, journal)]
        beside, notes = pymerkle(store, journal, Path(place))
        store.close()
        rows += [*beside, recovery(folder)]
    return Report(rows=rows, notes=[parts.note(), *notes])


def slower() -> list[Row]:
    """The single append once more on a slower disk, if there is one."""
    named = os.environ.get(FOLDER)
    if not named:
        return []
    with tempfile.TemporaryDirectory(dir=named) as place:
        _, store, journal = opened(Path(place))
        parts = measured(store, journal, Path(place) / "bare.db")
        store.close()
    return [parts.row(f", on a disk whose commits take {in_words(parts.commit_s)}")]


def opened(place: Path) -> tuple[Folder, Store, Journal]:
    """A new node's folder there."""
    folder = init_folder(
        place / "node",
        party="A",
        name="Party A",
        link_address="https://127.0.0.1:7700",
        passphrase=PASSPHRASE,
        settings_text="",
        clock=SystemClock(),
        randomness=SystemRandomness(),
        exercise=True,
    )
    store = folder.open_store()
    key = folder.load_key(PASSPHRASE)
    return folder, store, folder.open_journal(store, key, SystemClock(), SystemRandomness())


@dataclass(frozen=True)
class Parts:
    """Seconds of one durable signed append, of a bare commit, of the rows written for a signed entry, of a
    signature; and the envelope's bytes."""

    append_s: float
    commit_s: float
    rows_s: float
    sign_s: float
    size: int

    @property
    def share(self) -> float:
        return self.commit_s / self.append_s

    def row(self, where: str = "") -> Row:
        return Row(
            f"durable appends to the journal, one at a time, signed, {self.size:,} B{where}",
            f"{1 / self.append_s:,.0f}/s",
            f"bare durable SQLite commits here, {1 / self.commit_s:,.0f}/s",
            f"{self.share:.2f}",
            f"≥ {SHARE_MIN}",
            self.share >= SHARE_MIN,
        )

    def note(self) -> str:
        """Where the time goes, which share could be reached, and on which disk the target holds."""
        commit, append = in_words(self.commit_s), in_words(self.append_s)
        rows, rest_s = in_words(self.rows_s - self.commit_s), self.append_s - self.rows_s - self.sign_s
        ours_s, odds = self.append_s - self.commit_s, SHARE_MIN / (1 - SHARE_MIN)
        alone = self.commit_s / (self.commit_s + self.sign_s)
        return (
            f"**Where an append's {append} go**: {commit} are a bare commit of as many bytes; {rows} more "
            "are what else an entry needs on the disk (the journal's row, two indexes, the tree's nodes: "
            f"six pages instead of less than two); {in_words(self.sign_s)} are one Ed25519 signature by the "
            f"library; {in_words(rest_s)} are the rest: header, canonical JSON, base64, hashes, what is "
            "asked and checked before. Only the first waits for the disk. Whoever signs each entry and does "
            f"nothing else beside the bare commit reaches {alone:.2f} here: the faster the disk, the less. "
            f"All that an append does beside the bare commit, {in_words(ours_s)}, is a share of "
            f"{1 - SHARE_MIN:.1f} or less, and the target holds, wherever a bare commit takes "
            f"{in_words(odds * ours_s)} or more."
        )


def measured(store: Store, journal: Journal, bare_file: Path) -> Parts:
    """One append at a time beside a bare commit of as many bytes, and where the difference goes: all four in
    turn, in the same run and on the same file system."""
    bare = sqlite3.connect(bare_file, isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE entry (sequence INTEGER PRIMARY KEY, data BLOB)")
    envelope = b"x" * len(journal.append("bench.note", BODY, recipients=["*"]).data or b"")

    def append() -> None:
        for _ in range(APPENDS):
            journal.append("bench.note", BODY, recipients=["*"])

    def commit() -> None:
        for _ in range(APPENDS):
            bare.execute("INSERT INTO entry (data) VALUES (?)", (envelope,))

    def sign() -> None:
        for _ in range(APPENDS):
            journal.key.sign(envelope)

    def store_signed() -> None:
        for row in signed_before(APPENDS, journal.size(), len(envelope)):
            write(store, journal, [row])

    append_s, commit_s, sign_s, rows_s = (
        taken_s / APPENDS for taken_s in in_turn([append, commit, sign, store_signed], repeats=15)
    )
    bare.close()
    return Parts(append_s, commit_s, rows_s, sign_s, len(envelope))


def signed_before(count: int, first: int, size: int) -> list[hot.Row]:
    """Rows as they are written, envelopes and leaves made before the clock runs."""
    salt = bytes(SALT_BYTES)
    rows = []
    for number in range(first, first + count):
        data = (b"%d" % number).ljust(size, b"x")
        rows.append(hot.Row(hashlib.sha256(b"\x00" + salt + data).digest(), salt, data, "bench", None))
    return rows


def write(store: Store, journal: Journal, rows: list[hot.Row]) -> None:
    with store.writing() as connection:
        end = hot.read_end(connection, journal.origin)
        *_, last = hot.write_rows(
            connection, journal.origin, end.size, end.head, rows, position=end.position or 0
        )
        end = end._replace(
            size=last.sequence + 1, head=last.head, last_head=last.head, position=last.position
        )
        hot.keep_end(connection, journal.origin, end)


def group(store: Store, journal: Journal) -> Row:
    rows = signed_before(GROUP, journal.size(), 1_205)
    (taken_s,) = in_turn([lambda: write(store, journal, rows)], repeats=5)
    per_s = GROUP / taken_s
    return Row(
        f"entries signed before, appended {GROUP:,} at a time in one durable commit, 1,205 B",
        f"{per_s:,.0f}/s",
        "–",
        "–",
        f"≥ {GROUP_PER_S_MIN:,}/s",
        per_s >= GROUP_PER_S_MIN,
    )


def proofs(store: Store, journal: Journal) -> list[Row]:
    while (size := journal.size()) < MANY:
        write(store, journal, signed_before(min(20_000, MANY - size), size, 64))
    dice = random.Random(1)
    places = [dice.randrange(1, MANY) for _ in range(PROOFS)]
    works = {
        "inclusion": lambda: [journal.inclusion_proof(place, MANY) for place in places],
        "consistency": lambda: [journal.consistency_proof(place, MANY) for place in places],
    }
    rows = []
    for (name, _), taken_s in zip(
        works.items(), in_turn(list(works.values()), repeats=7, clock=time.process_time), strict=True
    ):
        each_s = taken_s / PROOFS
        rows.append(
            Row(
                f"{name} proof at {MANY:,} entries, with its transaction, processor time",
                in_words(each_s),
                "–",
                "–",
                f"≤ {in_words(PROOF_S_MAX)}",
                each_s <= PROOF_S_MAX,
            )
        )
    return rows


def pymerkle(store: Store, journal: Journal, place: Path) -> tuple[list[Row], list[str]]:
    """The same two works of pymerkle's SQLite log, at PEER_ENTRIES; a note instead if it is not installed."""
    python = peers.pymerkle_python()
    if python is None:
        return [], [f"pymerkle: {peers.HOW}."]
    script = Path(peers.__file__).with_name("pymerkle_peer.py")
    said = subprocess.run(
        [python, script, place, str(PEER_ENTRIES)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(said.stdout)
    places = [random.Random(1).randrange(1, PEER_ENTRIES) for _ in range(PROOFS)]

    def prove() -> None:
        for number in places:
            journal.inclusion_proof(number, PEER_ENTRIES)

    def append() -> None:
        for _ in range(APPENDS):
            journal.append("bench.note", BODY, recipients=["*"])

    (proof_s,) = in_turn([prove], repeats=7, clock=time.process_time)
    (append_s,) = in_turn([append], repeats=5)
    each_s, per_s = proof_s / PROOFS, APPENDS / append_s
    name = f"pymerkle {found['version']}"
    return [
        Row(
            f"inclusion proof at {PEER_ENTRIES:,} entries, processor time",
            in_words(each_s),
            f"{name}, which keeps no inner nodes, {in_words(found['proof_s'])}",
            f"{found['proof_s'] / each_s:.0f}",
            "–",
            None,
        ),
        Row(
            "appends one at a time, each on the disk; ours are signed envelopes, its are bare bytes",
            f"{per_s:,.0f}/s",
            f"{name}, {found['appends_per_s']:,.0f}/s",
            f"{per_s / found['appends_per_s']:.2f}",
            "–",
            None,
        ),
    ], []


def recovery(folder: Folder) -> Row:
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM, str(folder.path), PASSPHRASE], stdout=subprocess.PIPE, text=True
    )
    assert victim.stdout is not None
    said = [victim.stdout.readline() for _ in range(500)]
    victim.kill()
    said += victim.stdout.readlines()
    victim.wait()
    last = int(said[-1] if said[-1].endswith("\n") else said[-2])
    key = folder.load_key(PASSPHRASE)  # deliberately slow, and the same for an empty journal
    start = time.perf_counter()
    store = folder.open_store()
    journal = folder.open_journal(store, key, SystemClock(), SystemRandomness())
    held = journal.size()
    journal.append("bench.note", BODY, recipients=["*"])
    taken_s = time.perf_counter() - start
    store.close()
    if held < last:
        raise SystemExit(f"{last} entries were said to be durable, {held} are there")
    return Row(
        f"recovery after SIGKILL at {MANY:,} entries: opened, compared with what is remembered, one appended",
        in_words(taken_s),
        f"{last:,} said to be on the disk, {held:,} there",
        "–",
        "–",
        None,
    )


if __name__ == "__main__":
    print(run().markdown())
