"""The storm finds what is planted: without it, the same seed holds. The whole table is in docs/storm.md."""

from __future__ import annotations

import pytest

from tests.storm.mutations import MUTATIONS, hunt
from tests.storm.run import run_seed

SEEDS = range(60)


@pytest.mark.parametrize("name", ["sent-is-held", "receipts-receipted", "statements-unchecked"])
def test_a_planted_bug_is_found(name: str) -> None:
    found = hunt(name, SEEDS)
    assert found is not None, MUTATIONS[name][0]
    assert run_seed(found[0]).violation is None, "without it, the same seed holds"


def test_a_seed_is_the_same_storm_each_time() -> None:
    assert run_seed(7).trace == run_seed(7).trace
