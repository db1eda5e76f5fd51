"""`skyaccord journal`: check a node's journals from outside, hand them out, and read them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skyaccord.cli.journal_erase import erase
from skyaccord.cli.journal_export import export
from skyaccord.cli.journal_options import Format, OutputFormat, check_there
from skyaccord.cli.journal_restore import restore
from skyaccord.cli.journal_verify import verify

app = typer.Typer(
    help="Journals: check what a node or a bundle holds, hand it out, read it (no private key is needed, and "
    "nothing is changed); erase what was kept long enough; restore what was lost.",
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
    is wrong, or both with `journal verify --entries`.

    Example: skyaccord journal show evidence.bundle --party B
    """
    from skyaccord.cli.journal_text import listed
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.listing import list_entries

    check_there(what)
    know_all_rooms()
    lines = list_entries(what, party=party, limit=limit)
    if output is OutputFormat.json:
        import json

        typer.echo(json.dumps([line.to_dict() for line in lines], indent=2, ensure_ascii=False))
        return
    for text in listed(lines):
        typer.echo(text)


app.command("erase")(erase)
app.command("restore")(restore)
