"""The key's files while it is replaced: the process dies between two steps, and the next start is whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.record.rotating import KILLED

ROOT = Path(__file__).resolve().parents[2]


def test_a_rotation_that_is_killed_anywhere_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    """Either it never was, or it is whole: journal, key, card and link key are of one time."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.record.rotating", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-2000:]
    rows = json.loads(result.stdout)
    assert [row["ended"] for row in rows] == [KILLED] * (len(rows) - 1) + [0]
    assert len(rows) > 9, "not every step was reached"
    came_through = [row["rotated"] for row in rows]
    assert came_through == sorted(came_through), "once it is journalled, it is there"
    assert 2 < came_through.index(True) < len(rows) - 3
    for row in rows:
        assert row["one_key"], row
        assert row["rotations"] == (2 if row["rotated"] else 1), row
        assert (row["left_over"], row["findings"]) == ([], []), row
