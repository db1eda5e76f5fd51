"""The long form: `python -m tests.fuzz --seconds 60 [NAME…]`, or guided by coverage: `--atheris NAME`.

Each failure is printed with its bytes; exit code 1 if there was one.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.fuzz.mutate import mutate


def guided(name: str, seconds: float) -> None:
    """Run atheris on one parser; it ends the process. Our own modules are instrumented, before they are used:
    those of every library would take minutes."""
    import atheris

    with atheris.instrument_imports(include=["skyaccord"]):
        from tests.fuzz.targets import TARGETS, feed

    corpus = TARGETS[name].corpus()
    dice = random.Random(1)

    def mutator(data: bytes, size: int, _seed: int) -> bytes:
        return mutate(dice, [data, *corpus])[:size] if dice.random() < 0.5 else atheris.Mutate(data, size)

    atheris.Setup(
        [sys.argv[0], f"-max_total_time={int(seconds)}", "-max_len=20000"],
        lambda data: feed(name, data),
        custom_mutator=mutator,
    )
    atheris.Fuzz()


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", help="which parsers; all if none is named")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each parser")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--atheris", action="store_true", help="guided by coverage; one NAME")
    options = parser.parse_args()
    if options.atheris:
        guided(options.names[0], options.seconds)
    from tests.fuzz.targets import TARGETS, feed

    bad = 0
    for name in options.names or TARGETS:
        dice, corpus = random.Random(f"{name}/{options.seed}"), TARGETS[name].corpus()
        end, tries = time.monotonic() + options.seconds, 0
        while time.monotonic() < end:
            data = mutate(dice, corpus)
            tries += 1
            try:
                feed(name, data)
            except Exception as error:
                bad += 1
                print(f"{name}: {type(error).__name__}: {error}\n  {data[:400]!r}", flush=True)  # noqa: T201
                break
        print(f"{name}: {tries} tries", flush=True)  # noqa: T201
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
