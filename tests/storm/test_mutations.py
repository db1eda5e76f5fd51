"""The storm finds what is planted: without it, the same seed holds. The whole table is in docs/storm.md."""

from __future__ import annotations

import pytest

from tests.storm.mutations import MUTATIONS, hunt
from tests.storm.run import run_seed

SEEDS = range(60)
SEVERAL = range(8)


@pytest.mark.parametrize(
    "name",
    [
        "sent-is-held", "receipts-receipted", "statements-unchecked", "cosign-unchecked", "place-unchecked",
        "peers-word-taken", "last-entry-lost", "own-clock-decides",
    ],
)  # fmt: skip
def test_a_planted_bug_is_found(name: str) -> None:
    found = hunt(name, SEEDS)
    assert found is not None, MUTATIONS[name][0]
    assert run_seed(found[0]).violation is None, "without it, the same seed holds"


def test_a_seed_is_the_same_storm_each_time() -> None:
    traces = [run_seed(seed).trace for seed in SEVERAL]
    assert [run_seed(seed).trace for seed in SEVERAL] == traces
    lines = [line for trace in traces for line in trace]
    for what in ("a bad day begins", "is lied to", "POWER CUT", "restored from a backup", "key is replaced"):
        assert any(what in line for line in lines), f"no seed of these has {what!r}: choose others"
