"""`skyaccord incident verify`: whether an agreed digest is that of entries on the record, erased or not."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from skyaccord.base.counting import counted
from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.cli.incident_common import FormatOption, NodeFolder, OutputFormat, print_json
from skyaccord.cli.talks_common import opened

app = typer.Typer()

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_IN_PAGE: Final = re.compile(r'<meta name="skyaccord-record" content="(sha256:[0-9a-f]{64})"')
REPORT_BYTES_MAX: Final = 32 << 20  # a joint report with its plots is some hundred kB


@app.command("verify")
def verify(
    record: Annotated[
        str, typer.Argument(metavar="DIGEST|REPORT.html", help="An agreed record's digest, or its report.")
    ],
    node: NodeFolder,
    *,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Check an agreed record by its digest: which parties closed it, and that its entries are on the record.

    For example: `skyaccord incident verify joint.html --node A`. Leaves are enough: it works as well when the
    contents have been erased. Exit status 1: this folder cannot show that every party closed it.
    """
    from skyaccord.node.incident_closings import closings_of
    from skyaccord.node.incident_folder import read_incidents
    from skyaccord.record.folder import open_folder

    digest = _digest(record)
    with opened(node) as journal:
        found = closings_of(journal, digest)
        parties_of = read_incidents(journal, open_folder(node).card()).accountable
    parties = sorted({party for one in found for party in parties_of(one.accord)})
    lacking = [party for party in parties if not any(one.proved and one.party == party for one in found)]
    proved = bool(found) and not lacking
    if output is OutputFormat.json:
        said_of = [asdict(one) for one in found]
        print_json({"record": digest, "proved": proved, "without": lacking, "closings": said_of})
    else:
        for one in found:
            if one.proved:
                gone = f", {one.erased} of them erased" if one.erased else ""
                leaves = "its leaf makes" if one.entries == 1 else "their leaves make"
                held = counted(one.entries, "entry", "entries")
                said = f"{held} on the record{gone}, {leaves} this digest"
            else:
                said = f"NOT PROVED: {one.reason}"
            typer.echo(f"closed by party {one.party} as {one.role}, {one.at} (entry {one.entry}): {said}")
        if not found:
            typer.echo(f"no party's closing on the record names {digest}")
        for party in lacking:
            typer.echo(f"party {party}: no closing that proves it")
        if proved:
            typer.echo(f"AGREED by {' and '.join(parties)}: {digest}")
    if not proved:
        raise typer.Exit(1)


def _digest(text: str) -> str:
    """The digest itself, or that of a report's page. InputError: neither."""
    if _DIGEST.fullmatch(text):
        return text
    if text.startswith("sha256:"):
        raise InputError(f"{text[:80]!r} is no whole digest", do="give all of it: sha256: and 64 digits")
    file = Path(text)
    try:
        if file.stat().st_size > REPORT_BYTES_MAX:
            raise InputError(f"is larger than {REPORT_BYTES_MAX >> 20} MiB", where=text)
        named = _IN_PAGE.search(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        named = None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=text) from None
    if named is None:
        raise InputError(
            "is no joint report in HTML", where=text, do="give the digest that stands in it: sha256:…"
        )
    return named[1]
