"""The stored Merkle tree of each journal: inner nodes are written once, with the entry that completes them.

A proof asks for its nodes twice: a first time to learn which, a second time with all of them read in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, bindparam, insert, select

from skyaccord.base.errors import JournalError
from skyaccord.record import schema
from skyaccord.record.fields import HASH_BYTES
from skyaccord.record.merkle import (
    NodeReader,
    completed_nodes,
    consistency_proof,
    inclusion_proof,
    inner_hash,
    root,
)

LEVEL_BITS = 56  # a node's number is level · 2^56 + place: one integer, in order of level
_NO_HASH = bytes(HASH_BYTES)

T = TypeVar("T")

_NODES = select(schema.nodes.c.node, schema.nodes.c.hash).where(
    schema.nodes.c.origin == bindparam("of"), schema.nodes.c.node.in_(bindparam("wanted", expanding=True))
)
_LEAVES = select(schema.entries.c.sequence, schema.entries.c.leaf).where(
    schema.entries.c.origin == bindparam("of"),
    schema.entries.c.sequence.in_(bindparam("wanted", expanding=True)),
)
_ADD = insert(schema.nodes)


def node_number(level: int, place: int) -> int:
    """The key under which an inner node is stored."""
    return level << LEVEL_BITS | place


def grow(connection: Connection, origin: str, size: int, leaf: bytes) -> None:
    """Write the inner nodes that become complete when `leaf` joins `size` others."""
    if not size & 1:
        return  # a leaf in an even place completes nothing
    found = _twice(connection, origin, lambda node: completed_nodes(node, size, leaf))
    connection.execute(
        _ADD,
        [
            {"origin": origin, "node": node_number(level, place), "hash": value}
            for level, place, value in found
        ],
    )


def tree_root(connection: Connection, origin: str, size: int) -> bytes:
    """The Merkle root of the first `size` entries. JournalError if a node is missing."""
    return _twice(connection, origin, lambda node: root(node, size))


def prove_inclusion(connection: Connection, origin: str, index: int, size: int) -> list[bytes]:
    """The proof that entry `index` is among the first `size`."""
    return _twice(connection, origin, lambda node: inclusion_proof(node, index, size))


def prove_consistency(connection: Connection, origin: str, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` entries begin with the first `old`."""
    return _twice(connection, origin, lambda node: consistency_proof(node, old, new))


class Grown:
    """The tree of the first `kept` stored entries and `leaves` after them, before anything is stored.

    Complete subtrees among the stored entries are read; the others are computed.
    """

    def __init__(self, connection: Connection, origin: str, kept: int, leaves: Sequence[bytes]) -> None:
        self._connection = connection
        self._origin = origin
        self._kept = kept
        self._leaves = leaves
        self._computed: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._kept + len(self._leaves)

    def root(self, size: int) -> bytes:
        """The root of its first `size` leaves."""
        return _twice(self._connection, self._origin, lambda node: root(self._over(node), size))

    def prove_consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that its first `new` leaves begin with its first `old`."""
        return _twice(
            self._connection, self._origin, lambda node: consistency_proof(self._over(node), old, new)
        )

    def prove_inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that leaf `index` is among its first `size`."""
        return _twice(
            self._connection, self._origin, lambda node: inclusion_proof(self._over(node), index, size)
        )

    def _over(self, stored: NodeReader) -> NodeReader:
        self._computed = {}

        def read(level: int, place: int) -> bytes:
            if (place + 1) << level <= self._kept:
                return stored(level, place)
            if level == 0:
                return self._leaves[place - self._kept]
            found = self._computed.get((level, place))
            if found is None:
                found = inner_hash(read(level - 1, 2 * place), read(level - 1, 2 * place + 1))
                self._computed[level, place] = found
            return found

        return read


def _twice(connection: Connection, origin: str, question: Callable[[NodeReader], T]) -> T:
    wanted: list[tuple[int, int]] = []

    def note(level: int, place: int) -> bytes:
        wanted.append((level, place))
        return _NO_HASH

    question(note)
    leaves = [place for level, place in wanted if level == 0]
    inner = [node_number(level, place) for level, place in wanted if level > 0]
    found: dict[int, bytes] = {}
    if leaves:
        found.update((place, leaf) for place, leaf in connection.execute(_LEAVES, _of(origin, leaves)))
    if inner:
        found.update((number, value) for number, value in connection.execute(_NODES, _of(origin, inner)))

    def read(level: int, place: int) -> bytes:
        try:
            return found[node_number(level, place)]
        except KeyError:
            raise JournalError(f"node {place} of level {level} is missing", where=origin) from None

    return question(read)


def _of(origin: str, wanted: list[int]) -> dict[str, object]:
    return {"of": origin, "wanted": wanted}
