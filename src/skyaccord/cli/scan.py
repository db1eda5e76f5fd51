# ruff: noqa: PLR0917 - the command line takes its options by name
"""`skyaccord scan`: every encounter in recordings."""

from __future__ import annotations

import enum
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from skyaccord.base.errors import InputError


class OutputFormat(enum.StrEnum):
    """How the encounters are written."""

    table = "table"
    json = "json"
    csv = "csv"
    parquet = "parquet"


def command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Recordings, plain or gzipped: readsb/adsb.lol JSON lines, or a table (CSV, Parquet, JSON) "
            "with the columns timestamp, icao24, latitude, longitude, altitude. `-` reads standard input.",
            show_default=False,
        ),
    ],
    accord: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Scan under the rules of an accord: its file, or a shipped one's name (rule-of-threes). "
            "A draft will do.",
            show_default=False,
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(
            metavar="LIMITS",
            help="Scan under two limits, as 0.5nm,500ft: an encounter is nearer than both. Units nm, km, m, "
            "ft. Without --accord and --within: 5nm,1000ft.",
            show_default=False,
        ),
    ] = None,
    watch: Annotated[
        str | None,
        typer.Option(
            metavar="DISTANCE",
            help="Also list approaches: nearer than this horizontally, as 20nm, with no encounter meanwhile. "
            "Off unless given, whatever the accord says.",
            show_default=False,
        ),
    ] = None,
    max_gap: Annotated[
        str,
        typer.Option(
            metavar="DURATION",
            help="Do not join two positions of an aircraft that are farther apart in time than this.",
        ),
    ] = "60s",
    party_map: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV with the header icao24,party: who flies what. All pairs are listed all the same.",
            show_default=False,
        ),
    ] = None,
    input_format: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Read the files as this format instead of looking.", show_default=False
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="What times without a zone are in, as UTC or Europe/Paris. Without it they are refused.",
            show_default=False,
        ),
    ] = None,
    keep_ghosts: Annotated[
        bool,
        typer.Option("--keep-ghosts", help="Keep what cleaning takes for an echo of another target."),
    ] = False,
    rows_in_memory: Annotated[
        int,
        typer.Option(
            metavar="COUNT",
            help="Recordings of more states than this are worked on in parts, through a temporary folder "
            "(TMPDIR). The result is the same.",
        ),
    ] = 5_000_000,
    without_rule: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Leave out a cleaning rule: zeros, impossible, duplicates, frozen, jumps, spikes or echoes. "
            "May be given again.",
            show_default=False,
        ),
    ] = None,
    output_format: Annotated[
        OutputFormat | None,
        typer.Option(
            "--format",
            help="A table to read, a JSON list of objects, CSV or Parquet. Without it: what --out FILE "
            "ends in, else a table.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write to this file instead of standard output. It appears whole or not at all.",
            show_default=False,
        ),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep refused records here, as JSON lines: file, line, reason, text.",
            show_default=False,
        ),
    ] = None,
    dropped: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the states that cleaning dropped here, with the reason and the target echoed: Parquet "
            "if FILE ends in .parquet, else CSV.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Also write a report: one HTML file with map, figures of each encounter, data quality and "
            "provenance. It opens offline and prints to A4.",
            show_default=False,
        ),
    ] = None,
    attribution: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="A line that the licence of the data asks for, told in the report. May be given again.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Every encounter in recordings: all pairs, also between samples, solved exactly.

    Each row is one stretch of time in which two aircraft were nearer than the
    limits: how long, the closest point of approach, the least distances, and a
    verdict. Verdicts, rising: approach (only inside the watch), infringement
    (limits broken), breach (longer than the accord allows), nmac (within 500 ft
    and 100 ft at once). Echoes and duplicates are dropped first, and counted on
    standard error.

    Examples:

      skyaccord scan day.jsonl.gz --within 0.5nm,500ft

      skyaccord scan day.jsonl.gz --accord rule-of-threes --party-map parties.csv

      skyaccord scan monday.parquet tuesday.parquet --watch 20nm --format json --out week.json

      skyaccord scan day.jsonl.gz --accord rule-of-threes --report day.html

      zcat day.csv.gz | skyaccord scan - --timezone UTC --format json | jq length
    """
    from skyaccord.base.files import write_whole
    from skyaccord.cli.scan_output import Counting, Reporter, rendered, states_file
    from skyaccord.cli.whole_file import RejectsFile
    from skyaccord.encounters import scan

    chosen = output_format or OutputFormat.__members__.get(out.suffix[1:] if out else "", OutputFormat.table)
    if chosen is OutputFormat.parquet and out is None and sys.stdout.isatty():
        raise InputError("Parquet is not for a terminal", do="give --out FILE, or redirect")
    with Reporter() as reporter, RejectsFile(rejects) as refused:
        encounters = scan(
            list(files),
            within,
            accord=accord,
            watch=watch,
            max_gap=max_gap,
            party_map=party_map,
            keep_ghosts=keep_ghosts,
            timezone=timezone,
            input_format=input_format,
            progress=reporter.progress,
            rejects=refused.keep if rejects is not None else None,
            without_rules=without_rule or (),
            rows_in_memory=rows_in_memory,
        )
    if dropped is not None and encounters.evidence is not None:
        write_whole(dropped, states_file(encounters.evidence.dropped, dropped.suffix))
    if report is not None:
        from skyaccord.report import write_report

        with Counting("drawing") as counting:
            write_report(
                encounters,
                report,
                command=shlex.join(["skyaccord", *sys.argv[1:]]),
                attribution=attribution or (),
                progress=counting.progress,
            )
    content = rendered(encounters, chosen.value, for_file=out is not None)
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_whole(out, content)
    reporter.summary(encounters, out, report)
