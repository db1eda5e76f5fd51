"""One seed from its beginning to its verdict."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.storm.checks import calm, check, survivors
from tests.storm.truth import Violation
from tests.storm.weather import Weather
from tests.storm.world import World

SEEDS = 2_000
"""In `make test`."""
STEPS = (16, 44)
MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 (a folder of memory where there is one: thousands of syncs)


@dataclass
class Result:
    """How a seed ended."""

    seed: int
    violation: Violation | None
    trace: list[str]
    seen: Counter[str]

    def report(self, lines: int = 40) -> str:
        """The failure, the end of the trace, and how to see it again."""
        tail = "\n".join(self.trace[-lines:]) if lines else ""
        return (
            f"{tail}\nseed {self.seed}: {self.violation}\n"
            f"again: python -m tests.storm --seed {self.seed} --verbose"
        )


def run_seed(seed: int) -> Result:
    """Storm, calm, checks."""
    folder = Path(tempfile.mkdtemp(prefix="storm-", dir=MEMORY_FOLDER if MEMORY_FOLDER.is_dir() else None))
    world = World(folder, seed)
    violation = None
    try:
        weather = Weather(world)
        for _ in range(world.dice.randint(*STEPS)):
            weather.step()
        alive = _end_of_storm(world)
        calm(world)
        check(world, alive)
    except Violation as error:
        violation = error
    except Exception as error:  # nothing may come out of the code under test but its own errors
        world.trace += traceback.format_exc().splitlines()
        violation = Violation(f"{type(error).__name__}: {error}")
    finally:
        world.close()
        shutil.rmtree(folder, ignore_errors=True)
    return Result(seed, violation, world.trace, world.seen())


def _end_of_storm(world: World) -> dict[str, set[tuple[int, bytes]]]:
    for machine in world.machines.values():
        if machine.state == "down":
            machine.disk.defuse()
            machine.start()
            world.check_claims(machine)
            machine.state = "contact"
    return survivors(world)
