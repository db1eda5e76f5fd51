"""`skyaccord journal`: check a node's journals from outside, and read them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skyaccord.cli.journal_erase import erase

if TYPE_CHECKING:
    from skyaccord.record.verdict import Report

app = typer.Typer(
    help="Journals: check what a node's folder holds, and read it. Needs no private key and changes nothing.",
    no_args_is_help=True,
)

EXIT_WRONG = 1
SHOWN_ENTRIES = 50


class OutputFormat(StrEnum):
    table = "table"
    json = "json"


Directory = Annotated[Path, typer.Argument(metavar="DIR", help="A node's folder.")]
Format = Annotated[OutputFormat, typer.Option("--format", help="table for people, json for programs.")]


@app.command()
def verify(
    directory: Directory,
    card: Annotated[
        list[Path] | None,
        typer.Option("--card", metavar="CARD", help="The card of a party, as it gave it to you. Repeatable."),
    ] = None,
    output: Format = OutputFormat.table,
) -> None:
    """Check every journal the folder holds, each against the card of the party that wrote it.

    A journal without its party's card is checked all the same and reported UNANCHORED.
    Exit 0: nothing wrong. 1: wrong, and it says where. 2: unreadable.
    """
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.cards import Card
    from skyaccord.record.verify import verify_folder

    know_all_rooms()
    report = verify_folder(directory, [Card.load(path) for path in card or []])
    if output is OutputFormat.json:
        import json

        typer.echo(json.dumps(report.to_dict(), indent=2, ensure_ascii=False))
    else:
        _print_report(report)
    if not report.ok:
        raise typer.Exit(EXIT_WRONG)


def _print_report(report: Report) -> None:
    from skyaccord.record.verdict import CHECKS, FINDINGS_SHOWN_MAX

    typer.echo(f"Journals in {report.folder}")
    for journal in report.journals:
        anchor = (
            "against the card given" if journal.anchored else "UNANCHORED: no card of this party was given"
        )
        held = "".join(f", {party} holds {count}" for party, count in sorted(journal.held_by.items()))
        marks = "".join(
            f", {count} {word}"
            for count, word in (
                (journal.sealed, "sealed"),
                (journal.refused, "refused"),
                (journal.erased, "erased"),
                (journal.exercise, "EXERCISE"),
            )
            if count
        )
        typer.echo(f"  {journal.party}: {journal.entries} entries{marks}{held}; {anchor}")
        typer.echo(f"     {journal.origin}, key {journal.fingerprint}")
    for number, title in CHECKS.items():
        found = report.of_check(number)
        state = f"{len(found)} WRONG" if found else "ok"
        typer.echo(f"{number:3}. {title}: {report.looked_at.get(number, 0)} looked at, {state}")
        for finding in found[:FINDINGS_SHOWN_MAX]:
            typer.echo(f"     - {finding}")
        if len(found) > FINDINGS_SHOWN_MAX:
            typer.echo(f"     - and {len(found) - FINDINGS_SHOWN_MAX} more (--format json lists all)")
    unanchored = [journal.party for journal in report.journals if not journal.anchored]
    if report.findings:
        typer.echo(f"WRONG: {len(report.findings)} findings.")
    elif unanchored:
        typer.echo(
            f"Nothing wrong, but UNANCHORED: {', '.join(unanchored)}. "
            "Without its card, whoever made this folder could have made that journal."
        )
    else:
        typer.echo("Nothing wrong.")


@app.command()
def show(
    directory: Directory,
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="ID", help="Whose journal; the folder's own if not given."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="The last N entries.")
    ] = SHOWN_ENTRIES,
    output: Format = OutputFormat.table,
) -> None:
    """List a journal: number, times, kind, EXERCISE mark, and what it says, one line an entry."""
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.listing import list_entries

    know_all_rooms()
    lines = list_entries(directory, party=party, limit=limit)
    if output is OutputFormat.json:
        import json

        typer.echo(json.dumps([line.to_dict() for line in lines], indent=2, ensure_ascii=False))
        return
    wide = max((len(line.kind or "sealed") for line in lines), default=0)
    typer.echo(f"{'entry':>6}  {'sky time':24}  {'recorded at':24}  {'kind':{wide}}            what")
    for line in lines:
        mark = "EXERCISE" if line.exercise else ""
        typer.echo(
            f"{line.sequence:>6}  {line.sky_time or '':24}  {line.recorded_at or '':24}  "
            f"{line.kind or 'sealed':{wide}}  {mark:8}  {line.summary}"
        )


app.command("erase")(erase)
