"""Whole processes, as a user starts them, timed from outside."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence


def run_process(arguments: Sequence[str]) -> tuple[float, float]:
    """(wall seconds, processor seconds) of one process that must succeed."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-m", "skyaccord", *arguments], check=True, capture_output=True)
    wall_s, after = time.perf_counter() - start, os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return wall_s, used


def median_process(arguments: Sequence[str], repeats: int) -> tuple[float, float]:
    """Medians over several runs, after one that is not counted (it compiles, and fills caches)."""
    run_process(arguments)
    taken = [run_process(arguments) for _ in range(repeats)]
    return statistics.median(t[0] for t in taken), statistics.median(t[1] for t in taken)
