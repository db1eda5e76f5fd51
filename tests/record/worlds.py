"""Parties for tests: stores made from one template, seeded keys, clocks in the test's hand."""

from __future__ import annotations

import functools
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

import skyaccord.hotline.bodies
import skyaccord.incidents.bodies  # noqa: F401 (what people say in these tests)
from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card
from skyaccord.record.folder import CARD_FILE, open_new_journal
from skyaccord.record.journal import Journal
from skyaccord.record.keys import PartyKey, PersonKey, RootKey
from skyaccord.record.kinds import PERSON_ENROLLED
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.statement import sign_statement
from skyaccord.record.store import DATABASE_FILE, Store, open_store
from skyaccord.record.wire import read_answer, read_batch

START = datetime(2015, 10, 14, 9, 0, tzinfo=UTC)
ACCORD = "sha256:" + "ab" * 32


# Hundreds of stores in one test run: each statement is compiled once.
_COMPILED: dict[Any, Any] = {}
_DIALECTS: dict[str, Any] = {}


@functools.cache
def _template() -> bytes:
    """An empty store's bytes, migrated once a test run."""
    with tempfile.TemporaryDirectory() as directory:
        open_store(Path(directory), create=True).close()
        return (Path(directory) / DATABASE_FILE).read_bytes()


@dataclass
class Party:
    """One party's folder, card, key and open journal."""

    path: Path
    card: Card
    key: PartyKey
    store: Store
    journal: Journal
    clock: ManualClock
    randomness: SeededRandomness
    root: RootKey | None = None

    def reopen(self) -> None:
        """As after a crash: everything in memory is gone."""
        self.store.close()
        self.store = _open_fast(self.path)
        self.journal = Journal(self.store, self.card.origin, self.key, self.clock, self.randomness)


def _open_fast(path: Path) -> Store:
    """A store that does not wait for the disk: these tests end the program, not the machine."""
    store = open_store(path)
    event.listen(store.engine, "connect", _no_waiting)
    store.engine.update_execution_options(compiled_cache=_COMPILED)
    store.engine.dialect = _DIALECTS.setdefault("sqlite", store.engine.dialect)  # the cache goes by dialect
    store.close()
    return store


def _no_waiting(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def make_party(
    folder: Path, party: str, *, seed: int = 1, clock: ManualClock | None = None, fast: bool = True
) -> Party:
    """A party with an opened journal, in `folder/<party>`."""
    path = folder / party
    path.mkdir(parents=True)
    (path / DATABASE_FILE).write_bytes(_template())
    clock = clock or ManualClock(START)
    randomness = SeededRandomness(seed * 1000 + sum(party.encode()))
    key = PartyKey.generate(randomness)
    root = RootKey.generate(randomness)
    origin = f"skyaccord.journal/{party}/{randomness.token_bytes(8).hex()}"
    card = Card.make(
        party=party,
        name=f"Party {party}",
        origin=origin,
        link_address="http://127.0.0.1:7700",
        key=key,
        root_key=root.public,
    )
    (path / CARD_FILE).write_text(card.dumps())
    store = _open_fast(path) if fast else open_store(path)
    journal = open_new_journal(store, card, key, clock, randomness, exercise=True)
    return Party(path, card, key, store, journal, clock, randomness, root)


def make_pair(folder: Path, *, seed: int = 1) -> tuple[Party, Party]:
    """Two parties that pinned each other, on one clock."""
    clock = ManualClock(START)
    a = make_party(folder, "A", seed=seed, clock=clock)
    b = make_party(folder, "B", seed=seed, clock=clock)
    pin_peer(a.journal, b.card)
    pin_peer(b.journal, a.card)
    return a, b


def exchange(sender: Party, receiver: Party) -> None:
    """Send until the receiver holds everything."""
    outgoing = Outgoing(sender.journal, receiver.card.party)
    incoming = Incoming(receiver.journal)
    while True:
        batch = read_batch(outgoing.batch().dumps())
        answer = incoming.accept(batch, party=sender.card.party, sent_at=sender.journal.clock.now())
        assert answer.reason is None, answer.reason
        if outgoing.answered(read_answer(answer.dumps())):
            return


def exchange_all(*parties: Party, rounds: int = 3) -> None:
    """Everybody with everybody, until receipts have settled."""
    for _ in range(rounds):
        for sender in parties:
            for receiver in parties:
                if sender is not receiver:
                    exchange(sender, receiver)


def enrol(party: Party, key: PersonKey, *, role: str = "duty-officer", automatic: bool = False) -> None:
    """Journal an enrolment."""
    party.journal.append(
        PERSON_ENROLLED,
        {"public_key": key.public, "name": "Officer", "role": role, "automatic": automatic},
        recipients=["*"],
    )


def said(party: Party, key: PersonKey, **changes: Any) -> dict[str, Any]:
    """A signed hotline message of a person of this party."""
    return sign_statement(
        {
            "act": "message",
            "party": party.card.party,
            "role": "duty-officer",
            "at": party.clock.now(),
            "accord": None,
            "exercise": True,
            "automatic": False,
            "to_role": "duty-officer",
            "text": "Say intentions",
            "language": "en",
            **changes,
        },
        key,
    )


def downgrade(connection: sqlite3.Connection, revision: str) -> None:
    """Make a store one of revision 0002 or 0001 again, as those versions left it."""
    for table in ("checkpoints", "cosigned", "witnessed", "usage"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE journals DROP COLUMN halted")
    connection.execute("ALTER TABLE evidence DROP COLUMN proof")
    connection.execute("ALTER TABLE evidence RENAME COLUMN signed TO signed_head")
    connection.execute(
        "CREATE TABLE heads (origin TEXT NOT NULL, size INTEGER NOT NULL, head BLOB NOT NULL, "
        "signed TEXT NOT NULL, PRIMARY KEY (origin, size), FOREIGN KEY(origin) REFERENCES journals (origin)) "
        "STRICT"
    )
    if revision == "0001":
        connection.execute("DROP TABLE nodes")
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def copy_folder(party: Party, target: Path) -> Path:
    """A closed copy of a party's folder, to be tampered with."""
    target.mkdir(parents=True)
    source = sqlite3.connect(party.path / DATABASE_FILE)
    copied = sqlite3.connect(target / DATABASE_FILE)
    with copied:
        source.backup(copied)
    source.close()
    copied.execute("PRAGMA journal_mode = DELETE")
    copied.close()
    shutil.copy(party.path / CARD_FILE, target / CARD_FILE)
    return target
