"""Replay a seed: `python -m tests.storm --seed 17 --verbose`; or run many: `--from 0 --count 2000`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.storm.run import SEEDS, run_seed


def main() -> int:
    """The exit code: 0 when every seed held."""
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--seed", type=int, help="one seed")
    parser.add_argument("--verbose", action="store_true", help="print everything that happened")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first of many")
    parser.add_argument("--count", type=int, default=SEEDS, help="how many")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.count) if options.seed is None else [options.seed]
    began, bad = time.monotonic(), 0
    for number, seed in enumerate(seeds, start=1):
        result = run_seed(seed)
        if options.verbose:
            print("\n".join(result.trace))  # noqa: T201
        if result.violation is not None:
            bad += 1
            print(result.report(0 if options.verbose else 40), flush=True)  # noqa: T201
        if options.seed is None and number % 100 == 0:
            rate = number / (time.monotonic() - began)
            print(f"{number} seeds, {bad} failed, {rate:.1f} seeds/s", file=sys.stderr, flush=True)  # noqa: T201
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
