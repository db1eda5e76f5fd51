"""The alert level of a pair, vectorised, beside the figure published for DAIDALUS (one pair a call, C++)."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.table import Report, Row
from bench.timing import in_turn, in_words
from skyaccord.separation.alerters import ALERTERS
from skyaccord.separation.pairwise import alert_level

PAIRS = 1_000_000
PUBLISHED_S = (0.9e-6, 1.3e-6)
TARGET_S = 0.2e-6


def run() -> Report:
    uniform = np.random.default_rng(4).uniform
    position = uniform(-1, 1, (PAIRS, 3)) * [20_000.0, 20_000.0, 1_000.0]
    velocity = uniform(-1, 1, (PAIRS, 3)) * [200.0, 200.0, 10.0]
    names = list(ALERTERS)
    times = in_turn([partial(alert_level, position, velocity, name) for name in names], repeats=5)
    report = Report()
    for name, time_s in zip(names, times, strict=True):
        each_s = time_s / PAIRS
        report.rows.append(
            Row(
                f"alert level of one pair, `{name}`, {PAIRS:,} pairs within 20 km, one thread",
                in_words(each_s),
                "DAIDALUS 0.9–1.3 µs (published, not run here)",
                f"{PUBLISHED_S[0] / each_s:.0f}–{PUBLISHED_S[1] / each_s:.0f}×",
                f"≤ {in_words(TARGET_S)}",
                each_s <= TARGET_S,
            )
        )
    return report
