"""Processes for the long storm that begin warm: each is a process of its own, its SIGKILL is the kernel's.

Importing a node takes two seconds of processor, so that many a kill would hit imports and nothing else. Here
one process has imported everything and opened nothing, and every start forks from it (the standard library's
fork server). What a process opens, decrypts, locks and writes it still does itself, and its memory dies with
it. `tests/storm/test_kill.py` starts its processes cold, as a machine does.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.storm.warm_modules"])


def _become(module: str, arguments: list[str], output: str, log: str) -> None:
    """What a cold start does after its imports: `python -m module arguments`, standard streams on files."""
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(path, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the streams of this process
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    sys.argv = [module, *arguments]
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_DFL)
    importlib.invalidate_caches()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


class Warm:
    """A process begun warm, with the part of `subprocess.Popen` that the storm uses."""

    def __init__(self, module: str, arguments: list[str], output: Path, log: Path) -> None:
        self._process = _CONTEXT.Process(
            target=_become, args=(module, arguments, str(output), str(log)), daemon=True
        )
        self._process.start()

    def send_signal(self, number: int) -> None:
        """A signal to the process itself."""
        if self._process.pid is not None and self._process.exitcode is None:
            os.kill(self._process.pid, number)

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Its exit status, once it has ended. TimeoutExpired if it does not."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self._process.pid), timeout)
        return self._process.exitcode
