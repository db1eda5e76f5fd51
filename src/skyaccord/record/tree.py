"""The stored Merkle tree of each journal: inner nodes are written once, with what completes them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from skyaccord.base.errors import JournalError
from skyaccord.record.hot import driver, node_number
from skyaccord.record.merkle import (
    NodeReader,
    consistency_proof,
    inclusion_proof,
    inner_hash,
    root,
)

_LEAF = "SELECT leaf FROM entries WHERE origin = ? AND sequence = ?"
_NODE = "SELECT hash FROM nodes WHERE origin = ? AND node = ?"


def stored(connection: Connection, origin: str) -> NodeReader:
    """Reads leaves and inner nodes one by one, each by its key. JournalError if one is missing."""
    ask = driver(connection).execute

    def read(level: int, place: int) -> bytes:
        if level == 0:
            row = ask(_LEAF, (origin, place)).fetchone()
        else:
            row = ask(_NODE, (origin, node_number(level, place))).fetchone()
        if row is None:
            raise JournalError(f"node {place} of level {level} is missing", where=origin)
        return row[0]  # type: ignore[no-any-return]

    return read


def tree_root(connection: Connection, origin: str, size: int) -> bytes:
    """The Merkle root of the first `size` entries. JournalError if a node is missing."""
    return root(stored(connection, origin), size)


def prove_inclusion(connection: Connection, origin: str, index: int, size: int) -> list[bytes]:
    """The proof that entry `index` is among the first `size`."""
    return inclusion_proof(stored(connection, origin), index, size)


def prove_consistency(connection: Connection, origin: str, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` entries begin with the first `old`."""
    return consistency_proof(stored(connection, origin), old, new)


class Grown:
    """The tree of the first `kept` stored entries and `leaves` after them, before anything is stored.

    Complete subtrees among the stored entries are read; the others are computed.
    """

    def __init__(self, connection: Connection, origin: str, kept: int, leaves: Sequence[bytes]) -> None:
        self._stored = stored(connection, origin)
        self._kept = kept
        self._leaves = leaves
        self._computed: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._kept + len(self._leaves)

    def root(self, size: int) -> bytes:
        """The root of its first `size` leaves."""
        return root(self._node, size)

    def prove_consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that its first `new` leaves begin with its first `old`."""
        return consistency_proof(self._node, old, new)

    def _node(self, level: int, place: int) -> bytes:
        if (place + 1) << level <= self._kept:
            return self._stored(level, place)
        if level == 0:
            return self._leaves[place - self._kept]
        found = self._computed.get((level, place))
        if found is None:
            found = inner_hash(self._node(level - 1, 2 * place), self._node(level - 1, 2 * place + 1))
            self._computed[level, place] = found
        return found
