"""How everything is timed: warm, several times, in turn with what it is compared to, the median taken."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

REPEATS: Final = 9
ROOT: Final = Path(__file__).resolve().parent.parent


def in_turn(
    works: Sequence[Callable[[], object]],
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """The median seconds of each, after one run each that is not counted. They take turns, so that a slow
    minute of the machine is slow for all. clock: time.process_time leaves out what other programs took."""
    for work in works:
        work()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for times, work in zip(taken, works, strict=True):
            start = clock()
            work()
            times.append(clock() - start)
    return [statistics.median(times) for times in taken]


def in_words(duration_s: float) -> str:
    if duration_s < 1e-3:
        return f"{duration_s * 1e6:.2f} µs"
    return f"{duration_s * 1e3:.2f} ms" if duration_s < 1.0 else f"{duration_s:.2f} s"


def load() -> str:
    """How many programs wanted a processor over the last minute: with others beside us, times are long."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def machine() -> str:
    """One line: processor, cores, load, versions, commit, date."""
    import numba
    import numpy as np

    names = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if names.exists():
        found = [
            line.split(":")[1].strip() for line in names.read_text().splitlines() if "model name" in line
        ]
        model = found[0] if found else model
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607 - the git of whoever runs this
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return (
        f"{model}, {os.cpu_count()} cores, load {load()} at the start; {platform.system()}, "
        f"Python {platform.python_version()}, Numba {numba.__version__}, NumPy {np.__version__}; "
        f"commit {commit or 'unknown'}; {datetime.now(UTC):%Y-%m-%d %H:%M}Z"
    )
