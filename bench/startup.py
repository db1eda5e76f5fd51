"""`skyaccord --help`: what every command pays before it begins."""

from __future__ import annotations

from bench.processes import median_process
from bench.table import Report, Row
from bench.timing import in_words

LIMIT_S = 0.5


def run() -> Report:
    wall_s, used_s = median_process(["--help"], repeats=9)
    return Report(
        rows=[
            Row(
                "`skyaccord --help`, processor time of the process",
                f"{in_words(used_s)} (wall {in_words(wall_s)})",
                f"its limit, {in_words(LIMIT_S)}",
                f"{used_s / LIMIT_S:.2f}",
                f"≤ {in_words(LIMIT_S)}",
                used_s <= LIMIT_S,
            )
        ]
    )
