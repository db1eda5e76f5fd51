"""The stored Merkle tree of each journal: inner nodes are written once, with the entry that completes them.

A proof asks for its nodes twice: a first time to learn which, a second time with all of them read in one go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from skyaccord.base.errors import JournalError
from skyaccord.record.fields import HASH_BYTES
from skyaccord.record.hot import driver, node_number
from skyaccord.record.merkle import (
    NodeReader,
    consistency_proof,
    inclusion_proof,
    inner_hash,
    root,
)

_NO_HASH = bytes(HASH_BYTES)

T = TypeVar("T")

_ALL = (
    "SELECT sequence, leaf FROM entries WHERE origin = ?1 AND sequence IN (SELECT value FROM json_each(?2)) "
    "UNION ALL "
    "SELECT node, hash FROM nodes WHERE origin = ?1 AND node IN (SELECT value FROM json_each(?3))"
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
    found: dict[int, bytes] = dict(
        driver(connection).execute(_ALL, (origin, json.dumps(leaves), json.dumps(inner)))
    )

    def read(level: int, place: int) -> bytes:
        try:
            return found[node_number(level, place)]
        except KeyError:
            raise JournalError(f"node {place} of level {level} is missing", where=origin) from None

    return question(read)
