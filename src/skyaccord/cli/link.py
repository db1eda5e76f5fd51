"""`skyaccord link`: the link by hand, when there is no network between the parties."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skyaccord.base.counting import counted
from skyaccord.base.errors import InputError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

if TYPE_CHECKING:
    from skyaccord.record.journal import Journal
    from skyaccord.record.parcel import Packed

app = typer.Typer(
    help=(
        "The link by hand: carry entries to the other party in a file, and its answer back. The node may run "
        "meanwhile, and the network may come and go: nothing is lost or doubled. docs/link.md has it all."
    ),
    no_args_is_help=True,
)

EXIT_REFUSED = 1

NodeOption = Annotated[Path, typer.Option("--node", metavar="DIR", help="The node's folder.")]


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The parcel to write; must not exist yet.")],
    *,
    node: NodeOption,
    peer: Annotated[str, typer.Option("--peer", help="The pinned party it is for.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write what the peer is not known to hold into a parcel, with what we hold of its journal.

    Example: skyaccord link export to-B.parcel --node A --peer B. At B: skyaccord link import to-B.parcel
    --node B --answer to-A.parcel. Back at A: skyaccord link import to-A.parcel --node A.
    """
    with _journal(node, passphrase_file) as journal:
        _check_pinned(journal, peer)
        packed = _write(journal, peer, file)
    typer.echo(f"Parcel for party {peer}: {_entries(packed)}, and that we hold {packed.holds} of theirs.")
    typer.echo(f"There:  skyaccord link import {file.name} --node DIR --answer FILE")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A parcel of the other party.")],
    *,
    node: NodeOption,
    answer: Annotated[
        Path | None,
        typer.Option(
            "--answer",
            metavar="FILE",
            help="Write a parcel back: receipts, what else is for that party, and what we now hold.",
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Take a parcel: check every entry as the link does, journal the receipt. Twice is once.

    Exit 0: taken, or held already. 1: something in it was not taken, and the line says why. 2: unreadable,
    or not for this node.
    """
    from skyaccord.node.retaining import retain
    from skyaccord.record.folder import open_folder
    from skyaccord.record.parcel import take_parcel

    if answer is not None:
        _check_free(answer)
    with _journal(node, passphrase_file) as journal:
        taken = take_parcel(journal, file)
        retain(journal, open_folder(node).card())
        new = taken.after - taken.before
        typer.echo(f"Parcel of party {taken.party}, made {taken.at:%Y-%m-%d %H:%M:%S} UTC by its clock")
        held = counted(taken.after, "entry", "entries")
        typer.echo(f"Taken:        {_new(new)}; we hold {held} of party {taken.party}'s journal.")
        if taken.theirs is not None:
            typer.echo(f"Held there:   {counted(taken.theirs, 'entry', 'entries')} of our journal.")
        for fault in taken.faults:
            typer.echo(f"Not taken:    {fault}", err=True)
        if answer is not None:
            packed = _write(journal, taken.party, answer)
            typer.echo(f"Answer:       {answer}, with {_entries(packed)}.")
    if taken.faults:
        raise typer.Exit(EXIT_REFUSED)


def _new(count: int) -> str:
    return "nothing new" if count == 0 else counted(count, "new entry", "new entries")


def _entries(packed: Packed) -> str:
    if packed.last < packed.first:
        return "no entries"
    if packed.last == packed.first:
        return f"entry {packed.first} of our journal"
    return f"entries {packed.first} to {packed.last} of our journal"


def _check_pinned(journal: Journal, peer: str) -> None:
    from skyaccord.record.journals import all_journals

    with journal.store.reading() as connection:
        pinned = [info.party for info in all_journals(connection) if not info.own]
    if peer in pinned:
        return
    if peer == journal.party:
        raise InputError(f"party {peer} is this node's own", where="--peer", do="name the other party")
    known = f"pinned are: {', '.join(pinned)}" if pinned else "nobody is: skyaccord node peer"
    raise InputError(f"no party {peer!r} is pinned here", where="--peer", do=known)


def _check_free(file: Path) -> None:
    if file.exists():
        raise InputError("exists already", where=str(file), do="choose another name; it is not overwritten")


def _write(journal: Journal, peer: str, file: Path) -> Packed:
    """Write a parcel: whole, on the disk, or not at all."""
    from skyaccord.record.parcel import pack

    _check_free(file)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.new")
    try:
        with draft.open("xb") as written:
            packed = pack(journal, peer, written)
            written.flush()
            os.fsync(written.fileno())
        draft.rename(file)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(file)) from None
    finally:
        draft.unlink(missing_ok=True)
    return packed


@contextmanager
def _journal(node: Path, passphrase_file: Path | None) -> Iterator[Journal]:
    """The party's journal, open for appending; every kind that the rooms know is known."""
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.folder import open_folder

    know_all_rooms()
    folder = open_folder(node)
    passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {folder.card().party}'s key")
    key = folder.load_key(passphrase)
    store = folder.open_store()
    try:
        yield folder.open_journal(store, key, SystemClock(), SystemRandomness())
    finally:
        store.close()
