"""`skyaccord demo`: two nodes, two acts, both consoles."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

SEED_DEFAULT = 2015
SPEED_MAX = 60.0  # faster, the officers cannot answer before the limits are reached


class OutputFormat(StrEnum):
    table = "table"
    json = "json"


class Acts(StrEnum):
    one = "1"
    two = "2"
    both = "both"


def command(
    *,
    headless: Annotated[
        bool,
        typer.Option("--headless", help="Play both acts fast, with automatic officers only, and check them."),
    ] = False,
    output: Annotated[
        OutputFormat,
        typer.Option("--format", help="How the account at the end is written.", case_sensitive=False),
    ] = OutputFormat.table,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", metavar="DIR", help="Keep the nodes' folders, DIR/A and DIR/B. New or empty."),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            min=1.0, max=SPEED_MAX, help="Sky seconds a wall second; 10, or 14 and 20 with --headless."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The exercise is generated from it.")
    ] = SEED_DEFAULT,
    act: Annotated[Acts, typer.Option(help="Play one act only.", case_sensitive=False)] = Acts.both,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open both consoles in your browser.")
    ] = False,
) -> None:
    """Two parties, two nodes, one sky: an exercise of October 2015, then a real recording.

    Starts both nodes as processes of their own, prints their consoles' addresses, and tells the story as it
    happens. It asks for no passphrase. Exit 0: everything promised happened, and both journals verify.
    """
    import json

    from skyaccord.cli.running import run_command
    from skyaccord.demo.supervisor import Options, run_demo

    acts = (1, 2) if act is Acts.both else (int(act.value),)
    to_stderr = output is OutputFormat.json

    def write(line: str) -> None:
        typer.echo(line, err=to_stderr)

    ended = run_demo(Options(headless, folder, speed, seed, acts, browser), write, run_command)
    outcome = ended.outcome
    if output is OutputFormat.json:
        typer.echo(json.dumps(outcome.json()))
    else:
        typer.echo("")
        for line in outcome.lines():
            typer.echo(line)
        if ended.kept is not None:
            cards = " ".join(f"--card {ended.kept}/{one.party}/party.card.json" for one in outcome.journals)
            typer.echo(f"Check it yourself: skyaccord journal verify {ended.kept}/A {cards}")
    if not ended.interrupted:
        for promise in outcome.broken:
            typer.echo(f"skyaccord: error: {promise}", err=True)
    verified = all(journal.verified for journal in outcome.journals)
    if not verified or (outcome.broken and not ended.interrupted):
        raise typer.Exit(1)
