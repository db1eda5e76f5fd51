from __future__ import annotations

import hashlib

import pytest

from skyaccord.record.compact import Heads, ReceiptLog, Tree
from skyaccord.record.kinds import Receipt
from skyaccord.record.merkle import completed_nodes, root

ORIGIN = "skyaccord.journal/B/0123456789abcdef"


def test_heads_are_found_by_their_place_gaps_and_all() -> None:
    heads = Heads()
    values = {n: hashlib.sha256(bytes([n])).digest() for n in (0, 1, 2, 5, 6)}
    for sequence, head in values.items():
        heads.add(sequence, head)
    heads.add(7, b"short")
    assert {n: heads.get(n) for n in values} == values
    assert [heads.get(n) for n in (-1, 3, 4, 7, 8)] == [None, None, None, b"short", None]
    assert len(heads) == 6
    assert list(heads.from_on(2)) == [2, 5, 6, 7]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 33])
def test_the_tree_is_that_of_its_leaves_at_every_size(count: int) -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(count)]
    tree, nodes = Tree(), dict[tuple[int, int], bytes]()
    for number, leaf in enumerate(leaves):
        tree.append(leaf)
        for level, place, value in completed_nodes(lambda *at: nodes[at], number, leaf):
            nodes[level, place] = value
        nodes[0, number] = leaf
    for size in range(count + 1):
        assert tree.root(size) == root(lambda *at: nodes[at], size)
    assert tree.root(count + 1) is None
    inner = {(level, place): value for level, place, value in tree.inner_nodes()}
    assert inner == {at: value for at, value in nodes.items() if at[0]}
    with pytest.raises(LookupError):
        tree.node(1, count)


def test_receipts_come_out_as_they_went_in() -> None:
    log = ReceiptLog()
    for number in range(3):
        refused = [{"sequence": 2 * number, "reason": "no"}]
        head = f"{number:064x}"
        fields = {"origin": ORIGIN, "first": 2 * number, "last": 2 * number + 1, "head": head}
        receipt = Receipt.model_validate({**fields, "refused": refused, "sealed": [2 * number + 1]})
        log.add(10 + number, receipt, 1_444_813_200_000 + number)
    assert [(one.sequence, one.first, one.last) for one in log] == [(10, 0, 1), (11, 2, 3), (12, 4, 5)]
    assert [one.at_ms - 1_444_813_200_000 for one in log] == [0, 1, 2]
    assert [one.head for one in log] == [n.to_bytes(32, "big") for n in range(3)]
    assert {one.origin for one in log} == {ORIGIN}
    assert log.refusals_of(ORIGIN) == {0: "no", 2: "no", 4: "no"}
    assert log.refusals_of("another") == {}
    assert log.sealed[ORIGIN] == {1, 3, 5}
