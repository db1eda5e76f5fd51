"""The report: one HTML file that needs nothing else, on a screen, offline and on paper.

No script runs and nothing is fetched; a content security policy in the page itself forbids both, so that
even a mistake in escaping would stay harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from skyaccord import __version__
from skyaccord.base.clock import SystemClock
from skyaccord.base.errors import InputError
from skyaccord.base.files import write_whole
from skyaccord.base.times import format_utc
from skyaccord.drawing import coast
from skyaccord.drawing.markup import Markup, element, join, json_element
from skyaccord.encounters.order import by_severity
from skyaccord.encounters.overview import MARKS_MAX, overview
from skyaccord.encounters.verdicts import VERDICTS
from skyaccord.report.detail import detail, verdict_tag
from skyaccord.report.embedded import IDENTIFIER, embedded_data
from skyaccord.report.listing import ROWS_MAX, is_one_day, listing
from skyaccord.report.provenance import method, provenance
from skyaccord.report.situation import situation_of
from skyaccord.report.summary import period, summary, within

if TYPE_CHECKING:
    from skyaccord.base.clock import Clock
    from skyaccord.encounters import Encounters
    from skyaccord.encounters.evidence import Evidence

FIGURES_MAX: Final = 40
"""Encounters with figures, the gravest first: each is a page and some 100 kB. All are in the table."""
MAP_WIDTH: Final = 720.0
MAP_HEIGHT: Final = 520.0
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)

Progress = Callable[[int, int], object]
"""Called with (encounters drawn, encounters to draw)."""


def write_report(
    encounters: Encounters,
    path: str | Path,
    *,
    command: str | None = None,
    attribution: Sequence[str] = (),
    exercise: bool = False,
    figures_max: int = FIGURES_MAX,
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the report of a scan to a file, whole or not at all.

    >>> write_report(skyaccord.scan("day.jsonl.gz", "0.5nm,500ft"), "day.html")  # doctest: +SKIP

    command: how the scan was asked for, to be told. attribution: lines that the data's licences ask for.
    exercise: mark it as an exercise; an accord that is one marks it anyway. figures_max: encounters with
    figures, the gravest first; all are in the table.

    Raises InputError if the file cannot be written, or if the encounters carry no tracks.
    """
    text = report_html(
        encounters,
        command=command,
        attribution=attribution,
        exercise=exercise,
        figures_max=figures_max,
        clock=clock,
        progress=progress,
    )
    write_whole(Path(path), text.encode())


def report_html(
    encounters: Encounters,
    *,
    command: str | None = None,
    attribution: Sequence[str] = (),
    exercise: bool = False,
    figures_max: int = FIGURES_MAX,
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> str:
    """The report as text; options as for `write_report`."""
    evidence = encounters.evidence
    if evidence is None:
        raise InputError("these encounters carry no tracks", do="take them from skyaccord.scan as they are")
    terms = evidence.question.terms
    exercise = exercise or (terms is not None and terms.accord.exercise)
    rows = by_severity(encounters)
    written = format_utc((clock or SystemClock()).now())
    situations = []
    sections = []
    for number, row in enumerate(rows[:figures_max], 1):
        situation = situation_of(evidence, row, number)
        situations.append(situation)
        sections.append(detail(situation))
        if progress is not None:
            progress(number, min(len(rows), figures_max))
    about = {
        "program": f"SkyAccord {__version__}",
        "written": written,
        "exercise": exercise,
        "asked": encounters.asked,
        "counts": encounters.counts,
        "files": [vars(source) for source in encounters.provenance],
    }
    body = join(
        element("a", "Skip to the encounters", href="#encounters", class_="skip"),
        element("p", "EXERCISE", class_="exercise") if exercise else None,
        element(
            "header",
            element("p", "Separation report", class_="kicker"),
            element("h1", _title(evidence)),
            element(
                "p",
                f"{period(evidence)}. Written {written[:19].replace('T', ' ')} UTC, SkyAccord {__version__}.",
            ),
        ),
        _contents(),
        element(
            "main",
            _section("summary", "Summary", summary(encounters, evidence, rows)),
            _section("map", "Map", _map(evidence, rows, len(sections))),
            _section("encounters", "Encounters", _table(rows, len(sections))),
            _section("figures", "Encounter by encounter", join(*sections)) if sections else None,
            _section("method", "Method and quality codes", method()),
            _section("provenance", "Provenance", provenance(encounters, command, attribution, written)),
        ),
        json_element(IDENTIFIER, embedded_data(rows, situations, about)),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light"),
        element("meta", name="generator", content=f"SkyAccord {__version__}"),
        element("title", f"{'EXERCISE ' if exercise else ''}Separation report: {_title(evidence)}"),
        element("style", _style(exercise)),
    )
    page = element("html", head, element("body", body, class_="is-exercise" if exercise else None), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _title(evidence: Evidence) -> str:
    terms = evidence.question.terms
    if terms is not None:
        return terms.accord.title
    return f"Encounters within {within(evidence)}"


def _section(identifier: str, heading: str, content: Markup) -> Markup:
    return element("section", element("h2", heading), content, id=identifier)


def _contents() -> Markup:
    names = ("summary", "map", "encounters", "figures", "method", "provenance")
    links = (element("li", element("a", name.capitalize(), href=f"#{name}")) for name in names)
    return element("nav", element("ul", *links), aria_label="Contents")


def _map(evidence: Evidence, rows: list[dict[str, Any]], with_figures: int) -> Markup:
    drawing = overview(evidence, rows, {i: i + 1 for i in range(with_figures)}, MAP_WIDTH, MAP_HEIGHT)
    signs = [
        element("li", verdict_tag(verdict))
        for verdict in reversed(VERDICTS)
        if any(row["verdict"] == verdict for row in rows)
    ]
    told = (
        "Each at its closest point of approach; numbers are those of the table. Light: tracks of all; dark: "
    )
    told += "of those that had an encounter. "
    told += coast.SOURCE if 'class="coast"' in drawing else ""
    if len(rows) > MARKS_MAX:
        told += f" The {MARKS_MAX:,} gravest are marked."
    return join(
        element(
            "figure",
            drawing,
            element("figcaption", element("ul", *signs, class_="legend"), told),
        )
    )


def _table(rows: list[dict[str, Any]], with_figures: int) -> Markup:
    if not rows:
        return element("p", "None.")
    told = (
        f"{len(rows):,} encounters, the gravest first: by verdict, those without an explaining label before "
    )
    told += "those with one, then by max(horizontal/limit, vertical/limit) at the closest point of approach. "
    if is_one_day(rows):
        told += f"Times are UTC on {rows[0]['start_time']:%Y-%m-%d}. "
    if with_figures < len(rows):
        told += f"The first {with_figures:,} have figures; the others are in this table only. "
    if len(rows) > ROWS_MAX:
        told += f"The table ends after {ROWS_MAX:,} rows; the data in this file has all {len(rows):,}."
    return join(element("p", told), listing(rows, with_figures))


def _style(exercise: bool) -> Markup:
    style = (resources.files("skyaccord.report") / "page.css").read_text("utf-8")
    if exercise:
        style += (
            '@page { @top-center { content: "EXERCISE"; font: bold 12pt sans-serif; color: #a3122a; } }\n'
        )
    return Markup(style)
