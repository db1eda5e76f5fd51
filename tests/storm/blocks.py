"""The seeds of `make test`, in blocks; a file of tests has some, so that processes share them."""

from __future__ import annotations

from tests.storm.run import SEEDS, run_seed

BLOCK = 50


def blocks(part: int, parts: int) -> list[int]:
    """The first seeds of this part's blocks."""
    return list(range(0, SEEDS, BLOCK))[part::parts]


def hold(first: int) -> None:
    """Run a block; AssertionError with the trace's end and the command that replays it."""
    failed = [
        result for seed in range(first, first + BLOCK) if (result := run_seed(seed)).violation is not None
    ]
    assert not failed, "\n\n".join(result.report() for result in failed[:3])
