"""`skyaccord incident report`: the joint report in a language, as HTML or PDF, and the tracks to replay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.incident_common import (
    FormatOption,
    IncidentArgument,
    NodeFolder,
    OutputFormat,
    held,
    print_json,
)

app = typer.Typer()


@app.command("report")
def report(
    incident: IncidentArgument,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="What to write: .html or .pdf; never overwritten."),
    ] = None,
    *,
    node: NodeFolder,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="Of the report: en, ru or ar.")
    ] = "en",
    replay: Annotated[
        Path | None,
        typer.Option("--replay", metavar="FILE", help="Write the tracks as CSV, for a replay or a scan."),
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="PARTY", help="Whose tracks to replay; your own side's.")
    ] = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Write the joint report: both sides' numbers, what is agreed, what is disputed, with plots and digests.

    For example: `skyaccord incident report a00001.b00001 joint.pdf --language ar --node A`, and with
    `--replay tracks.csv` what `skyaccord scan` and a node's replay feed read. Both nodes write the same
    report from the same record.
    """
    from skyaccord.incidents.joint.document import joint_document
    from skyaccord.incidents.joint.replay import replay_csv
    from skyaccord.paper.html import document_html
    from skyaccord.paper.sheet import document_pdf
    from skyaccord.record.keys import write_new_file

    if file is None and replay is None:
        raise InputError("nothing to write", do="give FILE.html or FILE.pdf, or --replay FILE")
    found = held(node)
    case = found.case(incident)
    written: list[str] = []
    if replay is not None:
        table = replay_csv(case, of or found.party)
        write_new_file(replay, table.encode(), mode=0o644)
        written.append(str(replay))
    if file is not None:
        if file.suffix.lower() not in (".html", ".pdf"):
            raise InputError("is neither .html nor .pdf", where=str(file))
        loaded = None if case.accord is None else found.projections.book.get(case.accord)
        document = joint_document(case, language, accord=loaded)
        made = document_pdf(document) if file.suffix.lower() == ".pdf" else document_html(document).encode()
        write_new_file(file, made, mode=0o644)
        written.append(str(file))
    if output is OutputFormat.json:
        print_json({"incident": case.id, "record": case.digest, "files": written})
    else:
        typer.echo("\n".join(f"{name} written, record {case.digest}" for name in written))
