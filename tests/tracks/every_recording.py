"""What the cleaning does to every recording in some folders: the tables of docs/cleaning.md.

    python -m tests.tracks.every_recording FOLDER...

One line a file: rows read and refused, states dropped by reason, pairs under 0.5 NM and 500 ft before and
after cleaning, labels of those left, targets lost and how many of them a second opinion does not confirm.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from skyaccord import scan
from skyaccord.base.errors import SkyAccordError
from skyaccord.tracks.cleaning import RULES, clean, lost_tracks
from skyaccord.tracks.readers import read_recording
from tests.tracks.foreign import foreign_format, foreign_states

WITHIN = "0.5nm,500ft"
COLUMNS = ("recording", "format", "states", "aircraft", "refused", "dropped", "pairs", "labels", "lost")


def told(path: Path) -> list[str]:
    """The line of one recording."""
    kind = foreign_format(path.read_bytes()[:64])
    if kind is not None:
        states, refused = foreign_states(path.read_bytes()), "(no reader)"
    else:
        try:
            recording = read_recording([path], timezone="UTC")
        except SkyAccordError as error:
            return [path.name, str(error).split("; ")[0].removeprefix(f"{path}: ")]
        states, kind = recording.states, recording.provenance[0].format
        refused = _list(
            {
                name.removeprefix("refused: "): count
                for name, count in recording.counts.items()
                if name.startswith("refused: ")
            }
        )
    cleaned = clean(states)
    before, after = _pairs(states, RULES), _pairs(states, ())
    lost = lost_tracks(cleaned)
    return [
        path.name,
        kind,
        f"{states.height:,}",
        f"{states['icao24'].n_unique():,}",
        refused,
        _list(cleaned.dropped),
        f"{len(before)}, {len(after)}",
        _list(Counter(label for label in after.values() if label)),
        f"{lost.height}, {lost.filter(~pl.col('confirmed')).height} to look at" if lost.height else "",
    ]


def _pairs(states: pl.DataFrame, without: Any) -> dict[tuple[str, str], str]:
    """Pairs with an encounter, each with a label that one of its rows has."""
    found: dict[tuple[str, str], str] = {}
    for row in scan(states, WITHIN, without_rules=without).to_dicts():
        pair = (row["icao24_a"], row["icao24_b"])
        found[pair] = found.get(pair) or row["label"]
    return found


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


if __name__ == "__main__":
    sys.stdout.write("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|\n")
    for folder in sys.argv[1:]:
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file() and file.suffix not in (".py", ".pyc", ".md", ".bin"):
                sys.stdout.write("| " + " | ".join(told(file)) + " |\n")
                sys.stdout.flush()
