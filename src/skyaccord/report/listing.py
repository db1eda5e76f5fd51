"""The table of all encounters, the gravest first."""

from __future__ import annotations

from typing import Any, Final

from skyaccord.drawing.markup import Child, Markup, element, join
from skyaccord.report.detail import verdict_tag

ROWS_MAX: Final = 2_000
"""Rows in the table: 40 printed pages. Beyond, the CSV that the same command writes is the thing to read."""
HEADINGS: Final[tuple[tuple[str, bool], ...]] = (
    ("no.", True),
    ("start UTC", False),
    ("dwell s", True),
    ("aircraft", False),
    ("parties", False),
    ("CPA NM", True),
    ("CPA ft", True),
    ("least NM", True),
    ("verdict", False),
    ("rule", False),
    ("quality", False),
)


def listing(rows: list[dict[str, Any]], with_figures: int) -> Markup:
    """rows: all, the gravest first; the first `with_figures` have a section to go to."""
    absent = set() if any(row["party_a"] or row["party_b"] for row in rows) else {"parties"}
    if not any("rule" in row for row in rows):  # one rule only: the summary names it
        absent.add("rule")
    one_day = is_one_day(rows)
    shown = [heading for heading in HEADINGS if heading[0] not in absent]
    head = [element("th", name, scope="col", class_="right" if right else None) for name, right in shown]
    body = []
    for number, row in enumerate(rows[:ROWS_MAX], 1):
        values = _cells(row, number, number <= with_figures, one_day)
        cells = [value for value, (name, _) in zip(values, HEADINGS, strict=True) if name not in absent]
        body.append(
            element(
                "tr",
                *(
                    element("td", cell, class_="right" if right else None)
                    for cell, (_, right) in zip(cells, shown, strict=True)
                ),
                id=f"r{number}",
            )
        )
    table = element(
        "table", element("thead", element("tr", *head)), element("tbody", *body), class_="listing"
    )
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label="All encounters")


def is_one_day(rows: list[dict[str, Any]]) -> bool:
    """Whether all begin on one day, so that their times need no date."""
    return len({row["start_time"].date() for row in rows}) == 1


def _cells(row: dict[str, Any], number: int, has_section: bool, one_day: bool) -> list[Child]:
    said = [element("bdi", row[f"callsign_{side}"] or row[f"icao24_{side}"]) for side in "ab"]
    pair = join(*said, between=" \u00b7 ")
    parties = " \u00b7 ".join(row[f"party_{side}"] or "\u2013" for side in "ab")
    return [
        str(number),
        f"{row['start_time']:%H:%M:%S}" if one_day else f"{row['start_time']:%Y-%m-%d %H:%M:%S}",
        f"{row['dwell_s']:,.1f}",
        element("a", pair, href=f"#e{number}") if has_section else pair,
        element("bdi", parties),
        f"{row['cpa_horizontal_nm']:.2f}",
        f"{row['cpa_vertical_ft']:,.0f}",
        f"{row['min_horizontal_nm']:.3f}",
        join(
            verdict_tag(row["verdict"]),
            element("span", row["label"], class_="label") if row["label"] else None,
        ),
        element("bdi", row.get("rule", "")),
        element("span", row["quality"].replace("+", ", "), class_="codes"),
    ]
