"""SkyAccord's own commands, run as a person would type them, without the cost of a new Python for each."""

from __future__ import annotations

import contextlib
import io

from skyaccord.base.errors import SkyAccordError
from skyaccord.cli import EXIT_INTERRUPTED


class CommandFailedError(SkyAccordError):
    """A command that was run from inside ended with another status than 0."""

    exit_code = 1


def run_command(*arguments: str) -> str:
    """Run `skyaccord ARGUMENTS` and return what it wrote on standard output.

    The same code path as the shell's: parsing, checks, errors. Raises what the command raises, and
    CommandFailedError for a status other than 0, KeyboardInterrupt if Ctrl-C came meanwhile.
    """
    from skyaccord.cli.app import app

    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()) as errors:
        status = app(list(arguments), standalone_mode=False)
    if status == EXIT_INTERRUPTED:  # Typer turns Ctrl-C into this status; whoever runs us wants to know
        raise KeyboardInterrupt
    if status not in (None, 0):
        said = (errors.getvalue() or output.getvalue()).strip().splitlines()
        raise CommandFailedError(
            f"`skyaccord {' '.join(arguments)}` ended with status {status}"
            + (f": {said[-1]}" if said else "")
        )
    return output.getvalue()
