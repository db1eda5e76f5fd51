"""The demo's child processes: started with a log, watched, and never left behind.

Each child leads its own process group, so that a Ctrl-C at the terminal reaches only the demo, which then
stops its children in order. On Linux a child also gets SIGTERM from the kernel when the demo itself dies.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from skyaccord.base.errors import SkyAccordError

STOP_WAIT_S: Final = 8.0  # a node closes its database and listeners well within this
TAIL_LINES: Final = 12
OUR_ERROR: Final = "skyaccord: error:"
_RAISED: Final = re.compile(r"^[\w.]*(Error|Exception|Group)\b.*:")
PR_SET_PDEATHSIG: Final = 1  # <linux/prctl.h>


class ChildDiedError(SkyAccordError):
    """A process of the demo ended before it was told to; `log_tail` has its last lines."""

    exit_code = 1

    def __init__(self, child: Child) -> None:
        self.log_tail = child.tail()
        super().__init__(f"{child.name} ended with status {child.process.returncode}: {said(self.log_tail)}")


def said(tail: Sequence[str]) -> str:
    """The line of a log's tail that says why the program ended: its error in one line, else its last words.

    A traceback of an ExceptionGroup ends in a frame of dashes; the error stands above it.
    """
    lines = [line.strip(" |+-\t") for line in tail]
    ours = [line for line in lines if line.startswith(OUR_ERROR)]
    raised = [line for line in lines if _RAISED.match(line) and not line.startswith("ExceptionGroup")]
    for found in (ours, raised, [line for line in lines if line]):
        if found:
            return found[-1].removeprefix(OUR_ERROR).strip()
    return "it said nothing"


@dataclass
class Child:
    """One child process and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self, lines: int = TAIL_LINES) -> list[str]:
        """The last lines that it wrote."""
        try:
            text = self.log.read_text("utf-8", errors="replace")
        except OSError:
            return []
        return text.splitlines()[-lines:]


class Children:
    """All children of one demo. Leaving the `with` block stops every one, whatever happened inside."""

    def __init__(self, log_folder: Path) -> None:
        self._log_folder = log_folder
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, name: str, arguments: Sequence[str]) -> Child:
        """Start `python -m ARGUMENTS` with its output in `<name>.log`."""
        log = self._log_folder / f"{name.replace(' ', '-').replace('/', '-')}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 (one thread; prctl is async-signal-safe)
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raise ChildDiedError if one has ended."""
        for child in self._children:
            if child.process.poll() is not None:
                raise ChildDiedError(child)

    def stop(self) -> None:
        """Ask every child to end, last started first; kill what does not within STOP_WAIT_S."""
        running = [child for child in reversed(self._children) if child.process.poll() is None]
        for child in running:
            child.process.terminate()
        until = time.monotonic() + STOP_WAIT_S
        try:
            for child in running:
                child.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        finally:
            for child in self._children:
                if child.process.poll() is None:
                    _kill_group(child.process)
                    child.process.wait()
            self._children.clear()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux, what a child runs before its program: ask for SIGTERM when the demo dies. Elsewhere none."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask
