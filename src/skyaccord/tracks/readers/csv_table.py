"""CSV with a header: comma, semicolon or tab, fields quoted where need be, one record a line.

A field cannot hold a line break: so each line stands alone, and one that was cut off costs only itself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import polars as pl

from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers.columns import map_columns, reject_twice
from skyaccord.tracks.readers.lines import LineBatch, line_batches
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.table import accept_table
from skyaccord.tracks.readers.table_times import TableTimes
from skyaccord.tracks.readers.tally import Tally

FORMAT: Final = "csv"
DELIMITERS: Final = (",", ";", "\t")
NOT_TEXT: Final = "not UTF-8 text"


def read(opened: OpenedFile, tally: Tally, times: TableTimes) -> Iterator[pl.DataFrame]:
    """Batches of states. Raises InputError for a missing column or a time without a zone."""
    wanted: dict[str, str] | None = None
    for batch in row_batches(opened, tally):
        if wanted is None:
            wanted = map_columns(batch.fields.columns, opened.where)
        columns = [pl.col(given).alias(ours) for given, ours in wanted.items()]
        yield accept_table(batch.fields.select(columns), batch.lines, times, tally, batch.text_of)


class RowBatch(NamedTuple):
    """Rows as texts under the header's names, the line number of each, and the text of row i."""

    fields: pl.DataFrame
    lines: pl.Series
    text_of: Callable[[int], bytes]


def row_batches(opened: OpenedFile, tally: Tally) -> Iterator[RowBatch]:
    """All well-formed rows, the first batch even if it is empty (for its header). The others are refused."""
    header: list[str] | None = None
    delimiter = ","
    for first, lines in line_batches(opened, tally):
        start = 0
        first_batch = header is None
        if header is None:
            start = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
            if start == len(lines):
                continue
            header, delimiter = split_header(lines[start], opened.where)
            reject_twice(header, opened.where)
            start += 1
        batch = LineBatch(first + start, lines[start:])
        table, kept = _fields(batch, header, delimiter, tally)
        if kept or first_batch:
            numbers = pl.Series("line", kept, dtype=pl.Int64) + batch.first
            texts = [batch.lines[index] for index in kept] if tally.keeps_texts else []
            yield RowBatch(table, numbers, texts.__getitem__)


def split_header(line: bytes, where: str) -> tuple[list[str], str]:
    """Column names and the delimiter between them. Raises UnreadableError if it is no such line."""
    try:
        text = line.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "the header is not UTF-8 text", where=f"{where}, line 1", do="save the table as UTF-8"
        ) from error
    delimiter = max(DELIMITERS, key=text.count)
    try:
        names = next(csv.reader([text], delimiter=delimiter, strict=False), [])
    except csv.Error as error:
        raise UnreadableError(
            "the header is not CSV", where=f"{where}, line 1", do="separate the names by commas"
        ) from error
    seen: dict[str, int] = {}
    for index, name in enumerate(
        names
    ):  # unnamed columns (pandas writes its index so) get a name of their own
        seen[name] = seen.get(name, 0) + 1
        if not name.strip():
            names[index] = f"column {index + 1}"
    return names, delimiter


def _fields(
    batch: LineBatch, header: list[str], delimiter: str, tally: Tally
) -> tuple[pl.DataFrame, list[int]]:
    """The fields of each well-formed line as texts, and which lines these are."""
    separators, mark = len(header) - 1, delimiter.encode()
    plain: list[int] = []
    special: list[int] = []
    for index, line in enumerate(batch.lines):
        if b'"' in line or line.count(mark) != separators:
            if line.strip():
                special.append(index)
        elif line and line != b"\r":
            plain.append(index)
    text = b"\n".join(batch.lines[index].rstrip(b"\r") for index in plain)
    if plain and not _is_text(text):
        special += plain
        plain, text = [], b""
    tables = [_parse_plain(text, header, delimiter, len(plain))] if plain else []
    rows, special_kept = _parse_special(batch, sorted(special), header, delimiter, tally)
    if rows:
        tables.append(pl.DataFrame(rows, schema=dict.fromkeys(_unique(header), pl.String()), orient="row"))
    if not tables:
        return _named(pl.DataFrame(schema=dict.fromkeys(_unique(header), pl.String())), header), []
    return _named(pl.concat(tables), header), plain + special_kept


def _parse_plain(text: bytes, header: list[str], delimiter: str, count: int) -> pl.DataFrame:
    """Lines without quotes, all with the right number of fields: one vectorised parse."""
    if len(header) == 1:
        return pl.DataFrame({"0": text.decode().split("\n")})
    header_line = delimiter.join(_unique(header)).encode()  # digits: never the magic of a compressed file
    table = pl.read_csv(
        io.BytesIO(header_line + b"\n" + text),
        separator=delimiter,
        quote_char=None,
        schema=dict.fromkeys(_unique(header), pl.String()),
    )
    assert table.height == count  # noqa: S101 (pair assertion: a line is a record)
    return table


def _parse_special(
    batch: LineBatch, indices: list[int], header: list[str], delimiter: str, tally: Tally
) -> tuple[list[list[str | None]], list[int]]:
    """Lines with quotes or a wrong number of fields, one at a time; what cannot be split is refused."""
    rows: list[list[str | None]] = []
    kept: list[int] = []
    for index in indices:
        line = batch.lines[index]
        reason: str
        try:
            fields = next(
                csv.reader([line.decode("utf-8").rstrip("\r")], delimiter=delimiter, strict=True), []
            )
        except UnicodeDecodeError:
            reason = NOT_TEXT
        except csv.Error:
            reason = "a quote is not closed" if line.count(b'"') % 2 else "not CSV"
        else:
            if len(fields) == len(header):
                rows.append(list(fields))
                kept.append(index)
                continue
            reason = "wrong number of fields"
        tally.read += 1
        tally.refuse(reason, batch.first + index, line)
    return rows, kept


def _unique(header: list[str]) -> list[str]:
    return [str(index) for index in range(len(header))]


def _named(table: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    """Columns by their names; of columns we do not know that share a name, only the first is kept."""
    names: dict[str, str] = {}
    for index, name in enumerate(header):
        if name not in names.values():
            names[str(index)] = name
    return table.select(list(names)).rename(names)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
