"""Options that the commands about journals share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class OutputFormat(StrEnum):
    table = "table"
    json = "json"


Format = Annotated[OutputFormat, typer.Option("--format", help="table for people, json for programs.")]
