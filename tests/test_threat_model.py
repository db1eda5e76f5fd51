"""Every promise of docs/threat-model.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "threat-model.md"


def test_every_promise_names_a_test_that_exists() -> None:
    files: dict[str, list[str]] = {}
    for path in ROOT.glob("tests/**/test_*.py"):
        files.setdefault(path.name, []).append(path.read_text(encoding="utf-8"))
    missing = []
    named = re.findall(r"`(test_\w+\.py)(?:::(test_[\w]+)(…?))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 60
    for file, test, cut in named:
        end = "" if cut else r"\("
        if not any(re.search(rf"def {test}{end}", text) if test else True for text in files.get(file, [])):
            missing.append(f"{file}::{test}{cut}")
    assert missing == []


def test_every_promise_has_a_test() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = page[page.index("## What we promise") : page.index("## What we do not")]
    promises = [
        line
        for line in rows.splitlines()
        if line.startswith("| ") and not line.startswith(("| Attack", "| ---"))
    ]
    assert len(promises) > 50
    assert [line for line in promises if "test_" not in line.split("|")[3]] == []
