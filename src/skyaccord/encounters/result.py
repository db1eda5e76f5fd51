"""What a scan gives back: a table of encounters, and where it came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from skyaccord.base.frames import to_pandas
from skyaccord.base.times import format_utc

if TYPE_CHECKING:
    import pandas as pd

    from skyaccord.encounters.evidence import Evidence
    from skyaccord.tracks.readers import Source

_TIME: Final = pl.Datetime("us", "UTC")

ENCOUNTER_SCHEMA: Final[dict[str, pl.DataType]] = {
    "icao24_a": pl.String(),
    "icao24_b": pl.String(),
    "callsign_a": pl.String(),
    "callsign_b": pl.String(),
    "party_a": pl.String(),
    "party_b": pl.String(),
    "start_time": _TIME,
    "end_time": _TIME,
    "dwell_s": pl.Float64(),
    "cpa_time": _TIME,
    "cpa_horizontal_nm": pl.Float64(),
    "cpa_vertical_ft": pl.Float64(),
    "min_horizontal_nm": pl.Float64(),
    "min_horizontal_time": _TIME,
    "min_vertical_ft": pl.Float64(),
    "verdict": pl.String(),
    "label": pl.String(),
    "label_evidence": pl.String(),
    "quality": pl.String(),
}
"""One row for each maximal interval in which a pair is inside the limits; icao24_a < icao24_b.

party, callsign: null when unknown. verdict: approach, infringement, breach, nmac. label: one of
`skyaccord.encounters.label`, or empty; label_evidence: what it rests on, in words. quality: codes of
`skyaccord.encounters.quality`. An accord of several rules adds the column `rule`.
"""


@dataclass(frozen=True, eq=False)
class Encounters:
    """The encounters of a recording, sorted by start time, then by pair.

    counts: what was read, refused, dropped and left out, by reason, and the encounters by verdict.
    provenance: one `Source` (path, SHA-256, format, time zone) a file. asked: the question, as asked.
    evidence: the tracks behind the rows, for maps and reports; None for a result that was made without.
    lost: targets that cleaning took out altogether or nearly, one a row, with a second opinion on each.
    """

    _table: pl.DataFrame
    counts: dict[str, int] = field(default_factory=dict)
    provenance: list[Source] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    evidence: Evidence | None = field(default=None, repr=False)
    lost: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)

    def to_polars(self) -> pl.DataFrame:
        """A Polars DataFrame with the columns of ENCOUNTER_SCHEMA."""
        return self._table

    def to_pandas(self) -> pd.DataFrame:
        """The same as a pandas DataFrame. Raises InputError if pandas is not installed."""
        return to_pandas(self._table)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict a row, times as aware UTC datetimes."""
        return self._table.to_dicts()

    def to_json(self) -> str:
        """A JSON list of objects, times ISO 8601 with `Z`."""
        times = [name for name, kind in self._table.schema.items() if kind == _TIME]
        rows = self._table.to_dicts()
        for row in rows:
            for name in times:
                row[name] = format_utc(row[name])
        if not rows:
            return "[]\n"
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        return f"[\n{lines}\n]\n"

    def __len__(self) -> int:
        return self._table.height

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())

    def __repr__(self) -> str:
        by_verdict = dict(self._table["verdict"].value_counts(sort=True).iter_rows())
        told = ", ".join(f"{count} {verdict}" for verdict, count in by_verdict.items()) or "none"
        told += self.but_nothing_compared()
        return f"<Encounters: {told}>\n{self._table}" if by_verdict else f"<Encounters: {told}>"

    def but_nothing_compared(self) -> str:
        """What belongs behind "none" where it says nothing, because no pair could be compared; else empty."""
        if len(self) or self.evidence is None:
            return ""
        nothing = self.evidence.nothing_compared()
        return f"; but no pair could be compared: {nothing}" if nothing else ""

    def _repr_html_(self) -> str:
        from skyaccord.encounters.notebook import as_html

        return as_html(self)
