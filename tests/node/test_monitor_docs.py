"""docs/monitor.md gives every named limit with its value."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "monitor.md"
ROWS = re.findall(
    r"^\| `([A-Z_0-9]+)` \| ([0-9.]+)[^|]*? \| `([a-z_/]+)\.py` \|$", PAGE.read_text(encoding="utf-8"), re.M
)


@pytest.mark.parametrize(("name", "value", "module"), ROWS)
def test_the_page_has_the_limits_as_they_are(name: str, value: str, module: str) -> None:
    assert float(value) == getattr(importlib.import_module(f"skyaccord.{module.replace('/', '.')}"), name)


def test_the_table_was_found() -> None:
    assert len(ROWS) > 25
