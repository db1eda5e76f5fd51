# ruff: noqa: PLR0917 - parts of one drawing
"""The plots of a joint report: every side's version in one drawing, told apart without colour.

Aircraft differ in colour and by their names; sides in line and dots: the first side by name is solid with
round dots, the second dashed with square ones, further ones dotted. A legend says so in every drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ecef, enu_axes
from skyaccord.airspace.units import M_PER_NM
from skyaccord.base.times import from_epoch
from skyaccord.drawing import ink
from skyaccord.drawing.chart import north_arrow
from skyaccord.drawing.markup import Markup, element, join
from skyaccord.drawing.panel import Panel
from skyaccord.drawing.scale import Scale, decimals, multiples, round_step, widened
from skyaccord.drawing.shapes import Labels, box, dots, haloed, line, picture, straight, words
from skyaccord.incidents.case import Case, Reconstructed
from skyaccord.incidents.joint.comparing import columns

Floats = NDArray[np.float64]
Say = Callable[[str], str]

WIDTH: Final = 640.0
HEIGHT: Final = 330.0
HEIGHT_LEAST: Final = 150.0
PANEL: Final = 150.0
LEFT: Final = 62.0
LEGEND: Final = 20.0
DASHES: Final = (None, "7 4", "2 3")
CAPS: Final = ("round", "square", "butt")
FAMILY: Final = "Noto Sans, Noto Naskh Arabic, sans-serif"
"""As the PDF has them; a browser takes what it has."""
AROUND_S: Final = 90.0  # shown before and after what happened
NEAR_S: Final = 45.0  # before and after the closest point, seen from above
DOTS_MAX: Final = 60  # of one track: a dot is a report, and more run into each other
SPAN_LEAST_NM: Final = 0.2


@dataclass(frozen=True)
class _Line:
    """One aircraft as one side saw it, in the window; time: seconds since 1970."""

    side: int
    party: str
    aircraft: int
    name: str
    time: Floats
    latitude: Floats
    longitude: Floats
    altitude: Floats
    breaks: NDArray[np.int64]


def figures(case: Case, say: Say) -> list[tuple[Markup, str]]:
    """(drawing, key of its caption) of every figure that there is something for. say: words by key."""
    made = sorted(case.reconstructions.items())
    window = _window(case)
    tracks = _lines(case, made, window)
    found = []
    if tracks:
        near = _lines(case, made, _near(made, window))
        found.append((_plan(near or tracks, made, say), "figure_plan"))
        if any(np.isfinite(one.altitude).any() for one in tracks):
            found.append((_vertical(tracks, made, window, say), "figure_vertical"))
    if any(one.body.difference for _, one in made):
        found.append((_difference(made, window, say), "figure_difference"))
    return found


def _window(case: Case) -> tuple[float, float]:
    return case.start.timestamp() - AROUND_S, case.end.timestamp() + AROUND_S


def _near(made: Sequence[tuple[str, Reconstructed]], window: tuple[float, float]) -> tuple[float, float]:
    """The minutes about the closest point: seen from above at one scale, more would be two lines in one."""
    times = [one.body.closest.time.timestamp() for _, one in made if one.body.closest is not None]
    return (min(times) - NEAR_S, max(times) + NEAR_S) if times else window


def _lines(case: Case, made: Sequence[tuple[str, Reconstructed]], window: tuple[float, float]) -> list[_Line]:
    found = []
    for side, (party, one) in enumerate(made):
        for track in one.body.tracks:
            if len(track.samples) < 2:
                continue
            time, latitude, longitude, altitude = columns(one, track)
            shown = (time >= window[0]) & (time <= window[1])
            if shown.sum() < 2:
                continue
            time, latitude, longitude, altitude = (
                axis[shown] for axis in (time, latitude, longitude, altitude)
            )
            found.append(
                _Line(
                    side,
                    party,
                    case.aircraft.index(track.icao24),
                    track.callsign or track.icao24,
                    time,
                    latitude,
                    longitude,
                    altitude,
                    np.flatnonzero(np.diff(time) > one.body.max_gap_s) + 1,
                )
            )
    return found


def _plan(tracks: list[_Line], made: Sequence[tuple[str, Reconstructed]], say: Say) -> Markup:
    """From above, same scale east and north."""
    middle = (
        float(np.mean([one.latitude.mean() for one in tracks])),
        float(tracks[0].longitude[len(tracks[0].longitude) // 2]),
    )
    east, north, _ = enu_axes(*middle)
    origin = ecef(*middle)
    flat = []
    for one in tracks:
        offset = ecef(one.latitude, one.longitude) - origin
        flat.append((offset @ east / M_PER_NM, offset @ north / M_PER_NM))
    lows = [min(float(axes[k].min()) for axes in flat) for k in (0, 1)]
    tops = [max(float(axes[k].max()) for axes in flat) for k in (0, 1)]
    wide = WIDTH - LEFT - 6
    share = (tops[1] - lows[1]) / max(tops[0] - lows[0], SPAN_LEAST_NM)
    high = min(max(1.6 * share * wide, HEIGHT_LEAST), HEIGHT)
    unit = min(
        wide / max(1.15 * (tops[0] - lows[0]), SPAN_LEAST_NM),
        high / max(1.3 * (tops[1] - lows[1]), SPAN_LEAST_NM),
    )
    centre = [0.5 * (low + top) for low, top in zip(lows, tops, strict=True)]
    x = Scale(centre[0] - wide / 2 / unit, centre[0] + wide / 2 / unit, LEFT, LEFT + wide)
    y = Scale(centre[1] - high / 2 / unit, centre[1] + high / 2 / unit, LEGEND + high, LEGEND)
    labels = Labels(LEFT + 2, LEGEND + 2, LEFT + wide - 12, LEGEND + high - 2)
    step = round_step(min(x.high - x.low, y.high - y.low), 5)
    grid = [straight(x(v), y.end, x(v), y.start, ink.FAINT) for v in multiples(x.low, x.high, step)]
    grid += [straight(x.start, y(v), x.end, y(v), ink.FAINT) for v in multiples(y.low, y.high, step)]
    numbers = [
        words(x(v), y.start + 13, _number(v, step), colour=ink.GREY, text_anchor="middle")
        for v in multiples(x.low, x.high, step)
    ]
    numbers += [
        words(x.start - 5, y(v) + 3, _number(v, step), colour=ink.GREY, text_anchor="end")
        for v in multiples(y.low, y.high, step)
        if y.end + 6 < y(v) < y.start - 4
    ]
    drawn = [_track(one, x(axes[0]), y(axes[1])) for one, axes in zip(tracks, flat, strict=True)]
    named = [_name(one, x(axes[0]), y(axes[1]), labels) for one, axes in zip(tracks, flat, strict=True)]
    bottom = LEGEND + high + 30
    return _picture(
        bottom,
        say("figure_plan"),
        box(LEFT, LEGEND, wide, high, ink.PAPER),
        *grid,
        *drawn,
        *named,
        north_arrow(LEFT + wide - 16, LEGEND + 8, labels),
        box(LEFT, LEGEND, wide, high, "none", stroke=ink.GREY, stroke_width=0.8),
        *numbers,
        words(LEFT + wide / 2, bottom - 3, say("axis_plan"), text_anchor="middle"),
        _legend(made, say),
    )


def _vertical(
    tracks: list[_Line], made: Sequence[tuple[str, Reconstructed]], window: tuple[float, float], say: Say
) -> Markup:
    """Altitude over time."""
    known = np.concatenate([one.altitude[np.isfinite(one.altitude)] for one in tracks])
    low, high = widened(float(known.min()), float(known.max()), 0.12, 400.0)
    panel = _panel(0, window, (low, high))
    labels = Labels(panel.left + 2, panel.top + 2, panel.right - 2, panel.bottom - 2)
    parts = []
    for one in tracks:
        height = np.isfinite(one.altitude)
        if height.any():
            px, py = panel.x(one.time[height] - window[0]), panel.y(one.altitude[height])
            parts += [_track(one, px, py, cut=False), _name(one, px, py, labels)]
    return _panels([panel], [(say("axis_altitude"), parts)], window, made, "figure_vertical", say)


def _difference(made: Sequence[tuple[str, Reconstructed]], window: tuple[float, float], say: Say) -> Markup:
    """Distance and difference in altitude over time, as each side computed them."""
    series = []
    for side, (_, one) in enumerate(made):
        table = np.array(
            [[np.nan if value is None else value for value in row] for row in one.body.difference]
        ).reshape(-1, 3)
        time = one.body.zero.timestamp() + table[:, 0]
        shown = (time >= window[0]) & (time <= window[1])
        if shown.any():
            series.append((side, one, time[shown] - window[0], table[shown, 1], table[shown, 2]))
    if not series:
        return _picture(LEGEND, say("figure_difference"))
    limits = next((one.body.limits for _, one, *_ in series if one.body.limits is not None), None)
    panels: list[Panel] = []
    contents: list[tuple[str, list[Markup]]] = []
    for index, (column, label) in enumerate(((3, "axis_range"), (4, "axis_height"))):
        limit = None if limits is None else (limits.horizontal_nm, limits.vertical_ft)[index]
        values = np.concatenate([one[column] for one in series])
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0, limit or 0.0)
        if index == 1 and limit is not None:
            low = min(low, -limit)
        panel = _panel(len(panels), window, widened(low, high, 0.08, 0.5 if index == 0 else 200.0))
        parts = [_limit(panel, value, index, say) for value in _both(limit, index)]
        for side, one, time, *axes in series:
            axis = axes[index]
            good = np.isfinite(axis)
            if not good.any():
                continue
            px, py = panel.x(time[good]), panel.y(axis[good])
            breaks = np.flatnonzero(np.diff(time[good]) > one.body.max_gap_s) + 1
            parts.append(
                line(px, py, ink.BLACK, breaks=breaks, width=1.3, stroke_dasharray=DASHES[min(side, 2)])
            )
            parts.append(_closest(panel, one, side, window, index))
        panels.append(panel)
        contents.append((say(label), parts))
    return _panels(panels, contents, window, made, "figure_difference", say)


def _closest(panel: Panel, one: Reconstructed, side: int, window: tuple[float, float], index: int) -> Markup:
    """A ring (first side) or a square where this side's closest point is; the range panel alone has it."""
    closest = one.body.closest
    if closest is None or index != 0:
        return Markup()
    at = panel.x(closest.time.timestamp() - window[0])
    high = panel.y(closest.horizontal_nm)
    if side == 0:
        return element("circle", cx=at, cy=high, r=5, fill="none", stroke=ink.BLACK, stroke_width=1.4)
    return box(at - 4, high - 4, 8, 8, "none", stroke=ink.BLACK, stroke_width=1.4)


def _both(limit: float | None, index: int) -> tuple[float, ...]:
    if limit is None:
        return ()
    return (limit,) if index == 0 else (limit, -limit)


def _limit(panel: Panel, value: float, index: int, say: Say) -> Markup:
    unit = say("unit_nm") if index == 0 else say("unit_ft")
    told = f"{value:,g} {unit}".replace("-", "\u2212")
    return join(
        straight(panel.left, panel.y(value), panel.right, panel.y(value), ink.LIMIT, stroke_dasharray="1 3"),
        haloed(panel.right - 4, panel.y(value) - 3, told, colour=ink.LIMIT, text_anchor="end"),
    )


def _panel(index: int, window: tuple[float, float], reach: tuple[float, float]) -> Panel:
    top = LEGEND + index * (PANEL + 12)
    return Panel.over((LEFT, top, WIDTH - LEFT - 6, PANEL), (0.0, window[1] - window[0]), reach)


def _panels(
    panels: list[Panel],
    contents: list[tuple[str, list[Markup]]],
    window: tuple[float, float],
    made: Sequence[tuple[str, Reconstructed]],
    key: str,
    say: Say,
) -> Markup:
    """Panels one above the other on one time axis."""
    zero = from_epoch(window[0])
    parts = []
    for index, (panel, (label, inside)) in enumerate(zip(panels, contents, strict=True)):
        last = index == len(panels) - 1
        parts.append(
            join(
                panel.ground(),
                panel.y_axis(label, 4),
                panel.time_axis(zero, 8, numbers=last),
                *inside,
                panel.frame(),
            )
        )
    bottom = panels[-1].bottom + 30
    axis = words((panels[0].left + panels[0].right) / 2, bottom - 3, say("axis_time"), text_anchor="middle")
    return _picture(bottom, say(key), *parts, axis, _legend(made, say))


def _track(one: _Line, x: Floats, y: Floats, *, cut: bool = True) -> Markup:
    """The line and some of its reports."""
    colour, side = ink.SIDES[one.aircraft % 2], min(one.side, 2)
    every = max(1, len(x) // DOTS_MAX)
    return join(
        line(x, y, colour, breaks=one.breaks if cut else (), width=1.4, stroke_dasharray=DASHES[side]),
        dots(x[::every], y[::every], colour, size=4.2, cap=CAPS[side]),
    )


def _name(one: _Line, x: Floats, y: Floats, labels: Labels) -> Markup:
    """The aircraft's name, once, by the first side's line."""
    if one.side != 0:
        return Markup()
    for share in (0.98, 0.02, 0.8, 0.2, 0.6, 0.4):
        at = int(share * (len(x) - 1))
        for dx, dy, anchor in ((6, -8, "start"), (-6, -8, "end"), (6, 16, "start"), (-6, 16, "end")):
            if labels.place(float(x[at]) + dx, float(y[at]) + dy, one.name, anchor, 11):
                colour = ink.SIDES[one.aircraft % 2]
                return haloed(
                    float(x[at]) + dx, float(y[at]) + dy, one.name, colour=colour, text_anchor=anchor,
                    font_size=11, font_weight="bold",
                )  # fmt: skip
    return Markup()


def _legend(made: Sequence[tuple[str, Reconstructed]], say: Say) -> Markup:
    """How each side's version is drawn."""
    parts, left = [], LEFT
    for side, (party, _) in enumerate(made):
        style = min(side, 2)
        x, y = np.array([left, left + 34.0]), np.array([9.0, 9.0])
        parts.append(line(x, y, ink.BLACK, width=1.4, stroke_dasharray=DASHES[style]))
        parts.append(dots(x[:1] + 17.0, y[:1], ink.BLACK, size=4.6, cap=CAPS[style]))
        told = say("as_seen").replace("{party}", party)
        parts.append(words(left + 40, 12.5, told))
        left += 150
    return join(*parts)


def _number(value: float, step: float) -> str:
    return "0" if abs(value) < 1e-9 else f"{value:.{decimals(step)}f}".replace("-", "\u2212")


def _picture(height: float, name: str, *parts: Markup) -> Markup:
    drawn = picture(WIDTH, height, name, name, *parts)
    # the fonts of the PDF have no minus sign of their own
    return Markup(drawn.replace(_family(ink.FONT), FAMILY).replace("\u2212", "-"))


def _family(font: str) -> str:
    """The list of fonts as it stands in the markup, escaped."""
    return str(Markup(font.replace("'", "&#x27;")))
