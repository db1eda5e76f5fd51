"""`skyaccord`: puts the command groups together and turns every error of ours into one line."""

from __future__ import annotations

import copy
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Annotated, Final, cast

import typer
from typer.models import TyperInfo

from skyaccord import __version__
from skyaccord.base.errors import SkyAccordError
from skyaccord.cli import EXIT_INTERRUPTED

EXIT_USAGE = 2

NAME: Final = "skyaccord"

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


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Options that stand before any command."""


def of_words(words: Sequence[str]) -> typer.Typer:
    """As much of the app as these words need: the one command that the first names; for help and slips, the
    names of all. Typer would build all ninety commands, which takes longer than most of them run."""
    if words and words[0] in GROUPS:
        return _app_with(words[:1])
    names = _app_with(GROUPS)
    names.registered_groups = [_without_commands(group) for group in names.registered_groups]
    return names


@cache
def whole() -> typer.Typer:
    """All commands; also as `skyaccord.cli.app.app`."""
    return _app_with(GROUPS)


def __getattr__(name: str) -> typer.Typer:
    if name == "app":
        return whole()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _app_with(names: Iterable[str]) -> typer.Typer:
    app = typer.Typer(
        name=NAME,
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
    app.callback()(_root)
    for name in names:
        module = importlib.import_module(f"skyaccord.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


def _without_commands(group: TyperInfo) -> TyperInfo:
    """The group for a list of names: its own help, and nothing to run."""
    bare = copy.copy(group)
    bare.typer_instance = copy.copy(group.typer_instance)
    if bare.typer_instance is not None:
        bare.typer_instance.registered_commands = []
        bare.typer_instance.registered_groups = []
    return bare


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
            command = error.ctx.command_path if error.ctx else NAME
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
