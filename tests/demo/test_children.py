"""No child is left behind, and one that dies says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skyaccord.demo.children import ChildDiedError, Children, said

FAITHFUL = "import time\nprint('up', flush=True)\ntime.sleep(60)\n"
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAITHFUL
SHORT = "print('first')\nprint('no such port')\nraise SystemExit(3)\n"


def write_module(folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / f"{name}.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    return name


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(log: Path, text: str) -> None:
    until = time.monotonic() + 20.0
    while not (log.exists() and text in log.read_text()):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_leaving_the_block_stops_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = write_module(tmp_path, "faithful", FAITHFUL, monkeypatch)
    with pytest.raises(KeyboardInterrupt), Children(tmp_path) as children:  # noqa: PT012 (all inside matters)
        child = children.start("node A", [name])
        wait_for(child.log, "up")
        children.check()
        raise KeyboardInterrupt
    assert child.log == tmp_path / "node-A.log"
    assert not is_running(child.process.pid)


def test_one_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skyaccord.demo.children.STOP_WAIT_S", 0.2)
    name = write_module(tmp_path, "stubborn", STUBBORN, monkeypatch)
    with Children(tmp_path) as children:
        child = children.start("stubborn", [name])
        wait_for(child.log, "up")
    assert not is_running(child.process.pid)


def test_one_that_dies_is_reported_with_its_last_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = write_module(tmp_path, "short", SHORT, monkeypatch)
    with Children(tmp_path) as children:
        child = children.start("node B", [name])
        child.process.wait(20)
        with pytest.raises(ChildDiedError, match="node B ended with status 3: no such port") as died:
            children.check()
    assert died.value.log_tail == ["first", "no such port"]


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the kernel's parent-death signal is Linux's"
)
def test_children_end_when_the_demo_itself_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = write_module(tmp_path, "faithful", FAITHFUL, monkeypatch)
    parent = (
        "import sys, time; from pathlib import Path; from skyaccord.demo.children import Children\n"
        f"child = Children(Path({str(tmp_path)!r})).start('orphan', [{name!r}])\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    demo = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    pid = int(demo.stdout.readline())
    wait_for(tmp_path / "orphan.log", "up")
    demo.send_signal(signal.SIGKILL)
    demo.wait(20)
    demo.stdout.close()
    until = time.monotonic() + 20.0
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_running(pid)


GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "anyio.py", line 799, in __aexit__
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    | ValueError: the feed has no states
    +------------------------------------
"""


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (GROUP, "ValueError: the feed has no states"),
        (GROUP + "skyaccord: error: node.toml: port 8001 is in use\n", "node.toml: port 8001 is in use"),
        ("starting\nno such port\n", "no such port"),
        ("Traceback (most recent call last):\nsqlite3.OperationalError: disk I/O error\n\n",
         "sqlite3.OperationalError: disk I/O error"),
        ("", "it said nothing"),
    ],
)  # fmt: skip
def test_the_line_that_says_why_is_found_in_a_log(log: str, line: str) -> None:
    assert said(log.splitlines()) == line
