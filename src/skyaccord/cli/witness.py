"""`skyaccord witness`: a neutral third party that cosigns checkpoints and reads no entry."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skyaccord.base.counting import counted
from skyaccord.base.errors import InputError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

if TYPE_CHECKING:
    from skyaccord.record.ceremony import Fingerprinted
    from skyaccord.record.witness_folder import WitnessFolder

app = typer.Typer(
    help=(
        "A neutral witness: cosigns the checkpoints of journals it follows, and reads none of their entries. "
        "It settles which history came first. docs/link.md has it all."
    ),
    no_args_is_help=True,
)

WITNESS_PORT_DEFAULT = 7412

DirArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="The witness's folder, made by `skyaccord witness init`.")
]


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder for the witness.")],
    *,
    name: Annotated[str, typer.Option("--name", help="Its name in cosignatures, like harbour.example/w1.")],
    address: Annotated[
        str,
        typer.Option("--address", metavar="URL", help="Where parties' nodes reach it: https://host:port."),
    ] = f"https://127.0.0.1:{WITNESS_PORT_DEFAULT}",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a witness's folder: keys, card and an empty store.

    Example: skyaccord witness init W --name harbour --address https://192.0.2.9:7412
    """
    passphrase = read_passphrase(passphrase_file, prompt="Passphrase for the witness's keys", new=True)

    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.witness_folder import init_witness_folder

    folder = init_witness_folder(
        directory, name=name, link_address=address, passphrase=passphrase, randomness=SystemRandomness()
    )
    typer.echo(f"Witness {name} in {directory}")
    typer.echo(f"Fingerprint:  {folder.card().fingerprint}")
    typer.echo("Next:         skyaccord witness card, for the parties; skyaccord witness follow, with theirs")


@app.command()
def card(directory: DirArgument) -> None:
    """Print the witness's card, for `skyaccord node witness`. Needs no passphrase."""
    typer.echo(_folder(directory).card().dumps(), nl=False)


@app.command()
def follow(
    directory: DirArgument,
    card_file: Annotated[Path, typer.Argument(metavar="CARD", help="The party's card, a file.")],
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", metavar="DIGITS", help="What the party read aloud, instead of asking."),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Follow a party's journal, and let its node connect. Compare the fingerprint by voice first.

    Works while the witness serves. A later card of the party replaces the one before: another address or
    certificate, or the key that `skyaccord node rotate-key` brought, under the same root key.

    Example: skyaccord witness follow our-witness A.card.json
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.record.cards import Card
    from skyaccord.record.witness_folder import follow as follow_card

    folder = _folder(directory)
    theirs = Card.load(card_file)
    typer.echo(f"Card of party {theirs.party} ({theirs.name})")
    compare_by_voice(fingerprint, theirs, folder.card())
    key = folder.load_key(read_passphrase(passphrase_file, prompt="Passphrase of the witness's keys"))
    store = folder.open_store()
    try:
        new = follow_card(folder.witness(store, key, SystemClock()), theirs)
    finally:
        store.close()
    typer.echo(f"Journal {theirs.origin} is followed." if new else "Followed already; nothing has changed.")


@app.command()
def status(
    directory: DirArgument,
    output: Annotated[
        str, typer.Option("--format", metavar="text|json", help="text for people, json for programs.")
    ] = "text",
) -> None:
    """List the journals that are followed, and how much of each was cosigned. Needs no passphrase."""
    if output not in ("text", "json"):
        raise InputError(f"{output!r} is no format", where="--format", do="write text or json")

    from skyaccord.record.witness import logs_of

    store = _folder(directory).open_store()
    try:
        logs = logs_of(store)
    finally:
        store.close()
    if output == "json":
        rows = [{"origin": log.origin, "size": log.size, "note": log.note} for log in logs]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for log in logs:
        typer.echo(f"{log.origin}  {counted(log.size, 'entry', 'entries')} cosigned")
    if not logs:
        typer.echo("No journal is followed yet: skyaccord witness follow DIR CARD", err=True)


@app.command()
def serve(
    directory: DirArgument,
    *,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; loopback unless changed.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")
    ] = WITNESS_PORT_DEFAULT,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Run the witness until Ctrl-C or SIGTERM. It has no feed, no console and no other listener."""
    folder = _folder(directory)

    import anyio

    from skyaccord.base.clock import SystemClock
    from skyaccord.node.link_tls import LinkTls
    from skyaccord.node.serving import listen
    from skyaccord.node.witness_server import WitnessServer

    listener = listen(host, port, what="witness", setting="--port")
    try:
        passphrase = read_passphrase(passphrase_file, prompt="Passphrase of the witness's keys")
        key, link = folder.load_key(passphrase), folder.load_link_key(passphrase)
        own = folder.card()
        store = folder.open_store()
        try:
            context = LinkTls(link, own.certificate).server_context()
            typer.echo(f"Witness {own.name} at {own.link_address}, on {host}:{port}", err=True)
            typer.echo(f"Fingerprint:  {own.fingerprint}", err=True)
            typer.echo("Ctrl-C stops it.", err=True)
            anyio.run(WitnessServer(folder.witness(store, key, SystemClock()), context).serve, listener)
        finally:
            store.close()
    finally:
        listener.close()
    typer.echo(f"Witness {own.name} stopped.", err=True)


def compare_by_voice(heard: str | None, theirs: Fingerprinted, ours: Fingerprinted) -> None:
    """Ask for what was read aloud, if it was not given, and compare. InputError, TrustError."""
    from skyaccord.record.ceremony import compare

    typer.echo(f"Ours, to read to them:   {ours.fingerprint}")
    if heard is None:
        if not sys.stdin.isatty():
            raise InputError(
                "no terminal to type the other side's fingerprint on", do="give --fingerprint DIGITS"
            )
        heard = str(typer.prompt("Theirs, as they read it"))
    compare(heard, theirs, ours)
    typer.echo(f"Theirs, the same:        {theirs.fingerprint}")


def _folder(directory: Path) -> WitnessFolder:
    from skyaccord.record.witness_folder import open_witness_folder

    return open_witness_folder(directory)
