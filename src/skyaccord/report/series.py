# ruff: noqa: PLR0917 - parts of one drawing
"""Range, altitude difference and closing speed over time, with the limits, one above the other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, element, join
from skyaccord.drawing.panel import Panel
from skyaccord.drawing.scale import widened
from skyaccord.drawing.shapes import dots, haloed, line, picture, straight, words
from skyaccord.report.situation import Situation

Floats = NDArray[np.float64]

WIDTH: Final = 720.0
PANEL_HEIGHT: Final = 84.0
APART: Final = 10.0
LEFT: Final = 58.0
TOP: Final = 16.0
RUG: Final = 22.0
"""Height of the strip with the times of all samples."""
RANGE_LIMITS: Final = 5.0
"""The range axis ends at this many limits, so that the limit stays visible in a fast encounter."""
NOTE_WIDTH: Final = 150.0
CLOSING_SHARE: Final = 0.02


def series(situation: Situation) -> Markup:
    """The figure: three panels on one time axis, and a strip that shows when who was measured."""
    relative = situation.relative
    vertical = situation.vertical_ft
    ranges = (
        (0.0, _range_top(situation)),
        _vertical_range(relative.vertical_ft, vertical),
        widened(*_quantiles(relative.closing_kt), 0.1, 20.0),
    )
    values = (relative.horizontal_nm, relative.vertical_ft, relative.closing_kt)
    names = ("range, NM", "difference, ft", "closing, kt")
    positive = ("", f"positive: {situation.b.name} higher", "positive: range shrinking")
    panels = [
        Panel.over(
            (LEFT, TOP + index * (PANEL_HEIGHT + APART), WIDTH - LEFT - 6, PANEL_HEIGHT),
            situation.window,
            reach,
        )
        for index, reach in enumerate(ranges)
    ]
    limits = ((situation.horizontal_nm,), (vertical, -vertical) if vertical is not None else (), ())
    units = ("NM", "ft", "kt")
    drawn = [
        _panel(situation, panel, name, value, limit, unit, said)
        for panel, name, value, limit, unit, said in zip(
            panels, names, values, limits, units, positive, strict=True
        )
    ]
    height = panels[-1].bottom + RUG + 22
    return picture(
        WIDTH,
        height,
        "Range, altitude difference and closing speed over time",
        f"Inside the limits for {situation.row['dwell_s']:.1f} seconds; least range "
        f"{situation.row['min_horizontal_nm']:.3f} NM.",
        *drawn,
        _cpa(situation, panels),
        _rug(situation, panels[-1]),
    )


def _range_top(situation: Situation) -> float:
    highest = float(situation.relative.horizontal_nm.max(initial=0.0))
    reach = min(highest, RANGE_LIMITS * situation.horizontal_nm)
    return 1.08 * max(reach, 1.25 * situation.horizontal_nm)


def _vertical_range(values: Floats, limit: float | None) -> tuple[float, float]:
    low, high = min(float(values.min(initial=0.0)), 0.0), max(float(values.max(initial=0.0)), 0.0)
    if limit is not None:
        low, high = min(low, -limit), max(high, limit)
        low, high = max(low, -3 * limit), min(high, 3 * limit)
    return widened(low, high, 0.08, 200.0)


def _quantiles(values: Floats) -> tuple[float, float]:
    """Range of the closing speed without the few points that jitter of time stamps throws far out."""
    if not len(values):
        return 0.0, 0.0
    low, high = np.quantile(values, (CLOSING_SHARE, 1 - CLOSING_SHARE))
    return min(float(low), 0.0), max(float(high), 0.0)


def _panel(
    situation: Situation,
    panel: Panel,
    name: str,
    values: Floats,
    limits: tuple[float, ...],
    unit: str,
    said: str,
) -> Markup:
    relative = situation.relative
    clip = f"series-{situation.number}-{unit}"
    x, y = panel.x(relative.time), panel.y(values)
    breaks = relative.breaks
    measured = []
    for index, side in enumerate(situation.sides):
        seen = side.time[(side.time >= relative.time[0]) & (side.time <= relative.time[-1])]
        at = np.searchsorted(relative.time, seen)
        exact = np.abs(relative.time[np.minimum(at, len(x) - 1)] - seen) < 1e-6
        at = at[exact]
        measured.append(dots(x[at], y[at], ink.SIDES[index], size=3.8, cap=ink.CAPS[index]))
    lines = [
        join(
            straight(
                panel.left, panel.y(limit), panel.right, panel.y(limit), ink.LIMIT, stroke_dasharray="5 3"
            ),
            haloed(
                panel.right - 4,
                panel.y(limit) + 10 if limit > 0 and unit == "ft" else panel.y(limit) - 3,
                f"limit {limit:,g} {unit}".replace("-", "\u2212"),
                colour=ink.LIMIT,
                text_anchor="end",
            ),
        )
        for limit in limits
    ]
    zero = (
        straight(panel.left, panel.y(0.0), panel.right, panel.y(0.0), ink.GREY, stroke_width=0.8)
        if panel.y.low < 0.0 < panel.y.high
        else Markup()
    )
    return join(
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
        panel.y_axis(name, 5),
        panel.time_axis(situation.zero, 10, numbers=False),
        zero,
        words(panel.left + 5, _free_height(panel, x, y), said, colour=ink.GREY, font_size=9),
        element(
            "g",
            *lines,
            line(x, y, ink.BLACK, breaks=breaks, width=1.2) if len(x) else Markup(),
            *measured,
            clip_path=f"url(#{clip})",
        ),
        panel.frame(),
    )


def _free_height(panel: Panel, x: Floats, y: Floats) -> float:
    """Where a note at the left end stands clear of the line: in its upper or lower third."""
    beside = y[x < panel.left + NOTE_WIDTH]
    is_low = not len(beside) or float(beside.mean()) > panel.top + 0.5 * panel.height
    return panel.top + (0.32 if is_low else 0.8) * panel.height


def _cpa(situation: Situation, panels: list[Panel]) -> Markup:
    at = panels[0].x(situation.cpa)
    row = situation.row
    a, b = (side.at(situation.cpa)[2] for side in situation.sides)
    marks = [
        element("circle", cx=at, cy=panel.y(value), r=4.5, fill="none", stroke=ink.BLACK, stroke_width=1.4)
        for panel, value in zip(panels[:2], (row["cpa_horizontal_nm"], b - a), strict=True)
    ]
    return join(
        straight(at, TOP, at, panels[-1].bottom, ink.BLACK, stroke_width=0.7, stroke_dasharray="1.5 2.5"),
        haloed(at, TOP - 5, f"CPA {row['cpa_time']:%H:%M:%S}", text_anchor="middle", font_weight="bold"),
        *marks,
    )


def _rug(situation: Situation, panel: Panel) -> Markup:
    """When each aircraft was measured: one stroke a sample, one row an aircraft; and the times."""
    top = panel.bottom + 4
    parts = []
    for index, side in enumerate(situation.sides):
        y, colour = top + index * 9, ink.SIDES[index]
        data = "".join(f"M{at:.1f} {y:.1f}v7" for at in panel.x(side.time).tolist())
        parts.append(element("path", d=data, stroke=colour, stroke_width=1, fill="none"))
        parts.append(
            haloed(panel.left - 5, y + 7, side.name, colour=colour, text_anchor="end", font_size=8.5)
        )
    axis = Panel(panel.left, panel.top, panel.width, panel.height + RUG, panel.x, panel.y)
    for_numbers = axis.time_axis(situation.zero, 10)
    return join(for_numbers, *parts)
