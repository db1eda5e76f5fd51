"""A quarter of the seeds (`blocks.py`)."""

from __future__ import annotations

import pytest

from tests.storm.blocks import blocks, hold


@pytest.mark.parametrize("first", blocks(3, 4))
def test_storms_lose_double_forge_and_fork_nothing(first: int) -> None:
    hold(first)
