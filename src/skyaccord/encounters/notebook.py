"""How encounters show themselves in a notebook: what was found, a small map, the first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, element, join
from skyaccord.encounters.order import by_severity
from skyaccord.encounters.overview import overview, verdict_mark
from skyaccord.encounters.verdicts import VERDICTS

if TYPE_CHECKING:
    from skyaccord.encounters.result import Encounters

ROWS_MAX: Final = 25
"""Rows that a notebook shows; all are in `to_polars()` and `to_pandas()`."""
POINTS_MAX: Final = 5_000
"""Positions on a notebook's map: it is saved with every output, and 5,000 weigh some 40 kB."""
WIDTH: Final = 520.0
HEIGHT: Final = 300.0
COLUMNS: Final = (
    "start UTC",
    "aircraft",
    "dwell s",
    "CPA NM",
    "CPA ft",
    "least NM",
    "verdict",
    "label",
    "quality",
)


def as_html(encounters: Encounters) -> str:
    """A heading, a map of all, the gravest rows."""
    rows = by_severity(encounters)
    counts = [
        f"{sum(row['verdict'] == verdict for row in rows):,} {verdict}"
        for verdict in reversed(VERDICTS)
        if any(row["verdict"] == verdict for row in rows)
    ]
    plural = "" if len(rows) == 1 else "s"
    told = f"{len(rows):,} encounter{plural}" + (f": {', '.join(counts)}" if counts else "")
    parts = [element("p", element("b", told), encounters.but_nothing_compared())]
    if encounters.evidence is not None and rows:
        drawing = overview(
            encounters.evidence, rows, {}, WIDTH, HEIGHT, points_max=POINTS_MAX, with_coast=False
        )
        parts.append(element("div", drawing, style=f"background:{ink.PAPER};display:inline-block"))
    if rows:
        parts.append(_table(rows[:ROWS_MAX]))
    if len(rows) > ROWS_MAX:
        parts.append(element("p", f"The {ROWS_MAX} gravest of {len(rows):,}; all: to_polars(), to_pandas()."))
    return str(element("div", *parts))


def _table(rows: list[dict[str, Any]]) -> Markup:
    body = [
        element(
            "tr",
            *(
                element(
                    "td", cell, style="text-align:left" if index in (0, 1, 6, 7, 8) else "text-align:right"
                )
                for index, cell in enumerate(_cells(row))
            ),
        )
        for row in rows
    ]
    return element(
        "table",
        element("thead", element("tr", *(element("th", name, scope="col") for name in COLUMNS))),
        element("tbody", *body),
    )


def _cells(row: dict[str, Any]) -> list[str]:
    sign = element(
        "svg",
        verdict_mark(row["verdict"], 6, 6),
        width=12,
        height=12,
        viewBox="0 0 12 12",
        aria_hidden="true",
    )
    return [
        f"{row['start_time']:%Y-%m-%d %H:%M:%S}",
        f"{row['callsign_a'] or row['icao24_a']} \u00b7 {row['callsign_b'] or row['icao24_b']}",
        f"{row['dwell_s']:,.1f}",
        f"{row['cpa_horizontal_nm']:.2f}",
        f"{row['cpa_vertical_ft']:,.0f}",
        f"{row['min_horizontal_nm']:.3f}",
        join(sign, " ", row["verdict"]),
        row["label"] or "",
        row["quality"],
    ]
