"""`skyaccord accord try`: what a clause would have raised on real recordings, before anybody signs it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skyaccord.cli.talks_common import FormatOption, OutputFormat, print_json

if TYPE_CHECKING:
    from types import TracebackType

    from skyaccord.cli.scan_output import Counting, Reporter

app = typer.Typer()


class Stages:
    """Progress on a terminal: a bar while reading, then one while watching; never two at once."""

    def __enter__(self) -> Stages:
        from skyaccord.cli.scan_output import Reporter

        self._bar: Reporter | Counting = Reporter()
        self._bar.__enter__()
        self._watches = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def reading(self, done: int, total: int) -> None:
        """Bytes read, and in all."""
        self._bar.progress(done, total)

    def watching(self, done: int, total: int) -> None:
        """Sky seconds watched, and in all."""
        from skyaccord.cli.scan_output import Counting

        if not self._watches:
            self._bar.__exit__(None, None, None)
            self._bar, self._watches = Counting("watching"), True
            self._bar.__enter__()
        self._bar.progress(done, total)


@app.command("try")
def try_(
    draft: Annotated[
        str, typer.Argument(metavar="DRAFT", help="The accord to try: its file, or a shipped name.")
    ],
    on: Annotated[
        list[str],
        typer.Option(
            "--on", metavar="RECORDING", help="A recording, as `skyaccord scan` reads it. Repeat it."
        ),
    ],
    *,
    beside: Annotated[
        str | None, typer.Option("--beside", metavar="PRESENT", help="Another accord to compare with.")
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(
            "--sweep",
            metavar="PATH=VALUES",
            help="Try the draft with each value of one field, like rule.threes.horizontal_nm=2,3,5.",
        ),
    ] = None,
    party_map: Annotated[
        Path | None,
        typer.Option(
            "--party-map",
            metavar="FILE",
            help="CSV icao24,party: then only pairs of two parties count, as at a node; else all pairs.",
        ),
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Leave the accords' areas out: a recording from elsewhere.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Also write one HTML file, with the sweep as a plot."),
    ] = None,
    input_format: Annotated[
        str | None, typer.Option("--input-format", metavar="NAME", help="As for `skyaccord scan`.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="As for `skyaccord scan`.")
    ] = None,
    keep_ghosts: Annotated[
        bool, typer.Option("--keep-ghosts", help="Keep what cleaning takes for echoes of another aircraft.")
    ] = False,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="Of the words: en, ru or ar.")
    ] = "en",
    output: FormatOption = OutputFormat.text,
) -> None:
    """Show what a draft accord would have raised on recordings, beside another one and over a sweep of
    values.

    Approaches, infringements and breaches as the scan finds them; alerts by tier, lead times, nuisance and
    missed nmac as a node's monitor would have raised them. The validity is left out: the question is what
    would have been. For example: `skyaccord accord try ours.toml --on day.jsonl.gz --sweep
    rule.threes.horizontal_nm=2,3,5`.
    """
    from skyaccord.accord.source import load_accord
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.files import write_whole
    from skyaccord.trial.counting import try_on
    from skyaccord.trial.page import trial_html
    from skyaccord.trial.variants import draft_and_present, parse_sweep, swept
    from skyaccord.trial.words import catalogue, lines

    catalogue(language)  # a language that there is none of is said before anything is read
    loaded = load_accord(draft)
    variants = draft_and_present(loaded, load_accord(beside) if beside else None)
    if sweep is not None:
        variants += swept(loaded, parse_sweep(sweep))
    with Stages() as stages:
        trial = try_on(
            on,
            variants,
            party_map=party_map,
            everywhere=everywhere,
            timezone=timezone,
            input_format=input_format,
            keep_ghosts=keep_ghosts,
            reading=stages.reading,
            watching=stages.watching,
        )
    if report is not None:
        command = shlex.join(["skyaccord", *sys.argv[1:]])
        page = trial_html(trial, command=command, made_at=SystemClock().now(), language=language)
        write_whole(report, page.encode())
    if output is OutputFormat.json:
        print_json(trial.data())
    else:
        typer.echo("\n".join(lines(trial, language)))
        if report is not None:
            typer.echo(f"{report} written")
