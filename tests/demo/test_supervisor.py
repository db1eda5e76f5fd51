"""The demo as people run it: real processes, both acts, stopped in every way.

The whole headless run takes 70 to 80 s on two idle cores; it must stay under two minutes beside other tests.
The others stop a demo early and take some 10 s each.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from skyaccord.record.keys import PersonKey
from tests.demo.test_stage import FILES

DEMO = [sys.executable, "-m", "skyaccord", "demo"]
WAIT_S = 120.0  # for any one line on a busy machine


class Running:
    """A demo under way: its lines as they come, and the processes that belong to it."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*DEMO, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._fresh.put(line.rstrip("\n"))
        self._fresh.put(None)

    def until(self, text: str | None) -> str:
        """The first new line with this text; None: everything to the end."""
        deadline = time.monotonic() + WAIT_S
        while True:
            line = self._fresh.get(timeout=max(0.0, deadline - time.monotonic()))
            if line is None:
                assert text is None, f"ended before {text!r}:\n" + "\n".join(self.lines)
                self.process.wait(WAIT_S)
                return ""
            self.lines.append(line)
            if text is not None and text in line:
                return line

    def children(self) -> list[int]:
        """The demo's child processes, by the kernel's account."""
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def running() -> Iterator[Any]:
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        started.append(Running(*arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(WAIT_S)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def skyaccord(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "skyaccord", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_S,
    )


def test_headless_plays_both_acts_and_its_account_holds_from_outside(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    done = subprocess.run(
        [*DEMO, "--headless", "--format", "json", "--dir", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)  # exactly one object, and nothing else, on standard output
    assert list(outcome) == [
        "nodes",
        "states",
        "approaches",
        "alerts",
        "acknowledged",
        "incidents",
        "journals",
    ]
    assert outcome["nodes"] == 2
    assert outcome["states"] > 4000
    assert outcome["approaches"] >= 1
    assert outcome["alerts"] >= 2  # at least one an act
    assert outcome["acknowledged"] == outcome["alerts"]
    assert outcome["incidents"] == 2  # the approach's, and the breach's
    assert [list(journal) for journal in outcome["journals"]] == [["party", "entries", "verified"]] * 2

    # The folder holds the nodes and nothing else; each journal verifies with nothing but its party's card.
    assert sorted(path.name for path in folder.iterdir()) == ["A", "B"]
    entries = {journal["party"]: journal["entries"] for journal in outcome["journals"]}
    for holder in "AB":
        cards = [argument for p in "AB" for argument in ("--card", str(folder / p / "party.card.json"))]
        verified = skyaccord("journal", "verify", str(folder / holder), *cards, "--format", "json")
        assert verified.returncode == 0, verified.stdout
        report = json.loads(verified.stdout)
        assert report["ok"]
        for journal in report["journals"]:
            assert journal["verified"]
            if journal["party"] == holder:
                assert journal["entries"] == entries[holder]
                assert journal["exercise"] == journal["entries"]  # every envelope is marked
    # No officer's key lies where a node could use it.
    # What each saw of its own feed lies there for a while, too (`[picture]` in node.toml).
    kept = {path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".parquet"}
    assert kept == FILES | {"cosigned.checkpoint"}

    # The story was told on standard error, and is the one that was promised.
    story = done.stderr
    for words in (
        "records an approach",
        "INCIDENT",
        "in force on both",
        "ALERT by A",
        "ALERT by B",
        "BREACH",
    ):
        assert words in story
    assert "Open Database License" in story
    first_alert = re.search(r"^(\S+)Z EXERCISE  ALERT", story, re.MULTILINE)
    limits = re.search(r"^(\S+)Z EXERCISE  .* are inside the limits", story, re.MULTILINE)
    assert first_alert is not None
    assert limits is not None
    assert first_alert[1] < limits[1]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_the_summary_and_no_process_is_left(
    number: signal.Signals, running: Any
) -> None:
    demo = running("--act", "1")
    line = demo.until("Party A's console")
    console = re.search(r"Party A's console +(http://127.0.0.1:\d+)/#link=(\S+)$", line)
    assert console is not None
    assert re.search(r"Party B's console +http://127.0.0.1:\d+/#link=\S+$", demo.until("Party B's console"))
    demo.until("Sky time 10 October 2015")
    children = demo.children()
    assert len(children) == 4  # two nodes, two officers
    # A person at a console asks for a role, and has it a moment later.
    person = {"public_key": PersonKey.generate().public, "name": "Noor", "role": "duty-officer"}
    with httpx2.Client(base_url=f"{console[1]}/api/", trust_env=False, timeout=30) as browser:
        assert browser.post("enrolments", json=person).status_code == 401
        assert browser.post("session/link", json={"token": console[2]}).status_code == 200
        assert browser.post("enrolments", json=person).status_code == 202
        assert browser.post("session/link", json={"token": console[2]}).status_code == 401  # once
    demo.until("Noor is enrolled as duty-officer of A")
    demo.process.send_signal(number)
    demo.until(None)
    assert demo.process.returncode == 0, demo.text
    assert re.search(r"Journal of party A +\d+ entries, verified by its card, in both folders", demo.text)
    assert re.search(r"Journal of party B +\d+ entries, verified by its card, in both folders", demo.text)
    assert "Traceback" not in demo.text
    assert [pid for pid in children if is_running(pid)] == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are looked up in /proc")
def test_a_child_that_dies_is_reported_and_the_others_are_stopped(running: Any) -> None:
    demo = running("--headless", "--act", "1")
    demo.until("Sky time 10 October 2015")
    children = demo.children()
    os.kill(children[0], signal.SIGKILL)
    demo.until(None)
    assert demo.process.returncode == 1
    assert demo.lines[-1].startswith("skyaccord: error: node A ended with status -9")
    assert "Traceback" not in demo.text
    assert [pid for pid in children if is_running(pid)] == []
    logs = Path(demo.text.split("kept in ")[1].split()[0])
    assert (logs / "node-A.log").is_file()
    for path in sorted(logs.parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    logs.parent.rmdir()


def test_a_used_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    done = skyaccord("demo", "--headless", "--dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"skyaccord: error: {tmp_path}: exists and is not an empty folder; give --dir a new folder\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
