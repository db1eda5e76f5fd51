"""What `skyaccord.find_conflicts` gives back: the pairs, and how many aircraft it says nothing about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from skyaccord.base.frames import to_pandas
from skyaccord.drawing.markup import element
from skyaccord.separation.snapshot_table import in_words

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

ROWS_MAX: Final = 25
"""Rows that a notebook shows; all are in `to_polars()` and `to_pandas()`."""
NOT_CALM: Final = "no pair could be compared"


@dataclass(frozen=True, eq=False)
class Conflicts:
    """Pairs of a snapshot, sorted by time_in_s, then by pair: icao24_a < icao24_b, time_in_s, time_out_s.

    aircraft: rows of the snapshot. left_out: those of them that took no part, by reason; nothing is said
    about them, and they may be in conflict with anybody. lookahead_s: how far ahead was looked.
    """

    _table: pl.DataFrame
    aircraft: int
    lookahead_s: float
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def compared(self) -> int:
        """Aircraft that took part."""
        return self.aircraft - sum(self.left_out.values())

    def to_polars(self) -> pl.DataFrame:
        """A Polars DataFrame."""
        return self._table

    def to_pandas(self) -> pd.DataFrame:
        """The same as a pandas DataFrame. Raises InputError if pandas is not installed."""
        return to_pandas(self._table)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict a row."""
        return self._table.to_dicts()

    def summary(self) -> str:
        """One line: how many pairs, of how many aircraft, and who was left out and why."""
        plural = "" if len(self) == 1 else "s"
        told = f"{len(self):,} conflict{plural} of {self.compared:,} aircraft within {self.lookahead_s:g} s"
        if self.compared < 2:
            told += f"; but {NOT_CALM}"
        return "; ".join((told, *in_words(self.left_out)))

    def __len__(self) -> int:
        return self._table.height

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())

    def __repr__(self) -> str:
        return f"<Conflicts: {self.summary()}>" + (f"\n{self._table}" if len(self) else "")

    def _repr_html_(self) -> str:
        head, *rest = self.summary().split("; ")
        parts = [element("p", element("b", head), *(f"; {part}" for part in rest))]
        if len(self):
            body = [
                element("tr", *(element("td", cell) for cell in (a, b, f"{first:.1f}", f"{last:.1f}")))
                for a, b, first, last in self._table.head(ROWS_MAX).iter_rows()
            ]
            heads = [element("th", name, scope="col") for name in self._table.columns]
            parts.append(element("table", element("thead", element("tr", *heads)), element("tbody", *body)))
        if len(self) > ROWS_MAX:
            parts.append(
                element("p", f"The first {ROWS_MAX} of {len(self):,}; all: to_polars(), to_pandas().")
            )
        return str(element("div", *parts))
