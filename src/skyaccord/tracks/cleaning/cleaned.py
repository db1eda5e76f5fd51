"""The rules in their order, and what they leave."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from skyaccord.base.errors import InputError
from skyaccord.tracks.cleaning.duplicates import mark_duplicates
from skyaccord.tracks.cleaning.echoes import mark_echoes
from skyaccord.tracks.cleaning.frozen import mark_frozen
from skyaccord.tracks.cleaning.impossible import mark_impossible
from skyaccord.tracks.cleaning.jumps import mark_jumps
from skyaccord.tracks.cleaning.spikes import mark_spikes
from skyaccord.tracks.cleaning.zeros import ZeroCensus, mark_zeros
from skyaccord.tracks.states import conform, in_order

ZEROS: Final = "zeros"
_RULES: Final[dict[str, Callable[[pl.DataFrame], pl.Series]]] = {
    ZEROS: mark_zeros,
    "impossible": mark_impossible,
    "duplicates": mark_duplicates,
    "frozen": mark_frozen,
    "jumps": mark_jumps,
    "spikes": mark_spikes,
}
"""Rules about one target's own states, in the order they are applied: each sees what those before it left."""

ECHOES: Final = "echoes"

RULES: Final = (*_RULES, ECHOES)
"""Names of all rules, each of which can be switched off by leaving it out."""


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


def clean(
    states: pl.DataFrame,
    *,
    keep_ghosts: bool = False,
    rules: Collection[str] = RULES,
    census: ZeroCensus | None = None,
) -> Cleaned:
    """Apply the rules to a table of states, in any order of rows; see docs/cleaning.md.

    keep_ghosts: find and count echoes, but leave them in `states`. rules: names of RULES. census: of the
    whole recording, where `states` are only part of it. Raises InputError for a name that is none.
    """
    _check(rules)
    left = in_order(conform(states))
    if census is None:
        census = ZeroCensus()
        census.add(left)
    gone: list[pl.DataFrame] = []
    for name, mark in _RULES.items():
        if name in rules and (name != ZEROS or census.stands_for_none):
            left, taken = _split(left, pl.DataFrame({"reason": mark(left)}))
            gone.append(taken)
    if ECHOES in rules:
        real, ghosts = _split(left, mark_echoes(left))
    else:
        real, ghosts = _split(
            left, pl.DataFrame({"reason": [None] * left.height}, schema={"reason": pl.String()})
        )
    taken = pl.concat([*gone, ghosts])
    return Cleaned(
        states=left if keep_ghosts else real,
        dropped=_counts(pl.concat([*gone, ghosts.clear()]) if keep_ghosts else taken),
        ghosts=_counts(ghosts),
        dropped_states=taken.sort("icao24", "timestamp", maintain_order=True),
    )


def rules_without(switched_off: Collection[str]) -> tuple[str, ...]:
    """RULES less these. Raises InputError for a name that is none."""
    _check(switched_off)
    return tuple(name for name in RULES if name not in switched_off)


def _check(names: Collection[str]) -> None:
    unknown = sorted(set(names) - set(RULES))
    if unknown:
        raise InputError(f"no such cleaning rule: {', '.join(unknown)}", do=f"use {', '.join(RULES)}")


def _split(states: pl.DataFrame, marks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """States without a mark, and those with one (with the columns `reason` and `of`)."""
    of = marks["of"] if "of" in marks.columns else pl.lit(None, dtype=pl.String).alias("of")
    if marks["reason"].null_count() == states.height:
        return states, states.clear().with_columns(marks["reason"].clear(), of=pl.lit(None, dtype=pl.String))
    marked = states.with_columns(marks["reason"], of)
    gone = pl.col("reason").is_not_null()
    return conform(marked.filter(~gone)), marked.filter(gone)


def _counts(marked: pl.DataFrame) -> dict[str, int]:
    counted = marked.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return dict(counted.iter_rows())
