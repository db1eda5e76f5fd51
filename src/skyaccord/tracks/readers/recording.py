"""What a reader delivers: states, what was counted on the way, and where it all came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Final, NamedTuple

import polars as pl

ROWS_SHOWN: Final = 5  # of the states, in a notebook


@dataclass(frozen=True)
class Source:
    """One file (or standard input, or one table in memory) that was read.

    path: as it was given; `-` for standard input, `<table>` for a table in memory. sha256: of the file's own
    bytes (still gzipped, if it was), lower-case hex; of nothing, hence None, for a table in memory.
    bytes: the file's size. format: the reader's name, `+gzip` appended if it was. timezone: what the times
    were read as; `UTC` unless a time without a zone was read with the zone the user named.
    """

    path: str
    sha256: str | None
    bytes: int
    format: str
    timezone: str


class Rejected(NamedTuple):
    """One refused record: its text as it stood, why, and where (file as given; line or row from 1)."""

    text: str
    reason: str
    file: str
    line: int


RejectSink = list[Rejected] | Callable[[Rejected], object]
"""Where refused records go if somebody wants them: a list to append to, or a function called with each."""

Progress = Callable[[int, int], object]
"""Called with (bytes done, bytes in all); bytes in all is 0 where it cannot be known (standard input)."""


@dataclass
class Recording:
    """States read from recordings.

    states: a table with exactly the columns of STATE_SCHEMA, sorted by icao24, then timestamp.
    counts: `read` and `accepted` records, and `refused: <reason>` for each reason that occurred.
    provenance: one Source a file, in the order read.
    """

    states: pl.DataFrame
    counts: dict[str, int] = field(default_factory=dict)
    provenance: list[Source] = field(default_factory=list)

    def _repr_html_(self) -> str:
        """In a notebook: what was read from where, what was refused, the first states."""
        first, last = self.states["timestamp"].min(), self.states["timestamp"].max()
        told = f"{self.states.height:,} states of {self.states['icao24'].n_unique():,} aircraft"
        if isinstance(first, datetime) and isinstance(last, datetime):
            told += f", {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC"
        lines = [told, *(f"{source.path} ({source.format})" for source in self.provenance)]
        lines += [f"{count:,} {name}" for name, count in self.counts.items() if name.startswith("refused")]
        shown = "<br>".join(escape(line) for line in lines)
        return f"<p>{shown}</p>{self.states.head(ROWS_SHOWN)._repr_html_()}"
