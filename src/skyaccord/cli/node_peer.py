"""`skyaccord node peer`: first contact, as a ceremony that two people do by voice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase


def peer(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
    ],
    card_file: Annotated[Path, typer.Argument(metavar="CARD", help="The other party's card, a file.")],
    fingerprint: Annotated[
        str | None,
        typer.Option(
            "--fingerprint",
            metavar="DIGITS",
            help="What the other side read aloud, for scripts that cannot be asked.",
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Pin another party's card: from now on, this key is that party. Two people compare by voice first.

    Call the other side over a line you trust. Read your fingerprint to them, type the one they read to you:
    it must be the card's, or nothing is pinned. They do the same with yours. The pinning is journalled.

    A party that is pinned already keeps its key: only its own root key can replace that.

    Example: skyaccord node peer our-node B.card.json
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.cards import Card
    from skyaccord.record.ceremony import compare
    from skyaccord.record.folder import open_folder
    from skyaccord.record.peers import pin_peer

    folder = open_folder(directory)
    theirs = Card.load(card_file)
    ours = folder.card()
    typer.echo(f"Card of party {theirs.party} ({theirs.name}), its link at {theirs.link_address}")
    if theirs.party != ours.party:  # else pinning refuses it, with its own words
        typer.echo(f"Ours, to read to them:   {ours.fingerprint}")
        if fingerprint is None:
            if not sys.stdin.isatty():
                raise InputError(
                    "no terminal to type the other side's fingerprint on", do="give --fingerprint DIGITS"
                )
            fingerprint = typer.prompt("Theirs, as they read it")
        compare(str(fingerprint), theirs, ours)
        typer.echo(f"Theirs, the same:        {theirs.fingerprint}")
    passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {ours.party}'s key")
    key = folder.load_key(passphrase)
    store = folder.open_store()
    try:
        entry = pin_peer(folder.open_journal(store, key, SystemClock(), SystemRandomness()), theirs)
    finally:
        store.close()
    if entry is None:
        typer.echo("Pinned already; nothing has changed.")
    else:
        typer.echo(f"Pinned, as entry {entry.sequence} of our journal.")
        typer.echo("They must pin ours in the same way, from what you read to them.")
