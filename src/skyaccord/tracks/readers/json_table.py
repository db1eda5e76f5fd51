"""Tables as JSON: a list of records, a dict of columns (as pandas and Polars write them), or JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.tracks.readers.columns import map_columns
from skyaccord.tracks.readers.lines import BOM, line_batches
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.readsb_lines import NOT_AN_OBJECT, parse_object
from skyaccord.tracks.readers.table import accept_table
from skyaccord.tracks.readers.table_times import TableTimes
from skyaccord.tracks.readers.tally import Tally

FORMAT: Final = "json"

_BLANKS: Final = re.compile(r"[\s,]*")

BATCH_RECORDS: Final = 65_536
"""Records turned into a table at a time: the Python objects of a batch stay within some tens of megabytes."""


def read(opened: OpenedFile, tally: Tally, times: TableTimes) -> Iterator[pl.DataFrame]:
    """Batches of states. Raises InputError for a missing column or a time without a zone, UnreadableError for
    a document that is not JSON or not a table."""
    if is_lines(opened.head()):
        yield from _read_lines(opened, tally, times)
        return
    for line, document in read_documents(opened):
        if line > 1 and tally.read:
            raise UnreadableError(
                "goes on after its end", where=f"{opened.where}, line {line}", do="write one list of records"
            )
        if isinstance(document, list):
            lines = list(range(1, len(document) + 1))
            yield from _batches(document, lines, opened.where, tally, times)
        elif (
            isinstance(document, dict)
            and document
            and all(isinstance(c, list | dict) for c in document.values())
        ):
            yield from _read_columns(document, opened.where, tally, times)
        else:
            raise UnreadableError(
                "is JSON, but no table",
                where=opened.where,
                do="give a list of records, a dict of columns, or one record a line",
            )


def is_lines(head: bytes) -> bool:
    """Whether this is one JSON object a line, each with plain values."""
    for line in head.removeprefix(BOM).split(b"\n")[:20]:
        record = parse_object(line.rstrip(b", \t\r"))
        if isinstance(record, dict):
            return bool(record) and not all(isinstance(value, list | dict) for value in record.values())
    return False


def read_documents(opened: OpenedFile) -> Iterator[tuple[int, object]]:
    """Every JSON document of the text, one after the other, each with the line it begins on.

    Raises UnreadableError where the text is no JSON, or ends inside a document.
    """
    decoder = json.JSONDecoder(parse_constant=lambda name: None)
    try:
        text = opened.read_all().removeprefix(BOM).decode("utf-8")
        place = _after_blanks(text, 0)
        while place < len(text):
            document, end = decoder.raw_decode(text, place)
            yield text.count("\n", 0, place) + 1, document
            place = _after_blanks(text, end)
    except RecursionError as error:
        raise UnreadableError(
            "is JSON nested too deeply", where=opened.where, do="give a list of records"
        ) from error
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"is not whole JSON ({error.msg.lower()})",
            where=f"{opened.where}, line {error.lineno}",
            do="copy or write it again: it is damaged or cut short",
        ) from error
    except ValueError as error:  # not UTF-8, or a number of too many digits
        raise UnreadableError("is not JSON text", where=opened.where, do="write it again as UTF-8") from error


def _after_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _read_lines(opened: OpenedFile, tally: Tally, times: TableTimes) -> Iterator[pl.DataFrame]:
    for first, lines in line_batches(opened, tally):
        records: list[dict[str, Any]] = []
        numbers: list[int] = []
        for index, line in enumerate(lines):
            if not line or line.isspace():
                continue
            record = parse_object(line.rstrip(b", \t\r"))
            if isinstance(record, str):
                tally.read += 1
                tally.refuse(record, first + index, line)
            else:
                records.append(record)
                numbers.append(first + index)
        yield from _batches(records, numbers, opened.where, tally, times)


def _read_columns(
    document: dict[str, Any], where: str, tally: Tally, times: TableTimes
) -> Iterator[pl.DataFrame]:
    wanted = map_columns(list(document), where)
    columns = {ours: _column(document[given]) for given, ours in wanted.items()}
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) != 1:
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"columns of different length ({shown})", where=where, do="write the table again")
    for start in range(0, next(iter(lengths.values())), BATCH_RECORDS):
        part = {name: column[start : start + BATCH_RECORDS] for name, column in columns.items()}
        table = pl.DataFrame(
            {name: [_text(value) for value in values] for name, values in part.items()}
        ).cast(pl.String)
        numbers = pl.Series("line", range(start + 1, start + 1 + table.height), dtype=pl.Int64)
        yield accept_table(table, numbers, times, tally, _rows_as_text(table))


def _column(values: Any) -> list[Any]:
    """pandas writes a column as {index: value}, Polars and others as a list."""
    return list(values.values()) if isinstance(values, dict) else list(values)


def _batches(
    records: Sequence[object], lines: list[int], where: str, tally: Tally, times: TableTimes
) -> Iterator[pl.DataFrame]:
    for start in range(0, len(records), BATCH_RECORDS):
        part = records[start : start + BATCH_RECORDS]
        good: list[Mapping[str, Any]] = []
        numbers: list[int] = []
        names: dict[str, None] = {}
        for line, record in zip(lines[start : start + BATCH_RECORDS], part, strict=True):
            if isinstance(record, dict):
                good.append(record)
                numbers.append(line)
                names.update(dict.fromkeys(record))
            else:
                tally.read += 1
                tally.refuse(NOT_AN_OBJECT, line, json.dumps(record))
        if not good:
            continue
        wanted = map_columns(list(names), where)
        table = pl.DataFrame(
            {ours: [_text(record.get(given)) for record in good] for given, ours in wanted.items()}
        ).cast(pl.String)

        def text_of(index: int, good: list[Mapping[str, Any]] = good) -> str:
            return json.dumps(good[index])

        yield accept_table(table, pl.Series("line", numbers, dtype=pl.Int64), times, tally, text_of)


def _rows_as_text(table: pl.DataFrame) -> Callable[[int], str]:
    return lambda index: json.dumps(table.row(index, named=True))


def _text(value: object) -> str | None:
    """A JSON value as the text it would be in a CSV, so that one path reads both."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).encode("utf-8", "replace").decode() if isinstance(value, str) else str(value)
