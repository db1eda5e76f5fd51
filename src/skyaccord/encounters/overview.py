# ruff: noqa: PLR0917 - parts of one drawing
"""A map of all encounters: where they were, among the tracks of everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import geographic
from skyaccord.drawing import ink
from skyaccord.drawing.chart import Chart
from skyaccord.drawing.coast import coast
from skyaccord.drawing.markup import Markup, element, join
from skyaccord.drawing.shapes import Labels, box, haloed, picture
from skyaccord.encounters.evidence import Evidence

Floats = NDArray[np.float64]

POINTS_MAX: Final = 60_000
"""Positions drawn at most, thinned evenly: more are not told apart on a page, and weigh 10 bytes each."""
MARKS_MAX: Final = 2_000
MARK_SIZE: Final = 5.0
NUMBERS_AT: Final = tuple(
    (side * dx, dy, "start" if side > 0 else "end") for dx in (7, 24) for dy in (-4, 11) for side in (1, -1)
)
"""Where the number of a mark may stand: four places, and four farther out for what shares a point with
others. A formation of four makes six encounters in one place."""


def overview(
    evidence: Evidence,
    rows: list[dict[str, Any]],
    numbers: Mapping[int, int],
    width: float,
    height: float,
    *,
    points_max: int = POINTS_MAX,
    with_coast: bool = True,
) -> Markup:
    """The map. rows: encounters, the gravest first. numbers: index of a row → its section `#e<number>`."""
    latitude, longitude = places_of(evidence, rows)
    if len(rows):
        chart = Chart.around(latitude, longitude, width, height)
    elif len(evidence.flights.time):
        chart = Chart.around(*geographic(evidence.flights.samples[:, :3]), width, height)
    else:
        return Markup()
    labels = Labels(2, 2, width - 2, height - 2)
    north, bar = chart.north(labels), chart.scale_bar(labels)
    return picture(
        width,
        height,
        "Map of all encounters",
        f"{len(rows)} encounters by verdict among the tracks of the recording.",
        box(0, 0, width, height, ink.PAPER),
        chart.graticule(labels),
        coast(chart) if with_coast else Markup(),
        _tracks(evidence, rows, chart, points_max),
        *_marks(chart, latitude, longitude, rows, numbers, labels),
        bar,
        north,
        box(0.4, 0.4, width - 0.8, height - 0.8, "none", stroke=ink.GREY, stroke_width=0.8),
    )


def places_of(evidence: Evidence, rows: list[dict[str, Any]]) -> tuple[Floats, Floats]:
    """Half way between the two aircraft at the CPA of each row: latitude and longitude, degrees."""
    points = np.zeros((len(rows), 3))
    flights = evidence.flights
    for i, row in enumerate(rows):
        time = evidence.seconds(row["cpa_time"])
        for name in ("icao24_a", "icao24_b"):
            samples = evidence.samples(evidence.track(row[name]))
            for axis in range(3):
                points[i, axis] += 0.5 * np.interp(
                    time, flights.time[samples], flights.samples[samples, axis]
                )
    return geographic(points)


def _tracks(evidence: Evidence, rows: list[dict[str, Any]], chart: Chart, points_max: int) -> Markup:
    """Everybody's tracks in grey, darker those of aircraft that had an encounter."""
    flights = evidence.flights
    involved = {evidence.track(row[name]) for row in rows for name in ("icao24_a", "icao24_b")}
    x, y = chart(*geographic(flights.samples[:, :3]))
    step = max(1, -(-int(chart.inside(x, y, 40.0).sum()) // points_max))
    joined = np.zeros(len(flights.time) + 1, dtype=np.bool_)
    joined[flights.first + 1] = True
    runs = np.cumsum(~joined[:-1])  # number of the unbroken stretch that each sample is in
    data: tuple[list[Markup], list[Markup]] = ([], [])
    borders = np.searchsorted(flights.track, np.arange(len(flights.names) + 1))
    for track in range(len(flights.names)):
        chosen = np.arange(borders[track], borders[track + 1], step)
        breaks = np.flatnonzero(np.diff(runs[chosen])) + 1
        data[track in involved].append(chart.drawn(x[chosen], y[chosen], breaks))
    return join(
        element("path", d=join(*data[0]), fill="none", stroke="#d3d9dd", stroke_width=0.5),
        element("path", d=join(*data[1]), fill="none", stroke="#7d8e9b", stroke_width=0.8),
    )


def _marks(
    chart: Chart,
    latitude: Floats,
    longitude: Floats,
    rows: list[dict[str, Any]],
    numbers: Mapping[int, int],
    labels: Labels,
) -> list[Markup]:
    """A mark an encounter; the gravest on top, with the number of its section."""
    x, y = chart(latitude, longitude)
    marks: list[Markup] = []
    names: list[Markup] = []
    for i, row in enumerate(rows[:MARKS_MAX]):
        px, py = float(x[i]), float(y[i])
        names_of_pair = (row[f"callsign_{side}"] or row[f"icao24_{side}"] for side in "ab")
        told = f"{', '.join(names_of_pair)}: {row['verdict']}"
        mark = verdict_mark(row["verdict"], px, py, told)
        if i in numbers:
            mark = element("a", mark, href=f"#e{numbers[i]}")
            said = str(numbers[i])
            for dx, dy, anchor in NUMBERS_AT:
                if labels.place(px + dx, py + dy, said, anchor, 10):
                    names.append(haloed(px + dx, py + dy, said, text_anchor=anchor, font_weight="bold"))
                    break
        marks.append(mark)
    return [*reversed(marks), *names]


def verdict_mark(verdict: str, x: float, y: float, told: str = "", size: float = MARK_SIZE) -> Markup:
    """The sign of a verdict: a cross for nmac, a square, a triangle, a ring; shape and colour both tell."""
    colour = ink.VERDICT.get(verdict, ink.GREY)
    s = size
    shapes = {
        "nmac": f"M{x - s:.1f} {y:.1f}L{x:.1f} {y - s:.1f}L{x + s:.1f} {y:.1f}L{x:.1f} {y + s:.1f}Z",
        "breach": f"M{x - s * 0.8:.1f} {y - s * 0.8:.1f}h{1.6 * s:.1f}v{1.6 * s:.1f}h{-1.6 * s:.1f}Z",
        "infringement": f"M{x:.1f} {y - s:.1f}l{s:.1f} {1.7 * s:.1f}h{-2 * s:.1f}Z",
    }
    title = element("title", told) if told else Markup()
    if verdict in shapes:
        return element("path", title, d=shapes[verdict], fill=colour, stroke=ink.PAPER, stroke_width=0.8)
    return element("circle", title, cx=x, cy=y, r=s * 0.8, fill="none", stroke=colour, stroke_width=1.6)
