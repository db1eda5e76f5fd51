"""How `skyaccord scan` shows what it found: table or JSON on standard output, all else on standard error."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import polars as pl
    from rich.progress import Progress, TaskID

    from skyaccord.encounters import Encounters

NARROW: Final = 80
"""Columns that a terminal has at least; also the width of a table that is piped or written to a file."""
WIDE: Final = 130
"""From here on call signs, parties and quality fit as well."""
DOUBTS_SHOWN: Final = 5
"""Lost targets named on standard error; the rest is counted, and all are in `Encounters.lost`."""
STYLES: Final = {"approach": "dim", "infringement": "yellow", "breach": "red", "nmac": "bold red"}


class Reporter:
    """Progress while reading, then a summary, both on standard error; progress only on a terminal."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Reporter:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("reading"),
                BarColumn(),
                DownloadColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            from skyaccord.separation.compiled import is_cold

            if is_cold():
                self._bar.console.print("First use: compiling the search takes some 15 seconds, once.")
            self._task = self._bar.add_task("reading", total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def progress(self, done: int, total: int) -> None:
        """For `scan`: bytes done, bytes in all (0 if unknown)."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total or None)

    def summary(self, encounters: Encounters, out: Path | None, report: Path | None = None) -> None:
        """Counts on standard error: what was read, refused, dropped, left out, and found."""
        counts = encounters.counts
        _tell(f"{counts.get('read', 0):,} states read, {counts.get('accepted', 0):,} accepted")
        for group in ("refused", "dropped", "left out"):
            for name, count in counts.items():
                if name.startswith(f"{group}: "):
                    _tell(f"{count:,} {group}: {name.removeprefix(f'{group}: ')}")
        if encounters.lost.height:
            _tell(_lost(encounters.lost))
        by_verdict = [
            f"{counts[verdict]:,} {verdict}"
            for verdict in ("nmac", "breach", "infringement", "approach")
            if verdict in counts
        ]
        plural = "" if len(encounters) == 1 else "s"
        told = f"{len(encounters):,} encounter{plural}" + (f": {', '.join(by_verdict)}" if by_verdict else "")
        told += f", written to {out}" if out is not None else ""
        _tell(told + encounters.but_nothing_compared())
        if report is not None:
            _tell(f"report written to {report}")


class Counting:
    """A bar on standard error for work that is counted; only on a terminal."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Counting:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._name, total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def progress(self, done: int, total: int) -> None:
        """Done so far, and in all."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total)


def _lost(lost: pl.DataFrame) -> str:
    """Targets that cleaning took out, and which of them a second opinion does not confirm."""
    plural = "" if lost.height == 1 else "s"
    doubtful = lost.filter(~lost["confirmed"])
    told = f"{lost.height:,} target{plural} lost to cleaning, all or nearly: "
    if doubtful.is_empty():
        return told + "a second opinion confirms each"
    by_reason: dict[str, list[str]] = {}
    for row in doubtful.head(DOUBTS_SHOWN).iter_rows(named=True):
        by_reason.setdefault(f"{row['reason']}{_beside(row)}", []).append(row["icao24"])
    names = ", ".join(f"{', '.join(group)} ({reason})" for reason, group in by_reason.items())
    more = f" and {doubtful.height - DOUBTS_SHOWN} more" if doubtful.height > DOUBTS_SHOWN else ""
    return told + f"look at {names}{more}"


def _beside(row: dict[str, Any]) -> str:
    if row["host"] is None:
        return ""
    return f" of {row['host']}" + (
        f", {row['median_m']:.0f} m from it" if row["compared"] else ", not seen then"
    )


def states_file(states: pl.DataFrame, suffix: str) -> bytes:
    """A table of states as a file: Parquet, or CSV with times that carry their zone."""
    stream = io.BytesIO()
    if suffix == ".parquet":
        states.write_parquet(stream)
    else:
        states.write_csv(stream, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
    return stream.getvalue()


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def rendered(encounters: Encounters, output_format: str, *, for_file: bool) -> bytes:
    """The encounters in one of the output formats."""
    if output_format == "parquet":
        stream = io.BytesIO()
        encounters.to_polars().write_parquet(stream)
        return stream.getvalue()
    if output_format == "csv":
        text = encounters.to_polars().write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ")
    elif output_format == "json":
        text = encounters.to_json()
    else:
        text = table_text(encounters, for_file=for_file)
    return text.encode()


def table_text(encounters: Encounters, *, for_file: bool) -> str:
    """A table for people: 80 columns when piped or narrow, more on a wide terminal."""
    from rich.console import Console
    from rich.table import Table

    on_terminal = sys.stdout.isatty() and not for_file
    width = max(Console().width, NARROW) if on_terminal else NARROW
    if not len(encounters):
        return f"No encounters{encounters.but_nothing_compared()}.\n"
    rows = encounters.to_dicts()
    days = {row["start_time"].date() for row in rows}
    one_day = len(days) == 1
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    wide = width >= WIDE
    with_rule = wide and any("rule" in row for row in rows)
    for name, right in _headings(f"{days.pop()}" if one_day else "start UTC", wide=wide, with_rule=with_rule):
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for row in rows:
        cells = _cells(row, one_day=one_day, wide=wide, with_rule=with_rule)
        table.add_row(*cells, style=STYLES.get(row["verdict"]))
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=on_terminal, highlight=False)
    console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _headings(start: str, *, wide: bool, with_rule: bool) -> list[tuple[str, bool]]:
    names = [(start, False), ("dwell s", True), ("aircraft", False)]
    if wide:
        names += [("call signs", False), ("parties", False)]
    names += [("CPA nm", True), ("CPA ft", True), ("least nm", True), ("verdict", False), ("label", False)]
    names += [("rule", False)] if with_rule else []
    return names + ([("quality", False)] if wide else [])


def _cells(row: dict[str, Any], *, one_day: bool, wide: bool, with_rule: bool) -> list[str]:
    start = row["start_time"].strftime("%H:%M:%SZ" if one_day else "%m-%d %H:%M:%S")
    cells = [start, f"{row['dwell_s']:.1f}", f"{row['icao24_a']} {row['icao24_b']}"]
    if wide:
        cells.append(f"{row['callsign_a'] or '-'} {row['callsign_b'] or '-'}")
        cells.append(f"{row['party_a'] or '-'} {row['party_b'] or '-'}")
    cells += [
        f"{row['cpa_horizontal_nm']:.2f}",
        f"{row['cpa_vertical_ft']:.0f}",
        f"{row['min_horizontal_nm']:.3f}",
        row["verdict"],
        row["label"] or "",
    ]
    cells += [row["rule"]] if with_rule else []
    return cells + ([row["quality"]] if wide else [])
