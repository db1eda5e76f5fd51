"""`skyaccord node rotate-key`, `revoke-key`, `dismiss`: keys that are replaced, taken back, sign no more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

DirArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
]
RootFile = Annotated[
    Path, typer.Option("--root", metavar="FILE", help="The party's root key, the party.root of `node init`.")
]
RootPassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--root-passphrase-file",
        metavar="FILE",
        help="Read the root key's passphrase from the first line of FILE instead of asking.",
    ),
]
Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, in a few words for the other side.")
]


def read_root_passphrase(file: Path | None, *, new: bool = False) -> str:
    """The root key's passphrase. InputError if there is no terminal to ask on."""
    try:
        return read_passphrase(file, prompt="Passphrase of the root key, kept offline", new=new)
    except InputError as error:
        if file is not None:
            raise
        raise InputError(error.what, do="use --root-passphrase-file FILE") from None


def add_key_commands(app: typer.Typer) -> None:
    """Add the commands of this file to `skyaccord node`."""
    app.command("rotate-key")(rotate_key)
    app.command("revoke-key")(revoke_key)
    app.command("dismiss")(dismiss)


def rotate_key(
    directory: DirArgument,
    root: RootFile,
    new_link_key: Annotated[
        bool,
        typer.Option("--new-link-key", help="The folder was stolen: replace the link's key as well."),
    ] = False,
    passphrase_file: PassphraseFile = None,
    root_passphrase_file: RootPassphraseFile = None,
) -> None:
    """Replace the party's key by a new one, signed by the root key. Stop the node first.

    The journal, its origin and all that was signed stay; peers follow by themselves. From that entry on they
    refuse the old key, which is not needed here: it may be lost. The passphrase is the folder's; with
    --new-link-key, a new one, and peers that can reach this node fetch the rotation by themselves.

    Example: skyaccord node rotate-key our-node --root /media/usb/party.root
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.folder import open_folder
    from skyaccord.record.key_files import rotate_in_folder
    from skyaccord.record.keys import PartyKey, RootKey

    folder = open_folder(directory)
    root_key = RootKey.load(root, read_root_passphrase(root_passphrase_file))
    prompt = "New passphrase for the folder's keys" if new_link_key else "Passphrase of the folder's keys"
    passphrase = read_passphrase(passphrase_file, prompt=prompt, new=new_link_key)
    new = PartyKey.generate()
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        entry = rotate_in_folder(folder, journal, root_key, new, passphrase, new_link_key=new_link_key)
    finally:
        store.close()
    typer.echo(f"The key was replaced, as entry {entry.sequence} of our journal.")
    typer.echo(f"Fingerprint:  {folder.card().fingerprint}")
    if new_link_key:
        typer.echo("Peers that reach our link fetch the new certificate; the root key has signed it.")
        typer.echo("To one that cannot (our address is `none`), carry `skyaccord link export` once.")
    else:
        typer.echo("Peers that pinned us follow. Whoever pins us later needs the new `skyaccord node card`.")
    typer.echo("Witnesses must be shown that card, too: skyaccord witness follow, at each of them.")
    typer.echo("A node that served this folder meanwhile stops: start it again. Take the root key offline.")


def revoke_key(
    directory: DirArgument,
    root: RootFile,
    reason: Reason,
    root_passphrase_file: RootPassphraseFile = None,
) -> None:
    """Take the party's key back: from now on it signs nothing here, and peers refuse what it signs.

    For the hour in which it is known to be stolen. `rotate-key` brings a new one.

    Example: skyaccord node revoke-key our-node --root party.root --reason "laptop stolen"
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.folder import open_folder
    from skyaccord.record.keys import RootKey
    from skyaccord.record.rotation import revoke_key as revoke

    folder = open_folder(directory)
    root_key = RootKey.load(root, read_root_passphrase(root_passphrase_file))
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        entry = revoke(journal, root_key, reason)
    finally:
        store.close()
    typer.echo(
        f"The key was revoked, as entry {entry.sequence} of our journal; nothing is appended any more."
    )
    typer.echo("The running node hands it to peers. Then: skyaccord node rotate-key")


def dismiss(
    directory: DirArgument,
    public: Annotated[
        str, typer.Argument(metavar="PUBLIC", help="The person's public key: a file, or the key itself.")
    ],
    reason: Reason = "no longer on duty",
    passphrase_file: PassphraseFile = None,
) -> None:
    """End a person's enrolment in every role: what their key signs from now on is refused by both sides.

    What it signed before stays. Enrolling the key again is possible, and on the record too.
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.cli.node import _public_key
    from skyaccord.record.folder import open_folder
    from skyaccord.record.kinds import PERSON_DISMISSED, PersonDismissed

    folder = open_folder(directory)
    key = _public_key(public)
    passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {folder.card().party}'s key")
    party_key = folder.load_key(passphrase)
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, party_key, SystemClock(), SystemRandomness())
        person = journal.enrolments().of_key(journal.party, key)
        if not person:
            raise InputError("no such key is enrolled here", where=public, do="see `skyaccord node status`")
        body = PersonDismissed(public_key=key, reason=reason)
        entry = journal.append(PERSON_DISMISSED, body, recipients=["*"])
    finally:
        store.close()
    roles = ", ".join(sorted(one.role for one in person))
    typer.echo(f"Dismissed {person[0].name} ({roles}), as entry {entry.sequence} of our journal.")
