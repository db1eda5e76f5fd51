"""Passphrases for commands: from a prompt without echo, or from the first line of a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError, UnreadableError

PASSPHRASE_BYTES_MAX = 4096  # a first line longer than this is not a passphrase but the wrong file

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Read the passphrase from the first line of FILE (- for standard input) instead of asking.",
    ),
]
"""The option every command with a key takes, alike everywhere."""


def read_passphrase(file: Path | None, *, prompt: str, new: bool = False) -> str:
    """The passphrase from `file`, or asked for with `prompt` (twice when `new`).

    UnreadableError: no such file. InputError: it is empty, or there is no terminal to ask on.
    """
    if file is not None:
        return _from_file(file)
    if not sys.stdin.isatty():
        raise InputError("no terminal to ask for the passphrase on", do="use --passphrase-file FILE")
    answer: str = typer.prompt(prompt, hide_input=True, confirmation_prompt=new, err=True)
    return answer


def _from_file(file: Path) -> str:
    where = "standard input" if str(file) == "-" else str(file)
    try:
        if str(file) == "-":
            line = sys.stdin.buffer.readline(PASSPHRASE_BYTES_MAX + 1)
        else:
            with file.open("rb") as opened:
                line = opened.readline(PASSPHRASE_BYTES_MAX + 1)
    except FileNotFoundError:
        raise UnreadableError("no such passphrase file", where=where, do="check the path") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=where) from None
    if len(line) > PASSPHRASE_BYTES_MAX:
        raise InputError("the first line is too long for a passphrase", where=where)
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError("the passphrase is not UTF-8 text", where=where) from None
    if not text:
        raise InputError("the first line, the passphrase, is empty", where=where)
    return text
