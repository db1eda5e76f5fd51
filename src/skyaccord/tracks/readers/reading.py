"""Recordings in, one table of states out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from skyaccord.base.errors import InputError
from skyaccord.tracks.readers import (
    csv_table,
    igc,
    json_table,
    ogn,
    opensky,
    parquet_table,
    readsb_documents,
    readsb_lines,
    sbs,
)
from skyaccord.tracks.readers.carrying import carry_forward
from skyaccord.tracks.readers.columns import map_columns
from skyaccord.tracks.readers.opening import OpenedFile, reject_repeated_standard_input, sizes_in_bytes
from skyaccord.tracks.readers.recognise import check_format, recognise
from skyaccord.tracks.readers.recording import Progress, Recording, RejectSink, Source
from skyaccord.tracks.readers.table import accept_table
from skyaccord.tracks.readers.table_times import TableTimes, check_timezone
from skyaccord.tracks.readers.tally import Tally, add_counts
from skyaccord.tracks.states import STATE_SCHEMA, in_order

FILES_MAX = 10_000
"""More recordings than this in one call is a slip of the shell, not a scan."""

_TABLES: Final = "give the path of a file, or a pandas, Polars or PyArrow table"


def read_recording(
    paths: Sequence[str | Path],
    *,
    input_format: str | None = None,
    timezone: str | None = None,
    progress: Progress | None = None,
    rejects: RejectSink | None = None,
) -> Recording:
    """Read recordings into one table of states.

    paths: files, or `-` for standard input. input_format: one of FORMATS, to overrule what the content says.
    timezone: what times without a zone are in (IANA name or UTC). progress: called with bytes done and bytes
    in all. rejects: gets each refused record. Raises InputError (a missing column, a time without a zone, an
    unknown option) and UnreadableError (a file that cannot be read, or in which no record is usable).
    """
    batches: list[pl.DataFrame] = []
    recording = read_into(
        batches.append,
        paths,
        input_format=input_format,
        timezone=timezone,
        progress=progress,
        rejects=rejects,
    )
    recording.states = finish(batches)
    return recording


def read_into(
    take: Callable[[pl.DataFrame], object],
    paths: Sequence[str | Path],
    *,
    input_format: str | None = None,
    timezone: str | None = None,
    progress: Progress | None = None,
    rejects: RejectSink | None = None,
) -> Recording:
    """The same, batch by batch: `take` gets each as it was read, for `finish` to put in order.

    The Recording given back has counts and provenance, and no states.
    """
    if isinstance(paths, str | Path):
        paths = [paths]
    given = [str(path) for path in paths]
    if not given:
        raise InputError("no recording given", do="name at least one file, or - for standard input")
    if len(given) > FILES_MAX:
        raise InputError(f"{len(given)} recordings given", do=f"give at most {FILES_MAX}")
    reject_repeated_standard_input(given)
    if input_format is not None:
        check_format(input_format)
    if timezone is not None:
        check_timezone(timezone)
    recording = Recording(pl.DataFrame())
    total, before = sizes_in_bytes(given), 0
    for name in given:

        def report(done: int, _: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, total)

        with OpenedFile(name, report) as opened:
            tally = Tally(opened.where, rejects)
            kind = input_format or recognise(opened.head(), opened.where)
            times = TableTimes(timezone, opened.where)
            for batch in _batches(opened, kind, tally, times):
                take(batch)
            opened.drain()
            before += opened.bytes_done
            tally.reject_if_nothing_remains()
            add_counts(recording.counts, tally.counts())
            recording.provenance.append(
                Source(
                    path=name,
                    sha256=opened.sha256,
                    bytes=opened.bytes_done,
                    format=kind + ("+gzip" if opened.gzipped else ""),
                    timezone=timezone if timezone and times.localised else "UTC",
                )
            )
    return recording


def states_from_table(
    table: Any, *, timezone: str | None = None, rejects: RejectSink | None = None
) -> Recording:
    """States from a table in memory: a pandas or Polars DataFrame, or a PyArrow table.

    Needs the columns REQUIRED; a pandas index named like one of ours counts as a column. Raises InputError as
    `read_recording` does.
    """
    name = "<table>"
    frame = as_polars(table, name)
    wanted = map_columns(frame.columns, name)
    tally, times = Tally(name, rejects), TableTimes(timezone, name)
    frame = frame.select(pl.col(given).alias(ours) for given, ours in wanted.items())
    lines = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias("line")
    states = accept_table(frame, lines, times, tally, lambda index: str(frame.row(index)))
    tally.reject_if_nothing_remains()
    zone = timezone if timezone and times.localised else "UTC"
    source = Source(name, None, int(frame.estimated_size()), "table", zone)
    return Recording(finish([states]), tally.counts(), [source])


def _batches(opened: OpenedFile, kind: str, tally: Tally, times: TableTimes) -> Iterator[pl.DataFrame]:
    """Batches of states by the reader of this format: those whose times may lack a zone, and the others."""
    tables = {
        csv_table.FORMAT: csv_table.read,
        parquet_table.FORMAT: parquet_table.read,
        json_table.FORMAT: json_table.read,
        opensky.FORMAT: opensky.read,
        sbs.FORMAT: sbs.read,
    }
    if kind in tables:
        return tables[kind](opened, tally, times)
    utc = {
        readsb_lines.FORMAT: readsb_lines.read,
        readsb_documents.AIRCRAFT_FORMAT: readsb_documents.read_aircraft,
        readsb_documents.TRACE_FORMAT: readsb_documents.read_trace,
        igc.FORMAT: igc.read,
        ogn.FORMAT: ogn.read,
    }
    return utc[kind](opened, tally)


def finish(batches: list[pl.DataFrame]) -> pl.DataFrame:
    """All batches as one table of states, in order, with what was said once carried forward."""
    return carry_forward(in_order(pl.concat(batches, how="diagonal"))).select(list(STATE_SCHEMA))


def as_polars(table: Any, name: str) -> pl.DataFrame:
    """A pandas, Polars or PyArrow table as a Polars one. name: what a fault calls it. Raises InputError."""
    if isinstance(table, pl.DataFrame):
        return table
    if isinstance(table, pl.LazyFrame):
        return table.collect()
    if table is None or isinstance(table, pl.Series) or getattr(table, "ndim", 2) != 2:
        raise InputError(f"a {type(table).__name__} is no table", where=name, do=_TABLES)
    try:
        if hasattr(table, "reset_index"):  # pandas
            named = [level for level in table.index.names if level in STATE_SCHEMA]
            return pl.from_pandas(table.reset_index(level=named) if named else table)
        converted = pl.from_arrow(table)
    except Exception as error:  # pandas and PyArrow raise many kinds of errors for columns of mixed types
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"cannot be read as a table ({reason[:120]})",
            where=name,
            do="give one type of value a column" if hasattr(table, "columns") else _TABLES,
        ) from error
    return pl.DataFrame(converted)
