"""Where batches of states wait: in memory while they are few, else in a temporary folder, by aircraft.

Cleaning looks at one aircraft's whole track, so what does not fit in memory is first laid out by address, in
PILES piles. That needs no order of the rows, and gives each aircraft all its states whatever the files, their
parts and their order.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl

from skyaccord.base.errors import InputError
from skyaccord.tracks.cleaning.zeros import ZeroCensus
from skyaccord.tracks.readers import finish
from skyaccord.tracks.states import STATE_SCHEMA

ROWS_IN_MEMORY: Final = 5_000_000
"""States that a scan holds at once before it takes to disk. A state is some 200 bytes, and is copied."""

ROWS_IN_MEMORY_MIN: Final = 1_000
PILES: Final = 64
"""Up to 64 times rows_in_memory states, one pile at a time fits. More need more memory, or fewer files."""

_COLUMNS: Final[dict[str, pl.DataType]] = {**STATE_SCHEMA, "registration": pl.String()}


class Shelf:
    """Takes batches; `is_used` once they went to disk. The folder is gone after the `with` block.

    census: of all states that went to disk; of everything once `piles` was called.
    """

    def __init__(self, rows_in_memory: int = ROWS_IN_MEMORY) -> None:
        if rows_in_memory < ROWS_IN_MEMORY_MIN:
            raise InputError(
                f"rows_in_memory {rows_in_memory} is too few", do=f"give at least {ROWS_IN_MEMORY_MIN}"
            )
        self.rows_in_memory = rows_in_memory
        self.batches: list[pl.DataFrame] = []
        self.folder: Path | None = None
        self.census = ZeroCensus()
        self._waiting = 0
        self._written = 0

    @property
    def is_used(self) -> bool:
        """Whether the states are on disk."""
        return self.folder is not None

    def take(self, batch: pl.DataFrame) -> None:
        """One more batch, as a reader gives it."""
        self.batches.append(batch)
        self._waiting += batch.height
        limit = self.rows_in_memory if self.folder is None else self.rows_in_memory // 4
        if self._waiting > limit:
            self._write()

    def piles(self) -> list[list[Path]]:
        """The files of each pile that has any."""
        if self.batches:
            self._write()
        found = [sorted(self.path("").glob(f"pile-{pile:02}-*.parquet")) for pile in range(PILES)]
        return [paths for paths in found if paths]

    def path(self, name: str) -> Path:
        """A file in the folder."""
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="skyaccord-"))
        return self.folder / name

    def _write(self) -> None:
        states = pl.concat(self.batches, how="diagonal")
        self.census.add(states)
        self.batches, self._waiting = [], 0
        states = states.select(
            pl.col(name) if name in states.columns else pl.lit(None, dtype=kind).alias(name)
            for name, kind in _COLUMNS.items()
        ).with_columns((pl.col("icao24").hash(seed=0) % PILES).alias("pile"))
        for (pile,), part in states.partition_by("pile", as_dict=True, include_key=False).items():
            write(part, self.path(f"pile-{pile:02}-{self._written:06}.parquet"))
        self._written += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def load(paths: list[Path]) -> pl.DataFrame:
    """One pile as `finish` leaves it: in order, call signs and sources carried forward."""
    batches = [pl.read_parquet(path) for path in paths]
    for index, batch in enumerate(batches):
        if batch["registration"].null_count() == batch.height:
            batches[index] = batch.drop("registration")
    return finish(batches)


def write(states: pl.DataFrame, path: Path) -> None:
    """Write one temporary file. Raises InputError if the disk is full."""
    try:
        states.write_parquet(path, compression="lz4", statistics=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"cannot write temporary files ({reason})",
            where=str(path.parent),
            do="free some disk space, or set TMPDIR to a folder on a larger disk",
        ) from error
