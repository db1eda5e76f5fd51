"""`skyaccord incident`: what both sides must account for, from the opening to the joint report."""

from __future__ import annotations

from typing import Annotated

import typer

from skyaccord.cli import incident_open, incident_report, incident_verify, incident_words
from skyaccord.cli.incident_common import (
    FormatOption,
    IncidentArgument,
    NodeFolder,
    OutputFormat,
    held,
    print_json,
)
from skyaccord.cli.reading import Reading

app = typer.Typer(
    help=(
        "Incidents: each side's account, the facts both agree to and those they do not, one joint report.\n\n"
        "An incident belongs to both sides; nothing in it assigns blame. docs/incidents.md tells the story."
    ),
    no_args_is_help=True,
)


@app.command("list", cls=Reading)
def list_(
    node: NodeFolder,
    *,
    still_open: Annotated[
        bool, typer.Option("--open", help="Only those that are not closed by both sides.")
    ] = False,
    output: FormatOption = OutputFormat.text,
) -> None:
    """List incidents, newest first: what, when, who has said what, what is due and by when.

    For example: `skyaccord incident list --node A --open`.
    """
    from skyaccord.cli.incident_show import list_lines
    from skyaccord.incidents.outline import summary

    found = held(node)
    cases = [
        case for case in found.projections.cases.newest_first() if not still_open or case.state != "closed"
    ]
    if output is OutputFormat.json:
        print_json([summary(case, found.party, found.now) for case in cases])
    else:
        typer.echo("\n".join(list_lines(cases, found.party, found.now)) or "no incidents on the record")


@app.command("show", cls=Reading)
def show(
    incident: IncidentArgument,
    node: NodeFolder,
    *,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Show the whole record of one incident: both sides' numbers, accounts, facts, questions, severity.

    For example: `skyaccord incident show a00001.b00001 --node A`. Facts and questions have the numbers that
    `incident agree`, `dispute` and `answer` take.
    """
    from skyaccord.cli.incident_show import case_lines
    from skyaccord.incidents.outline import outline

    found = held(node)
    case = found.case(incident)
    if output is OutputFormat.json:
        print_json(outline(case, found.party, found.now))
    else:
        typer.echo("\n".join(case_lines(case, found.party, found.now)))


app.registered_commands += (
    incident_open.app.registered_commands
    + incident_words.app.registered_commands
    + incident_report.app.registered_commands
    + incident_verify.app.registered_commands
)
