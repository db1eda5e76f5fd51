"""The rules in their order, and what they leave."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from skyaccord.tracks.cleaning.duplicates import mark_duplicates
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
    """Apply every rule to a table of states, in any order of rows; see docs/cleaning.md."""
    ordered = conform(states).sort("icao24", "timestamp", maintain_order=True)
    reasons = mark_duplicates(ordered)
    marked = ordered.with_columns(reasons.alias("reason"), pl.lit(None, dtype=pl.String).alias("of"))
    gone = marked.filter(pl.col("reason").is_not_null())
    return Cleaned(
        states=conform(marked.filter(pl.col("reason").is_null())),
        dropped=_counts(gone),
        dropped_states=gone,
    )


def _counts(marked: pl.DataFrame) -> dict[str, int]:
    counted = marked.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return dict(counted.iter_rows())
