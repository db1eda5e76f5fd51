"""`skyaccord person`: keys of people, which no node can use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

app = typer.Typer(help="Keys of people. A person's key signs acknowledgements; no node can use it.")

PUBLIC_SUFFIX = ".pub"


@app.callback()
def _group() -> None:
    """Keys of people."""


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the private key.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a person's key: FILE (private, encrypted with a passphrase) and FILE.pub (to be enrolled).

    Example: skyaccord person new officer.key
    """
    public_file = file.with_name(file.name + PUBLIC_SUFFIX)
    for path in (file, public_file):
        if path.exists():
            raise InputError("exists already", where=str(path), do="choose another name")
    if not file.parent.is_dir():
        raise InputError("no such folder", where=str(file.parent), do="make it first, or choose another")
    passphrase = read_passphrase(passphrase_file, prompt="Passphrase for the new key", new=True)

    from skyaccord.record.keys import PersonKey, write_new_file

    key = PersonKey.generate()
    key.save(file, passphrase)
    try:
        write_new_file(public_file, f"{key.public}\n".encode("ascii"), mode=0o644)
    except InputError:
        file.unlink()  # both or neither
        raise
    typer.echo(f"Private key:  {file} (keep it, and the passphrase, to yourself)")
    typer.echo(f"Public key:   {public_file}: {key.public}")
    typer.echo(f"Fingerprint:  {key.fingerprint}")
    typer.echo(f"Next:         skyaccord node enrol DIR {public_file} --role ROLE")
