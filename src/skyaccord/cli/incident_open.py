# ruff: noqa: PLR0917 - options of one command
"""`skyaccord incident open|conduct`: how an incident begins that no node opened by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.acting import carry_out
from skyaccord.cli.incident_common import (
    AsFile,
    FormatOption,
    Held,
    LanguageOption,
    NodeFolder,
    OutputFormat,
    PassphraseFile,
    PersonPassphraseFile,
    RoleName,
    held,
    said,
)
from skyaccord.cli.talks_common import opened

if TYPE_CHECKING:
    from pathlib import Path

    from skyaccord.record.entries import Entry
    from skyaccord.record.fields import EntryRef

app = typer.Typer()

_REF: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9_-]{0,31}):(\d{1,15})$")
_ADDRESS: Final = re.compile(r"^~?[0-9a-f]{6}$")  # as the statement takes it (incidents/statements.py)
OPENED_BY_PAIR: Final = ("approach", "encounter", "alert")

FromTime = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="When it began, sky time: 2015-10-20T09:00:00Z.")
]
ToTime = Annotated[
    str | None, typer.Option("--to", metavar="TIME", help="When it ended; without it, an instant.")
]
Aircraft = Annotated[
    list[str] | None,
    typer.Option("--aircraft", metavar="ICAO24", help="An aircraft's address; repeat it for the other one."),
]
AccordOption = Annotated[
    str | None,
    typer.Option("--accord", metavar="DIGEST", help="Under which accord, where several are in force."),
]


@app.command("open")
def open_(
    node: NodeFolder,
    as_file: AsFile,
    *,
    about: Annotated[
        str | None,
        typer.Option("--about", metavar="REF", help="An approach, alert, encounter or crossing: A:57."),
    ] = None,
    uncoordinated: Annotated[
        str | None,
        typer.Option(
            "--uncoordinated", metavar="ICAO24", help="A flight that nobody was told of; with --from."
        ),
    ] = None,
    aircraft: Aircraft = None,
    from_: FromTime = None,
    to: ToTime = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What happened, in a few words.")] = "",
    language: LanguageOption = "en",
    accord: AccordOption = None,
    role: RoleName = None,
    person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Open an incident: about something on the record, an uncoordinated flight, or by hand (--from, --note).

    For example: `skyaccord incident open --about A:57 --note "Too near for a transit." --node A --as
    officer.key`. Opening an approach shows it to the other side; until then it is sealed.
    """
    _one_way(about, uncoordinated, aircraft, from_)
    found = held(node)
    if about is not None:
        fields = _about(node, found, about, note, language, accord)
    else:
        times = _window(from_, to)
        if not note.strip():
            raise InputError("what happened?", do="say so in a few words: --note TEXT")
        fields = {
            "act": "report-incident",
            "reason": "uncoordinated-flight" if uncoordinated else "hand",
            "aircraft": _addresses([uncoordinated] if uncoordinated else aircraft),
            **times,
            "note": note,
            "language": language,
            "accord": _accord(found, accord),
        }
    ref = carry_out(
        node, fields, as_file, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip
    name = _name(node, ref)
    said(ref, f"party {found.party} opened incident {name}", output, incident=name)


@app.command("conduct")
def conduct(
    node: NodeFolder,
    as_file: AsFile,
    *,
    code: Annotated[
        list[str], typer.Option("--code", metavar="CODE", help="A rule of conduct of the accord. Repeat it.")
    ],
    kept: Annotated[
        bool, typer.Option("--kept/--not-kept", help="Whether it was kept: good conduct counts as much.")
    ],
    of: Annotated[
        str | None,
        typer.Option("--of", metavar="INCIDENT", help="Add it to this incident instead of opening one."),
    ] = None,
    aircraft: Aircraft = None,
    from_: FromTime = None,
    to: ToTime = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was seen.")] = "",
    language: LanguageOption = "en",
    accord: AccordOption = None,
    role: RoleName = None,
    person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Report conduct, good or not, by the accord's own codes: as an incident, or in one that is open.

    For example: `skyaccord incident conduct --code lights --kept --from 2015-10-20T18:00:00Z --node A --as
    officer.key`.
    """
    from skyaccord.base.times import format_utc

    found = held(node)
    case = found.case(of) if of else None
    times = _window(from_, to) if from_ or case is None else {
        "start": format_utc(case.start), "end": format_utc(case.end),
    }  # fmt: skip
    fields = {
        "act": "report-incident",
        "reason": "conduct",
        "incident": case.ref.model_dump(mode="json") if case else None,
        "aircraft": _addresses(aircraft) or (sorted(case.aircraft) if case else []),
        **times,
        "codes": code,
        "conduct": "kept" if kept else "not-kept",
        "note": note,
        "language": language,
        "accord": case.accord if case else _accord(found, accord),
    }
    ref = carry_out(
        node, fields, as_file, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip
    name = case.id if case else _name(node, ref)
    what = f"party {found.party} reported conduct in incident {name}: {', '.join(code)} {fields['conduct']}"
    said(ref, what, output, incident=name)


def _one_way(
    about: str | None, uncoordinated: str | None, aircraft: list[str] | None, from_: str | None
) -> None:
    """Nothing that was given is passed over. InputError: two ways to begin at once."""
    if about is not None and (uncoordinated or aircraft or from_):
        raise InputError(
            "--about says which aircraft and when already",
            do="leave out --uncoordinated, --aircraft and --from, or leave out --about",
        )
    if uncoordinated and aircraft:
        raise InputError("an uncoordinated flight is one aircraft's", do="leave out --aircraft")


def _addresses(given: list[str] | None) -> list[str]:
    """Addresses in order. InputError: one is none, or is named twice, or there are too many."""
    from skyaccord.incidents.statements import AIRCRAFT_MAX

    found = sorted(one.lower() for one in given or [])
    for one in found:
        if not _ADDRESS.match(one):
            raise InputError(f"{one[:40]!r} is no aircraft's address", do="write six hex digits, like a00001")
    if len(set(found)) < len(found) or len(found) > AIRCRAFT_MAX:
        raise InputError(
            f"names {len(found)} aircraft", where="--aircraft", do="name two different ones at most"
        )
    return found


def _name(node: Path, ref: EntryRef) -> str:
    """What the incident is called that this entry opened; the entry, should it be called nothing."""
    from skyaccord.incidents.outline import short_ref

    case = held(node).projections.cases.case_at(ref)
    return short_ref(ref) if case is None else case.id


def _about(
    node: Path, found: Held, about: str, note: str, language: str, accord: str | None
) -> dict[str, Any]:
    """The statement that opens an incident about an entry."""
    entry = _entry(node, about)
    ref = entry.ref.model_dump(mode="json")
    if entry.kind == "crossing":
        body = entry.body
        return {
            "act": "report-incident",
            "reason": "crossing",
            "about": ref,
            "aircraft": [body["icao24"]],
            "start": body["time"],
            "end": body["time"],
            "note": note,
            "language": language,
            "accord": entry.header.accord,
        }
    if entry.kind not in OPENED_BY_PAIR:
        raise InputError(
            "is nothing to open an incident about",
            where=about,
            do="name an approach, an alert, an encounter or a crossing; see `skyaccord journal show`",
        )
    told = entry.body.get("observation") or entry.body
    under = entry.header.accord or (_accord(found, accord) if accord or _in_force(found) else None)
    return {
        "act": "open-incident",
        "pair": list(told["pair"]),
        "about": ref,
        "note": note,
        "accord": under,
    }


def _entry(node: Path, text: str) -> Entry:
    """The entry named PARTY:NUMBER."""
    named = _REF.match(text)
    if not named:
        raise InputError(f"{text[:80]!r} names no entry", do="write PARTY:NUMBER, like A:57")
    party, sequence = named[1], int(named[2])
    with opened(node) as journal:
        for info in journal.journals():
            if info.party == party and sequence < info.size:
                entry = next(iter(journal.entries(info.origin, after=sequence - 1, limit=1)))
                if entry.sealed:
                    raise InputError("that entry is sealed: nobody here can read it", where=text)
                return entry
    raise InputError("no such entry is held here", where=text, do="see `skyaccord journal show`")


def _window(start: str | None, end: str | None) -> dict[str, str]:
    from skyaccord.base.times import format_utc, parse_utc
    from skyaccord.incidents.statements import LASTS_S_MAX

    if start is None:
        raise InputError("when did it happen?", do="give --from TIME (and --to TIME), or --about REF")
    first = parse_utc(start, where="--from")
    last = parse_utc(end, where="--to") if end else first
    if not 0 <= (last - first).total_seconds() <= LASTS_S_MAX:
        raise InputError(
            "before --from, or more than six hours after it", where="--to", do="give it later or sooner"
        )
    return {"start": format_utc(first), "end": format_utc(last)}


def _in_force(found: Held) -> list[str]:
    """Digests of the accords that are watched now."""
    sky_time = found.projections.sky_time or found.now
    return [loaded.digest for loaded in found.projections.book.watched(sky_time)]


def _accord(found: Held, wanted: str | None) -> str | None:
    """The accord it is accounted for under: the one in force, or the one that is named."""
    digests = _in_force(found)
    if wanted is not None:
        chosen = [
            digest
            for digest in digests
            if digest.removeprefix("sha256:").startswith(wanted.removeprefix("sha256:"))
        ]
        if len(chosen) != 1:
            raise InputError(f"no accord {wanted[:80]!r} in force here", do="see `skyaccord accord status`")
        return chosen[0]
    if len(digests) > 1:
        raise InputError("several accords are in force", do="name one with --accord DIGEST")
    return digests[0] if digests else None
