"""Writes docs/commands.md from the commands themselves: `make docs`. A test compares page and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from skyaccord.cli.app import app

PAGE = Path(__file__).with_name("commands.md")
INTRODUCTION = """\
# Commands

Written by `make docs` from the commands themselves; `skyaccord COMMAND --help` shows the same.

Exit codes: 0 done; 1 something was found wrong (`journal verify`, `demo`); 2 bad input, said in one line that
names what, where and what to do; 130 stopped by Ctrl-C. Results go to standard output, progress and summaries
to standard error, so that `--format json` can be piped. Passphrases come from a prompt or, for services, from
the first line of `--passphrase-file`.
"""


def leaves(command: Any, path: tuple[str, ...] = ("skyaccord",)) -> Iterator[tuple[str, Any]]:
    """Every command that is not a group, with its full name, in the order of `--help`."""
    children = getattr(command, "commands", None)
    if children is None:
        yield " ".join(path), command
    else:
        for name, child in children.items():
            yield from leaves(child, (*path, name))


def plain(text: str | None) -> str:
    """Help text without terminal markup, in one line per paragraph."""
    text = re.sub(r"\[/?(?:bold|dim|italic|cyan|green|yellow|red)[^\]]*\]", "", text or "")
    blocks = re.split(r"\n\s*\n", text.replace("\b", "").strip())
    return "\n\n".join(
        "\n".join(line.rstrip() for line in block.splitlines())
        if block.startswith("  ")
        else " ".join(block.split())
        for block in blocks
    )


def value_name(option: Any) -> str:
    """What stands for the option's value: its metavar, or its type's name."""
    annotation = option.type_descriptor.annotation
    return option.metavar or {int: "N", float: "NUMBER"}.get(annotation, "TEXT")


def option_line(option: Any) -> str:
    """One line of the list of options."""
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    value = "" if option.is_flag else f" {value_name(option)}"
    default = option.default
    shown = "" if default in (None, False, (), []) or callable(default) else f" Default: `{default}`."
    needed = " Required." if option.required else ""
    return f"- {names}{value}: {plain(option.help)}{shown}{needed}"


def usage(name: str, command: Any) -> str:
    """The command with its arguments."""
    words = [name]
    for argument in command.params:
        if argument.param_type_name == "argument":
            word = (argument.metavar or argument.name).upper().strip("[]")
            word += "..." if argument.nargs == -1 and not word.endswith("...") else ""
            words.append(word if argument.required else f"[{word}]")
    if any(parameter.param_type_name == "option" for parameter in command.params):
        words.append("[OPTIONS]")
    return " ".join(words)


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for name, command in leaves(typer.main.get_command(app)):
        parts.append(f"## `{name}`\n\n```\n{usage(name, command)}\n```\n\n{plain(command.help)}\n")
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        lines = [
            f"- `{(p.metavar or p.name).upper().strip('[]')}`: {plain(getattr(p, 'help', None))}"
            for p in arguments
        ]
        lines += [option_line(option) for option in options]
        if lines:
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
