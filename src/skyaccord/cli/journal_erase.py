"""`skyaccord journal erase`: contents go when their retention ends; that they were there stays provable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase


def erase(
    node: Annotated[
        Path, typer.Option("--node", metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
    ],
    before: Annotated[
        str | None,
        typer.Option(
            "--before", metavar="TIME", help="Erase what was recorded before, like 2026-01-31T00:00:00Z."
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Which kind of entry, like message. Repeatable."),
    ] = None,
    by_accord: Annotated[
        bool, typer.Option("--by-accord", help="Erase what each accord's own retention says, as of now.")
    ] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Erase the contents of entries, ours and our copies of peers', when their retention has ended.

    Salt and envelope go; leaf, place, kind and receipts stay, `journal verify` still closes, and an entry of
    ours says what was erased and why. Cards, persons, keys, receipts and signatures are never erased; an
    incident goes whole, and not before every side has closed it.

    Example: skyaccord journal erase --node our-node --before 2025-01-01T00:00:00Z --kind message
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.base.times import format_utc, parse_utc
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.incidents.keeping import kept_back
    from skyaccord.node.incident_folder import read_incidents
    from skyaccord.record.erasure import Retention
    from skyaccord.record.erasure import erase as erase_contents
    from skyaccord.record.folder import open_folder
    from skyaccord.talks.folder import read_book
    from skyaccord.talks.retention import retentions

    know_all_rooms()
    if by_accord == (before is not None or bool(kind)) or (before is None) != (not kind):
        raise InputError("say what is to go", do="give --before with --kind, or --by-accord alone")
    folder = open_folder(node)
    passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {folder.card().party}'s key")
    key = folder.load_key(passphrase)
    clock = SystemClock()
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, key, clock, SystemRandomness())
        if before is not None:
            wanted = [Retention(frozenset(kind or ()), parse_utc(before), "retention")]
        else:
            wanted = retentions(read_book(journal), clock.now())
        gone: dict[str, int] = {}
        cases = list(read_incidents(journal, folder.card()).cases)
        for one in wanted:
            stay = kept_back(cases, one.before)
            for name, count in erase_contents(journal, replace(one, stay=stay)).items():
                gone[name] = gone.get(name, 0) + count
    finally:
        store.close()
    for name, count in sorted(gone.items()):
        typer.echo(f"{count:6}  {name}")
    if not gone:
        typer.echo("Nothing was due.")
    for case in cases:
        if case.state != "closed":
            typer.echo(f"kept: incident {case.id} of {format_utc(case.start)}, which is not closed")
