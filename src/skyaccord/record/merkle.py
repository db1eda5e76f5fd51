"""The Merkle tree of RFC 6962, section 2: roots, inclusion and consistency proofs, and their checks.

Pure functions on hashes. The tree stands on the journal's leaves (`chain.leaf_hash` is this RFC's leaf hash
of salt ‖ envelope). Only complete subtrees are ever asked for, by level and place: node (level, place) covers
the leaves place·2^level … (place + 1)·2^level − 1, so a stored node never changes.

    level 2            (2,0)
                     /       \\
    level 1       (1,0)     (1,1)
                  /   \\     /   \\
    level 0     0     1   2     3     4      five leaves: root = H(1, (2,0), (0,4))
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from skyaccord.base.errors import RefusedError
from skyaccord.record.fields import HASH_BYTES

NodeReader = Callable[[int, int], bytes]
"""(level, place) → the 32-byte hash of that complete subtree; level 0 is the leaves."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
PROOF_HASHES_MAX = 64  # a tree of 2^63 leaves needs no more
_INNER_PREFIX = b"\x01"


def inner_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(_INNER_PREFIX + left + right).digest()


def root(node: NodeReader, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _subtree(node, 0, size)


def completed_nodes(node: NodeReader, size: int, leaf: bytes) -> list[tuple[int, int, bytes]]:
    """The inner nodes (level, place, hash) that become complete when `leaf` joins `size` others."""
    found = []
    level, place, current = 0, size, leaf
    while place & 1:
        current = inner_hash(node(level, place - 1), current)
        level, place = level + 1, place >> 1
        found.append((level, place, current))
    return found


def inclusion_proof(node: NodeReader, index: int, size: int) -> list[bytes]:
    """RFC 6962's PATH(index, D[size]). ValueError unless 0 <= index < size."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    return _path(node, index, 0, size)


def consistency_proof(node: NodeReader, old: int, new: int) -> list[bytes]:
    """RFC 6962's PROOF(old, D[new]). ValueError unless 0 < old <= new."""
    if not 0 < old <= new:
        raise ValueError(f"no proof from {old} to {new} leaves")
    return _subproof(node, old, 0, new, known=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """RFC 9162, section 2.1.3.2. RefusedError unless the leaf stands at `index` under the root `expected`."""
    if not 0 <= index < size:
        raise RefusedError(f"inclusion proof: no leaf {index} among {size}")
    _check_proof(proof)
    place, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise RefusedError("inclusion proof: too long")
        if place & 1 or place == last:
            current = inner_hash(sibling, current)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            current = inner_hash(current, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise RefusedError("inclusion proof: too short")
    _compare("inclusion proof", expected, current)


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162, section 2.1.4.2. RefusedError unless the tree of `new` leaves begins with that of `old`."""
    if not 0 < old <= new:
        raise RefusedError(f"consistency proof: from {old} to {new} leaves")
    _check_proof(proof)
    if old == new:
        if proof:
            raise RefusedError("consistency proof: too long")
        _compare("consistency proof", old_root, new_root)
        return
    if not proof:
        raise RefusedError("consistency proof: too short")
    hashes = list(proof)
    if old & (old - 1) == 0:  # the old tree is a complete subtree, so its root is not repeated in the proof
        hashes.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise RefusedError("consistency proof: too long")
        if place & 1 or place == last:
            first, second = inner_hash(sibling, first), inner_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = inner_hash(second, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise RefusedError("consistency proof: too short")
    _compare("consistency proof, old root", old_root, first)
    _compare("consistency proof, new root", new_root, second)


def _subtree(node: NodeReader, begin: int, end: int) -> bytes:
    """The hash over the leaves begin…end−1, where begin is a multiple of the next power of two."""
    width = end - begin
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, begin >> level)
    middle = begin + _split(width)
    return inner_hash(_subtree(node, begin, middle), _subtree(node, middle, end))


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1


def _path(node: NodeReader, index: int, begin: int, end: int) -> list[bytes]:
    if end - begin == 1:
        return []
    middle = begin + _split(end - begin)
    if index < middle:
        return [*_path(node, index, begin, middle), _subtree(node, middle, end)]
    return [*_path(node, index, middle, end), _subtree(node, begin, middle)]


def _subproof(node: NodeReader, old: int, begin: int, end: int, *, known: bool) -> list[bytes]:
    if old == end:
        return [] if known else [_subtree(node, begin, end)]
    middle = begin + _split(end - begin)
    if old <= middle:
        return [*_subproof(node, old, begin, middle, known=known), _subtree(node, middle, end)]
    return [*_subproof(node, old, middle, end, known=False), _subtree(node, begin, middle)]


def _check_proof(proof: Sequence[bytes]) -> None:
    if len(proof) > PROOF_HASHES_MAX or any(len(item) != HASH_BYTES for item in proof):
        raise RefusedError("proof: not a list of hashes of a possible tree")


def _compare(what: str, expected: bytes, got: bytes) -> None:
    if expected != got:
        raise RefusedError(f"{what}: expected {expected.hex()}, got {got.hex()}")
