"""Plan view: both tracks from above in a local east/north frame, the CPA and the limit."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.drawing import ink
from skyaccord.drawing.chart import north_arrow
from skyaccord.drawing.markup import Markup, element, join
from skyaccord.drawing.panel import clock_ticks
from skyaccord.drawing.scale import Scale, decimals, multiples, round_step
from skyaccord.drawing.shapes import Labels, box, dots, haloed, line, path_of, picture, straight, words
from skyaccord.report.situation import Side, Situation

Floats = NDArray[np.float64]

WIDTH: Final = 356.0
HEIGHT: Final = 296.0
"""Height of the frame; its width is what numbers leave. Both scales are the same."""
LEFT: Final = 40.0
FOOT: Final = 30.0
TICKS: Final = 7
"""Time ticks on a track at most."""
SPAN_LEAST_NM: Final = 0.05
WORD_WIDTH: Final = 44.0
WORD_HEIGHT: Final = 13.0
"""Room of the limit's name, such as 0.5 NM, for which a place clear of the tracks is looked for."""
PATH_POINTS: Final = 400
"""So many points along a track are looked at for that: closer together than the name is high."""


def plan_view(situation: Situation) -> Markup:
    """The figure. Same scale east and north."""
    x, y = _scales(situation)
    left, top, right, bottom = x.start, y.end, x.end, y.start
    labels = Labels(left + 2, top + 2, right - 2, bottom - 2)
    arrow = north_arrow(right - 12, top + 8, labels)
    clip = f"plan-{situation.number}"
    inside = join(
        _grid(x, y),
        _limit(situation, x, y, labels),
        *(_track(situation, index, x, y) for index in (0, 1)),
        _cpa(situation, x, y, labels),
        *(_ticks(situation, index, x, y, labels) for index in (0, 1)),
        *(_name(situation, index, x, y, labels) for index in (0, 1)),
    )
    return picture(
        WIDTH,
        HEIGHT + 2 + FOOT,
        "Plan view",
        f"Both tracks from above. {_told(situation)}",
        element(
            "defs",
            element("clipPath", box(left, top, right - left, bottom - top, "none"), id=clip),
        ),
        box(left, top, right - left, bottom - top, ink.PAPER),
        element("g", inside, clip_path=f"url(#{clip})"),
        arrow,
        box(left, top, right - left, bottom - top, "none", stroke=ink.GREY, stroke_width=0.8),
        _numbers(x, y),
    )


def _told(situation: Situation) -> str:
    row = situation.row
    return (
        f"At the closest point of approach {row['cpa_horizontal_nm']:.3f} NM apart horizontally and "
        f"{row['cpa_vertical_ft']:.0f} ft vertically."
    )


def _scales(situation: Situation) -> tuple[Scale, Scale]:
    reach = situation.horizontal_nm
    a_east, a_north, _ = situation.a.at(situation.cpa)
    east = [situation.a.path_east_nm, situation.b.path_east_nm, np.array([a_east - reach, a_east + reach])]
    north = [
        situation.a.path_north_nm,
        situation.b.path_north_nm,
        np.array([a_north - reach, a_north + reach]),
    ]
    lows = [min(float(part.min()) for part in axis if len(part)) for axis in (east, north)]
    highs = [max(float(part.max()) for part in axis if len(part)) for axis in (east, north)]
    spans = [high - low for low, high in zip(lows, highs, strict=True)]
    wide, high_span = WIDTH - LEFT - 2, HEIGHT
    unit = min(wide / max(1.1 * spans[0], SPAN_LEAST_NM), high_span / max(1.1 * spans[1], SPAN_LEAST_NM))
    east_half, north_half = 0.5 * wide / unit, 0.5 * high_span / unit
    middle = [0.5 * (low + high) for low, high in zip(lows, highs, strict=True)]
    return (
        Scale(middle[0] - east_half, middle[0] + east_half, LEFT, LEFT + wide),
        Scale(middle[1] - north_half, middle[1] + north_half, 2 + high_span, 2),
    )


def _grid(x: Scale, y: Scale) -> Markup:
    step = round_step(min(x.high - x.low, y.high - y.low), 6)
    rows = [straight(x(v), y.end, x(v), y.start, ink.FAINT) for v in multiples(x.low, x.high, step)]
    rows += [straight(x.start, y(v), x.end, y(v), ink.FAINT) for v in multiples(y.low, y.high, step)]
    return join(*rows)


def _numbers(x: Scale, y: Scale) -> Markup:
    step = round_step(min(x.high - x.low, y.high - y.low), 6)
    digits = decimals(step)
    parts = []
    for value in multiples(x.low, x.high, step):
        if x.start + 8 < x(value) < x.end - 8:
            parts.append(
                words(x(value), y.start + 12, _signed(value, digits), colour=ink.GREY, text_anchor="middle")
            )
    for value in multiples(y.low, y.high, step):
        if y.end + 6 < y(value) < y.start - 2:
            parts.append(
                words(x.start - 4, y(value) + 3.2, _signed(value, digits), colour=ink.GREY, text_anchor="end")
            )
    parts.append(
        words((x.start + x.end) / 2, y.start + 26, "NM east and north of the middle", text_anchor="middle")
    )
    return join(*parts)


def _signed(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "\u2212") if abs(value) > 1e-9 else "0"


def _limit(situation: Situation, x: Scale, y: Scale, labels: Labels) -> Markup:
    """The circle of the horizontal limit around the first aircraft at the CPA."""
    east, north, _ = situation.a.at(situation.cpa)
    radius = situation.horizontal_nm * (x.end - x.start) / (x.high - x.low)
    said = f"{situation.horizontal_nm:g} NM"
    px, py = x(east), y(north)
    places = [(px, py + dy) for dy in (-radius - 4, -radius + 12, radius - 5, radius + 12)]
    places += [
        (px + side * (0.71 * radius + 16), py + dy)
        for side in (1, -1)
        for dy in (-0.71 * radius, 0.75 * radius)
    ]
    places.sort(key=lambda spot: _crosses(situation, x, y, spot))  # in this order, but clear of tracks first
    at = next((spot for spot in places if labels.place(*spot, said, "middle")), None)
    return join(
        element(
            "circle",
            cx=px,
            cy=py,
            r=radius,
            fill=ink.INSIDE,
            fill_opacity=0.45,
            stroke=ink.LIMIT,
            stroke_dasharray="5 3",
        ),
        haloed(at[0], at[1], said, colour=ink.LIMIT, text_anchor="middle") if at is not None else "",
    )


def _crosses(situation: Situation, x: Scale, y: Scale, spot: tuple[float, float]) -> bool:
    """Whether a track passes through a short word that stands there."""
    for side in situation.sides:
        if not len(side.path_time):
            continue
        time = np.linspace(side.path_time[0], side.path_time[-1], PATH_POINTS)
        across = np.abs(x(np.interp(time, side.path_time, side.path_east_nm)) - spot[0])
        above = spot[1] - 4 - y(np.interp(time, side.path_time, side.path_north_nm))
        if bool(((across < WORD_WIDTH / 2) & (np.abs(above) < WORD_HEIGHT / 2)).any()):
            return True
    return False


def _track(situation: Situation, index: int, x: Scale, y: Scale) -> Markup:
    """The line, thick while inside the limits; the samples; an arrow head at the end."""
    side, colour = situation.sides[index], ink.SIDES[index]
    east, north = x(side.path_east_nm), y(side.path_north_nm)
    inside = np.unique(
        np.concatenate(
            (
                side.path_time[(side.path_time > situation.start) & (side.path_time < situation.end)],
                np.clip([situation.start, situation.end], side.path_time[0], side.path_time[-1]),
            )
        )
    )
    thick_east = x(np.interp(inside, side.path_time, side.path_east_nm))
    thick_north = y(np.interp(inside, side.path_time, side.path_north_nm))
    return join(
        line(thick_east, thick_north, colour, width=6, stroke_opacity=0.22, stroke_linecap="butt"),
        line(east, north, colour, breaks=side.path_breaks, width=1.2),
        _arrow(east, north, colour),
        dots(x(side.east_nm), y(side.north_nm), colour, size=4.2, cap=ink.CAPS[index]),
    )


def _arrow(x: Floats, y: Floats, colour: str) -> Markup:
    """An arrow head at the end of a line, along its last few units."""
    back = len(x) - 1
    while back > 0 and np.hypot(x[-1] - x[back], y[-1] - y[back]) < 6:
        back -= 1
    dx, dy = float(x[-1] - x[back]), float(y[-1] - y[back])
    length = float(np.hypot(dx, dy))
    if length < 1e-6:
        return Markup()
    dx, dy = dx / length, dy / length
    tip = np.array([x[-1], y[-1]]) + 3 * np.array([dx, dy])
    rear = tip - 10 * np.array([dx, dy])
    across = 4 * np.array([-dy, dx])
    corners = np.stack((tip, rear + across, rear - across))
    return element("path", d=path_of(corners[:, 0], corners[:, 1]) + "Z", fill=colour)


def _cpa(situation: Situation, x: Scale, y: Scale, labels: Labels) -> Markup:
    """Both places at the closest point of approach, joined by a dashed line with the distances."""
    places = [side.at(situation.cpa) for side in situation.sides]
    (ax, ay), (bx, by) = ((x(east), y(north)) for east, north, _ in places)
    row = situation.row
    said = f"CPA {row['cpa_horizontal_nm']:.2f} NM, {row['cpa_vertical_ft']:,.0f} ft"
    rings = [
        element("circle", cx=px, cy=py, r=5.5, fill="none", stroke=ink.BLACK, stroke_width=1.5)
        for px, py in ((ax, ay), (bx, by))
    ]
    for px, py in ((ax, ay), (bx, by)):
        labels.block(px - 7, py - 7, px + 7, py + 7)
    middle_x, middle_y = (ax + bx) / 2, (ay + by) / 2
    label: str = Markup()
    for dx, dy, anchor in (
        (12, -12, "start"),
        (12, 20, "start"),
        (-12, -12, "end"),
        (-12, 20, "end"),
        (0, 34, "middle"),
        (0, -30, "middle"),
    ):
        if labels.place(middle_x + dx, middle_y + dy, said, anchor):
            label = haloed(middle_x + dx, middle_y + dy, said, text_anchor=anchor, font_weight="bold")
            break
    return join(
        straight(ax, ay, bx, by, ink.BLACK, stroke_width=1.3, stroke_dasharray="4 2.5"), *rings, label
    )


def _ticks(situation: Situation, index: int, x: Scale, y: Scale, labels: Labels) -> Markup:
    """Round times across a track, with the time beside them where there is room."""
    side, colour = situation.sides[index], ink.SIDES[index]
    parts = []
    for time, told in clock_ticks(situation.zero, *situation.window, TICKS):
        if not side.path_time[0] <= time <= side.path_time[-1]:
            continue
        (px, py), (qx, qy) = (_on_paper(side, moment, x, y) for moment in (time, time + 0.5))
        if time + 0.5 > side.path_time[-1]:
            (qx, qy), (rx, ry) = (px, py), _on_paper(side, time - 0.5, x, y)
            dx, dy = qx - rx, qy - ry
        else:
            dx, dy = qx - px, qy - py
        length = float(np.hypot(dx, dy))
        if length < 1e-9:
            continue
        across_x, across_y = -dy / length, dx / length
        parts.append(
            straight(
                px - 5 * across_x,
                py - 5 * across_y,
                px + 5 * across_x,
                py + 5 * across_y,
                colour,
                stroke_width=1.4,
            )
        )
        for sign in (1, -1) if index == 0 else (-1, 1):
            lx, ly = px + sign * 9 * across_x, py + sign * 9 * across_y + 3
            anchor = "start" if sign * across_x > 0.3 else "end" if sign * across_x < -0.3 else "middle"
            if labels.place(lx, ly, told, anchor, 9):
                parts.append(haloed(lx, ly, told, colour=colour, text_anchor=anchor, font_size=9))
                break
    return join(*parts)


def _on_paper(side: Side, time: float, x: Scale, y: Scale) -> tuple[float, float]:
    east, north, _ = side.at(time)
    return x(east), y(north)


def _name(situation: Situation, index: int, x: Scale, y: Scale, labels: Labels) -> Markup:
    """The aircraft's name beside its track: at the end, else at the beginning, else on the way."""
    side, colour = situation.sides[index], ink.SIDES[index]
    first, last = float(side.path_time[0]), float(side.path_time[-1])
    for share in (1.0, 0.0, 0.9, 0.1, 0.75, 0.25, 0.6, 0.4):
        px, py = _on_paper(side, first + share * (last - first), x, y)
        for dx, dy, anchor in ((8, -8, "start"), (-8, -8, "end"), (8, 16, "start"), (-8, 16, "end")):
            if labels.place(px + dx, py + dy, side.name, anchor, 11):
                return haloed(
                    px + dx,
                    py + dy,
                    side.name,
                    colour=colour,
                    text_anchor=anchor,
                    font_size=11,
                    font_weight="bold",
                )
    return Markup()
