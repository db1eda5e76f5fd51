"""Vertical profile: pressure altitude of both aircraft over time, and the vertical limit about the first."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, element, join
from skyaccord.drawing.panel import Panel
from skyaccord.drawing.scale import widened
from skyaccord.drawing.shapes import Labels, dots, haloed, line, path_of, picture, straight
from skyaccord.report.situation import Situation

WIDTH: Final = 356.0
HEIGHT: Final = 328.0
LEFT: Final = 58.0
SPAN_LEAST_FT: Final = 300.0
"""Altitudes come in steps of 25 or 100 ft: with less on the axis, steps look like manoeuvres."""
BAND_IN_SPANS: Final = 1.5
"""The band sets the scale unless it is this much larger than what the aircraft flew."""


def vertical_profile(situation: Situation) -> Markup:
    """The figure."""
    panel = Panel.over((LEFT, 2.0, WIDTH - LEFT - 4, HEIGHT - 32), situation.window, _range(situation))
    clip = f"profile-{situation.number}"
    labels = Labels(panel.left + 2, panel.top + 2, panel.right - 2, panel.bottom - 2)
    return picture(
        WIDTH,
        HEIGHT,
        "Vertical profile",
        f"Pressure altitude of both over time. Least vertical distance inside the limits "
        f"{situation.row['min_vertical_ft']:.0f} ft.",
        element(
            "defs",
            element(
                "clipPath",
                element("rect", x=panel.left, y=panel.top, width=panel.width, height=panel.height),
                id=clip,
            ),
        ),
        panel.ground(),
        panel.shade(situation.start, situation.end, ink.INSIDE),
        panel.y_axis("pressure altitude, ft", 7),
        panel.time_axis(situation.zero, 5),
        element(
            "g",
            _band(situation, panel, labels),
            _cpa(situation, panel),
            *(_track(situation, index, panel) for index in (0, 1)),
            *(_name(situation, index, panel, labels) for index in (0, 1)),
            clip_path=f"url(#{clip})",
        ),
        panel.frame(),
    )


def _range(situation: Situation) -> tuple[float, float]:
    altitudes = np.concatenate([side.path_altitude_ft for side in situation.sides])
    low, high = float(altitudes.min()), float(altitudes.max())
    limit = situation.vertical_ft
    if limit is not None and 2 * limit < BAND_IN_SPANS * max(high - low, SPAN_LEAST_FT) * 2:
        a = situation.a.path_altitude_ft
        low, high = min(low, float(a.min()) - limit), max(high, float(a.max()) + limit)
    return widened(low, high, 0.06, SPAN_LEAST_FT)


def _band(situation: Situation, panel: Panel, labels: Labels) -> Markup:
    """Altitudes nearer to the first aircraft than the vertical limit."""
    limit = situation.vertical_ft
    if limit is None:
        return Markup()
    side = situation.a
    edges = np.concatenate((side.path_altitude_ft + limit, side.path_altitude_ft - limit))
    if not ((edges > panel.y.low) & (edges < panel.y.high)).any():
        return haloed(
            panel.left + 5,
            panel.bottom - 6,
            f"limit \u00b1{limit:,.0f} ft: beyond this axis",
            colour=ink.LIMIT,
        )
    parts = []
    for start, end in _runs(len(side.path_time), side.path_breaks.tolist()):
        time, altitude = side.path_time[start:end], side.path_altitude_ft[start:end]
        outline_x = np.concatenate((time, time[::-1]))
        outline_y = np.concatenate((altitude + limit, altitude[::-1] - limit))
        parts.append(
            element(
                "path",
                d=path_of(panel.x(outline_x), panel.y(outline_y)) + "Z",
                fill=ink.A_BAND,
                fill_opacity=0.55,
            )
        )
        for sign in (1, -1):
            parts.append(
                line(
                    panel.x(time),
                    panel.y(altitude + sign * limit),
                    ink.LIMIT,
                    width=1,
                    stroke_dasharray="5 3",
                )
            )
    said = f"\u00b1{limit:,.0f} ft about {side.name}"
    at = panel.y(float(side.path_altitude_ft[0]) + limit)
    for y in (at + 12, at - 5, panel.y(float(side.path_altitude_ft[0]) - limit) - 5):
        if labels.place(panel.left + 5, y, said, "start"):
            parts.append(haloed(panel.left + 5, y, said, colour=ink.LIMIT))
            break
    return join(*parts)


def _runs(count: int, breaks: list[int]) -> list[tuple[int, int]]:
    borders = [0, *breaks, count]
    return [(a, b) for a, b in pairwise(borders) if b > a]


def _cpa(situation: Situation, panel: Panel) -> Markup:
    at = panel.x(situation.cpa)
    low, high = sorted(panel.y(side.at(situation.cpa)[2]) for side in situation.sides)
    return join(
        straight(at, panel.top, at, panel.bottom, ink.BLACK, stroke_width=0.7, stroke_dasharray="1.5 2.5"),
        straight(at, low, at, high, ink.BLACK, stroke_width=1.3, stroke_dasharray="4 2.5"),
        haloed(at, panel.top + 11, "CPA", text_anchor="middle", font_weight="bold"),
    )


def _track(situation: Situation, index: int, panel: Panel) -> Markup:
    side, colour = situation.sides[index], ink.SIDES[index]
    return join(
        line(
            panel.x(side.path_time),
            panel.y(side.path_altitude_ft),
            colour,
            breaks=side.path_breaks,
            width=1.2,
        ),
        dots(panel.x(side.time), panel.y(side.altitude_ft), colour, size=4.2, cap=ink.CAPS[index]),
    )


def _name(situation: Situation, index: int, panel: Panel, labels: Labels) -> Markup:
    side, colour = situation.sides[index], ink.SIDES[index]
    for x, altitude, anchor in (
        (panel.right - 5, side.path_altitude_ft[-1], "end"),
        (panel.left + 5, side.path_altitude_ft[0], "start"),
    ):
        for dy in (-7, 16):
            y = panel.y(float(altitude)) + dy
            if labels.place(x, y, side.name, anchor, 11):
                return haloed(
                    x, y, side.name, colour=colour, text_anchor=anchor, font_size=11, font_weight="bold"
                )
    return Markup()
