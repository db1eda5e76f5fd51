"""All conflicts of a snapshot: ours, the plain grid, BlueSky; the time, and whether it is the same pairs."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bench.differences import explained
from bench.ours import our_pairs
from bench.peers import HOW, bluesky
from bench.reference_grid import reference_pairs
from bench.skies import AIRLINERS, CROWD, DRONES, Kind, Sky, make
from bench.table import Report, Row
from bench.timing import in_turn, in_words

THREADS = (1, 2)
MEMORY_MB_MAX = 1000


def run() -> Report:
    report = Report()
    report.add(against_bluesky())
    report.add(special_pairs())
    report.add(against_reference(AIRLINERS, 1.5, "21.5 ms"))
    report.add(against_reference(DRONES, 2.0, "667 ms"))
    return report


def against_bluesky() -> Report:
    sky = make(CROWD)
    works: list[Callable[[], Any]] = [lambda: our_pairs(sky, 1), lambda: reference_pairs(sky, 1)]
    ours_s, reference_s = in_turn(works, clock=time.process_time)
    ours, reference = our_pairs(sky, 1), reference_pairs(sky, 1)
    report = Report(notes=["**10,000 aircraft.** " + explained(sky, ours, reference, "the reference grid")])
    work = "10,000 aircraft, 1,000 × 1,000 NM, 5 NM/1000 ft, 300 s"
    compiled = bluesky(sky, repeats=3)
    if compiled is None:
        report.rows.append(Row(work, in_words(ours_s), f"BlueSky {HOW}", "–", "≥ 400×", None))
        return report
    again_s, reference_again_s = in_turn(
        works, clock=time.process_time
    )  # before and after BlueSky: the machine may have changed
    ours_s, reference_s = (ours_s + again_s) / 2, (reference_s + reference_again_s) / 2
    theirs = f"BlueSky {compiled.version} compiled (`cstatebased`), {in_words(compiled.median_s)}"
    ratio, plain = compiled.median_s / ours_s, compiled.median_s / reference_s
    report.rows += [
        Row(work + "; one thread", in_words(ours_s), theirs, f"{ratio:,.0f}×", "≥ 400×", ratio >= 400),
        Row(
            "the same, the reference grid itself",
            f"{in_words(reference_s)} (not ours)",
            theirs,
            f"{plain:,.0f}×",
            "≥ 300×",
            plain >= 300,
        ),
    ]
    report.notes[0] += " " + explained(sky, ours, compiled.pairs, "BlueSky")
    return report


def special_pairs() -> Report:
    """Two pairs that BlueSky's compiled detector cannot see."""
    sky = Sky(
        CROWD,
        np.array([50.0, 50.01, 10.0, 10.0]),
        np.array([10.0, 10.0, 179.99, -179.99]),
        np.array([35_000.0, 35_000.0, 35_000.0, 35_000.0]),
        np.array([400.0, 400.0, 400.0, 410.0]),
        np.array([90.0, 90.0, 180.0, 180.0]),
    )
    ours = our_pairs(sky, 1).tolist()
    compiled, plain = bluesky(sky, 1), bluesky(sky, 1, "python")
    if compiled is None or plain is None:
        return Report()
    return Report(
        notes=[
            "**Side by side at one velocity, and across the antimeridian** (0.6 and 1.2 NM apart). "
            f"We find {ours}; BlueSky's compiled detector {compiled.pairs.tolist()}, its Python "
            f""
            f"detector {plain.pairs.tolist()}. In the compiled one the time to the closest "
            "point of equal velocities is "
            "0/0, and longitudes are subtracted without going round."
        ]
    )


def against_reference(kind: Kind, target: float, published: str) -> Report:
    sky = make(kind)
    repeats = 15 if kind.aircraft < 500_000 else 5
    times: list[float] = []
    for threads in THREADS:
        works: list[Callable[[], Any]] = [
            partial(our_pairs, sky, threads),
            partial(reference_pairs, sky, threads),
        ]
        times += in_turn(works, repeats, time.process_time if threads == 1 else time.perf_counter)
    report = Report()
    name = f"{kind.aircraft:,} {kind.name}, {kind.lookahead_s:g} s"
    for threads, ours_s, reference_s in zip(THREADS, times[::2], times[1::2], strict=True):
        ratio = reference_s / ours_s
        report.rows.append(
            Row(
                f"{name}; {'1 thread each' if threads == 1 else f'{threads} threads each, wall'}",
                in_words(ours_s),
                f"reference grid, {in_words(reference_s)} (first measured as {published})",
                f"{ratio:.2f}×",
                f"≥ {target:g}×",
                ratio >= target,
            )
        )
    found = explained(sky, our_pairs(sky, 2), reference_pairs(sky, 2), "the reference grid")
    report.notes.append(f"**{name}.** {found}")
    if kind is DRONES:
        unit = 1024 if sys.platform == "linux" else 1024 * 1024
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        report.rows.append(
            Row(
                f"{name}: memory of the whole process, with the reference",
                f"{most:,.0f} MB",
                "–",
                "–",
                f"under {MEMORY_MB_MAX:,} MB",
                most < MEMORY_MB_MAX,
            )
        )
    return report
