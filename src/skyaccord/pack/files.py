"""A pack on disk: HTML and PDF in three languages, and its tables as Parquet. The same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl

from skyaccord.base.errors import InputError
from skyaccord.base.files import write_whole
from skyaccord.pack.document import pack_document, public_document
from skyaccord.pack.making import Pack, Row, public_tables, tables_of
from skyaccord.pack.public import PublicPack
from skyaccord.pack.text import LANGUAGES
from skyaccord.paper.blocks import Document
from skyaccord.paper.html import document_html
from skyaccord.paper.plain import document_lines
from skyaccord.paper.sheet import document_pdf

TIME: Final = pl.Datetime("us", "UTC")
FILE_KINDS: Final = (".html", ".pdf", ".txt")


def documents(
    pack: Pack | PublicPack, own: str, languages: tuple[str, ...] = LANGUAGES
) -> dict[str, Document]:
    """language → document."""
    if isinstance(pack, Pack):
        return {language: pack_document(pack, language) for language in languages}
    return {language: public_document(pack, own, language) for language in languages}


def write_pack(pack: Pack | PublicPack, own: str, out: Path, *, language: str | None = None) -> list[Path]:
    """Write it to a folder (everything), or to one .html, .pdf or .txt file (in `language`, or English).

    InputError: the file's name says no kind, or it cannot be written; nothing half-written stays.
    """
    if out.suffix.lower() in FILE_KINDS:
        code = language or "en"
        write_whole(out, _content(documents(pack, own, (code,))[code], out.suffix.lower()))
        return [out]
    if out.suffix and not out.is_dir():
        raise InputError(
            f"a pack is no {out.suffix} file",
            where=str(out),
            do="name a folder, or a .html, .pdf or .txt file",
        )
    files = contents(pack, own, (language,) if language else LANGUAGES)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", where=str(out)) from None
    for name, content in files.items():
        write_whole(out / name, content)
    return [out / name for name in files]


def contents(pack: Pack | PublicPack, own: str, languages: tuple[str, ...] = LANGUAGES) -> dict[str, bytes]:
    """Every file of a folder, by name."""
    files: dict[str, bytes] = {}
    for language, document in documents(pack, own, languages).items():
        for suffix in (".html", ".pdf"):
            files[f"pack.{language}{suffix}"] = _content(document, suffix)
    tables = tables_of(pack) if isinstance(pack, Pack) else public_tables(pack)
    for name, rows in tables.items():
        files[f"{name}.parquet"] = parquet(name, rows)
    return files


def _content(document: Document, suffix: str) -> bytes:
    if suffix == ".html":
        return document_html(document).encode()
    if suffix == ".pdf":
        return document_pdf(document)
    return ("\n".join(document_lines(document)) + "\n").encode()


def parquet(name: str, rows: list[Row]) -> bytes:
    """One table. A table without rows has its columns all the same."""
    columns: Mapping[str, Any] = SCHEMAS[name]
    if name == "by_day_and_area" and rows:
        columns = {**columns, **{key: pl.Int64 for key in rows[0] if key not in columns}}
    target = BytesIO()
    frame = pl.DataFrame(rows, schema=columns, orient="row", strict=False)
    frame.write_parquet(target, compression="zstd", statistics=False)
    return target.getvalue()


SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "sky": {
        **dict.fromkeys(("party", "accord", "rule", "area"), pl.String),
        **dict.fromkeys(
            (
                "approaches", "alerts", "nuisance", "undecided", "infringements", "breaches", "nmacs",
                "doubtful",
            ),
            pl.Int64,
        ),
    },
    "crossings": {**dict.fromkeys(("party", "accord", "place", "way"), pl.String), "count": pl.Int64},
    "responses": {
        **dict.fromkeys(("what", "party", "role", "step"), pl.String),
        **dict.fromkeys(("asked", "reached"), pl.Int64),
        **dict.fromkeys(("p50_s", "p90_s", "p99_s", "max_s"), pl.Float64),
    },
    "line": {
        "party": pl.String,
        **dict.fromkeys(
            (
                "messages", "silences", "vacancies", "unanswered", "expired", "radio_calls",
                "radio_unanswered", "voice_entries", "voice_confirmed", "checks", "checks_in_time",
            ),
            pl.Int64,
        ),
    },
    "drills": {
        "party": pl.String, "opened_at": TIME, "phrases": pl.String, "outcome": pl.String, "said": pl.Int64,
        "in_time": pl.Int64, "slowest_s": pl.Float64,
    },
    "incidents": {
        **dict.fromkeys(("incident", "level", "reason"), pl.String), "start": TIME,
        **dict.fromkeys(("opened_by", "state"), pl.String),
        **dict.fromkeys(("accounts", "facts_agreed", "facts_disputed", "missed"), pl.Int64),
    },
    "notices": {
        "party": pl.String, **dict.fromkeys(("notices", "measured", "late"), pl.Int64),
        **dict.fromkeys(("lead_least_s", "lead_p50_s"), pl.Float64), "uncoordinated": pl.Int64,
    },
    "events": {
        **dict.fromkeys(("thing", "party", "entry", "accord", "rule", "aircraft"), pl.String),
        **dict.fromkeys(("start", "end", "closest"), TIME), "verdict": pl.String,
        **dict.fromkeys(("horizontal_nm", "vertical_ft", "dwell_s"), pl.Float64),
        **dict.fromkeys(("confident", "over", "nuisance"), pl.Boolean),
    },
    "reconciliation": {
        "line": pl.Int64, **dict.fromkeys(("first", "second", "thing", "aircraft"), pl.String),
        **dict.fromkeys(("start", "end"), TIME),
        **dict.fromkeys(
            (
                "entries_first", "entries_second", "differs", "value_first", "value_second", "cause", "at",
                "evidence", "note",
            ),
            pl.String,
        ),
    },
    "journals": {
        "party": pl.String, "origin": pl.String, "entries": pl.Int64, "sealed": pl.Int64, "newest": TIME,
    },
    "by_day_and_area": {"day": pl.Date, "area": pl.String},
}  # fmt: skip
"""Columns of every table, in order."""
