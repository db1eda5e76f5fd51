"""Memory kept between searches: aligned, bounded, never shared by two threads."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from skyaccord.separation.conflicts import conflict_pairs
from skyaccord.separation.workspace import KEPT_BYTES_MAX, LINE_BYTES, Workspace


def test_arrays_begin_at_a_line_and_do_not_overlap() -> None:
    space = Workspace(1000)
    one, other = space.take((7, 3), np.float32), space.take((5,), np.int32)
    one[:], other[:] = 1.0, 2
    assert one.ctypes.data % LINE_BYTES == other.ctypes.data % LINE_BYTES == 0
    assert (one == 1.0).all()
    assert not np.shares_memory(one, other)


def test_back_to_a_mark_gives_the_same_place_again() -> None:
    space = Workspace(1000)
    kept, mark = space.take((4,), np.float32), space.mark()
    first = space.take((8,), np.float32)
    space.back_to(mark)
    again = space.take((8,), np.int32)
    assert np.shares_memory(first, again)
    assert not np.shares_memory(kept, again)


def test_more_than_was_asked_for_is_refused() -> None:
    size = KEPT_BYTES_MAX + 1  # never kept, so that nothing larger is there from another test
    space = Workspace(size)
    with pytest.raises(ValueError, match="wanted"):
        space.take((size + 2 * LINE_BYTES,), np.uint8)


def test_a_small_block_is_kept_and_a_large_one_is_not() -> None:
    small = Workspace(5_000).take((10,), np.float32)
    assert np.shares_memory(small, Workspace(4_000).take((10,), np.float32))
    large = Workspace(KEPT_BYTES_MAX + 1).take((10,), np.float32)
    assert not np.shares_memory(large, Workspace(KEPT_BYTES_MAX + 1).take((10,), np.float32))


def test_an_answer_outlives_the_next_search_and_threads_do_not_meet() -> None:
    def crowd(seed: int) -> tuple[list[float], ...]:
        uniform = np.random.default_rng(seed).uniform
        return uniform(45, 46, 300).tolist(), uniform(5, 6, 300).tolist(), uniform(0, 9e3, 300).tolist()

    def found(seed: int) -> list[list[int]]:
        pairs: list[list[int]] = conflict_pairs(*crowd(seed), 300.0, 90.0, lookahead_s=60).pairs.tolist()
        return pairs

    expected = {seed: found(seed) for seed in range(4)}
    held = conflict_pairs(*crowd(0), 300.0, 90.0, lookahead_s=60)
    answers: dict[int, list[list[list[int]]]] = {}
    workers = [
        threading.Thread(target=lambda k=k: answers.update({k: [found(k) for _ in range(20)]}))  # type: ignore[misc]
        for k in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(answer == expected[k] for k, each in answers.items() for answer in each)
    assert len(answers) == 4
    assert held.pairs.tolist() == expected[0]
