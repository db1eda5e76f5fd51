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

STAGES = ("locate", "number_plain", "starts_of", "put", "arrange_plain", "pairs_in_plain", "in_order")
RUNS = 7
AIRLINERS_NOTE = (
    "**Where the airliners' target stands.** There are 15 neighbours to look at for each airliner, so "
    "what every aircraft costs decides, and not the search: two vector looks take 23 ns of the "
    "sweep's 50 (measured alone), exact answers 5, and locating on the ellipsoid, sorting and "
    "arranging another 45. The reference unrolls a sphere and keeps six columns. The 21.5 ms first "
    "measured came from another reference in another run, and are no yardstick here. What is left to "
    "gain is memory: 76 B written for each aircraft before the first pair is looked at."
)


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
    report.notes.append(AIRLINERS_NOTE)
    return report
