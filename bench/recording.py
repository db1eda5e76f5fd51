"""A real day as one command: `skyaccord scan` of Monterey, 2 June 2025, from file to table, warm."""

from __future__ import annotations

from bench.processes import median_process
from bench.table import Report, Row
from bench.timing import ROOT, in_words

DAY = ROOT / "src" / "skyaccord" / "demo" / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"
LIMIT_S = 2.0


def run() -> Report:
    wall_s, used_s = median_process(["scan", str(DAY), "--within", "0.5nm,500ft"], repeats=5)
    return Report(
        rows=[
            Row(
                "the Monterey day (24 h, 41,294 points), `scan --within 0.5nm,500ft`, whole process, warm",
                f"{in_words(wall_s)} (processor {in_words(used_s)})",
                f"its limit, {in_words(LIMIT_S)}",
                f"{wall_s / LIMIT_S:.2f}",
                f"< {in_words(LIMIT_S)}",
                wall_s < LIMIT_S,
            )
        ],
        notes=[
            "Contains information from adsb.lol, made available under the Open Database License (ODbL) 1.0."
        ],
    )
