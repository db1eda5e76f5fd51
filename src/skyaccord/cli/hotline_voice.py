"""`skyaccord hotline radio` and `skyaccord hotline voice`: what was said elsewhere, kept as data."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import typer

from skyaccord.base.counting import counted
from skyaccord.base.errors import InputError
from skyaccord.cli.hotline_common import (
    AccordOption,
    Exercise,
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

MEANS: Final = ("telephone", "radio", "in-person")
_ADDRESS: Final = re.compile(r"^[0-9a-f]{6}$")

radio = typer.Typer(
    help=(
        "Calls on the radio as data: how often, on which frequency, to whom, answered or not.\n\n"
        "Also on a frequency that nobody agreed on: that is then said."
    ),
    no_args_is_help=True,
)
voice = typer.Typer(
    help=(
        "What was passed by voice while the line was down, entered afterwards.\n\n"
        "It stands once the other side has confirmed it."
    ),
    no_args_is_help=True,
)


@radio.command("list", cls=Reading)
def list_radio(node: NodeFolder, *, output: FormatOption = OutputFormat.text) -> None:
    """List radio attempts of both sides, oldest first, and how many nobody answered.

    For example: `skyaccord hotline radio list --node A`.
    """
    from skyaccord.node.hotline_rows import attempt_row

    with hotline_of(node) as found:
        rows = [attempt_row(one, found.projections) for one in found.projections.line.attempts()]
    if output is OutputFormat.json:
        print_json(rows)
        return
    for row in rows:
        result = f"answered, {row['readability'] or '-'} of 5" if row["answered"] else "NOT ANSWERED"
        agreed = row["frequency"] or "NO AGREED FREQUENCY"
        mark = "EXERCISE " if row["exercise"] else ""
        typer.echo(
            f"{mark}{row['first_at'][:19]}Z {row['party']} {row['purpose']} to {row['called']}: "
            f"{row['times']} on {row['mhz']:.3f} MHz ({agreed}): {result}"
        )
    unanswered = sum(row["times"] for row in rows if not row["answered"])
    typer.echo(f"{counted(sum(row['times'] for row in rows), 'call')}, {unanswered} not answered")


@radio.command("record")
@acting
def record(
    called: Annotated[str, typer.Argument(metavar="CALLED", help="The call sign, or what was seen.")],
    person: Person,
    *,
    frequency: Annotated[
        str, typer.Option("--frequency", metavar="NAME|MHZ", help="A name of the plan in force, or MHz.")
    ],
    first: Annotated[str, typer.Option("--first", metavar="TIME", help="The first call, with its zone.")],
    last: Annotated[
        str | None, typer.Option("--last", metavar="TIME", help="The last call; default: the first.")
    ] = None,
    times: Annotated[int, typer.Option("--times", min=1, help="How often.")] = 1,
    readability: Annotated[
        int | None,
        typer.Option("--readability", min=1, max=5, help="The answer's, 1 to 5; without: nobody answered."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="A radio check, not a call to an aircraft.")] = False,
    icao24: Annotated[str | None, typer.Option("--icao24", help="The aircraft's address, if known.")] = None,
    position: Annotated[
        str | None, typer.Option("--position", metavar="LAT,LON", help="Where it was, WGS 84.")
    ] = None,
    text: Annotated[str, typer.Option("--text", help="A few words, as you write them.")] = "",
    accord: AccordOption = None,
    exercise: Exercise = False,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Record calls on the radio, answered or not, or the result of a radio check.

    For example: `skyaccord hotline radio record 'unknown, heading south' --frequency guard-vhf --times 22
    --first 2026-11-22T04:00Z --last 2026-11-22T12:00Z --node A --as noor.key`.
    """
    from skyaccord.accord.limits import MHZ_MAX, MHZ_MIN
    from skyaccord.base.times import format_utc, parse_utc
    from skyaccord.hotline.checking import plan
    from skyaccord.hotline.parsing import parse_position

    with hotline_of(person.node) as found:
        digest, running = found.accord(accord)
    named = {one.name: one.mhz for one in plan(running)}
    try:
        mhz = named[frequency] if frequency in named else float(frequency)
        inside = MHZ_MIN <= mhz <= MHZ_MAX
    except ValueError:
        inside = False
    if not inside:
        raise InputError(
            f"{frequency!r} is no radio frequency",
            where="--frequency",
            do=f"write MHz from {MHZ_MIN:g} to {MHZ_MAX:g}, or one of {', '.join(named)}",
        )
    if icao24 is not None and not _ADDRESS.match(icao24.lower()):
        raise InputError(f"{icao24!r} is no aircraft's address", where="--icao24", do="six hex digits")
    payload: dict[str, Any] = {
        "act": "radio", "purpose": "check" if check else "call", "called": called, "mhz": mhz, "times": times,
        "first_at": format_utc(parse_utc(first, where="--first")),
        "last_at": format_utc(parse_utc(last or first, where="--last")),
        "answered": readability is not None, "readability": readability, "text": text,
        "icao24": None if icao24 is None else icao24.lower(),
        "accord": digest,
    }  # fmt: skip
    if position is not None:
        payload["position"] = parse_position(position).model_dump(mode="json")
    if exercise:
        payload["exercise"] = True
    act(person, payload, f"{counted(times, 'call')} to {called} on {mhz:g} MHz recorded", output)


@voice.command("list", cls=Reading)
def list_voice(node: NodeFolder, *, output: FormatOption = OutputFormat.text) -> None:
    """List what was passed by voice, oldest first, with what the other side says of each.

    For example: `skyaccord hotline voice list --node A`.
    """
    from skyaccord.cli.hotline_common import label
    from skyaccord.node.hotline_rows import voice_row

    with hotline_of(node) as found:
        rows = [voice_row(one, found.projections) for one in found.projections.line.voices.all()]
    if output is OutputFormat.json:
        print_json(rows)
        return
    for row in rows:
        what = row["said"].get("en") or row["code"] or ""
        words = f"{what} {row['text']}".strip()
        typer.echo(
            f"{label(row['ref'])} {row['spoken_at'][:19]}Z {row['party']} {row['direction']} "
            f"by {row['means']} with {row['with_name'] or row['with_role']}: {words} [{row['state'].upper()}]"
        )
    if not rows:
        typer.echo("nothing that was passed by voice has been entered")


@voice.command("enter")
@acting
def enter(
    person: Person,
    *,
    spoken_at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When it was spoken, with its zone.")
    ],
    with_role: Annotated[str, typer.Option("--with", metavar="ROLE", help="The role at the other end.")],
    text: Annotated[str, typer.Option("--text", help="What was passed, as it was said.")] = "",
    code: Annotated[
        str | None, typer.Option("--code", help="The phrase that was said, if it takes no parameters.")
    ] = None,
    heard: Annotated[bool, typer.Option("--heard", help="They said it to us; without: we said it.")] = False,
    means: Annotated[
        str, typer.Option("--means", metavar="MEANS", help="telephone, radio or in-person.")
    ] = "telephone",
    with_name: Annotated[
        str | None, typer.Option("--name", help="Who they said they were, at the other end.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Of the text: en, ru, ar, …")] = "en",
    accord: AccordOption = None,
    exercise: Exercise = False,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Enter what was passed by voice: which way, by what means, when, with whom, in which words.

    For example: `skyaccord hotline voice enter --at 2026-11-22T12:40Z --with duty-officer --text
    'two helicopters leave at 13:00Z' --node A --as noor.key`.
    """
    from skyaccord.base.times import format_utc, parse_utc

    if means not in MEANS:
        raise InputError(f"{means!r} is no means", where="--means", do=", ".join(MEANS))
    if code is None and not text.strip():
        raise InputError("nothing was passed", do="give --text, what was said, or --code")
    with hotline_of(person.node) as found:
        digest, _ = found.accord(accord)
    payload: dict[str, Any] = {
        "act": "voice", "step": "enter", "direction": "heard" if heard else "said", "means": means,
        "spoken_at": format_utc(parse_utc(spoken_at, where="--at")), "with_role": with_role,
        "with_name": with_name, "text": text, "code": code, "language": language_tag(language),
        "accord": digest,
    }  # fmt: skip
    if exercise:
        payload["exercise"] = True
    act(person, payload, "entered what was passed by voice", output)


@voice.command("answer")
@acting
def answer(
    ref: RefArgument,
    what: Annotated[
        str, typer.Argument(metavar="ANSWER", help="confirm or dispute (theirs), withdraw (your own).")
    ],
    person: Person,
    *,
    text: Annotated[str, typer.Option("--text", help="What was otherwise; needed to dispute.")] = "",
    language: Annotated[str, typer.Option("--language", help="Of the text: en, ru, ar, …")] = "en",
    output: FormatOption = OutputFormat.text,
) -> None:
    """Confirm or dispute what the other side entered, or withdraw your own side's entry.

    For example: `skyaccord hotline voice answer B:14 confirm --node A --as noor.key`.
    """
    if what not in ("confirm", "dispute", "withdraw"):
        raise InputError(f"{what!r} is no answer", do="confirm, dispute or withdraw")
    if what == "dispute" and not text.strip():
        raise InputError("say what was otherwise", where="--text")
    with hotline_of(person.node) as found:
        target = found.ref(ref)
        held = found.projections.line.voices.get(target)
    payload: dict[str, Any] = {
        "act": "voice", "step": what, "entry": target.model_dump(mode="json"), "text": text,
        "language": language_tag(language), "accord": held.said.accord if held else None,
    }  # fmt: skip
    if held is not None and held.said.exercise:
        payload["exercise"] = True
    act(person, payload, f"{ref}: {what}", output)
