"""`skyaccord journal`: check a node's journals from outside, hand them out, and read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skyaccord.cli.journal_erase import erase
from skyaccord.cli.journal_export import export
from skyaccord.cli.journal_options import Format, OutputFormat, check_there
from skyaccord.cli.journal_verify import verify

if TYPE_CHECKING:
    from skyaccord.record.listing import Line

app = typer.Typer(
    help="Journals: check what a node or a bundle holds, and read it. Needs no private key, changes nothing.",
    no_args_is_help=True,
)

SHOWN_ENTRIES = 50

app.command("verify")(verify)
app.command("export")(export)


@app.command()
def show(
    what: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A bundle, or a node's folder.")],
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="ID", help="Whose journal; the folder's own if not given."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="The last N entries.")
    ] = SHOWN_ENTRIES,
    output: Format = OutputFormat.table,
) -> None:
    """List a journal: what was sent, when, who received it and who acknowledged it. Checks nothing.

    One line an entry: number, times, kind, EXERCISE mark, and what it says; below it, what became of it by
    the receipts and acknowledgements in the other journals. Let `journal verify` say first that nothing
    is wrong.

    Example: skyaccord journal show evidence.bundle --party B
    """
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.listing import list_entries

    check_there(what)
    know_all_rooms()
    lines = list_entries(what, party=party, limit=limit)
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
        for told in _became(line):
            typer.echo(f"{'':>6}  {told}")


def _became(line: Line) -> Iterator[str]:
    for one in line.received:
        refused = "" if one["refused"] is None else f", REFUSED: {one['refused']}"
        what = "its hash received" if one["hash_only"] else "received"
        yield f"└ {what} by {one['party']} at {one['at']}{refused}"
    for one in line.acknowledged:
        place = f"entry {one['entry']['sequence']} of {one['party']}"
        yield f"└ acknowledged by {one['role']} of {one['party']} at {one['at']} ({place})"
    for told in line.unanswered:
        yield f"└ {told}"


app.command("erase")(erase)
