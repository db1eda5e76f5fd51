"""`skyaccord accord`: check a file, make one's own, sign it, see how it stands."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skyaccord.cli import accord_cosigned, accord_steps, accord_text, accord_try
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

if TYPE_CHECKING:
    from skyaccord.accord.source import LoadedAccord
    from skyaccord.talks.book import AccordBook, Standing

app = typer.Typer(
    help="Accords: the signed safety-of-flight agreements, as TOML files. docs/accord.md has every field.",
    no_args_is_help=True,
)

EXIT_BAD_INPUT = 2


class OutputFormat(StrEnum):
    text = "text"
    json = "json"


FileArgument = Annotated[
    str,
    typer.Argument(metavar="FILE", help="The accord's TOML file, - for standard input, or a shipped name."),
]
FormatOption = Annotated[
    OutputFormat, typer.Option("--format", help="text for people, json for programs.", case_sensitive=False)
]
NodeOption = Annotated[
    Path, typer.Option("--node", metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
]


@app.command("check")
def check(
    file: FileArgument,
    against_text: Annotated[
        Path | None,
        typer.Option(
            "--against-text",
            metavar="TEXT",
            help="A text of it, PDF or HTML: say whether it is the same accord, word for word.",
        ),
    ] = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Say what is wrong with an accord's file, by line; or, if nothing is, what it says.

    A draft passes: keys may be missing until it is signed. Exit 0: valid (and the text is that of the file).
    Exit 2: not, or unreadable. Example: skyaccord accord check ours.toml --against-text ours-ar.pdf
    """
    from skyaccord.accord import summary
    from skyaccord.accord.source import AccordFileError, load_accord

    try:
        loaded = load_accord(file)
    except AccordFileError as error:
        if output is OutputFormat.json:
            _print_json({"valid": False, "problems": [summary.problem_data(p) for p in error.problems]})
        else:
            for problem in error.problems:
                typer.echo(f"skyaccord: error: {problem}", err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from None
    if against_text is not None:
        from skyaccord.accord.text.same import require_same

        same = require_same(loaded, against_text)
        if output is OutputFormat.json:
            _print_json({"same": True, "digest": loaded.digest, "language": same.language, "kind": same.kind})
        else:
            typer.echo(
                f"the same: {against_text} is the {same.kind} text ({same.language}) of {loaded.digest}"
            )
        return
    if output is OutputFormat.json:
        _print_json({"valid": True, **summary.accord_data(loaded)})
    else:
        typer.echo("\n".join(summary.accord_lines(loaded)))


@app.command("new")
def new(
    template: Annotated[
        str, typer.Argument(metavar="TEMPLATE", help="A shipped name like rule-of-threes, or a file.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file; never overwritten.")],
    *,
    card: Annotated[
        list[Path] | None,
        typer.Option("--card", metavar="CARD", help="A party's card: its id, name and key go in. Repeat it."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="The accord's own name, like north-sector.")
    ] = None,
    exercise: Annotated[
        bool, typer.Option("--exercise", help="Mark it EXERCISE: for anything synthetic.")
    ] = False,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Make your own accord from a template, with the parties taken from their cards; comments stay.

    Without a card for each party the result is a draft: it passes `check` and can be scanned with.
    """
    from skyaccord.accord import summary
    from skyaccord.accord.drafting import Changes, PartyEntry, with_parties
    from skyaccord.accord.source import load_accord, parse_accord
    from skyaccord.record.cards import Card
    from skyaccord.record.keys import write_new_file

    cards = [Card.load(path) for path in card or []]
    entries = [PartyEntry(entry.party, entry.name, entry.public_key) for entry in cards]
    changes = Changes(name=name, exercise=True if exercise else None)
    text = with_parties(load_accord(template).text, entries, changes=changes)
    write_new_file(file, text.encode(), mode=0o644)
    loaded = parse_accord(text, str(file), file)
    if output is OutputFormat.json:
        _print_json({"file": str(file), **summary.accord_data(loaded)})
    else:
        typer.echo("\n".join([f"{file} written", *summary.accord_lines(loaded)]))


app.command("show")(accord_text.show)
app.command("diff")(accord_text.diff)
app.command("text")(accord_text.text)


@app.command("sign")
def sign(
    file: FileArgument,
    node: NodeOption,
    *,
    second_text: Annotated[
        bool,
        typer.Option("--second-text", help="Also where another text of the same version is signed already."),
    ] = False,
    passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Sign an accord with the node's key: the signature goes into its journal, and from there to its peers.

    It is in force when every party has signed the same digest. Signing it again changes nothing. A second
    text of the same version is refused, unless you say so: two texts in force are both watched.
    """
    from skyaccord.accord.source import load_accord
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.folder import open_folder
    from skyaccord.talks.folder import read_book, sign_into, sky_now

    loaded = load_accord(file)
    folder = open_folder(node)
    key = folder.load_key(read_passphrase(passphrase_file, prompt="Passphrase of the node's key"))
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, key, SystemClock(), SystemRandomness())
        entry = sign_into(journal, loaded, second_text=second_text)
        standing = read_book(journal).standing(loaded.digest, sky_now(journal))
    finally:
        store.close()
    if standing is None:  # its own signature was refused: nothing else can be the cause
        from skyaccord.base.errors import AccordError

        raise AccordError("this node refuses its own signature", where=file, do="look at `accord status`")
    if output is OutputFormat.json:
        _print_json({"party": journal.party, "signed_now": entry is not None, **_standing_data(standing)})
        return
    done = "has signed" if entry is not None else "had signed before; nothing changed:"
    typer.echo(f"party {journal.party} {done} {loaded.accord.name} version {loaded.accord.version}")
    typer.echo("\n".join(_standing_lines(standing)))


@app.command("status")
def status(
    node: NodeOption,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="Ask about this accord: exit 0 only if in force.")
    ] = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Show how the accords on a node's record stand: who signed, what is in force, and why not.

    With FILE: exit 0 if that accord is in force now (sky time), exit 2 and one line if it is not: a party
    has not signed, the file changed after signing, or its time is not now.
    """
    from skyaccord.accord.source import load_accord
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.folder import open_folder
    from skyaccord.talks.folder import read_book, sky_now

    loaded = load_accord(file) if file is not None else None
    folder = open_folder(node)
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        book, sky_time = read_book(journal), sky_now(journal)
        circuit = accord_steps.circuit_data(journal)
    finally:
        store.close()
    if loaded is not None:
        _status_of_file(book, loaded, sky_time, output)
        return
    standings = book.standings(sky_time)
    if output is OutputFormat.json:
        _print_json(
            {
                "party": journal.party,
                "sky_time": _utc(sky_time),
                "accords": [_standing_data(standing) for standing in standings],
                "circuit": [{**row, "last_heard": _maybe_utc(row["last_heard"])} for row in circuit],
                "refused": [_refusal_data(refusal) for refusal in book.refusals],
            }
        )
        return
    typer.echo(f"party {journal.party}, sky time {_utc(sky_time)}")
    if not standings:
        typer.echo("no accord on the record; the own watch rule goes on without one")
    for standing in standings:
        typer.echo("\n".join(_standing_lines(standing)))
    typer.echo("\n".join(accord_steps.circuit_lines(circuit)) or "circuit: no peer is pinned")
    for refusal in book.refusals:
        typer.echo(f"refused: entry {refusal.sequence} of {refusal.origin}: {refusal.reason}")


def _status_of_file(book: AccordBook, loaded: LoadedAccord, sky_time: Any, output: OutputFormat) -> None:
    from skyaccord.base.errors import AccordError

    try:
        standing = book.require_in_force(loaded, sky_time)
    except AccordError as error:
        if output is not OutputFormat.json:
            raise
        found = book.standing(loaded.digest, sky_time)
        data = _standing_data(found) if found else {"digest": loaded.digest, "state": "unsigned"}
        _print_json({"in_force": False, **data, "reason": error.what})
        raise typer.Exit(EXIT_BAD_INPUT) from None
    if output is OutputFormat.json:
        _print_json({"in_force": True, **_standing_data(standing)})
    else:
        typer.echo("\n".join(_standing_lines(standing)))


def _standing_lines(standing: Standing) -> list[str]:
    accord = standing.accord
    mark = "EXERCISE " if accord.exercise else ""
    signed = ", ".join(f"{s.party} ({_utc(s.sky_time)})" for s in standing.signatures)
    lines = [
        f"{mark}{accord.name} version {accord.version}: {standing.state.upper()}; {standing.reason}",
        f"  digest     {standing.digest}",
        f"  signed by  {signed}",
    ]
    if standing.missing:
        lines.append(f"  missing    {', '.join(standing.missing)}")
    return lines + accord_steps.standing_extras(standing)


def _standing_data(standing: Standing) -> dict[str, Any]:
    from skyaccord.node.standing_rows import course_row

    accord = standing.accord
    return {
        "digest": standing.digest,
        "name": accord.name,
        "title": accord.title,
        "version": accord.version,
        "exercise": accord.exercise,
        "state": standing.state,
        "reason": standing.reason,
        "signed_by": [
            {
                "party": signature.party,
                "sky_time": _utc(signature.sky_time),
                "recorded_at": _utc(signature.recorded_at),
                "origin": signature.origin,
                "sequence": signature.sequence,
            }
            for signature in standing.signatures
        ],
        "missing": list(standing.missing),
        "superseded_by": standing.superseded_by,
        **course_row(standing),
    }


def _refusal_data(refusal: Any) -> dict[str, Any]:
    return {
        "party": refusal.party,
        "origin": refusal.origin,
        "sequence": refusal.sequence,
        "reason": refusal.reason,
    }


def _maybe_utc(moment: Any) -> str | None:
    return None if moment is None else _utc(moment)


def _utc(moment: Any) -> str:
    from skyaccord.base.times import format_utc

    return format_utc(moment)


def _print_json(data: Any) -> None:
    import json

    typer.echo(json.dumps(data, indent=2, ensure_ascii=False))


app.registered_commands += accord_steps.app.registered_commands + accord_try.app.registered_commands
app.registered_commands += accord_cosigned.app.registered_commands
