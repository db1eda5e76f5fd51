"""Where the time of a search goes: processor time of each stage, one thread, the least of several runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.ours import our_pairs
from bench.skies import AIRLINERS, CROWD, DRONES, make
from bench.table import Report
from skyaccord.separation import conflict_search

STAGES = ("locate", "number_plain", "starts_of", "put", "arrange_plain", "pairs_in_plain", "in_order")
RUNS = 7
BANDWIDTH_MB = 256
"""Far more than any cache: copying it says what memory gives."""
BYTES_TOUCHED = 40 + 32 + 2 * 8 + 4 * 4 + 32 + 2 * 24
"""For each aircraft of a plain sky: five columns read; a record, and its middle twice; its cell written and
read twice, its place in the order; the record read again; its fields written, and read at least once."""


def run() -> Report:
    report = Report()
    for kind in (CROWD, AIRLINERS, DRONES):
        sky = make(kind)
        least = dict.fromkeys((*STAGES, "all"), float("inf"))

        def timed(name: str, work: Callable[..., Any], least: dict[str, float] = least) -> Callable[..., Any]:
            def stage(*given: Any) -> Any:
                start = time.thread_time()
                answer = work(*given)
                least[name] = min(least[name], time.thread_time() - start)
                return answer

            return stage

        ours = timed("all", partial(our_pairs, sky, 1))
        stages: dict[str, Any] = {name: timed(name, getattr(conflict_search, name)) for name in STAGES}
        with patch.multiple(conflict_search, **stages):
            for _ in range(RUNS):
                ours()
        words = ", ".join(f"`{name}` {least[name] * 1e3:.2f}" for name in STAGES)
        report.notes.append(f"**Stages, {kind.name}**, ms of {least['all'] * 1e3:.2f}: {words}.")
        if kind is AIRLINERS:
            report.notes.append(floor(kind.aircraft, least["all"]))
    return report


def floor(aircraft: int, took_s: float) -> str:
    """What memory alone would take, at the speed of a copy measured here and now."""
    source = np.ones(BANDWIDTH_MB * 1024 * 1024 // 8)
    target = np.empty_like(source)
    copied_s = min(_timed(partial(np.copyto, target, source)) for _ in range(RUNS))
    per_s = 2 * source.nbytes / copied_s
    memory_s = aircraft * BYTES_TOUCHED / per_s
    return (
        "**Where the time of the airliners goes.** "
        f"Each touches {BYTES_TOUCHED} bytes before it is looked at. At "
        f"{per_s / 1e9:.1f} GB/s (a copy of {BANDWIDTH_MB} MB in this run) these are {memory_s * 1e3:.2f} ms "
        f"of {took_s * 1e3:.2f}: memory is {memory_s / took_s:.0%}, the rest is arithmetic. There are 14 "
        f"neighbours an airliner, two vector looks, and three sines on the ellipsoid."
    )


def _timed(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start
