"""Whole processes, as a user starts them, timed from outside."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_process(arguments: Sequence[str], caches: Path) -> tuple[float, float]:
    """(wall seconds, processor seconds) of one process that must succeed."""
    command = [sys.executable, "-m", "skyaccord", *arguments]
    environment = with_caches(os.environ, caches)
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall_s, after = time.perf_counter() - start, os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return wall_s, used


def with_caches(environment: Mapping[str, str], caches: Path) -> dict[str, str]:
    """An environment in which kernels and bytecode are kept, as an installed program keeps them, whatever
    else runs here: other versions that prune the user's cache, and PYTHONDONTWRITEBYTECODE, for which Python
    would compile our sources at each start (0.2 s)."""
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(caches / "python"), "NUMBA_CACHE_DIR": str(caches / "numba")}


def median_process(arguments: Sequence[str], repeats: int) -> tuple[float, float]:
    """Medians over several runs, after one that is not counted (it compiles, and fills caches)."""
    with tempfile.TemporaryDirectory() as folder:
        run_process(arguments, Path(folder))
        taken = [run_process(arguments, Path(folder)) for _ in range(repeats)]
    return statistics.median(t[0] for t in taken), statistics.median(t[1] for t in taken)
