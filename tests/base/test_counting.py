"""One is not several, in every line that counts."""

import re
from pathlib import Path

from skyaccord.base.counting import counted

SOURCES = Path(__file__).resolve().parents[2] / "src" / "skyaccord"
SEVERAL = re.compile(r"\} (entries|calls|minutes|messages|alarms)\b")
"""A number in an f-string, and straight after it a word that is right for every number but one."""


def test_one_is_one() -> None:
    assert [counted(n, "entry", "entries") for n in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
    assert counted(1, "call") == "1 call"


def test_no_line_of_the_shell_says_1_entries() -> None:
    """Limits are left out: no limit is one."""
    found = [
        f"{path.name}:{number}"
        for room in ("cli", "demo", "exercise", "node")
        for path in sorted((SOURCES / room).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if SEVERAL.search(line) and "_MAX" not in line
    ]
    assert found == []
