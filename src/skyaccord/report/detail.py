"""One encounter's section: what happened in a sentence, the figures, how good the data was."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from skyaccord.airspace.units import M_PER_NM
from skyaccord.drawing import ink
from skyaccord.drawing.markup import Child, Markup, element, join
from skyaccord.drawing.shapes import dots, line
from skyaccord.encounters.overview import verdict_mark
from skyaccord.report.explained import LABEL_MEANS, VERDICT_MEANS, quality_sentences
from skyaccord.report.plan import plan_view
from skyaccord.report.profile import vertical_profile
from skyaccord.report.series import series
from skyaccord.report.situation import WINDOW_MAX_S, Floats, Side, Situation

METRES_BELOW_NM: Final = 1.0
"""Distances under this are given in metres beside miles: nobody pictures 0.008 NM."""


def detail(situation: Situation) -> Markup:
    """The section."""
    row = situation.row
    heading = element(
        "h3",
        element("span", situation.number, class_="number"),
        join(*(named(side, index) for index, side in enumerate(situation.sides)), between=" and "),
        " ",
        verdict_tag(row["verdict"]),
        element("span", row["label"], class_="label") if row["label"] else None,
        id=f"h{situation.number}",
    )
    return element(
        "section",
        heading,
        element("p", *_told(situation)),
        element("p", WINDOW_NOTE, class_="note") if situation.is_cut else None,
        element("div", plan_view(situation), vertical_profile(situation), class_="pair"),
        series(situation),
        legend(situation),
        _quality(situation),
        element("p", element("a", "Back to the table", href=f"#r{situation.number}"), class_="back"),
        class_="encounter",
        id=f"e{situation.number}",
        aria_labelledby=f"h{situation.number}",
    )


WINDOW_NOTE: Final = (
    f"The encounter is longer than what figures show: {WINDOW_MAX_S / 60:.0f} minutes about the closest "
    "point of approach."
)


def named(side: Side, index: int) -> Markup:
    """An aircraft by its call sign in its own direction, with its address and party."""
    more = [side.icao24] if side.callsign else []
    more += [f"party {side.party}"] if side.party else []
    return join(
        element("bdi", side.name, class_=f"side-{'ab'[index]}"),
        element("small", " (", element("bdi", ", ".join(more)), ")") if more else None,
    )


def verdict_tag(verdict: str) -> Markup:
    """A verdict as sign and word."""
    sign = element(
        "svg", verdict_mark(verdict, 6, 6), width=12, height=12, viewBox="0 0 12 12", aria_hidden="true"
    )
    return element("span", sign, " ", verdict, class_=f"verdict {verdict}")


def distance(nautical_miles: float) -> str:
    """0.206 NM (382 m)."""
    metres = f" ({nautical_miles * M_PER_NM:,.0f} m)" if nautical_miles < METRES_BELOW_NM else ""
    return f"{nautical_miles:.3f} NM{metres}"


def place(latitude: float, longitude: float) -> str:
    """36°51.23′N 121°30.50′W."""

    def one(value: float, letters: str, digits: int) -> str:
        hundredths = round(abs(value) * 6000)
        degrees, rest = divmod(hundredths, 6000)
        return f"{degrees:0{digits}d}°{rest / 100:05.2f}\u2032{letters[0] if value >= 0 else letters[1]}"

    return f"{one(latitude, 'NS', 2)} {one(longitude, 'EW', 3)}"


def limits_said(situation: Situation) -> str:
    """3 NM and 3,000 ft."""
    vertical = situation.vertical_ft
    joined = "or" if situation.rule.inside.either_breaks else "and"
    return f"{situation.horizontal_nm:g} NM" + (
        f" {joined} {vertical:,.0f} ft" if vertical is not None else ""
    )


def _of_rule(row: dict[str, Any]) -> str:
    """Which of several rules; nothing if there is one only."""
    return f" (rule {row['rule']})" if "rule" in row else ""


def _told(situation: Situation) -> list[Child]:
    row = situation.row
    rule = situation.rule
    dwell = f"{row['dwell_s']:,.1f} s"
    if rule.max_dwell_s is not None:
        dwell += f", {rule.max_dwell_s:g} s allowed"
    verdict = VERDICT_MEANS[row["verdict"]]
    sentences: list[Child] = [
        f"{row['start_time']:%Y-%m-%d}, {row['start_time']:%H:%M:%S} to {row['end_time']:%H:%M:%S} UTC "
        f"({dwell}): "
        f"nearer than {limits_said(situation)}{_of_rule(row)}. ",
        "Closest point of approach at ",
        element("b", f"{row['cpa_time']:%H:%M:%S.%f}"[:-5], " UTC"),
        ": ",
        element("b", distance(row["cpa_horizontal_nm"])),
        " horizontally and ",
        element("b", f"{row['cpa_vertical_ft']:,.0f} ft"),
        f" vertically, near {place(*situation.middle)}. Least horizontal distance "
        f"{distance(row['min_horizontal_nm'])} at {row['min_horizontal_time']:%H:%M:%S}, least vertical "
        f"{row['min_vertical_ft']:,.0f} ft. ",
        element("span", f"Verdict {row['verdict']}: {verdict}.", class_="meaning"),
    ]
    if row["label"]:
        meaning = LABEL_MEANS.get(row["label"], "")
        sentences.append(
            element(
                "span",
                f" Label {row['label']}: {meaning} ({row['label_evidence']}). A label changes no verdict.",
                class_="meaning",
            )
        )
    return sentences


def legend(situation: Situation) -> Markup:
    """What the signs of the figures are."""
    ten = np.array([3.0])
    ends = np.array([1.0, 19.0])
    middle = np.array([6.0])

    def sign(*drawn: Markup, width: int = 20) -> Markup:
        return element("svg", *drawn, width=width, height=12, viewBox=f"0 0 {width} 12", aria_hidden="true")

    level = np.array([6.0, 6.0])
    samples = [
        element(
            "li",
            sign(dots(ten, middle, ink.SIDES[i], cap=ink.CAPS[i]), width=8),
            " ",
            element("bdi", side.name),
        )
        for i, side in enumerate(situation.sides)
    ]
    return element(
        "ul",
        element("li", "Measured:"),
        *samples,
        element("li", sign(line(ends, level, ink.BLACK)), " interpolated, straight between samples"),
        element("li", sign(line(ends, level, ink.LIMIT, stroke_dasharray="5 3")), " limit"),
        element("li", element("span", class_="swatch"), " inside the limits"),
        element(
            "li",
            sign(
                element("circle", cx=6, cy=6, r=4.5, fill="none", stroke=ink.BLACK, stroke_width=1.4),
                width=12,
            ),
            " closest point of approach (CPA)",
        ),
        class_="legend",
    )


def _quality(situation: Situation) -> Markup:
    """How well the two were seen: a column an aircraft."""
    rows: list[tuple[str, list[Child]]] = [
        ("Samples shown, by source", [_sources(side) for side in situation.sides]),
        (
            "Longest gap between samples while inside",
            [_seconds(longest_gap(side.time, situation.start, situation.end)) for side in situation.sides],
        ),
        ("Nearest samples to the CPA", [_nearest(side.time, situation.cpa) for side in situation.sides]),
        (
            "Least NIC, NACp while inside",
            [
                f"{_least(side, side.nic, situation)}, {_least(side, side.nac_p, situation)}"
                for side in situation.sides
            ],
        ),
        ("Dropped by cleaning in this time", [_dropped(side) for side in situation.sides]),
    ]
    head = element(
        "tr",
        element("th", "Data quality", scope="col"),
        *(
            element("th", element("bdi", side.name, class_=f"side-{'ab'[index]}"), scope="col")
            for index, side in enumerate(situation.sides)
        ),
    )
    body = [
        element("tr", element("th", name, scope="row"), *(element("td", cell) for cell in cells))
        for name, cells in rows
    ]
    code = situation.row["quality"]
    explained = element(
        "p",
        element("b", "Quality "),
        element("code", code),
        ": ",
        "; ".join(quality_sentences(code)),
        ".",
        class_="quality",
    )
    return join(element("table", element("thead", head), element("tbody", *body), class_="facts"), explained)


def longest_gap(time: Floats, start: float, end: float) -> float | None:
    """The longest time between two consecutive samples that touches an interval; None with fewer than two."""
    if len(time) < 2:
        return None
    touches = (time[1:] > start) & (time[:-1] < end)
    gaps = np.diff(time)[touches]
    return float(gaps.max()) if len(gaps) else None


def _seconds(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1f} s"


def _nearest(time: Floats, cpa: float) -> str:
    if len(time) and np.abs(time - cpa).min() < 1e-6:
        return "measured at the CPA"
    before, after = time[time < cpa], time[time > cpa]
    told = [f"{cpa - before[-1]:.1f} s before"] if len(before) else []
    told += [f"{after[0] - cpa:.1f} s after"] if len(after) else []
    return ", ".join(told) or "none shown"


def _sources(side: Side) -> str:
    counts: dict[str, int] = {}
    for source in side.source:
        counts[source or "not recorded"] = counts.get(source or "not recorded", 0) + 1
    return ", ".join(f"{count:,} \u00d7 {source}" for source, count in sorted(counts.items())) or "none"


def _least(side: Side, values: Floats, situation: Situation) -> str:
    """The least figure among samples inside and the ones just before and after."""
    near = np.zeros(len(side.time), dtype=np.bool_)
    if len(side.time):
        first = max(int(np.searchsorted(side.time, situation.start, side="right")) - 1, 0)
        last = int(np.searchsorted(side.time, situation.end, side="left")) + 1
        near[first:last] = True
    known = values[near & np.isfinite(values)]
    return f"{known.min():.0f}" if len(known) else "not recorded"


def _dropped(side: Side) -> str:
    return ", ".join(f"{count:,} \u00d7 {reason}" for reason, count in side.dropped.items()) or "none"
