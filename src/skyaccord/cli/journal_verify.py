"""`skyaccord journal verify`: a node's folder, a bundle, or the proof of a fork, checked from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from skyaccord.cli.journal_options import Format, OutputFormat, check_there

if TYPE_CHECKING:
    from skyaccord.record.given import Given
    from skyaccord.record.listing import Line
    from skyaccord.record.verdict import Report

EXIT_WRONG: Final = 1


def verify(
    what: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A bundle, a node's folder, or the proof of a fork.")
    ],
    card: Annotated[
        list[Path] | None,
        typer.Option(
            "--card",
            metavar="CARD",
            help="The card of a party or witness, as it gave it to you, not as it stands in what you check. "
            "Repeatable.",
        ),
    ] = None,
    entries: Annotated[
        bool,
        typer.Option("--entries", help="Also list what was sent, received and acknowledged, entry by entry."),
    ] = False,
    output: Format = OutputFormat.table,
) -> None:
    """Check every journal, each against the card of the party that wrote it, and print the checklist.

    Offline, with no private key. What is wrong is named: journal, entry, what. A journal without its party's
    card is checked all the same and reported UNANCHORED. Nothing is claimed of the entries after the last
    cosigned checkpoint. A proof of a fork is checked by itself: 0 means that it proves one.

    With --entries the entries follow the checklist: what each says, who received it when, and who
    acknowledged it. What is wrong is marked, and so is the place from which on nothing is claimed.

    Exit 0: nothing wrong. 1: wrong, and it says where. 2: unreadable.

    Example: skyaccord journal verify evidence.bundle --card A.card.json --entries
    """
    from skyaccord.cli.journal_text import listed, report_lines
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.cli.scan_output import Counting
    from skyaccord.record.bundle_read import is_bundle
    from skyaccord.record.given import load_given
    from skyaccord.record.verify import verify_folder
    from skyaccord.record.verify_bundle import verify_bundle

    check_there(what)
    know_all_rooms()
    given = load_given(card or [])
    if what.is_file() and not is_bundle(what):
        _fork(what, given, output)
        return
    check = verify_bundle if what.is_file() else verify_folder
    with Counting("checking") as counting:
        report = check(what, given.cards, witnesses=given.witnesses, progress=counting.progress)
    found = _entries(what, report) if entries else {}
    if output is OutputFormat.json:
        more = {party: [line.to_dict() for line in lines] for party, lines in found.items()}
        _json({**report.to_dict(), **({"entries": more} if entries else {})})
    else:
        for text in report_lines(report):
            typer.echo(text)
        for journal in report.journals if entries else ():
            typer.echo(f"\nJournal of {journal.party}")
            for text in listed(found[journal.party], claimed=journal.claimed):
                typer.echo(text)
    if not report.ok:
        raise typer.Exit(EXIT_WRONG)


def _entries(what: Path, report: Report) -> dict[str, list[Line]]:
    """Party → its journal's entries, for reading; what stands in one with a finding is marked."""
    from skyaccord.record.listing import list_entries, marked

    return {
        journal.party: marked(
            list_entries(what, party=journal.party, limit=max(1, journal.entries)),
            journal.origin,
            report.places,
        )
        for journal in report.journals
    }


def _fork(path: Path, given: Given, output: OutputFormat) -> None:
    """The proof of a fork: 0 if it proves one, 1 if it does not."""
    from dataclasses import asdict

    from skyaccord.base.errors import TrustError, UnreadableError
    from skyaccord.cli.journal_text import fork_lines
    from skyaccord.record.fork import FORMAT, PROOF_BYTES_MAX, read_fork_proof, verify_fork_proof

    with path.open("rb") as file:
        data = file.read(PROOF_BYTES_MAX + 1)
    try:
        found = read_fork_proof(data)
    except UnreadableError as error:
        if FORMAT.encode() in data:  # one, and something is wrong with it
            raise UnreadableError(error.what, where=str(path), do="ask its finder for it again") from None
        raise UnreadableError(
            "neither a bundle nor a proof of a fork",
            where=str(path),
            do="give a file that `skyaccord journal export` wrote, or one from a node's forks folder; "
            "cards go to --card",
        ) from None
    card = next((one for one in given.cards if one.party == found.party), None)
    try:
        verdict = verify_fork_proof(data, card)
    except TrustError as error:
        if output is OutputFormat.json:
            _json({"proved": False, "party": found.party, "origin": found.origin, "what": str(error)})
        else:
            typer.echo(f"PROVES NOTHING against party {found.party}: {error}")
        raise typer.Exit(EXIT_WRONG) from None
    if output is OutputFormat.json:
        _json({"proved": True, **asdict(verdict)})
    else:
        for line in fork_lines(verdict):
            typer.echo(line)


def _json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
