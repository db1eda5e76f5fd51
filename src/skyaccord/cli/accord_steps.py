"""`skyaccord accord told|suspend|resume|withdraw|annex|amend`: an accord's life after it was signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from skyaccord.base.counting import counted
from skyaccord.base.errors import InputError
from skyaccord.cli.acting import AsFile, NodeFolder, PassphraseFile, PersonPassphraseFile, carry_out
from skyaccord.cli.passphrase import read_passphrase
from skyaccord.cli.talks_common import Because, FormatOption, OutputFormat, opened, print_json, said

if TYPE_CHECKING:
    from skyaccord.record.journal import Journal
    from skyaccord.talks.book import AccordBook, Standing

app = typer.Typer()

WhichArgument = Annotated[
    str,
    typer.Argument(
        metavar="ACCORD", help="The accord's name or digest as on the record, or the file that was signed."
    ),
]


def standing_of(node: Path, which: str) -> tuple[Standing, str]:
    """The accord that is meant, and the node's party: the newest version where only its name is given."""
    from skyaccord.talks.folder import read_book, sky_now

    digest = None
    if Path(which).is_file():
        from skyaccord.accord.source import load_accord

        digest = load_accord(which).digest
    with opened(node) as journal:
        party = journal.party
        found = read_book(journal).standings(sky_now(journal))
    fitting = [
        one
        for one in found
        if one.digest == digest or (digest is None and which in (one.accord.name, one.digest))
    ]
    live = [one for one in fitting if one.state in ("in force", "suspended", "not yet valid")] or fitting
    if not live:
        known = ", ".join(sorted({one.accord.name for one in found})) or "none"
        raise InputError(f"no accord {which!r} on the record", do=f"accords there: {known}")
    return live[-1], party


def _step(  # noqa: PLR0917 (a command's options, passed on)
    step: str,
    which: str,
    because: str,
    node: Path,
    as_file: Path,
    files: tuple[Path | None, Path | None],
    output: OutputFormat,
) -> None:
    from skyaccord.base.times import format_utc
    from skyaccord.talks.acts import REPRESENTATIVE
    from skyaccord.talks.course import check_step

    found, party = standing_of(node, which)
    where = f"{found.accord.name} version {found.accord.version}"
    check_step(found.state, found.course, party, step, where=where)  # type: ignore[arg-type]
    payload: dict[str, Any] = {
        "act": "accord-course",
        "step": step,
        "because": because,
        "accord": found.digest,
    }
    if found.accord.exercise:
        payload["exercise"] = True
    ref = carry_out(
        node,
        payload,
        as_file,
        role=REPRESENTATIVE,
        person_passphrase_file=files[0],
        passphrase_file=files[1],
    )
    after, _ = standing_of(node, found.digest)
    pending = [one for one in after.course.announced if one.party == party]
    effect = f", from {format_utc(pending[-1].holds_from)}" if pending else ""
    done = {"suspend": "suspends", "resume": "resumes", "withdraw": "withdraws from"}[step]
    said(ref, f"party {party} {done} {where}{effect}: {after.state.upper()}", output, state=after.state)
    if output is OutputFormat.text:
        typer.echo(f"  {after.reason}")


_COURSE: Final = {
    "suspend": """Suspend an accord, with the notice that it demands. Monitoring, hotline and record go on.

    For example: `skyaccord accord suspend north-sector --because "the events of 7 April" --node A --as
    rep.key`.
    """,
    "resume": """Resume an accord that your side suspended, or take an announced step back before it takes
    effect.

    For example: `skyaccord accord resume north-sector --because "talks of 6 May" --node A --as rep.key`.
    """,
    "withdraw": """Leave an accord, with the notice that it demands. Hotline and record go on, your own rule
    watches on.

    For example: `skyaccord accord withdraw north-sector --because "…" --node A --as rep.key`.
    """,
}
"""The steps of an accord's course, with what `--help` says of each."""


def _course_command(step: str) -> None:
    """One command a step; they differ in nothing but the step."""

    def command(
        which: WhichArgument,
        node: NodeFolder,
        as_file: AsFile,
        because: Because,
        *,
        person_passphrase_file: PersonPassphraseFile = None,
        passphrase_file: PassphraseFile = None,
        output: FormatOption = OutputFormat.text,
    ) -> None:
        _step(step, which, because, node, as_file, (person_passphrase_file, passphrase_file), output)

    command.__doc__ = _COURSE[step]
    app.command(step)(command)


for _one in _COURSE:
    _course_command(_one)


@app.command("told")
def told(
    which: WhichArgument,
    node: NodeFolder,
    *,
    member: Annotated[
        list[str] | None,
        typer.Option(
            "--member", metavar="NAME", help="A member that confirmed. Repeat it. Without: the list."
        ),
    ] = None,
    confirmed_by: Annotated[
        str, typer.Option("--by", metavar="WHO", help="Who of the member confirmed, by function.")
    ] = "",
    as_file: Annotated[
        Path | None,
        typer.Option("--as", metavar="FILE", help="Your own key, made by `skyaccord person new`."),
    ] = None,
    person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Say which members of your coalition have confirmed that they were told the rules; or list who has not.

    For example: `skyaccord accord told north-sector --member "Member 1" --by "chief of staff" --node A --as
    rep.key`.
    """
    found, party = standing_of(node, which)
    if not member:
        rows = {
            who: {name: (one.confirmed_by if one else None) for name, one in members.items()}
            for who, members in found.told.items()
        }
        if output is OutputFormat.json:
            print_json(rows)
        else:
            typer.echo("\n".join(told_lines(found)))
        return
    if as_file is None:
        raise InputError("it is signed with your own key", do="give --as FILE")
    from skyaccord.talks.acts import REPRESENTATIVE

    payload: dict[str, Any] = {
        "act": "accord-told",
        "members": member,
        "confirmed_by": confirmed_by,
        "accord": found.digest,
    }
    if found.accord.exercise:
        payload["exercise"] = True
    ref = carry_out(
        node,
        payload,
        as_file,
        role=REPRESENTATIVE,
        person_passphrase_file=person_passphrase_file,
        passphrase_file=passphrase_file,
    )
    said(ref, f"party {party}: {', '.join(member)} confirmed", output, members=member)


def told_lines(standing: Standing) -> list[str]:
    """Who was told, and who was not, by party."""
    lines = []
    for party, members in standing.told.items():
        done = [name for name, one in members.items() if one]
        missing = [name for name, one in members.items() if not one]
        line = f"party {party}: told {', '.join(done) or 'nobody'}"
        lines.append(line + (f"; NOT TOLD {', '.join(missing)}" if missing else ""))
    return lines


@app.command("annex")
def annex(
    which: WhichArgument,
    annex_id: Annotated[str, typer.Argument(metavar="ANNEX", help="The annex's id, like frequencies.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file; never overwritten.")],
    node: NodeFolder,
    *,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", metavar="N", min=2, help="The text of this version that a party has signed already."
        ),
    ] = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Write an amendment's file: the annex as it runs, with the next version, to be changed and signed.

    With --version, the amendment that the other side has signed, to be read and signed as well. For example:
    `skyaccord accord annex north-sector frequencies frequencies-2.toml --node A`.
    """
    from skyaccord.accord.annexes import parse_amendment
    from skyaccord.record.keys import write_new_file
    from skyaccord.talks.clause_text import amendment_toml
    from skyaccord.talks.folder import read_book, sky_now

    found, _ = standing_of(node, which)
    with opened(node) as journal:
        book, sky_time = read_book(journal), sky_now(journal)
    if version is None:
        running = book.as_it_runs(found.loaded, sky_time).accord
        text = amendment_toml(running, found.digest, annex_id)
    else:
        text = _signed_text(book, found, annex_id, version)
    read = parse_amendment(text, annex_id)
    write_new_file(file, text.encode(), mode=0o644)
    if output is OutputFormat.json:
        print_json({"file": str(file), "digest": read.digest, "version": read.amendment.version})
        return
    typer.echo(f"{file} written: annex {annex_id} version {read.amendment.version}, {read.digest}")


def _signed_text(book: AccordBook, found: Standing, annex_id: str, version: int) -> str:
    """The file of the amendment that somebody has signed. InputError: none, or two texts of one version."""
    fitting = [
        (one.digest, held.text)
        for one in found.annexes
        if (one.annex, one.version) == (annex_id, version)
        and one.digest is not None
        and (held := book.amendment(one.digest)) is not None
    ]
    if len(fitting) == 1:
        return fitting[0][1]
    if fitting:
        digests = ", ".join(digest for digest, _ in fitting)
        raise InputError(
            f"there are {len(fitting)} texts of version {version}: {digests}",
            where=f"annex {annex_id}",
            do="settle by voice which of them is meant, and sign another version",
        )
    raise InputError(f"nobody has signed version {version} of it", where=f"annex {annex_id}")


@app.command("amend")
def amend(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The amendment of one annex, a TOML file.")],
    node: NodeFolder,
    *,
    passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Sign an amendment of one annex with the node's key. It runs when every party has signed the same
    digest.

    The accord keeps its name, validity and digest. `skyaccord accord annex` writes a file to begin with. For
    example: `skyaccord accord amend frequencies-2.toml --node A`.
    """
    from skyaccord.accord.annexes import load_amendment
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.folder import open_folder
    from skyaccord.talks.folder import amend_into, read_book, sky_now

    know_all_rooms()
    loaded = load_amendment(file)
    folder = open_folder(node)
    key = folder.load_key(read_passphrase(passphrase_file, prompt="Passphrase of the node's key"))
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, key, SystemClock(), SystemRandomness())
        entry = amend_into(journal, loaded)
        standing = read_book(journal).standing(loaded.amendment.accord, sky_now(journal))
    finally:
        store.close()
    versions = [one for one in standing.annexes if one.digest == loaded.digest] if standing else []
    state = versions[0].state if versions else "unknown"
    missing = list(versions[0].missing) if versions else []
    if output is OutputFormat.json:
        print_json(
            {"digest": loaded.digest, "signed_now": entry is not None, "state": state, "missing": missing}
        )
        return
    done = "has signed" if entry is not None else "had signed before; nothing changed:"
    annex = f"annex {loaded.amendment.annex} version {loaded.amendment.version}"
    waits = f"; {', '.join(missing)} has not signed" if missing else ""
    typer.echo(f"party {journal.party} {done} {annex}: {state.upper()}{waits}")


def standing_extras(standing: Standing) -> list[str]:
    """What `accord status` adds to an accord's lines: announcements, annexes, who was not told."""
    lines = []
    if standing.course.told:
        lines.append(f"  political  {standing.course.told}")
    for one in standing.annexes if standing.state in ("in force", "suspended") else ():
        if one.state != "superseded":
            waits = f", waits for {', '.join(one.missing)}" if one.missing else ""
            lines.append(f"  annex      {one.annex} version {one.version}: {one.state}{waits}")
    if standing.state in ("in force", "suspended"):
        lines += [f"  told       {line}" for line in told_lines(standing) if "NOT TOLD" in line]
    return lines


def circuit_data(journal: Journal) -> list[dict[str, Any]]:
    """Whether the line to each peer works, as far as the record shows: when it was last heard, what it holds.

    The political status of no accord changes this. The running node knows more: `/api/status`, `circuit`.
    """
    own = next(info for info in journal.journals() if info.own)
    rows = []
    for info in journal.journals():
        if not info.own:
            last = next(iter(journal.entries(info.origin, after=info.size - 2)), None) if info.size else None
            rows.append(
                {
                    "party": info.party,
                    "last_heard": None if last is None or last.sealed else last.header.recorded_at,
                    "entries": info.size,
                    "own_entries": own.size,
                }
            )
    return rows


def circuit_lines(rows: list[dict[str, Any]]) -> list[str]:
    """The circuit's status, a line a peer."""
    from skyaccord.base.times import format_utc

    return [
        f"circuit: {counted(row['entries'], 'entry', 'entries')} of party {row['party']} "
        f"{'is' if row['entries'] == 1 else 'are'} here"
        + (f", the last recorded at {format_utc(row['last_heard'])}" if row["last_heard"] else "")
        for row in rows
    ]
