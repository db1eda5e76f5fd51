"""The long storm: `make soak`. Goes on where it stopped; the state is in `.soak.json`.

    python -m tests.storm.soak [--minutes 60] [--kills 200] [--fuzz-seconds 60]

One after another, until the time is over: seeds never tried before, SIGKILLs of real nodes in rounds of
twenty until there were `--kills`, every parser for `--fuzz-seconds`. Failures are kept, with the command that
replays.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.storm.kill import kill_at_random
from tests.storm.run import SEEDS, run_seed

STATE = Path(".soak.json")
CHUNK = 200  # seeds from one saved state to the next
KILLS_A_ROUND = 20
WORDS = 2_000  # of a failure that are kept: it ends with the logs of two nodes


def load() -> dict[str, Any]:
    """What was done so far."""
    fresh = {"next_seed": SEEDS, "seeds": 0, "seconds": 0.0, "kills": 0, "fuzzed_s": 0.0, "failures": []}
    fresh |= {"killed_at_work": 0, "written_under_kills": 0}
    return fresh | json.loads(STATE.read_text("utf-8")) if STATE.exists() else fresh


def save(state: dict[str, Any]) -> None:
    """Keep it, whole or not at all."""
    draft = STATE.with_suffix(".new")
    draft.write_text(json.dumps(state, indent=1) + "\n", "utf-8")
    draft.replace(STATE)


def _one(seed: int) -> tuple[int, str | None]:
    result = run_seed(seed)
    return seed, None if result.violation is None else str(result.violation)


def seeds(state: dict[str, Any], pool: ProcessPoolExecutor) -> None:
    """A chunk of seeds that were never tried."""
    first, began = int(state["next_seed"]), time.monotonic()
    for seed, violation in pool.map(_one, range(first, first + CHUNK), chunksize=10):
        if violation is not None:
            again = f"python -m tests.storm --seed {seed} --verbose"
            state["failures"].append({"what": violation, "again": again})
            print(f"FAILED seed {seed}: {violation}\n  again: {again}", flush=True)  # noqa: T201
    state["next_seed"] = first + CHUNK
    state["seeds"] += CHUNK
    state["seconds"] += time.monotonic() - began
    rate = state["seeds"] / state["seconds"]
    print(f"{state['seeds']} seeds, {rate:.1f} a second, {len(state['failures'])} failures", flush=True)  # noqa: T201


def kills(state: dict[str, Any]) -> None:
    """A round of SIGKILLs."""
    seed = int(state["kills"])
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        try:
            survived = kill_at_random(Path(folder), KILLS_A_ROUND, seed, warm=True)
            state["killed_at_work"] += survived.at_work
            state["written_under_kills"] += survived.written
        except AssertionError as error:
            state["failures"].append(
                {
                    "what": f"SIGKILL: {str(error)[:WORDS]}",
                    "again": f"kill_at_random(…, seed={seed}, warm=True)",
                }
            )
            print(f"FAILED SIGKILL, seed {seed}: {error}", flush=True)  # noqa: T201
    state["kills"] += KILLS_A_ROUND
    print(_killed(state), flush=True)  # noqa: T201


def _killed(state: dict[str, Any]) -> str:
    bad = sum(one["what"].startswith("SIGKILL") for one in state["failures"])
    return (
        f"{state['kills']} SIGKILLs ({state['killed_at_work']} of processes at work), "
        f"{state['written_under_kills']} entries, {bad} rounds that lost or doubled one"
    )


def fuzz(state: dict[str, Any], seconds: float) -> None:
    """Every parser for so long."""
    seed = str(int(state["fuzzed_s"]))
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(seconds), "--seed", seed]
    done = subprocess.run(command, check=False)
    state["fuzzed_s"] += seconds
    if done.returncode:
        state["failures"].append({"what": "a parser", "again": " ".join(command)})


def main() -> int:
    """The exit code: 1 if anything ever failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.storm.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--fuzz-seconds", type=float, default=60.0)
    parser.add_argument("--processes", type=int, default=None)
    options = parser.parse_args()
    state, end = load(), time.monotonic() + options.minutes * 60.0
    fuzzed = False
    with ProcessPoolExecutor(options.processes) as pool:
        while time.monotonic() < end:
            seeds(state, pool)
            save(state)
            if state["kills"] < options.kills:
                kills(state)
                save(state)
            if not fuzzed and options.fuzz_seconds:
                fuzz(state, options.fuzz_seconds)
                fuzzed = True
                save(state)
    print(  # noqa: T201
        f"in all: {state['seeds']} seeds in {state['seconds'] / 60:.0f} min, {_killed(state)}, "
        f"every parser for {state['fuzzed_s']:.0f} s, {len(state['failures'])} failures"
    )
    for failure in state["failures"]:
        print(f"{failure['what']}\n  again: {failure['again']}")  # noqa: T201
    return 1 if state["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
