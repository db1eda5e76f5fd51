"""`skyaccord accord cosigned`, `verify-cosigned`: the accord as one file with every party's signature."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import UnreadableError

app = typer.Typer()


@app.command("cosigned")
def cosigned(
    digest: Annotated[
        str,
        typer.Argument(metavar="DIGEST", help="The accord's digest, or its beginning: sha256:0123456789…"),
    ],
    node: Annotated[
        Path, typer.Option("--node", metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
    ],
) -> None:
    """Print an accord with every party's signature, as one DSSE file for anybody to keep and check.

    The signatures are those on the record, joined. Needs no passphrase.

    Example: skyaccord accord cosigned sha256:1a2b3c4d5e --node our-node > accord.dsse.json
    """
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.folder import open_folder
    from skyaccord.talks.cosigned import cosigned as joined

    folder = open_folder(node)
    store = folder.open_store()
    try:
        data = joined(folder.open_journal(store, None, SystemClock(), SystemRandomness()), digest)
    finally:
        store.close()
    typer.echo(data.decode("utf-8"), nl=False)


@app.command("verify-cosigned")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `skyaccord accord cosigned` printed.")],
    card: Annotated[
        list[Path], typer.Option("--card", metavar="CARD", help="A party's card; one for each party.")
    ],
) -> None:
    """Check an accord's file with all its signatures against the parties' cards, with nothing else.

    Exit 0: every party of the accord has signed exactly this. Exit 2 and one line: what does not hold.
    """
    from skyaccord.record.cards import Card
    from skyaccord.talks.cosigned import COSIGNED_BYTES_MAX, verify_cosigned

    try:
        with file.open("rb") as opened:
            data = opened.read(COSIGNED_BYTES_MAX + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=str(file)) from None
    cards = [Card.load(path) for path in card]
    found = verify_cosigned(data, cards)
    mark = "EXERCISE " if found.exercise else ""
    typer.echo(f"{mark}{found.name} version {found.version}")
    typer.echo(f"  digest     {found.digest}")
    prints = {one.party: one.fingerprint for one in cards}
    for party in found.signed_by:
        typer.echo(f"  signed by  {party}, whose card reads {prints[party]}")
