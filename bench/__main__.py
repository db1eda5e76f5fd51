"""`python -m bench`: run everything (or the named benchmarks), print the table, write bench/RESULTS.md."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

from bench.table import Report
from bench.timing import load, machine

BENCHMARKS = (
    "snapshot",
    "stages",
    "growth",
    "alerts",
    "recording",
    "startup",
    "journal",
    "bundle",
    "link",
    "switzerland",  # its peer takes minutes
)
RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Results

Written by `make bench` (`python -m bench`). Every ratio is from this run: warm, medians of several runs, ours
and the other in turn. The skies are those of `bench/skies.py`, the reference grid is
`bench/reference_grid.py`; peers run in their own environment (`make bench-peers`). Times are from degrees,
feet and knots to sorted pairs; processor time where one thread runs (what other programs take is left out),
wall time where two do.
"""


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(
            f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}", file=sys.stderr
        )
        return 2
    where, start = machine(), time.monotonic()
    print(where, flush=True)
    report, loads, took = Report(), [], ""
    for name in names or BENCHMARKS:
        loads.append(f"{name} {load()}")
        found: Report = importlib.import_module(f"bench.{name}").run()
        report.add(found)
        print(found.markdown(), flush=True)
        took = (
            f"{len(loads)} of {len(BENCHMARKS)} parts took {time.monotonic() - start:.0f} s. "
            f"Load as each part began: {', '.join(loads)}."
        )
        if not names:  # after each part: who interrupts it keeps what was measured
            for picture, drawn in report.pictures.items():
                RESULTS.with_name(picture).write_text(drawn, encoding="utf-8")
            RESULTS.write_text(f"{HEAD}\n{where}. {took}\n\n{report.markdown()}", encoding="utf-8")
    print(took)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
