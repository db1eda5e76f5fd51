"""Docs cannot drift: every command, option, error and kind is in them."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import typer.main

from skyaccord.cli.app import app

ROOT = Path(__file__).resolve().parents[1]


def _commands_page() -> ModuleType:
    """docs/commands_page.py as a module (docs/ is no package)."""
    spec = importlib.util.spec_from_file_location("commands_page", ROOT / "docs" / "commands_page.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGE = _commands_page()
ALL = dict(PAGE.leaves(typer.main.get_command(app)))


def test_the_commands_page_is_what_the_commands_say() -> None:
    written = PAGE.PAGE.read_text(encoding="utf-8")
    assert written == PAGE.page(), "docs/commands.md is out of date: run `make docs`"
    assert "## `skyaccord scan`" in written


@pytest.mark.parametrize("name", ALL)
def test_every_command_teaches(name: str) -> None:
    """Each has help of its own, and each option and argument says what it is for."""
    command = ALL[name]
    assert command.help
    assert len(command.help) > 40
    silent = [p.name for p in command.params if p.name != "help" and not getattr(p, "help", None)]
    assert silent == []


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_mission_names_only_commands_and_tests_that_exist() -> None:
    text = (ROOT / "docs" / "MISSION.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [row.split("|")[1].strip() for row in rows] == [str(number) for number in range(1, 11)]
    for command in re.findall(r"`(skyaccord(?: [a-z]+)+)", text):
        assert any(name == command or name.startswith(command + " ") for name in ALL), command
    for path, _, test in re.findall(r"`(tests/[\w/]+\.py)(::(\w+))?`", text):
        assert (ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"
