"""`skyaccord pack`: what the working group gets of a stretch of days, and what may be published of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from skyaccord.cli.acting import NodeFolder


class OutputFormat(StrEnum):
    text = "text"
    json = "json"


class PackLanguage(StrEnum):
    en = "en"
    ru = "ru"
    ar = "ar"


def command(
    *,
    node: NodeFolder,
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="Sky time, UTC: 2015-10-10 or 2015-10-10T09:00Z.")
    ],
    end: Annotated[str, typer.Option("--to", metavar="TIME", help="The end, which is not included.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="PATH",
            help="A folder for everything (HTML, PDF, Parquet), or one .html, .pdf or .txt file.",
        ),
    ] = None,
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="Only what may be published: counts by day and area, small ones left out."
        ),
    ] = False,
    exercise: Annotated[
        bool, typer.Option("--exercise", help="Count the exercises, and nothing else; marked so.")
    ] = False,
    language: Annotated[
        PackLanguage | None,
        typer.Option("--language", help="One language instead of all three; of a single file."),
    ] = None,
    output: Annotated[
        OutputFormat,
        typer.Option("--format", help="How the summary on the screen is written.", case_sensitive=False),
    ] = OutputFormat.text,
) -> None:
    """The pack for the working group: figures per party with their definitions, and both sides reconciled.

    Computed from every journal that the node's folder holds; the same journals give the same files. Example:
    `skyaccord pack --node A --from 2015-10-10 --to 2015-10-11 --out pack`.
    """
    from skyaccord.cli.talks_common import opened
    from skyaccord.hotline.asking import RoleTerms
    from skyaccord.node.packing import read_ledger
    from skyaccord.node.settings import load_settings
    from skyaccord.pack.files import write_pack
    from skyaccord.pack.ledger import Window
    from skyaccord.pack.making import make_pack, make_public
    from skyaccord.record.folder import open_folder

    window = Window(_time(start, "--from"), _time(end, "--to"), exercise)
    folder = open_folder(node)
    settings = load_settings(folder.settings_file)
    with opened(node) as journal:
        terms = RoleTerms(settings.hotline.acknowledge_within_s, None)
        ledger = read_ledger(journal, folder.card(), terms)
    made = make_public(ledger, window) if public else make_pack(ledger, window)
    code = None if language is None else language.value
    written = [] if out is None else write_pack(made, ledger.own, out, language=code)
    if output is OutputFormat.json:
        _print_json(made)
    else:
        _print_text(made, ledger.own, code or "en", written)


def _time(text: str, option: str) -> datetime:
    """A time with its zone, or a day, which begins at 00:00 UTC. InputError for anything else."""
    from skyaccord.base.times import parse_utc

    return parse_utc(f"{text}T00:00:00Z" if len(text) == len("2015-10-10") else text, where=option)


def _print_json(made: Any) -> None:
    import json

    from skyaccord.pack.making import Pack, digest_of, plain, public_tables, tables_of

    tables = tables_of(made) if isinstance(made, Pack) else public_tables(made)
    said = {"digest": digest_of(tables), "exercise": made.window.exercise, "tables": tables}
    typer.echo(json.dumps(said, default=plain, ensure_ascii=False, indent=2))


def _print_text(made: Any, own: str, language: str, written: list[Path]) -> None:
    """The whole document where nothing was written; else what was."""
    from skyaccord.pack.files import documents
    from skyaccord.paper.plain import document_lines

    if not written:
        for line in document_lines(documents(made, own, (language,))[language]):
            typer.echo(line)
        return
    for path in written:
        typer.echo(str(path))
