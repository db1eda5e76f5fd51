"""Parquet, row group by row group; from a pipe or a gzip it is held in memory, because Parquet is read from
its end."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Final

import polars as pl

from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers.columns import map_columns
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.table import accept_table
from skyaccord.tracks.readers.table_times import TableTimes
from skyaccord.tracks.readers.tally import Tally

FORMAT: Final = "parquet"
MAGIC: Final = b"PAR1"
BATCH_ROWS: Final = 65_536
"""Rows held at a time: a few megabytes of states."""


def read(opened: OpenedFile, tally: Tally, times: TableTimes) -> Iterator[pl.DataFrame]:
    """Batches of states. Raises InputError for a missing column or a time without a zone, UnreadableError for
    a damaged file."""
    import pyarrow as pa  # 0.2 s, needed for this format alone
    import pyarrow.parquet as pq

    where = opened.where
    in_memory = opened.gzipped or opened.is_standard_input
    try:
        if in_memory:
            source: io.BytesIO | str = io.BytesIO(opened.read_all())
        else:
            opened.drain()
            source = opened.name
        with pq.ParquetFile(source) as parquet:
            wanted = map_columns(parquet.schema_arrow.names, where)
            row = 1
            for batch in parquet.iter_batches(batch_size=BATCH_ROWS, columns=list(wanted)):
                table = pl.DataFrame(pl.from_arrow(batch)).rename(wanted)
                lines = pl.Series("line", range(row, row + table.height), dtype=pl.Int64)
                row += table.height
                yield accept_table(table, lines, times, tally, _rows_as_text(table))
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnreadableError(
            f"the Parquet file is damaged or cut short ({reason[:120]})",
            where=where,
            do="copy or write it again",
        ) from error


def _rows_as_text(table: pl.DataFrame) -> Callable[[int], str]:
    return lambda index: str(table.row(index, named=True))
