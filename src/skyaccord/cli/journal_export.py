"""`skyaccord journal export`: all journals that a node holds, in one file for outsiders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the bundle goes; replaced if there.")],
    node: Annotated[
        Path, typer.Option("--node", metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
    ],
) -> None:
    """Write all journals as this node holds them into one file that proves itself.

    Entries, receipts, checkpoints with their cosignatures, proofs of forks; what is sealed to this node stays
    sealed. Needs no key, changes nothing, and works while the node serves. The same journals are the same
    bytes. It holds everything this node can read: give it to those who may.

    Example: skyaccord journal export evidence.bundle --node our-node
    """
    from skyaccord.cli.scan_output import Counting
    from skyaccord.record.bundle_export import export_bundle

    with Counting("writing") as counting:
        written = export_bundle(node, file, progress=counting.progress)
    entries = ", ".join(f"{count:,} of {party}" for party, count in written.entries.items())
    checkpoints = "checkpoint" if written.checkpoints == 1 else "checkpoints"
    typer.echo(f"{file}: entries {entries}; {written.checkpoints:,} cosigned {checkpoints}", err=True)
    typer.echo(f"{written.size_bytes:,} bytes, SHA-256 of the lines {written.sha256}", err=True)
    if written.forks:
        typer.echo(f"Proofs of forks in it: {written.forks}.", err=True)
    if written.unproved:
        typer.echo(
            f"Signs of a second history that are not in it: {written.unproved}. What was signed does not "
            "prove them by itself (see `skyaccord journal verify` on the folder).",
            err=True,
        )
