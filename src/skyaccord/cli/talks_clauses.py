"""`skyaccord talks propose|counter|agree|block|bracket|reopen|comment`: one word about clauses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.talks_common import (
    Because,
    FormatOption,
    OutputFormat,
    PathArgument,
    Person,
    TalksName,
    acting_as_representative,
    said,
    take_step,
    the_talks,
)

if TYPE_CHECKING:
    from skyaccord.talks.negotiation import Negotiation

app = typer.Typer()

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="Change a field of the text on the table, like horizontal_nm=5."
    ),
]
FromOption = Annotated[
    Path | None, typer.Option("--from", metavar="FILE", help="Take the clause from this accord's file.")
]
LeaveOutOption = Annotated[bool, typer.Option("--leave-out", help="Propose an accord without this clause.")]


_PUT: Final = {
    "propose": """Put a clause on the table, or another text in place of your own that nobody has answered.

    For example: `skyaccord talks propose rule.threes --set max_dwell_s=120 --node A --as rep.key`.
    """,
    "counter": """Answer a text with another one: the newest text on the table with your changes, or one from
    a file.

    For example: `skyaccord talks counter rule.threes --set horizontal_nm=5 --because "see the trial" …`.
    """,
}
"""The steps that put a text on the table, with what `--help` says of each."""


def _put_command(step: str) -> None:
    """One command a step; they differ in nothing but the step."""

    @acting_as_representative
    def command(
        path: PathArgument,
        person: Person,
        *,
        set_: SetOption = None,
        from_: FromOption = None,
        leave_out: LeaveOutOption = False,
        because: Because = "",
        talks: TalksName = None,
        output: FormatOption = OutputFormat.text,
    ) -> None:
        _put(step, path, person, set_, from_, leave_out, because, talks, output)

    command.__doc__ = _PUT[step]
    app.command(step)(command)


for _one in _PUT:
    _put_command(_one)


def _put(  # noqa: PLR0917 (a command's options, passed on)
    step: str,
    path: str,
    person: Person,
    set_: list[str] | None,
    from_: Path | None,
    leave_out: bool,
    because: str,
    talks: str | None,
    output: OutputFormat,
) -> None:
    from skyaccord.talks.outline import changes
    from skyaccord.talks.paths import digest_of_value
    from skyaccord.talks.redline import words_left

    found, party = the_talks(person.node, talks)
    clause = found.clause(path)
    held = clause.value(clause.newest)
    value = _value(found, path, set_ or [], from_, leave_out)
    digest = digest_of_value(value)
    if value == held:
        raise InputError("that is the text on the table", where=path, do="change it with --set or --from")
    clause.check(party, step, digest)
    fields = {
        "act": "talks-clause",
        "step": step,
        "clauses": [{"path": path, "value": value, "digest": digest}],
        "because": because,
    }
    ref = take_step(person, found, party, fields)
    lines = changes(held, value)
    done = {"propose": "proposed", "counter": "countered"}[step]
    left = words_left(held, value)
    said(ref, f"party {party} {done} {path}", output, digest=digest, changes=lines, words_left=list(left))
    if output is OutputFormat.text:
        typer.echo("\n".join(redline_lines(lines)))
        if left:
            typer.echo(f"  {', '.join(left)}: as before; do these words still fit? Change them with --set")


def _value(talks: Negotiation, path: str, settings: list[str], file: Path | None, leave_out: bool) -> str:
    """The canonical text that the options ask for."""
    import json

    from skyaccord.accord.source import load_accord
    from skyaccord.talks import paths

    if leave_out:
        if settings or file:
            raise InputError("--leave-out goes without --set and --from", where=path)
        return paths.LEFT_OUT
    clause = talks.clause(path)
    text = clause.value(clause.newest)
    if file is not None:
        text = paths.clauses_of(load_accord(file).accord).get(path)
        if text is None:
            raise InputError(f"the file has no clause {path}", where=str(file))
    if text in (None, paths.LEFT_OUT):
        section, name = paths.section_of(path)
        value: Any = {section.key: name} if section.key else {}
    else:
        value = json.loads(text or "")
    for setting in settings:
        value = _set(value, setting, path)
    return paths.normal(path, value)


def _set(value: Any, setting: str, path: str) -> Any:
    """The value with FIELD=VALUE in it; VALUE as TOML writes it, or text as it stands; empty removes the
    field.
    """
    import tomllib

    from skyaccord.base.toml import parse_toml

    field, equals, text = setting.partition("=")
    if not equals or not field:
        raise InputError(f"--set {setting!r} is not FIELD=VALUE", where=path)
    try:
        wanted: Any = parse_toml(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        wanted = text
    if not isinstance(value, dict):
        if field != path:
            raise InputError(f"{path} has no fields", do=f"write --set {path}=VALUE")
        return wanted
    value = dict(value)
    name, dot, rest = field.partition(".")
    if dot:
        value[name] = _set(value.get(name, {}), f"{rest}={text}", path)
    elif text == "":
        value.pop(name, None)
    else:
        value[name] = wanted
    return value


def redline_lines(changes: list[dict[str, Any]]) -> list[str]:
    """A redline for a terminal, one field a line."""
    return [
        f"  {change['field'] or 'text'}: {_shown(change['before'])} → {_shown(change['after'])}"
        for change in changes
    ]


def _shown(value: Any) -> str:
    if value is None:
        return "(nothing)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@app.command("agree")
@acting_as_representative
def agree(
    path: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="Clauses, like rule.threes.")
    ] = None,
    *,
    person: Person,
    everything: Annotated[
        bool, typer.Option("--all", help="Every clause whose text waits for your side's word.")
    ] = False,
    talks: TalksName = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Agree to the other side's text of clauses, by the digest of exactly what your node shows.

    A clause is agreed when both sides stand for the same digest. `--all` leaves out what is blocked or in
    conflict. For example: `skyaccord talks agree rule.threes --node B --as rep.key`.
    """
    found, party = the_talks(person.node, talks)
    chosen = (
        _waiting(found, party) if everything else {one: _their_text(found, one, party) for one in path or []}
    )
    if not chosen:
        what = "nothing waits for your side" if everything else "no clause is named"
        raise InputError(what, do="name clauses by path; see `skyaccord talks status`")
    for one, digest in chosen.items():
        found.clause(one).check(party, "agree", digest)
    fields = {
        "act": "talks-clause",
        "step": "agree",
        "clauses": [{"path": one, "digest": digest} for one, digest in chosen.items()],
    }
    ref = take_step(person, found, party, fields)
    count = f"{len(chosen)} clauses" if len(chosen) > 3 else ", ".join(chosen)
    said(ref, f"party {party} agreed to {count}", output, agreed=chosen)


def _waiting(talks: Negotiation, party: str) -> dict[str, str]:
    """path → digest of the one text that another side stands for, of what waits for this side."""
    from skyaccord.talks.outline import in_order, waits_for

    return {
        path: _their_text(talks, path, party)
        for path, clause in in_order(talks)
        if clause.state in ("proposed", "countered", "bracketed") and waits_for(clause, party)
        if any(held for other, held in clause.stands_for.items() if other != party)
    }


def _their_text(talks: Negotiation, path: str, party: str) -> str:
    """The digest that the other side stands for."""
    clause = talks.clause(path)
    found = {held for other, held in clause.stands_for.items() if other != party and held}
    if len(found) > 1:
        raise InputError("the other sides stand for different texts", where=path, do="counter it")
    return found.pop() if found else clause.newest or "sha256:" + "0" * 64


def _word(  # noqa: PLR0917 (a command's options, passed on)
    step: str,
    done: str,
    path: list[str],
    because: str,
    person: Person,
    talks: str | None,
    output: OutputFormat,
) -> None:
    found, party = the_talks(person.node, talks)
    for one in path:
        found.clause(one).check(party, step, None)
    fields = {
        "act": "talks-clause",
        "step": step,
        "clauses": [{"path": one} for one in path],
        "because": because,
    }
    ref = take_step(person, found, party, fields)
    said(ref, f"party {party} {done} {', '.join(path)}", output)


_WORDS: Final = {
    "block": """Say that your side cannot move on a clause, and why. Only your side can lift it: by agreeing
    or countering.

    For example: `skyaccord talks block rule.threes --because "no instructions on dwell" --node B --as
    rep.key`.
    """,
    "reopen": """Take your side's agreement to a clause back, and say why. What was agreed stays on the
    record.

    For example: `skyaccord talks reopen rule.threes --because "the pass of Saturday" --node A --as rep.key`.
    """,
}
"""The steps that say why about clauses as they stand, with what `--help` says of each."""
_DONE: Final = {"block": "blocks", "reopen": "reopens"}


def _word_command(step: str) -> None:
    """One command a step; they differ in nothing but the step."""

    @acting_as_representative
    def command(
        path: Annotated[list[str], typer.Argument(metavar="PATH", help="Clauses, like rule.threes.")],
        person: Person,
        because: Because,
        *,
        talks: TalksName = None,
        output: FormatOption = OutputFormat.text,
    ) -> None:
        _word(step, _DONE[step], path, because, person, talks, output)

    command.__doc__ = _WORDS[step]
    app.command(step)(command)


_word_command("block")


@app.command("bracket")
@acting_as_representative
def bracket(
    path: Annotated[list[str], typer.Argument(metavar="PATH", help="Clauses, like rule.threes.")],
    person: Person,
    *,
    because: Because = "",
    talks: TalksName = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Put a clause in square brackets: its text stays on the table, and is come back to later.

    For example: `skyaccord talks bracket watch --because "after the trial" --node A --as rep.key`.
    """
    _word("bracket", "puts in brackets", path, because, person, talks, output)


_word_command("reopen")


@app.command("comment")
@acting_as_representative
def comment(
    path: PathArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The remark, in your own words.")],
    person: Person,
    *,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="en, ru or ar.")] = "en",
    talks: TalksName = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Put a remark beside a clause. It changes nothing, and the other side reads it.

    For example: `skyaccord talks comment watch "20 NM was the first report" --node A --as rep.key`.
    """
    found, party = the_talks(person.node, talks)
    found.clause(path).check(party, "comment", None)
    fields = {"act": "talks-comment", "path": path, "text": text, "language": language}
    ref = take_step(person, found, party, fields)
    said(ref, f"party {party} commented on {path}", output)
