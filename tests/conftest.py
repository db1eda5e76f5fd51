"""What all tests share: how Hypothesis behaves, what a passphrase costs, which files begin.

No deadlines, because tests never assert times. With CI=true the examples are the same each run, so that a red
run means that the change is wrong; elsewhere they are new each run, so that somebody finds the next failure.
"""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from skyaccord.record import pkcs8

settings.register_profile("everywhere", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("everywhere"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everywhere")

SHIPPED_SCRYPT = (pkcs8.SCRYPT_N, pkcs8.SCRYPT_P)
pkcs8.SCRYPT_N, pkcs8.SCRYPT_P = 2**4, 1
"""A fifth of a second for each of a thousand key files that tests write or read, and every reader takes the
cost from the file. Set here alone: no setting, no variable and no command of SkyAccord changes it.
"""


@pytest.fixture
def shipped_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase costs what it costs in use."""
    monkeypatch.setattr(pkcs8, "SCRYPT_N", SHIPPED_SCRYPT[0])
    monkeypatch.setattr(pkcs8, "SCRYPT_P", SHIPPED_SCRYPT[1])


FIRST = (
    "e2e/test_talks_whole_page.py",
    "storm/test_seeds_one.py",
    "demo/test_supervisor.py",
    "storm/test_seeds_two.py",
    "e2e/test_talks_story.py",
    "separation/test_conflicts.py",
    "exercise/test_story.py",
    "storm/test_seeds_three.py",
    "e2e/test_incident_page.py",
    "exercise/test_shorts.py",
    "storm/test_kill.py",
    "e2e/test_two_consoles.py",
    "storm/test_seeds_four.py",
    "node/test_two_nodes.py",
    "e2e/test_talks_page.py",
    "cli/test_scan.py",
    "trial/test_counting.py",
    "encounters/test_spilled.py",
)
"""Files that take a minute or near it, so that none is begun when all others have ended. Those that wait for
processes and a browser stand between those that compute: together they fill the cores.
"""


def pytest_xdist_auto_num_workers() -> int | None:
    """Half as many workers again as cores (`-n auto`): some of them wait for the processes they started."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files of FIRST begin; the rest keeps its order."""
    begins = {Path(__file__).parent / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: begins.get(item.path, len(begins)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no search for garbage goes through it again."""
    gc.collect()
    gc.freeze()
