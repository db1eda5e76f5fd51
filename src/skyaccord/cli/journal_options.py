"""Options that the commands about journals share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from skyaccord.base.errors import UnreadableError

GIVE: Final = "give a bundle of `skyaccord journal export`, or a node's folder"


class OutputFormat(StrEnum):
    table = "table"
    json = "json"


Format = Annotated[OutputFormat, typer.Option("--format", help="table for people, json for programs.")]


def check_there(what: Path) -> None:
    """UnreadableError if nothing is there that could hold journals."""
    if what.is_file() or what.is_dir():
        return
    fault = "neither a file nor a folder" if what.exists() else "no such file or folder"
    raise UnreadableError(fault, where=str(what), do=GIVE)
