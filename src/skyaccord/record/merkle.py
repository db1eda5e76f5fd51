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
from collections.abc import Callable, Iterable, Sequence

from skyaccord.base.errors import RefusedError
from skyaccord.record.fields import HASH_BYTES

NodeReader = Callable[[int, int], bytes]
"""(level, place) → the 32-byte hash of that complete subtree; level 0 is the leaves."""

Places = list[tuple[int, int]]
"""Complete subtrees (level, place), from left to right, that one hash of a proof is made of (`join`)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
PROOF_HASHES_MAX = 64  # a tree of 2^63 leaves needs no more
_INNER_PREFIX = b"\x01"


def inner_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(_INNER_PREFIX + left + right).digest()


def join(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring complete subtrees, the larger to the left. At least one."""
    found = hashes[-1]
    for left in hashes[-2::-1]:
        found = inner_hash(left, found)
    return found


def root(node: NodeReader, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _hashes(node, [root_places(size)])[0]


def root_places(size: int) -> Places:
    """What the root of the first `size` leaves is made of; nothing for none."""
    return _cover(0, size)


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
    return _hashes(node, inclusion_places(index, size))


def consistency_proof(node: NodeReader, old: int, new: int) -> list[bytes]:
    """RFC 6962's PROOF(old, D[new]). ValueError unless 0 < old <= new."""
    return _hashes(node, consistency_places(old, new))


def inclusion_places(index: int, size: int) -> list[Places]:
    """What each hash of `inclusion_proof` is made of, so that all can be read at once."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    above: list[Places] = []
    begin, end = 0, size
    while (width := end - begin) & (width - 1):  # until the leaf is in a complete subtree
        level = width.bit_length() - 1
        middle = begin + (1 << level)
        if index < middle:
            above.append(_cover(middle, end))
            end = middle
        else:
            above.append([(level, begin >> level)])
            begin = middle
    found: list[Places] = [[(level, index >> level ^ 1)] for level in range(width.bit_length() - 1)]
    above.reverse()
    return found + above


def consistency_places(old: int, new: int) -> list[Places]:
    """What each hash of `consistency_proof` is made of, so that all can be read at once."""
    if not 0 < old <= new:
        raise ValueError(f"no proof from {old} to {new} leaves")
    found: list[Places] = []
    begin, end = 0, new
    while old != end:
        level = (end - begin - 1).bit_length() - 1  # 2^level is the largest power below the width
        middle = begin + (1 << level)
        if old <= middle:
            found.append(_cover(middle, end))
            end = middle
        else:
            found.append([(level, begin >> level)])
            begin = middle
    if begin:  # the old tree is no complete subtree: its last part is not known from its root
        found.append(_cover(begin, end))
    found.reverse()
    return found


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


def _cover(begin: int, end: int) -> Places:
    """The complete subtrees over the leaves begin…end−1, where begin is a multiple of the next power of two.

    RFC 6962 splits at the largest power of two below the width, again and again: these are what it comes to.
    """
    found = []
    width = end - begin
    while width:
        level = width.bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
        width -= 1 << level
    return found


def _hashes(node: NodeReader, parts: Iterable[Places]) -> list[bytes]:
    return [join([node(level, place) for level, place in part]) for part in parts]


def _check_proof(proof: Sequence[bytes]) -> None:
    if len(proof) > PROOF_HASHES_MAX or any(len(item) != HASH_BYTES for item in proof):
        raise RefusedError("proof: not a list of hashes of a possible tree")


def _compare(what: str, expected: bytes, got: bytes) -> None:
    if expected != got:
        raise RefusedError(f"{what}: expected {expected.hex()}, got {got.hex()}")
