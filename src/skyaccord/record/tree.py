"""The stored Merkle tree of each journal: inner nodes are written once, with what completes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection

from skyaccord.base.errors import JournalError
from skyaccord.record.hot import LEVEL_BITS, driver
from skyaccord.record.merkle import (
    EMPTY_ROOT,
    Places,
    consistency_places,
    consistency_proof,
    inclusion_places,
    inner_hash,
    join,
    root,
    root_places,
)

# A statement is compiled for each number of marks: a few kinds of statements serve every proof.
MARKS_STEP = 8
_FIRST_INNER = 1 << LEVEL_BITS  # a leaf's number is its sequence, and it stands with its entry


@cache
def _query(marks: int, leaves: int) -> str:
    """(number, hash) of these inner nodes and leaves; the first mark is the journal's origin."""
    query = f"SELECT node, hash FROM nodes WHERE origin = ?1 AND node IN ({', '.join('?' * marks)})"  # noqa: S608 (marks alone)
    if leaves:
        query += (
            " UNION ALL SELECT sequence, leaf FROM entries "  # noqa: S608 (the same)
            f"WHERE origin = ?1 AND sequence IN ({', '.join('?' * leaves)})"
        )
    return query


def _read(connection: Connection, origin: str, numbers: list[int]) -> dict[int, bytes]:
    """Leaves and inner nodes of these numbers, in one statement. JournalError names one that is missing."""
    inner = [number for number in numbers if number >= _FIRST_INNER]
    leaves = [number for number in numbers if number < _FIRST_INNER] if len(inner) < len(numbers) else []
    fill = -len(inner) % MARKS_STEP
    if fill:
        inner += [inner[-1] if inner else _FIRST_INNER] * fill  # asked again, it is found once
    query = _query(len(inner), len(leaves))
    found: dict[int, bytes] = dict(driver(connection).execute(query, (origin, *inner, *leaves)).fetchall())
    for number in numbers:
        if number not in found:
            level, place = number >> LEVEL_BITS, number & (_FIRST_INNER - 1)
            raise JournalError(f"node {place} of level {level} is missing", where=origin)
    return found


def _hashes(connection: Connection, origin: str, parts: Sequence[Places]) -> list[bytes]:
    """The hash of each part. JournalError names a node that is missing."""
    numbers = [level << LEVEL_BITS | place for part in parts for level, place in part]
    found = _read(connection, origin, numbers)
    left = map(found.__getitem__, numbers)
    return [next(left) if len(part) == 1 else join([next(left) for _ in part]) for part in parts]


def tree_root(connection: Connection, origin: str, size: int) -> bytes:
    """The Merkle root of the first `size` entries. JournalError if a node is missing."""
    return EMPTY_ROOT if size == 0 else _hashes(connection, origin, [root_places(size)])[0]


def prove_inclusion(connection: Connection, origin: str, index: int, size: int) -> list[bytes]:
    """The proof that entry `index` is among the first `size`."""
    return _hashes(connection, origin, inclusion_places(index, size))


def prove_consistency(connection: Connection, origin: str, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` entries begin with the first `old`."""
    return _hashes(connection, origin, consistency_places(old, new))


class Grown:
    """The tree of the first `kept` stored entries and `leaves` after them, before anything is stored.

    Complete subtrees among the stored entries are read; the others are computed.
    """

    def __init__(self, connection: Connection, origin: str, kept: int, leaves: Sequence[bytes]) -> None:
        self._connection = connection
        self._origin = origin
        self._kept = kept
        self._leaves = leaves
        self._known: dict[int, bytes] = {}  # by node number

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
        number = level << LEVEL_BITS | place
        found = self._known.get(number)
        if found is not None:
            return found
        if (place + 1) << level <= self._kept:
            # The first time with what every larger tree stands on.
            edge = [] if self._known else [high << LEVEL_BITS | at for high, at in root_places(self._kept)]
            self._known |= _read(self._connection, self._origin, [*edge, number])
            return self._known[number]
        if level == 0:
            return self._leaves[place - self._kept]
        found = inner_hash(self._node(level - 1, 2 * place), self._node(level - 1, 2 * place + 1))
        self._known[number] = found
        return found
