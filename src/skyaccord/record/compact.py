"""What a checker must remember of a journal of a million entries: flat bytes, not objects.

Some 100 bytes an entry and 70 a receipt in all, where dicts of hashes would take a gigabyte.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from skyaccord.record.fields import HASH_BYTES
from skyaccord.record.kinds import Receipt
from skyaccord.record.merkle import completed_nodes, root


class Heads:
    """Sequence → the chain head after that entry. Entries come in order, but for what was tampered with."""

    def __init__(self) -> None:
        self._flat = bytearray()
        self._strays: dict[int, bytes] = {}  # those after a gap, or of another length

    def add(self, sequence: int, head: bytes) -> None:
        """Take the head after an entry."""
        if len(head) == HASH_BYTES and sequence == len(self._flat) // HASH_BYTES:
            self._flat += head
        else:
            self._strays[sequence] = head

    def get(self, sequence: int) -> bytes | None:
        """The head after this entry, or None: it is not there."""
        if 0 <= sequence < len(self._flat) // HASH_BYTES:
            return bytes(self._flat[sequence * HASH_BYTES : (sequence + 1) * HASH_BYTES])
        return self._strays.get(sequence)

    def __len__(self) -> int:
        return len(self._flat) // HASH_BYTES + len(self._strays)

    def from_on(self, sequence: int) -> Iterator[int]:
        """The sequences that are there, from this one on."""
        yield from range(max(sequence, 0), len(self._flat) // HASH_BYTES)
        yield from (stray for stray in sorted(self._strays) if stray >= sequence)


class Tree:
    """The Merkle tree over leaves that are given one by one: every complete node, level by level."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> None:
        """Add a leaf of 32 bytes."""
        for level, _, value in completed_nodes(self.node, self.size, leaf):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += value
        self._levels[0] += leaf

    def node(self, level: int, place: int) -> bytes:
        """A complete node; level 0 is the leaves. LookupError if it is not complete."""
        if not 0 <= level < len(self._levels):
            raise LookupError(f"no level {level}")
        found = bytes(self._levels[level][place * HASH_BYTES : (place + 1) * HASH_BYTES])
        if len(found) != HASH_BYTES:
            raise LookupError(f"no node {place} on level {level}")
        return found

    def root(self, size: int) -> bytes | None:
        """The root over the first `size` leaves; None if there are not so many."""
        return root(self.node, size) if size <= self.size else None

    def inner_nodes(self) -> Iterator[tuple[int, int, bytes]]:
        """(level, place, hash) of every complete inner node, in order of level and place."""
        for level in range(1, len(self._levels)):
            for place in range(len(self._levels[level]) // HASH_BYTES):
                yield level, place, self.node(level, place)


_NUMBERS = 5  # flat, of each receipt


class Held(NamedTuple):
    """One receipt, without what it says of single entries. sequence: where it stands. at_ms: when it was
    recorded, in milliseconds since 1970 (UTC)."""

    sequence: int
    origin: str
    first: int
    last: int
    at_ms: int
    head: bytes


class ReceiptLog:
    """The receipts in one journal. refused, sealed: what they say of single entries, by place."""

    def __init__(self) -> None:
        self._numbers = array("q")  # sequence, origin's number, first, last, at_ms
        self._heads = bytearray()
        self._origins: dict[str, int] = {}
        self.refused: dict[tuple[str, int], str] = {}
        self.sealed: dict[str, set[int]] = {}

    def add(self, sequence: int, receipt: Receipt, at_ms: int) -> None:
        """Take a receipt."""
        number = self._origins.setdefault(receipt.origin, len(self._origins))
        self._numbers.extend((sequence, number, receipt.first, receipt.last, at_ms))
        self._heads += bytes.fromhex(receipt.head)
        for line in receipt.refused:
            self.refused[receipt.origin, line.sequence] = line.reason
        if receipt.sealed:
            self.sealed.setdefault(receipt.origin, set()).update(receipt.sealed)

    def __len__(self) -> int:
        return len(self._numbers) // _NUMBERS

    def __iter__(self) -> Iterator[Held]:
        origins = list(self._origins)
        for place in range(len(self)):
            sequence, number, first, last, at_ms = self._numbers[_NUMBERS * place : _NUMBERS * (place + 1)]
            head = bytes(self._heads[place * HASH_BYTES : (place + 1) * HASH_BYTES])
            yield Held(sequence, origins[number], first, last, at_ms, head)

    def refusals_of(self, origin: str) -> dict[int, str]:
        """Sequence → why it was refused, of one journal."""
        return {sequence: reason for (about, sequence), reason in self.refused.items() if about == origin}
