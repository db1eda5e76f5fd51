"""`skyaccord`: puts the command groups together and turns every error of ours into one line."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Final, cast

import typer

from skyaccord import __version__
from skyaccord.base.errors import SkyAccordError
from skyaccord.cli import EXIT_INTERRUPTED

EXIT_USAGE = 2

app = typer.Typer(
    name="skyaccord",
    help=(
        "Keeps aircraft of operators who share a sky, and do not trust each other, safely apart.\n\n"
        "Start with `skyaccord demo`, or look into a recording: "
        "`skyaccord scan day.jsonl.gz --within 0.5nm,500ft`."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

# What Typer raises for a misspelt command or option: UsageError. Newer ones carry a copy of Click inside,
# older ones use the package; found through Typer's own face, both work.
USAGE_ERROR: Final = cast("type[typer.BadParameter]", typer.BadParameter.__mro__[1])

# module under skyaccord.cli → its name on the command line; a module offers `app` (a group) or `command`
GROUPS = (
    "scan",
    "accord",
    "talks",
    "hotline",
    "incident",
    "node",
    "account",
    "person",
    "link",
    "witness",
    "journal",
    "pack",
    "exercise",
    "demo",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"skyaccord {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Options that stand before any command."""


def _register() -> None:
    for name in GROUPS:
        if importlib.util.find_spec(f"skyaccord.cli.{name}") is None:
            continue
        module = importlib.import_module(f"skyaccord.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)


_register()


def of_words(words: Sequence[str]) -> typer.Typer:
    """The app, or of it the one command that the first word names: Typer would build all ninety, which takes
    longer than most of them run."""
    chosen = copy.copy(app)
    chosen.registered_commands = [one for one in app.registered_commands if one.name in words[:1]]
    chosen.registered_groups = [one for one in app.registered_groups if one.name in words[:1]]
    return chosen if chosen.registered_commands or chosen.registered_groups else app


def main() -> None:
    """Entry point of the `skyaccord` command."""
    try:
        code = of_words(sys.argv[1:])(standalone_mode=False)
    except SkyAccordError as error:
        typer.echo(f"skyaccord: error: {error}", err=True)
        sys.exit(error.exit_code)
    except USAGE_ERROR as error:
        message = error.format_message().replace("Value error, ", "").rstrip(".")
        if message:  # none where the help was shown instead, for a group without a command
            command = error.ctx.command_path if error.ctx else app.info.name
            typer.echo(f"skyaccord: error: {message}; see {command} --help", err=True)
        sys.exit(EXIT_USAGE)
    except (typer.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # `skyaccord scan … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    if code == EXIT_INTERRUPTED:  # raised above, or by Typer, which turns Ctrl-C into this exit code
        typer.echo("skyaccord: stopped", err=True)
    sys.exit(code if isinstance(code, int) else 0)
