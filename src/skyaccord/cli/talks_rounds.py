"""`skyaccord talks round|agenda|minutes|close`: meetings, what they are about, what they came to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.talks_common import (
    Because,
    FormatOption,
    NodeFolder,
    OutputFormat,
    PassphraseFile,
    Person,
    PersonPassphraseFile,
    TalksName,
    acting_as_representative,
    opened,
    print_json,
    said,
    take_step,
    the_talks,
)

if TYPE_CHECKING:
    from skyaccord.talks.negotiation import Negotiation

app = typer.Typer()

NumberArgument = Annotated[int, typer.Argument(metavar="ROUND", min=1, help="The round's number, from 1.")]
OptionalAs = Annotated[
    Path | None, typer.Option("--as", metavar="FILE", help="Your own key, made by `skyaccord person new`.")
]


@app.command("round")
@acting_as_representative
def round_(
    number: NumberArgument,
    person: Person,
    *,
    starts: Annotated[
        str | None, typer.Option("--starts", metavar="TIME", help="Date and time, UTC: 2015-10-14T12:00:00Z.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="HOW", help="video, call, meeting or writing.")
    ] = None,
    place: Annotated[str, typer.Option("--place", help="Where, or which call.")] = "",
    interpreter: Annotated[str, typer.Option("--interpreter", help="Who interprets, in words.")] = "",
    delegate: Annotated[
        list[str] | None,
        typer.Option("--delegate", metavar="'NAME, FUNCTION'", help="Of your own delegation. Repeat it."),
    ] = None,
    item: Annotated[
        list[int] | None, typer.Option("--item", metavar="N", help="An agenda item's number. Repeat it.")
    ] = None,
    held: Annotated[
        bool, typer.Option("--held", help="It was held, and the delegates named here attended.")
    ] = False,
    cancel: Annotated[
        str | None, typer.Option("--cancel", metavar="REASON", help="It will not take place, and why.")
    ] = None,
    talks: TalksName = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Plan a round or change its plan; say who of your side attended (--held); or cancel it.

    For example: `skyaccord talks round 1 --starts 2015-10-14T12:00:00Z --by video --delegate "R. Ames,
    chair" …`.
    """
    found, party = the_talks(person.node, talks)
    step = "hold" if held else "cancel" if cancel is not None else "plan"
    meeting = found.round(number)
    meeting.check(party, step)
    if step == "plan":
        plan = meeting.plan
        starts = starts or (plan.starts.isoformat() if plan and plan.starts else None)
        by = by or (plan.by if plan else None)
        place, interpreter = (
            place or (plan.place if plan else ""),
            interpreter or (plan.interpreter if plan else ""),
        )
        if starts is None or by is None:
            raise InputError("a round has a date and a way to meet", do="give --starts TIME and --by HOW")
    fields: dict[str, Any] = {
        "act": "talks-round",
        "step": step,
        "round": number,
        "starts": starts if step == "plan" else None,
        "by": by if step == "plan" else None,
        "place": place if step == "plan" else "",
        "interpreter": interpreter,
        "delegation": [_delegate(one) for one in delegate or []],
        "agenda": [_item(found, one).ref.model_dump(mode="json") for one in item or []],
        "because": cancel or "",
    }
    ref = take_step(person, found, party, fields)
    done = {"plan": "planned", "hold": "says who attended", "cancel": "cancelled"}[step]
    said(ref, f"party {party} {done}: round {number}", output, round=number, step=step)


def _delegate(text: str) -> dict[str, str]:
    name, _, function = text.partition(",")
    return {"name": name.strip(), "function": function.strip()}


def _item(talks: Negotiation, number: int) -> Any:
    from skyaccord.talks.outline import items_in_order

    items = items_in_order(talks)
    if not 1 <= number <= len(items):
        raise InputError(f"there is no agenda item {number}", do="see `skyaccord talks agenda`")
    return items[number - 1]


@app.command("agenda")
def agenda(
    title: Annotated[
        str | None, typer.Argument(metavar="[TITLE]", help="Ask for this item; without it, the list.")
    ] = None,
    *,
    node: NodeFolder,
    as_file: OptionalAs = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="REF", help="About this approach or incident: PARTY:NUMBER of its entry."
        ),
    ] = None,
    accept: Annotated[int | None, typer.Option("--accept", metavar="N", help="Accept item N.")] = None,
    decline: Annotated[
        int | None, typer.Option("--decline", metavar="N", help="Decline item N, with --because.")
    ] = None,
    withdraw: Annotated[
        int | None, typer.Option("--withdraw", metavar="N", help="Withdraw your item N.")
    ] = None,
    deal: Annotated[
        int | None, typer.Option("--dealt", metavar="N", help="Item N was dealt with, in --round.")
    ] = None,
    again: Annotated[
        int | None, typer.Option("--again", metavar="N", help="Ask again for your item N that was declined.")
    ] = None,
    round_number: Annotated[
        int | None, typer.Option("--round", metavar="ROUND", min=1, help="The round it belongs to.")
    ] = None,
    subjects: Annotated[
        bool, typer.Option("--subjects", help="List approaches and incidents that --from can take.")
    ] = False,
    because: Because = "",
    talks: TalksName = None,
    person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Show the agenda, ask for an item, or answer one: accepted, declined with the reason, dealt with.

    An approach or an incident becomes an item with one command; the entry itself stays sealed where it is,
    the other side gets the title and the reference: `skyaccord talks agenda --from A:57 --node A --as
    rep.key`.
    """
    from skyaccord.cli.talks_show import agenda_lines
    from skyaccord.cli.talks_subjects import subject_of, subject_rows
    from skyaccord.talks.outline import item_data, items_in_order

    if subjects:
        with opened(node) as journal:
            rows = subject_rows(journal)
        if output is OutputFormat.json:
            print_json(rows)
        else:
            typer.echo("\n".join(f"{row['from']}  {row['title']}" for row in rows) or "none on the record")
        return
    found, party = the_talks(node, talks)
    answers = {"accept": accept, "decline": decline, "withdraw": withdraw, "deal": deal, "request": again}
    chosen = {step: number for step, number in answers.items() if number is not None}
    if len(chosen) + (title is not None or from_ is not None) > 1:
        raise InputError("one step at a time", do="ask for an item, or answer one")
    if not chosen and title is None and from_ is None:
        if output is OutputFormat.json:
            print_json([item_data(item, party) for item in items_in_order(found)])
        else:
            typer.echo("\n".join(agenda_lines(found)))
        return
    if as_file is None:
        raise InputError("a step is signed with your own key", do="give --as FILE")
    fields: dict[str, Any] = {"act": "talks-agenda", "because": because, "round": round_number}
    if chosen:
        step, number = next(iter(chosen.items()))
        item = _item(found, number)
        item.check(party, step)
        fields |= {"step": step, "item": item.ref.model_dump(mode="json")}
        told = f"item {number}, {item.title!r}"
    else:
        about, own_title = None, title
        if from_ is not None:
            with opened(node) as journal:
                subject = subject_of(journal, from_)
            about, own_title = subject.ref.model_dump(mode="json"), title or subject.title
            if title is None:
                fields["subject"] = subject.fields
        fields |= {"step": "request", "title": own_title, "about": about}
        step, told = "request", repr(own_title)
    person = Person(node, as_file, None, person_passphrase_file, passphrase_file)
    ref = take_step(person, found, party, fields)
    done = {
        "request": "asks for",
        "accept": "accepts",
        "decline": "declines",
        "withdraw": "withdraws",
        "deal": "says that it was dealt with:",
    }[step]
    said(ref, f"party {party} {done} {told}", output, step=step)


@app.command("minutes")
def minutes(
    number: NumberArgument,
    *,
    node: NodeFolder,
    as_file: OptionalAs = None,
    text: Annotated[
        list[str] | None,
        typer.Option(
            "--text", metavar="LANGUAGE=FILE", help="Write them: en=, ru= or ar= and a file. Repeat it."
        ),
    ] = None,
    talks: TalksName = None,
    person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Show a round's minutes; or write them: your texts, and beside them what the record says was agreed.

    Who writes them stands for them; the other side signs the same digest with `skyaccord talks close ROUND`.
    For example: `skyaccord talks minutes 1 --text en=minutes.txt --text ru=protokol.txt --node A --as
    rep.key`.
    """
    from skyaccord.cli.talks_show import minutes_lines
    from skyaccord.talks.acts import minutes_digest
    from skyaccord.talks.outline import round_data
    from skyaccord.talks.protocol import minutes_of

    found, party = the_talks(node, talks)
    if not text:
        if output is OutputFormat.json:
            print_json(round_data(found, found.round(number), party)["minutes"])
        else:
            typer.echo("\n".join(minutes_lines(found, number)))
        return
    if as_file is None:
        raise InputError("minutes are signed with your own key", do="give --as FILE")
    made = minutes_of(found, number, dict(_text(one) for one in text))  # type: ignore[arg-type]
    digest = minutes_digest(made)
    found.round(number).check(party, "minutes")
    fields = {
        "act": "talks-minutes",
        "step": "minutes",
        "round": number,
        "minutes": made.model_dump(mode="json"),
        "digest": digest,
    }
    person = Person(node, as_file, None, person_passphrase_file, passphrase_file)
    ref = take_step(person, found, party, fields)
    said(ref, f"party {party} wrote the minutes of round {number}, {digest}", output, digest=digest)


def _text(option: str) -> tuple[str, str]:
    language, equals, file = option.partition("=")
    if not equals or language not in ("en", "ru", "ar"):
        raise InputError(f"--text {option!r} is not LANGUAGE=FILE", do="begin with en=, ru= or ar=")
    try:
        return language, Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", where=file) from None


@app.command("close")
@acting_as_representative
def close(
    number: NumberArgument,
    person: Person,
    *,
    digest: Annotated[
        str | None, typer.Option("--digest", help="Which minutes, where there are several texts of them.")
    ] = None,
    talks: TalksName = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Sign the minutes of a round. It is closed when every side has signed the same digest.

    For example: `skyaccord talks close 1 --node B --as rep.key`, after reading `skyaccord talks minutes 1`.
    """
    found, party = the_talks(person.node, talks)
    held = found.round(number)
    others = {stands for who, stands in held.stands_for.items() if who != party}
    if digest is None and len(others) != 1:
        what = "several texts of the minutes" if others else "the other side has written no minutes yet"
        raise InputError(
            what, where=f"round {number}", do="see `skyaccord talks minutes ROUND`; give --digest"
        )
    chosen = digest or others.pop()
    state = held.check(party, "sign", chosen)
    fields = {"act": "talks-minutes", "step": "sign", "round": number, "digest": chosen}
    ref = take_step(person, found, party, fields)
    said(
        ref,
        f"party {party} signed the minutes of round {number}: {state}",
        output,
        digest=chosen,
        state=state,
    )
