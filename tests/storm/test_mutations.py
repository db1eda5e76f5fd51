"""The storm finds what is planted: without it, the same seed holds. The whole table is in docs/storm.md."""

from __future__ import annotations

import pytest

from tests.storm.mutations import MUTATIONS, hunt
from tests.storm.run import run_seed


@pytest.mark.parametrize(
    ("name", "seed", "says"),
    [
        ("sent-is-held", 0, "holds 5 entries"),
        ("receipts-receipted", 0, "does not come to rest"),
        ("two-transactions", 4, "holds 6 entries"),
        ("statements-unchecked", 13, "that no person signed"),
    ],
)
def test_a_planted_bug_is_found(name: str, seed: int, says: str) -> None:
    assert run_seed(seed).violation is None
    found = hunt(name, range(seed, seed + 1))
    assert found is not None, MUTATIONS[name][0]
    assert says in found[1]


def test_a_seed_is_the_same_storm_each_time() -> None:
    assert run_seed(7).trace == run_seed(7).trace
