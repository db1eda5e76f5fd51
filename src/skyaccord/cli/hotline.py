"""`skyaccord hotline`: messages between roles, by codes that need no language, with people who answer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli import hotline_answers, hotline_duty, hotline_voice
from skyaccord.cli.hotline_common import (
    AccordOption,
    Exercise,
    Folder,
    FormatOption,
    NodeFolder,
    OutputFormat,
    Person,
    RefArgument,
    act,
    acting,
    hotline_of,
    language_tag,
    print_json,
)
from skyaccord.cli.reading import Reading

app = typer.Typer(
    help=(
        "The hotline between the parties' duty officers. docs/hotline.md tells the story.\n\n"
        "Messages go to a role, never to a person: whoever is on duty answers. A phrase is a code with "
        "parameters and reads in each reader's own language. What nobody acknowledges in time goes to the "
        "next role, and onto the record as a silence."
    ),
    no_args_is_help=True,
)
Params = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        metavar="NAME=VALUE",
        help="A parameter of the phrase, once each: position=35.2833,40.0833 · time=2026-11-22T12:00Z · "
        "frequency=guard-vhf. A height: position='35.2833,40.0833,25000 pressure'.",
    ),
]


@app.command("send")
@acting
def send(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]", help="A code of the phrasebook, like SAFETY_STOP; without: free text."
        ),
    ] = None,
    *,
    person: Person,
    to: Annotated[
        str | None, typer.Option("--to", metavar="ROLE", help="The role asked; without: the accord's first.")
    ] = None,
    param: Params = None,
    place: Annotated[
        str | None,
        typer.Option("--place", metavar="NAME", help="The name of the place at which the position lies."),
    ] = None,
    despite_place: Annotated[
        bool, typer.Option("--despite-place", help="Send it although the position does not lie at --place.")
    ] = False,
    wording: Annotated[
        list[str] | None,
        typer.Option(
            "--wording",
            metavar="NAME=TEXT",
            help="How a time was said, kept beside it in UTC: time='a quarter to noon'.",
        ),
    ] = None,
    text: Annotated[str, typer.Option("--text", help="Free text, kept as you write it.")] = "",
    language: Annotated[str, typer.Option("--language", help="Of the free text: en, ru, ar, …")] = "en",
    about: Annotated[
        str | None, typer.Option("--about", metavar="PARTY:NUMBER", help="The message that this answers.")
    ] = None,
    corrects: Annotated[
        str | None,
        typer.Option("--corrects", metavar="PARTY:NUMBER", help="Your message that this takes the place of."),
    ] = None,
    drill: Annotated[
        str | None, typer.Option("--drill", metavar="PARTY:NUMBER", help="The drill that it is part of.")
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="TIME", help="When it says nothing any more, with zone."),
    ] = None,
    prepare: Annotated[
        bool,
        typer.Option("--prepare", help="The line is down: hold it, and send it by priority when it is back."),
    ] = False,
    accord: AccordOption = None,
    exercise: Exercise = False,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Send a phrase of the phrasebook, or free text, to a role of the other side.

    For example: `skyaccord hotline send SAFETY_STOP --param place=35.2833,40.0833 --place 'Dayr az Zawr'
    --param radius=5 --param time=2026-11-22T12:00Z --node A --as noor.key`. Positions are WGS 84, times
    have a zone, frequencies are those of the plan in force; what does not fit is said before anything is
    signed.
    """
    from skyaccord.base.times import format_utc, parse_utc

    with hotline_of(person.node) as found:
        digest, running = found.accord(accord)
        payload: dict[str, Any] = {
            "act": "message-prepared" if prepare else "message",
            "accord": digest,
            "to_role": to or (running.first_role.id if running else "duty-officer"),
            "text": text,
            "language": language_tag(language),
        }
        if code is not None:
            payload["code"] = code
            payload["params"] = _values(found, (digest, code), param, (place, despite_place), wording)
        elif param or place or despite_place or wording:
            raise InputError(
                "--param, --place, --despite-place and --wording belong to a phrase",
                do="name its code: `hotline send CODE …`",
            )
        elif not text.strip():
            raise InputError(
                "nothing to send", do="name a code (`hotline phrasebook` has them) or give --text"
            )
        for name, reference in (("about", about), ("corrects", corrects), ("drill", drill)):
            if reference is not None:
                payload[name] = found.ref(reference).model_dump(mode="json")
    if expires is not None:
        payload["expires_at"] = format_utc(parse_utc(expires, where="--expires"))
    if exercise or drill is not None:
        payload["exercise"] = True
    what = f"{'prepared' if prepare else 'sent'} {code or 'a message'} to {payload['to_role']}"
    act(person, payload, what, output)


def _values(
    found: Folder,
    speaking: tuple[str | None, str],
    params: list[str] | None,
    place: tuple[str | None, bool],
    wording: list[str] | None,
) -> list[dict[str, Any]]:
    """The parameters typed by the phrase, checked as a whole. InputError before anything is signed.

    speaking: accord and code. place: the name given, and whether it is meant although it differs.
    """
    from skyaccord.hotline.checking import faults, refuse
    from skyaccord.hotline.lead import lead
    from skyaccord.hotline.parsing import parse_value

    digest, code = speaking
    accord = found.projections.accord_as_it_runs(digest)
    phrase = found.projections.phrases(digest).phrase(code)
    wanted = {one.name: one for one in phrase.params}
    typed, worded = _pairs(params, "--param"), _pairs(wording, "--wording")
    for name in (*typed, *worded):
        if name not in wanted:
            raise InputError(f"{code} has no parameter {name}", do=f"it has {', '.join(wanted) or 'none'}")
    for name in worded:
        if wanted[name].kind != "time" or name not in typed:
            raise InputError(f"{name} is no time that is given with --param", where="--wording")
    if (place[0] or place[1]) and not any(wanted[name].kind == "position" for name in typed):
        raise InputError("no position is given that could lie there", where="--place")
    values = [
        parse_value(
            accord,
            wanted[name],
            text,
            place=place[0],
            despite_place=place[1],
            wording=worded.get(name, ""),
        )
        for name, text in typed.items()
    ]
    refuse(faults(accord, code, values))
    found_lead = lead(accord, code, values, found.now)
    if found_lead is not None and found_lead.late:
        late = "it goes out all the same, and both sides see that it is late"
        typer.echo(f"skyaccord: warning: {found_lead.fault().text}; {late}", err=True)
    return [value.model_dump(mode="json") for value in values]


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """NAME=VALUE, each name once."""
    found: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise InputError(f"{text!r} is not NAME=VALUE", where=option)
        if name in found:
            raise InputError(f"{name} is given twice", where=option)
        found[name] = value
    return found


@app.command("list", cls=Reading)
def list_(
    node: NodeFolder,
    *,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only what nobody on an asked side has acknowledged.")
    ] = False,
    language: Annotated[str, typer.Option("--language", help="In which language phrases read.")] = "en",
    output: FormatOption = OutputFormat.text,
) -> None:
    """List messages and alerts, oldest first: who said what to which role, and how far it came.

    For example: `skyaccord hotline list --node A --open`. What stands first in a line is its name, for
    `hotline show` and `hotline ack`.
    """
    from skyaccord.cli.hotline_show import alert_line, message_line, waiting_line
    from skyaccord.node.rows import message_row

    with hotline_of(node) as found:
        rows = [
            message_row(found.projections, one, found.now).data for one in found.projections.messages.all()
        ]
        waiting, alerts, own = found.desk.waiting(found.now), found.alerts(), found.party
    if open_only:
        rows, alerts = ([row for row in some if is_open(row)] for some in (rows, alerts))
    if output is OutputFormat.json:
        print_json({"messages": rows, "alerts": alerts, "waiting": waiting})
        return
    lines = [(row["recorded_at"], message_line(row, language)) for row in rows]
    lines += [(row["alerts"][0]["recorded_at"], alert_line(row, own)) for row in alerts]
    for _, line in sorted(lines):
        typer.echo(line)
    for row in waiting:
        typer.echo(waiting_line(row, language))
    if not lines and not waiting:
        typer.echo("nothing has been said on the hotline")


def is_open(row: dict[str, Any]) -> bool:
    """Whether a party that was asked has not acknowledged it."""
    return bool(set(row["asked"]) - set(row["acknowledged_by"]))


@app.command("show", cls=Reading)
def show(
    ref: RefArgument,
    node: NodeFolder,
    *,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Show one message: its words in every language, each step, read-backs, silences. Or one alert.

    For example: `skyaccord hotline show B:57 --node A`.
    """
    from skyaccord.cli.hotline_show import alert_lines, message_lines
    from skyaccord.node.rows import message_row

    with hotline_of(node) as found:
        target, own = found.ref(ref), found.party
        message, alert = found.message(target), found.alert_at(target)
        if message is not None:
            row = message_row(found.projections, message, found.now).data
        elif alert is not None:
            row = alert
        else:
            raise InputError("that entry is no message and no alert", where=ref, do="see `hotline list`")
    if output is OutputFormat.json:
        print_json(row)
    else:
        typer.echo("\n".join(message_lines(row) if alert is None else alert_lines(row, own)))


@app.command("status", cls=Reading)
def status(node: NodeFolder, *, output: FormatOption = OutputFormat.text) -> None:
    """Show alarms, alerts that wait, circuits, who is on duty, drills, and what waits for the line.

    Exit status 2 if an alarm is loud. For example: `skyaccord hotline status --node A`. The running
    node is asked whether the line works. Political status stands beside it, and is another thing.
    """
    from skyaccord.cli.hotline_show import status_lines
    from skyaccord.node.standing_rows import political_rows

    with hotline_of(node) as found:
        wires, running = found.wires()
        row = found.desk.row(found.now, found.sky_time, wires)
        row["node_running"] = running
        row["political"] = political_rows(found.projections.book.standings(found.sky_time))
        row["alerts"] = [one for one in found.alerts() if one["state"] == "active" and is_open(one)]
    if output is OutputFormat.json:
        print_json(row)
    else:
        typer.echo("\n".join(status_lines(row)))
    if row["loud"]:
        raise typer.Exit(2)


@app.command("phrasebook", cls=Reading)
def phrasebook(
    node: NodeFolder,
    *,
    accord: AccordOption = None,
    language: Annotated[str, typer.Option("--language", help="en, ru or ar.")] = "en",
    output: FormatOption = OutputFormat.text,
) -> None:
    """List the codes that can be said, their parameters and words: the accord's book, or the built-in one.

    For example: `skyaccord hotline phrasebook --node A --language ru`.
    """
    from skyaccord.hotline.checking import plan, plan_version

    with hotline_of(node) as found:
        digest, running = found.accord(accord)
        book = found.projections.phrases(digest)
    phrases = [one.model_dump(mode="json") for one in book.phrases.values()]
    if output is OutputFormat.json:
        frequencies = [{"name": one.name, "mhz": one.mhz} for one in plan(running)]
        data = {"accord": book.accord, "phrases": phrases, "plan": plan_version(running)}
        print_json({**data, "frequencies": frequencies})
        return
    typer.echo(f"phrasebook of {book.accord or 'this program: no accord with one is in force'}")
    for one in phrases:
        params = " ".join(f"{param['name']}:{param['kind']}" for param in one["params"])
        typer.echo(f"{one['code']} {params}".rstrip())
        typer.echo(f"    {one['text'].get(language) or one['text'].get('en')}")
    names = ", ".join(f"{one.name} {one.mhz:g} MHz" for one in plan(running))
    typer.echo(f"frequency plan, version {plan_version(running) or '-'}: {names}")


app.command("ack")(hotline_answers.ack)
app.command("read-back")(hotline_answers.read_back)
app.add_typer(hotline_duty.roster, name="roster")
app.add_typer(hotline_duty.drill, name="drill")
app.add_typer(hotline_voice.radio, name="radio")
app.add_typer(hotline_voice.voice, name="voice")
