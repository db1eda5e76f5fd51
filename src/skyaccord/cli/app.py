"""`skyaccord`: puts the command groups together and turns every error of ours into one line."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import Annotated

import click
import typer

from skyaccord import __version__
from skyaccord.base.errors import SkyAccordError

EXIT_INTERRUPTED = 130  # what shells report for Ctrl-C (128 + SIGINT)

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

# module under skyaccord.cli → its name on the command line; a module offers `app` (a group) or `command`
GROUPS = ("scan", "accord", "node", "person", "journal", "demo")


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


def main() -> None:
    """Entry point of the `skyaccord` command."""
    try:
        code = app(standalone_mode=False)
    except SkyAccordError as error:
        typer.echo(f"skyaccord: error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        typer.echo("skyaccord: stopped", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # `skyaccord scan … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
