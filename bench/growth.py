"""Growth at four sizes, the sky as dense as before: time for each aircraft should stay where it is."""

from __future__ import annotations

import math
import time
from functools import partial

from bench.growth_picture import growth_picture
from bench.ours import our_pairs
from bench.skies import CROWD, make
from bench.table import Report, Row
from bench.timing import in_turn, in_words

PICTURE = "growth.svg"
SIZES = (2_500, 10_000, 40_000, 160_000)
EXPONENT_MAX = 1.3
"""Between N and N²: caches and the sorting of answers cost a little more than N."""


def run() -> Report:
    skies = [make(CROWD, n) for n in SIZES]
    times = in_turn([partial(our_pairs, sky, 1) for sky in skies], repeats=7, clock=time.process_time)
    report = Report()
    exponent = math.log(times[-1] / times[0]) / math.log(SIZES[-1] / SIZES[0])
    each = "; ".join(
        f"{n:,}: {in_words(time_s)} ({time_s / n * 1e9:,.0f} ns each)"
        for n, time_s in zip(SIZES, times, strict=True)
    )
    report.rows.append(
        Row(
            "growth at four sizes, one thread, as dense as 10,000 in 1,000 × 1,000 NM, 300 s",
            each,
            f"{SIZES[0]:,} aircraft",
            f"N^{exponent:.2f}",
            f"≤ N^{EXPONENT_MAX}",
            exponent <= EXPONENT_MAX,
        )
    )
    lines = [
        "**Growth.** Processor time, one thread.",
        "",
        "| Aircraft | Time | Each | Exponent from the size before |",
    ]
    lines.append("|---:|---:|---:|---:|")
    for k, (n, time_s) in enumerate(zip(SIZES, times, strict=True)):
        step = "–" if k == 0 else f"{math.log(time_s / times[k - 1]) / math.log(n / SIZES[k - 1]):.2f}"
        lines.append(f"| {n:,} | {in_words(time_s)} | {time_s / n * 1e9:,.0f} ns | {step} |")
    report.notes.append("\n".join(lines))
    report.notes.append(f"![Time over aircraft, beside what N and N² would be]({PICTURE})")
    report.pictures[PICTURE] = growth_picture(SIZES, times)
    return report
