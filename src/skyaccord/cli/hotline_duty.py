"""`skyaccord hotline roster` and `skyaccord hotline drill`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.hotline_common import (
    AccordOption,
    Folder,
    FormatOption,
    NodeFolder,
    OutputFormat,
    Person,
    RefArgument,
    act,
    acting,
    hotline_of,
    print_json,
)
from skyaccord.cli.reading import Reading

roster = typer.Typer(
    help=(
        "The duty roster: who is on duty in which role, from when to when, and who is away.\n\n"
        "Both sides read it. A role that nobody holds by it is asked past at once. Shifts are named by their "
        "entry, as `hotline roster show` lists them."
    ),
    no_args_is_help=True,
)
drill = typer.Typer(
    help=(
        "Drills: the procedures practised, marked EXERCISE, with results that the program computes.\n\n"
        "Open one, say its phrases with `hotline send … --drill PARTY:NUMBER`, and close it."
    ),
    no_args_is_help=True,
)
Until = Annotated[str, typer.Option("--until", metavar="TIME", help="The end of the shift, with its zone.")]
Note = Annotated[str, typer.Option("--note", help="A few words, as you write them.")]
Colleague = Annotated[
    str, typer.Option("--to", metavar="NAME", help="An enrolled person of your party: name or public key.")
]


def _person_key(found: Folder, who: str) -> str:
    """The public key of an enrolled person of our party, by name or key."""
    people = [one for one in found.projections.enrolments.all() if one.party == found.party]
    keys = sorted({one.public_key for one in people if who in (one.name, one.public_key)})
    if len(keys) != 1:
        names = ", ".join(sorted({one.name for one in people})) or "nobody"
        raise InputError(
            f"{len(keys) or 'no'} enrolled persons of party {found.party} are called {who!r}",
            do=f"enrolled: {names}; or give the public key",
        )
    return keys[0]


@roster.command("show", cls=Reading)
def show(node: NodeFolder, *, output: FormatOption = OutputFormat.text) -> None:
    """Show both sides' rosters: every shift that is not over, and which roles nobody holds now.

    For example: `skyaccord hotline roster show --node A`.
    """
    from skyaccord.cli.hotline_show import roster_lines

    with hotline_of(node) as found:
        row = found.desk.row(found.now, found.sky_time, {})
    if output is OutputFormat.json:
        print_json({"roster": row["roster"], "rosters_kept": row["rosters_kept"]})
    else:
        typer.echo("\n".join(roster_lines(row)))


@roster.command("plan")
@acting
def plan(
    duty_role: Annotated[str, typer.Argument(metavar="ROLE", help="The role on duty, like duty-officer.")],
    person: Person,
    *,
    who: Annotated[
        str,
        typer.Option("--who", metavar="NAME", help="An enrolled person of your party: name or public key."),
    ],
    start: Annotated[str, typer.Option("--from", metavar="TIME", help="When it begins, with its zone.")],
    until: Until,
    note: Note = "",
    output: FormatOption = OutputFormat.text,
) -> None:
    """Plan a shift: an enrolled person is on duty in a role from one time to another.

    For example: `skyaccord hotline roster plan duty-officer --who 'Amal' --from 2026-11-22T18:00Z --until
    2026-11-23T06:00Z --node A --as noor.key`.
    """
    from skyaccord.base.times import format_utc, parse_utc

    with hotline_of(person.node) as found:
        holder = _person_key(found, who)
    payload = {
        "act": "duty", "step": "plan", "duty_role": duty_role, "holder": holder, "note": note,
        "start": format_utc(parse_utc(start, where="--from")),
        "end": format_utc(parse_utc(until, where="--until")),
    }  # fmt: skip
    act(person, payload, f"{who} is planned as {duty_role}", output)


@roster.command("take")
@acting
def take(
    what: Annotated[
        str, typer.Argument(metavar="ROLE|PARTY:NUMBER", help="A role, from now on; or your planned shift.")
    ],
    person: Person,
    *,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="The end of a new shift, with its zone.")
    ] = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Go on duty: in a role from now on, or in your planned shift, or take back what you offered.

    For example: `skyaccord hotline roster take duty-officer --until 2026-11-23T06:00Z --node A --as
    amal.key`.
    """
    from skyaccord.base.times import format_utc, parse_utc

    payload: dict[str, Any] = {"act": "duty", "step": "take"}
    if ":" in what:
        with hotline_of(person.node) as found:
            payload["shift"] = found.ref(what).model_dump(mode="json")
    elif until is None:
        raise InputError("a shift has an end", do="give it: --until TIME")
    else:
        payload |= {"duty_role": what, "end": format_utc(parse_utc(until, where="--until"))}
    act(person, payload, f"on duty: {what}", output)


@roster.command("hand-over")
@acting
def hand_over(
    shift: RefArgument,
    person: Person,
    *,
    to: Colleague,
    note: Note = "",
    output: FormatOption = OutputFormat.text,
) -> None:
    """Offer your shift to a colleague; it is theirs when they accept it, and yours until then.

    For example: `skyaccord hotline roster hand-over A:12 --to Amal --note 'radio 2 is out' --node A --as
    noor.key`, and then, by Amal: `skyaccord hotline roster step A:12 accept --node A --as amal.key`.
    """
    with hotline_of(person.node) as found:
        target = found.ref(shift)
        holder = _person_key(found, to)
    payload = {
        "act": "duty", "step": "offer", "shift": target.model_dump(mode="json"), "holder": holder,
        "note": note,
    }  # fmt: skip
    act(person, payload, f"shift {shift} offered to {to}", output)


@roster.command("step")
@acting
def step(
    shift: RefArgument,
    what: Annotated[
        str,
        typer.Argument(metavar="STEP", help="accept, away, back, end (your own duty) or cancel (a plan)."),
    ],
    person: Person,
    *,
    note: Note = "",
    output: FormatOption = OutputFormat.text,
) -> None:
    """Accept a shift that was offered; say that its holder is away, or back; end it; cancel a planned one.

    For example: `skyaccord hotline roster step A:12 away --note 'at lunch' --node A --as noor.key`. A
    colleague may say that somebody is away: who is away often cannot.
    """
    if what not in ("accept", "away", "back", "end", "cancel"):
        raise InputError(f"{what!r} is no step", do="accept, away, back, end or cancel")
    with hotline_of(person.node) as found:
        target = found.ref(shift)
    payload = {"act": "duty", "step": what, "shift": target.model_dump(mode="json"), "note": note}
    act(person, payload, f"shift {shift}: {what}", output)


@drill.command("list", cls=Reading)
def list_(node: NodeFolder, *, output: FormatOption = OutputFormat.text) -> None:
    """List drills with their results: each phrase, how long it took until a person acknowledged it.

    For example: `skyaccord hotline drill list --node A`.
    """
    from skyaccord.cli.hotline_show import drill_lines

    with hotline_of(node) as found:
        rows, due = found.desk.drills(found.now), found.desk.drill_due(found.sky_time)
    if output is OutputFormat.json:
        print_json({"drills": rows, "due_at": None if due is None else due[1].isoformat()})
        return
    for row in rows:
        typer.echo("\n".join(drill_lines(row)))
    typer.echo("no drill is due by an accord" if due is None else f"next drill due {due[1]:%Y-%m-%d %H:%M}Z")


@drill.command("start")
@acting
def start(
    person: Person,
    *,
    phrase: Annotated[
        list[str] | None,
        typer.Option(
            "--phrase", metavar="CODE", help="A phrase to be said, once each; default: the accord's."
        ),
    ] = None,
    within_s: Annotated[
        float | None,
        typer.Option("--within-s", help="Seconds in which each is acknowledged; default: the accord's."),
    ] = None,
    note: Note = "",
    accord: AccordOption = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Start a drill, marked EXERCISE: which phrases, and in how many seconds each must be acknowledged.

    For example: `skyaccord hotline drill start --node A --as noor.key`.
    """
    with hotline_of(person.node) as found:
        digest, running = found.accord(accord)
    terms = None if running is None else running.drills
    phrases = phrase or list(terms.phrases if terms else ())
    seconds = within_s if within_s is not None or terms is None else terms.answer_within_s
    if not phrases or seconds is None:
        raise InputError("no accord in force says what to practise", do="give --phrase CODE and --within-s")
    payload = {
        "act": "drill", "step": "start", "phrases": phrases, "answer_within_s": float(seconds), "note": note,
        "accord": digest, "exercise": True,
    }  # fmt: skip
    act(person, payload, f"drill started: {', '.join(phrases)}, each within {seconds:g} s", output)


@drill.command("close")
@acting
def close(
    ref: RefArgument,
    person: Person,
    *,
    cancel: Annotated[bool, typer.Option("--cancel", help="Call it off: it has no result.")] = False,
    note: Note = "",
    output: FormatOption = OutputFormat.text,
) -> None:
    """Close a drill of your side; its result is computed from what was said and acknowledged.

    For example: `skyaccord hotline drill close A:31 --node A --as noor.key`.
    """
    with hotline_of(person.node) as found:
        target = found.ref(ref)
        held = found.projections.line.drills.get(target)
        digest = held.accord if held else None
    payload = {
        "act": "drill", "step": "cancel" if cancel else "close", "drill": target.model_dump(mode="json"),
        "note": note, "accord": digest, "exercise": True,
    }  # fmt: skip
    act(person, payload, f"drill {ref} {'called off' if cancel else 'closed'}", output)
