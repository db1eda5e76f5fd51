"""The rules in their order, and what they leave."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from skyaccord.tracks.cleaning.duplicates import mark_duplicates
from skyaccord.tracks.cleaning.echoes import mark_echoes
from skyaccord.tracks.states import conform


@dataclass
class Cleaned:
    """What cleaning left, and what it took.

    states: columns of STATE_SCHEMA, sorted by icao24, then timestamp. dropped: reason → states dropped.
    ghosts: reason → states that are echoes, whether dropped or (with keep_ghosts) kept. dropped_states: the
    dropped states, and kept ghosts too, with the columns `reason` and `of` (the target echoed, else null).
    """

    states: pl.DataFrame
    dropped: dict[str, int] = field(default_factory=dict)
    ghosts: dict[str, int] = field(default_factory=dict)
    dropped_states: pl.DataFrame = field(default_factory=pl.DataFrame)


def clean(states: pl.DataFrame, *, keep_ghosts: bool = False) -> Cleaned:
    """Apply every rule to a table of states, in any order of rows; see docs/cleaning.md.

    keep_ghosts: find and count echoes, but leave them in `states`.
    """
    ordered = conform(states).sort("icao24", "timestamp", maintain_order=True)
    single, repeated = _split(ordered, pl.DataFrame({"reason": mark_duplicates(ordered)}))
    real, ghosts = _split(single, mark_echoes(single))
    dropped = repeated if keep_ghosts else pl.concat([repeated, ghosts])
    return Cleaned(
        states=single if keep_ghosts else real,
        dropped=_counts(dropped),
        ghosts=_counts(ghosts),
        dropped_states=pl.concat([repeated, ghosts]).sort("icao24", "timestamp", maintain_order=True),
    )


def _split(states: pl.DataFrame, marks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """States without a mark, and those with one (with the columns `reason` and `of`)."""
    of = marks["of"] if "of" in marks.columns else pl.lit(None, dtype=pl.String).alias("of")
    marked = states.with_columns(marks["reason"], of)
    gone = pl.col("reason").is_not_null()
    return conform(marked.filter(~gone)), marked.filter(gone)


def _counts(marked: pl.DataFrame) -> dict[str, int]:
    counted = marked.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return dict(counted.iter_rows())
