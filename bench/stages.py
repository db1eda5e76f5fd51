"""Where the time of a search goes: processor time of each stage, one thread, the least of several runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from bench.ours import our_pairs
from bench.skies import AIRLINERS, CROWD, DRONES, make
from bench.table import Report
from skyaccord.separation import conflict_search

STAGES = ("locate", "number_cells", "starts_of", "put", "arrange", "pairs_in", "in_order")
RUNS = 7


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

        ours = timed("all", lambda sky=sky: our_pairs(sky, 1))
        stages = {name: timed(name, getattr(conflict_search, name)) for name in STAGES}
        with patch.multiple(conflict_search, **stages):
            for _ in range(RUNS):
                ours()
        words = ", ".join(f"`{name}` {least[name] * 1e3:.2f}" for name in STAGES)
        report.notes.append(f"**Stages, {kind.name}**, ms of {least['all'] * 1e3:.2f}: {words}.")
    return report
