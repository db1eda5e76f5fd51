"""Two nodes and two writers, killed ten times: nothing lost, nothing doubled, both folders verify."""

from __future__ import annotations

from pathlib import Path

from tests.storm.kill import kill_at_random


def test_ten_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    survived = kill_at_random(tmp_path, kills=10, seed=1)
    assert survived.node_kills + survived.writer_kills == 10
    assert survived.written > 10
    assert (survived.lost, survived.doubled) == (0, 0)
