from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from skyaccord.base.errors import JournalError
from skyaccord.record.checkpoint import open_checkpoint
from skyaccord.record.hot import driver, node_number
from skyaccord.record.merkle import verify_consistency, verify_inclusion
from skyaccord.record.store import DATABASE_FILE, open_store
from skyaccord.record.tree import prove_consistency, prove_inclusion
from skyaccord.record.verify import verify_folder
from tests.record.test_merkle import plain_root
from tests.record.worlds import Party, downgrade, exchange_all, make_pair, make_party


@pytest.fixture
def party(tmp_path: Path) -> Party:
    a = make_party(tmp_path, "A")
    with a.store.writing() as connection:
        for number in range(20):
            a.journal.append_within(connection, "note", {"number": number}, recipients=["*"])
    return a


def test_the_stored_tree_is_that_of_the_leaves(party: Party) -> None:
    leaves = [entry.leaf for entry in party.journal.entries()]
    for size in range(len(leaves) + 1):
        assert party.journal.root(size=size) == plain_root(leaves[:size])


def test_proofs_come_from_the_store(party: Party) -> None:
    leaves = [entry.leaf for entry in party.journal.entries()]
    size = len(leaves)
    for index in range(size):
        proof = party.journal.inclusion_proof(index, size)
        verify_inclusion(leaves[index], index, size, proof, plain_root(leaves))
    for old in range(1, size + 1):
        proof = party.journal.consistency_proof(old, size)
        verify_consistency(old, size, plain_root(leaves[:old]), plain_root(leaves), proof)


def test_the_checkpoint_is_signed_by_the_party(party: Party) -> None:
    found = open_checkpoint(party.journal.checkpoint(), party.card.origin, party.card.public_key)
    assert (found.size, found.root) == (21, party.journal.root())


def test_a_copy_has_the_same_root_though_part_of_it_is_sealed(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    for number in range(5):
        a.journal.append("note", {}, recipients=["*"] if number % 2 else [])
    exchange_all(a, b)
    assert b.journal.root(a.card.origin) == a.journal.root()


def test_a_missing_node_is_said_so(party: Party) -> None:
    with closing(sqlite3.connect(party.path / DATABASE_FILE)) as connection, connection:
        connection.execute("DELETE FROM nodes WHERE node = ?", (node_number(2, 2),))
    whole = (1 << 4) - 1
    assert len(party.journal.inclusion_proof(0, whole - 4)) == 4
    for ask in (
        lambda: party.journal.root(size=whole),
        lambda: party.journal.inclusion_proof(0, whole),
        lambda: party.journal.consistency_proof(4, whole),
    ):
        with pytest.raises(JournalError, match="node 2 of level 2 is missing"):
            ask()


def test_a_leaf_that_is_not_held_is_missing_and_said_so(party: Party) -> None:
    size = party.journal.size()
    with pytest.raises(JournalError, match=f"node {size // 2} of level 1 is missing"):
        party.journal.root(size=size + 1)
    with pytest.raises(JournalError, match=f"node {size} of level 0 is missing"):
        party.journal.inclusion_proof(size - 1, size + 1)


def test_a_proof_is_one_statement(party: Party) -> None:
    said: list[str] = []
    with party.store.reading() as connection:
        driver(connection).set_trace_callback(said.append)
        prove_inclusion(connection, party.card.origin, 3, 21)
        prove_consistency(connection, party.card.origin, 3, 21)
        driver(connection).set_trace_callback(None)
    assert len(said) == 2


def test_a_store_of_the_first_revision_gets_its_tree(party: Party) -> None:
    root = party.journal.root()
    party.store.close()
    with closing(sqlite3.connect(party.path / DATABASE_FILE)) as connection, connection:
        before = connection.execute("SELECT * FROM nodes ORDER BY node").fetchall()
        downgrade(connection, "0001")
    open_store(party.path).close()
    with closing(sqlite3.connect(party.path / DATABASE_FILE)) as connection:
        assert connection.execute("SELECT * FROM nodes ORDER BY node").fetchall() == before
    party.reopen()
    assert party.journal.root() == root
    party.journal.append("note", {}, recipients=["*"])
    party.store.close()
    assert verify_folder(party.path, [party.card]).ok
