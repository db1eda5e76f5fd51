"""SkyAccord's own commands, run as a person would type them, without the cost of a new Python for each."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from skyaccord.base.errors import InputError, SkyAccordError
from skyaccord.cli import EXIT_INTERRUPTED


class CommandFailedError(SkyAccordError):
    """A command that was run from inside ended with another status than 0."""

    exit_code = 1


def run_command(*arguments: str) -> str:
    """Run `skyaccord ARGUMENTS` and return what it wrote on standard output.

    The same code path as the shell's: parsing, checks, errors. Raises what the command raises, InputError for
    one that is misspelt, CommandFailedError for a status other than 0, KeyboardInterrupt if Ctrl-C came
    meanwhile.
    """
    from skyaccord.cli.app import USAGE_ERROR

    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            status = _built()(list(arguments), standalone_mode=False)
        except USAGE_ERROR as error:
            raise InputError(_said(error)) from None
    if status == EXIT_INTERRUPTED:  # Typer turns Ctrl-C into this status; whoever runs us wants to know
        raise KeyboardInterrupt
    if status not in (None, 0):
        said = (errors.getvalue() or output.getvalue()).strip().splitlines()
        raise CommandFailedError(
            f"`skyaccord {' '.join(arguments)}` ended with status {status}"
            + (f": {said[-1]}" if said else "")
        )
    return output.getvalue()


def check_act(arguments: Sequence[str]) -> None:
    """Whether `skyaccord ARGUMENTS --node … --as …` is something that a person can do; nothing is done.

    InputError: there is no such command, it takes other options, or nobody signs it with a key of their own.
    """
    from skyaccord.cli.app import USAGE_ERROR

    command = _built()
    words, at = list(arguments), 0
    while hasattr(command, "commands"):
        name = words[at] if at < len(words) else ""
        if name not in command.commands:
            raise InputError(f"there is no command `skyaccord {' '.join(words[: at + 1])}`")
        command, at = command.commands[name], at + 1
    path = f"skyaccord {' '.join(words[:at])}"
    if not {"node", "as_file"} <= {one.name for one in command.params}:
        raise InputError(f"`{path}` is nothing that a person signs")
    try:
        command.make_context(path, [*words[at:], "--node", ".", "--as", "."]).close()
    except USAGE_ERROR as error:
        raise InputError(f"`{path}`: {_said(error)}") from None


@cache
def _built() -> Any:
    """The commands, built once: Typer would build all ninety for each."""
    from typer.main import get_command

    from skyaccord.cli.app import app

    return get_command(app)


def _said(error: Any) -> str:
    return str(error.format_message()).replace("Value error, ", "").rstrip(".")
