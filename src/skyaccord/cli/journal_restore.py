"""`skyaccord journal restore`: a journal that is behind, made whole by hand from a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

if TYPE_CHECKING:
    from skyaccord.record.behind_bundle import MadeWhole

EXIT_BEHIND: Final = 1


def restore(
    bundle: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="A bundle of `journal export`: a peer's, or our own.")
    ],
    node: Annotated[
        Path, typer.Option("--node", metavar="DIR", help="The node's folder, restored from an older copy.")
    ],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Take back the entries of our own journal that this folder lacks; stop the node first.

    For a folder put back from an older copy whose peers cannot be reached: else the node does the same by
    itself when it starts. Each entry must lie under a checkpoint that our own key signed; what is here is
    compared and never written again, and another history is refused. What was not addressed to the party that
    made the bundle comes back as its hash alone. When the node starts next, an entry says what came back.

    Exit 0: nothing is missing, now or before. 1: still behind, or two histories; the line says what to do. 2:
    unreadable, damaged, or not of our journal; nothing was changed.

    Example, at party B: skyaccord journal export for-A.bundle --node B. Then, at party A:
    skyaccord journal restore for-A.bundle --node A
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.cli.journal_options import check_there
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.cli.scan_output import Counting
    from skyaccord.record.behind_bundle import restore_from_bundle
    from skyaccord.record.folder import open_folder

    folder = open_folder(node)
    check_there(bundle)
    know_all_rooms()
    passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {folder.card().party}'s key")
    key = folder.load_key(passphrase)
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, key, SystemClock(), SystemRandomness())
        with Counting("restoring") as counting:
            done = restore_from_bundle(journal, bundle, progress=counting.progress)
    finally:
        store.close()
    _tell(done)


def _tell(done: MadeWhole) -> None:
    from skyaccord.record.remedy import remedy
    from skyaccord.record.words import counted_entries

    typer.echo(f"Bundle of party {done.holder}: {counted_entries(done.bundle)} of our journal.")
    if done.last < done.first:
        typer.echo(f"Nothing new:  {counted_entries(done.size)} are here.")
    else:
        count = counted_entries(done.last - done.first + 1)
        typer.echo(f"Came back:    {count}, {done.first} to {done.last}.")
        typer.echo(
            "              On the record it is said when the node starts next and has greeted its peers."
        )
    if done.unproven is not None:
        typer.echo(
            f"Left out:     entry {done.unproven}, the last of our own bundle: nothing that we signed proves "
            "its leaf. See `skyaccord journal show BUNDLE`, and say it again where nobody holds it."
        )
    if done.sealed:
        typer.echo(
            f"Leaves alone: {done.sealed} of these. Their contents were not in the bundle: not addressed to "
            f"party {done.holder}, or erased there."
        )
    if done.fault is not None:
        typer.echo(f"Still behind: {done.fault}; {remedy(done.fault)}", err=True)
        raise typer.Exit(EXIT_BEHIND)
    if done.old_key:
        typer.echo(
            "Another key:  the record names another key of ours now; bring the party.key of that time.",
            err=True,
        )
        raise typer.Exit(EXIT_BEHIND)
