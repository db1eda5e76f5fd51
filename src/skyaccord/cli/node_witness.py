"""`skyaccord node witness`: name a neutral witness on the party's own record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skyaccord.cli.passphrase import PassphraseFile, read_passphrase


def witness(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
    ],
    card_file: Annotated[Path, typer.Argument(metavar="CARD", help="The witness's card, a file.")],
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", metavar="DIGITS", help="What it read aloud, instead of asking."),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Have a neutral witness cosign the journal from now on. Compare its fingerprint by voice first.

    Journalled, for nobody else; works while the node serves. The witness must follow this party as well:
    `skyaccord witness follow DIR CARD`. It sees how the journal grows, and no entry.

    Example: skyaccord node witness our-node harbour.json
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.cli.witness import compare_by_voice
    from skyaccord.record.folder import open_folder
    from skyaccord.record.witness_card import WitnessCard, pin_witness

    folder = open_folder(directory)
    card = WitnessCard.load(card_file)
    typer.echo(f"Card of the witness {card.name}, at {card.link_address}")
    compare_by_voice(fingerprint, card, folder.card())
    passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {folder.card().party}'s key")
    key = folder.load_key(passphrase)
    store = folder.open_store()
    try:
        entry = pin_witness(folder.open_journal(store, key, SystemClock(), SystemRandomness()), card)
    finally:
        store.close()
    if entry is None:
        typer.echo("Pinned already; nothing has changed.")
    else:
        typer.echo(f"Pinned, as entry {entry.sequence} of our journal.")
