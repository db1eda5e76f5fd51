from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import RefusedError
from skyaccord.record.merkle import (
    EMPTY_ROOT,
    completed_nodes,
    consistency_places,
    consistency_proof,
    inclusion_places,
    inclusion_proof,
    inner_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The test tree of Certificate Transparency's reference code (eight leaves and the roots of each size).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


LEAVES = [leaf(bytes.fromhex(data)) for data in INPUTS]


def reader(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """Nodes as a store keeps them: filled by appending, never changed."""
    nodes: dict[tuple[int, int], bytes] = {}

    def node(level: int, place: int) -> bytes:
        return nodes[level, place]

    for index, value in enumerate(leaves):
        for level, place, found in completed_nodes(node, index, value):
            assert (level, place) not in nodes
            nodes[level, place] = found
        nodes[0, index] = value
    return node


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962's MTH, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return inner_hash(plain_root(leaves[:k]), plain_root(leaves[k:]))


@pytest.mark.parametrize("size", range(9))
def test_the_reference_trees_roots(size: int) -> None:
    assert root(reader(LEAVES), size).hex() == ROOTS[size]
    assert EMPTY_ROOT.hex() == ROOTS[0]


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
    ],
)
def test_the_reference_inclusion_proofs(index: int, size: int, proof: list[str]) -> None:
    found = inclusion_proof(reader(LEAVES), index, size)
    assert [item.hex() for item in found] == proof
    verify_inclusion(LEAVES[index], index, size, found, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
    ],
)
def test_the_reference_consistency_proofs(old: int, new: int, proof: list[str]) -> None:
    found = consistency_proof(reader(LEAVES), old, new)
    assert [item.hex() for item in found] == proof
    verify_consistency(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), found)


def split(width: int) -> int:
    return 1 << (width - 1).bit_length() - 1


Parts = list[tuple[int, int]]
"""Leaves begin…end−1, for each hash of a proof."""


def plain_path(index: int, begin: int, end: int) -> Parts:
    """RFC 6962's PATH, word for word, over ranges of leaves."""
    if end - begin == 1:
        return []
    middle = begin + split(end - begin)
    if index < middle:
        return [*plain_path(index, begin, middle), (middle, end)]
    return [*plain_path(index, middle, end), (begin, middle)]


def plain_subproof(old: int, begin: int, end: int, *, known: bool) -> Parts:
    """RFC 6962's SUBPROOF, word for word, over ranges of leaves."""
    if old == end:
        return [] if known else [(begin, end)]
    middle = begin + split(end - begin)
    if old <= middle:
        return [*plain_subproof(old, begin, middle, known=known), (middle, end)]
    return [*plain_subproof(old, middle, end, known=False), (begin, middle)]


def plain_cover(begin: int, end: int) -> Parts:
    """RFC 6962's MTH, word for word, down to subtrees that are complete, which are (level, place)."""
    width = end - begin
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        assert begin % width == 0
        return [(level, begin // width)]
    middle = begin + split(width)
    return [*plain_cover(begin, middle), *plain_cover(middle, end)]


@given(st.integers(1, 2**40), st.data())
def test_what_a_proof_is_made_of_is_what_the_rfc_says(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert inclusion_places(index, size) == [plain_cover(*part) for part in plain_path(index, 0, size)]
    old = data.draw(st.integers(1, size))
    assert consistency_places(old, size) == [
        plain_cover(*part) for part in plain_subproof(old, 0, size, known=True)
    ]


SIZES = range(1, 36)


def test_every_proof_of_every_small_tree_holds() -> None:
    leaves = [leaf(bytes([number])) for number in range(SIZES[-1])]
    node = reader(leaves)
    roots = {size: plain_root(leaves[:size]) for size in SIZES}
    for size in SIZES:
        assert root(node, size) == roots[size]
        for index in range(size):
            verify_inclusion(leaves[index], index, size, inclusion_proof(node, index, size), roots[size])
        for old in range(1, size + 1):
            verify_consistency(old, size, roots[old], roots[size], consistency_proof(node, old, size))


@given(st.integers(1, 200), st.data())
def test_no_inclusion_proof_can_be_changed(size: int, data: st.DataObject) -> None:
    leaves = [leaf(number.to_bytes(2, "big")) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(reader(leaves), index, size)
    expected = plain_root(leaves)
    other = (
        data.draw(st.integers(0, size - 1).filter(lambda place: place != index)) if size > 1 else index + 1
    )
    with pytest.raises(RefusedError):
        verify_inclusion(leaves[index], other, size, proof, expected)
    with pytest.raises(RefusedError):
        verify_inclusion(leaves[index], index, size, [*proof, bytes(32)], expected)
    with pytest.raises(RefusedError):
        verify_inclusion(leaf(b"other"), index, size, proof, expected)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof]
        changed[place] = bytes([changed[place][0] ^ 1]) + changed[place][1:]
        with pytest.raises(RefusedError):
            verify_inclusion(leaves[index], index, size, changed, expected)
        with pytest.raises(RefusedError):
            verify_inclusion(leaves[index], index, size, proof[:-1], expected)


@given(st.integers(2, 200), st.data())
def test_no_consistency_proof_can_hide_another_history(size: int, data: st.DataObject) -> None:
    leaves = [leaf(number.to_bytes(2, "big")) for number in range(size)]
    old = data.draw(st.integers(1, size - 1))
    proof = consistency_proof(reader(leaves), old, size)
    old_root, new_root = plain_root(leaves[:old]), plain_root(leaves)
    verify_consistency(old, size, old_root, new_root, proof)
    changed = data.draw(st.integers(0, old - 1))
    other = [*leaves]
    other[changed] = leaf(b"rewritten")
    with pytest.raises(RefusedError):
        verify_consistency(
            old, size, old_root, plain_root(other), consistency_proof(reader(other), old, size)
        )
    with pytest.raises(RefusedError):
        verify_consistency(old, size, old_root, new_root, proof[:-1])
    with pytest.raises(RefusedError):
        verify_consistency(old, size, old_root, new_root, [*proof, bytes(32)])


def test_impossible_questions_are_refused() -> None:
    node = reader(LEAVES)
    for index, size in ((-1, 8), (8, 8)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(node, index, size)
        with pytest.raises(RefusedError):
            verify_inclusion(LEAVES[0], index, size, [], EMPTY_ROOT)
    for old, new in ((0, 8), (9, 8)):
        with pytest.raises(ValueError, match="no proof"):
            consistency_proof(node, old, new)
        with pytest.raises(RefusedError):
            verify_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, [])
    with pytest.raises(RefusedError, match="not a list of hashes"):
        verify_inclusion(LEAVES[0], 0, 8, [b"short"], EMPTY_ROOT)
    with pytest.raises(RefusedError, match="not a list of hashes"):
        verify_inclusion(LEAVES[0], 0, 8, [bytes(32)] * 65, EMPTY_ROOT)
