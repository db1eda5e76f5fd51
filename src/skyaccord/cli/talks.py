"""`skyaccord talks`: an accord is talked about, clause by clause, until both sides sign one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli import talks_clauses, talks_rounds
from skyaccord.cli.reading import Reading
from skyaccord.cli.talks_common import (
    FormatOption,
    NodeFolder,
    OutputFormat,
    Person,
    TalksName,
    acting_as_representative,
    opened,
    print_json,
    said,
    take_step,
    the_talks,
)

app = typer.Typer(
    help=(
        "Talks about an accord: rounds, agenda, clauses, minutes. docs/talks.md tells the story.\n\n"
        "Every step is signed by a person enrolled as `representative`, and waits on the record until the "
        "other side's node is there."
    ),
    no_args_is_help=True,
)


@app.command("open")
@acting_as_representative
def open_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The draft accord, as `accord new` makes it.")],
    person: Person,
    *,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Open talks: put a draft accord on the table. Your side proposes every clause of it.

    For example: `skyaccord talks open ours.toml --node A --as rep.key`. The talks have the accord's name. If
    both sides open at once, equal clauses are agreed, and the others are in conflict until somebody answers.
    """
    from skyaccord.accord.source import load_accord
    from skyaccord.talks.folder import read_talks

    loaded = load_accord(file)
    between = tuple(sorted(party.id for party in loaded.accord.parties))
    with opened(person.node) as journal:
        found, party = read_talks(journal).get(loaded.accord.name, between), journal.party
    if party not in between:
        raise InputError(f"party {party} is not in the draft ({', '.join(between)})", where=str(file))
    if len(between) < 2:
        raise InputError("talks need two parties", where=str(file), do="add a [[party]] for each side")
    fields = {"act": "talks-open", "draft": loaded.text, "exercise": loaded.accord.exercise}
    ref = take_step(person, found, party, fields)
    said(ref, f"party {party} opened talks {loaded.accord.name} with {' and '.join(between)}", output)


@app.command("status", cls=Reading)
def status(
    node: NodeFolder,
    *,
    clause: Annotated[
        str | None, typer.Option("--clause", metavar="PATH", help="One clause, with every version of it.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language",
            metavar="CODE",
            help="With --clause: what two versions change in the text in en, ru or ar. Repeat it.",
        ),
    ] = None,
    between: Annotated[
        str | None,
        typer.Option(
            "--between",
            metavar="M,N",
            help="With --clause: compare these two versions of it; else the last two.",
        ),
    ] = None,
    talks: TalksName = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Show where talks stand: rounds, agenda, every clause and whose word is next; the next round last.

    For example: `skyaccord talks status --node A`, and `--clause rule.threes` for its versions and redlines,
    `--between 1,3 --language ru` for what the third changed against the first in the Russian text.
    """
    from skyaccord.cli.talks_show import clause_lines, redline_of, status_lines
    from skyaccord.talks.outline import clause_data, outline

    found, party = the_talks(node, talks)
    if clause is None:
        if language or between:
            raise InputError("a redline is of one clause", do="name it with --clause")
        if output is OutputFormat.json:
            print_json(outline(found, party))
        else:
            typer.echo("\n".join(status_lines(found, party)))
        return
    compared, lines = redline_of(found, clause, between, language or [])
    if output is OutputFormat.json:
        print_json(clause_data(found.clause(clause), party) | compared)
    else:
        typer.echo("\n".join([*clause_lines(found, clause, party), *lines]))


@app.command("draft", cls=Reading)
def draft(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The accord's file to write; never overwritten.")
    ],
    node: NodeFolder,
    *,
    with_open: Annotated[
        bool, typer.Option("--open", help="Also what is not agreed yet, named in a comment at the top.")
    ] = False,
    talks: TalksName = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Write the accord's file from what is agreed. Both nodes write the same file; then both sides sign it.

    For example: `skyaccord talks draft ours.toml --node A`, then `skyaccord accord sign ours.toml --node A`.
    """
    from skyaccord.accord.source import parse_accord
    from skyaccord.record.keys import write_new_file
    from skyaccord.talks.protocol import draft_of, not_agreed

    found, _ = the_talks(node, talks)
    text = draft_of(found, with_open=with_open)
    loaded = parse_accord(text, str(file), file)
    write_new_file(file, text.encode(), mode=0o644)
    waiting = not_agreed(found)
    if output is OutputFormat.json:
        print_json({"file": str(file), "digest": loaded.digest, "not_agreed": waiting})
    else:
        typer.echo(f"{file} written, {loaded.digest}")
        if waiting:
            typer.echo(f"not agreed yet: {', '.join(waiting)}")


app.registered_commands += talks_clauses.app.registered_commands + talks_rounds.app.registered_commands
