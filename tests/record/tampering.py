"""Ways to tamper with a node's folder, as somebody does who knows the tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skyaccord.record.cards import Card
from skyaccord.record.chain import leaf_hash, next_head, start_head
from skyaccord.record.envelope import read_envelope, seal
from skyaccord.record.folder import CARD_FILE
from skyaccord.record.hot import node_number
from skyaccord.record.keys import PartyKey
from skyaccord.record.merkle import completed_nodes, inner_hash
from skyaccord.record.store import DATABASE_FILE
from skyaccord.record.verdict import Report
from skyaccord.record.verify import verify_database
from tests.record.worlds import Party


@dataclass
class Scene:
    """Two folders with everything in them: statements, sealed, refused and receipted entries."""

    a: Path
    b: Path
    cards: list[Card]
    keys: dict[str, PartyKey]
    later: Path  # B's folder as it was before the last exchange


@dataclass
class Tampering:
    """A copy of one folder with its database open for any change at all."""

    folder: Path
    cards: list[Card]

    def run(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.folder / DATABASE_FILE)) as connection, connection:
            connection.execute(statement, values)

    def rows(self, query: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.folder / DATABASE_FILE)) as connection:
            return connection.execute(query, values).fetchall()

    def verify(self, *, cards: list[Card] | None = None) -> Report:
        return verify_database(
            self.folder / DATABASE_FILE, self.folder, self.cards if cards is None else cards
        )


def tampering(scene: Scene, which: str, target: Path) -> Tampering:
    source = scene.a if which == "A" else scene.b
    target.mkdir(parents=True, exist_ok=True)
    for name in (DATABASE_FILE, CARD_FILE):
        (target / name).write_bytes((source / name).read_bytes())
    return Tampering(target, scene.cards)


def own_origin(tampered: Tampering) -> str:
    return str(tampered.rows("SELECT origin FROM journals WHERE own = 1")[0][0])


def regrow(tampered: Tampering, origin: str) -> None:
    """Make the stored Merkle tree that of the leaves there are."""
    nodes: dict[tuple[int, int], bytes] = {}
    rows = tampered.rows("SELECT leaf FROM entries WHERE origin = ? ORDER BY sequence", origin)
    for sequence, (leaf,) in enumerate(rows):
        for level, place, value in completed_nodes(lambda *at: nodes[at], sequence, leaf):
            nodes[level, place] = value
        nodes[0, sequence] = leaf
    tampered.run("DELETE FROM nodes WHERE origin = ?", origin)
    for (level, place), value in nodes.items():
        if level > 0:
            tampered.run("INSERT INTO nodes VALUES (?, ?, ?)", origin, node_number(level, place), value)


def cut_tail(tampered: Tampering, origin: str, count: int) -> int:
    """Cut the last entries of a journal, as somebody does who knows the tables. Returns the new size."""
    size = tampered.rows("SELECT size FROM journals WHERE origin = ?", origin)[0][0] - count
    gone = tampered.rows("SELECT position FROM entries WHERE origin = ? AND sequence >= ?", origin, size)
    tampered.run("DELETE FROM entries WHERE origin = ? AND sequence >= ?", origin, size)
    for (position,) in sorted(gone, reverse=True):
        for (later,) in tampered.rows(
            "SELECT position FROM entries WHERE position > ? ORDER BY position", position
        ):
            tampered.run("UPDATE entries SET position = position - 1 WHERE position = ?", later)
    tampered.run(
        "UPDATE journals SET size = ?, head = (SELECT head FROM entries WHERE origin = ? AND sequence = ?), "
        "receipted = min(receipted, ?) WHERE origin = ?",
        size, origin, size - 1, size, origin,
    )  # fmt: skip
    tampered.run("DELETE FROM checkpoints WHERE origin = ? AND size > ?", origin, size)
    regrow(tampered, origin)
    return int(size)


def resign(tampered: Tampering, origin: str, key: PartyKey) -> None:
    """Write a whole journal anew, one note changed: every hash and signature is in order."""
    head = start_head(origin)
    rows = tampered.rows(
        "SELECT sequence, salt, envelope FROM entries WHERE origin = ? ORDER BY sequence", origin
    )
    for sequence, salt, data in rows:
        envelope = read_envelope(data)
        body = dict(envelope.body)
        if sequence == 0:
            old = Card.model_validate(body["card"])
            card = Card.make(
                party=old.party,
                name=old.name,
                origin=origin,
                link_address=old.link_address,
                key=key,
                root_key=old.root_key,
            )
            body = {"card": card.model_dump()}
            (tampered.folder / CARD_FILE).write_text(card.dumps())
        if envelope.header.kind == "note":
            body = {**body, "number": 77}
        header = envelope.header.model_copy(update={"previous": head.hex()})
        fresh = seal(header, body, key)
        leaf = leaf_hash(salt, fresh)
        head = next_head(head, leaf)
        tampered.run(
            "UPDATE entries SET envelope = ?, leaf = ?, head = ? WHERE origin = ? AND sequence = ?",
            fresh, leaf, head, origin, sequence,
        )  # fmt: skip
    regrow(tampered, origin)
    tampered.run("UPDATE journals SET head = ?, public_key = ? WHERE origin = ?", head, key.public, origin)


def rewrite(party: Party, data: bytes, kind: str) -> None:
    """Replace the second and last entry of a journal, hashes and all."""
    with closing(sqlite3.connect(party.path / DATABASE_FILE)) as connection, connection:
        salt, before, first = connection.execute(
            "SELECT salt, (SELECT head FROM entries WHERE sequence = 0), "
            "(SELECT leaf FROM entries WHERE sequence = 0) FROM entries WHERE sequence = 1"
        ).fetchone()
        leaf = leaf_hash(salt, data)
        head = next_head(before, leaf)
        connection.execute(
            "UPDATE entries SET envelope = ?, leaf = ?, head = ?, kind = ? WHERE sequence = 1",
            (data, leaf, head, kind),
        )
        connection.execute("UPDATE nodes SET hash = ?", (inner_hash(first, leaf),))
        connection.execute("UPDATE journals SET head = ?", (head,))
