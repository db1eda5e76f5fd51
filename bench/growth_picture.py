"""Growth as a picture: time over aircraft, both axes logarithmic, so that a power of N is a straight line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from bench.timing import in_words
from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, join
from skyaccord.drawing.scale import Scale
from skyaccord.drawing.shapes import box, dots, haloed, line, picture, straight, words

WIDTH: Final = 520.0
HEIGHT: Final = 340.0
LEFT: Final = 62.0
TOP: Final = 14.0
RIGHT: Final = 500.0
BOTTOM: Final = 290.0
TICKS_S: Final = ((1e-4, "0.1 ms"), (1e-3, "1 ms"), (1e-2, "10 ms"), (1e-1, "100 ms"), (1.0, "1 s"))


def growth_picture(sizes: Sequence[int], times_s: Sequence[float]) -> str:
    """SVG with our times, and what N and N² would make of the first of them."""
    count, took = np.log10(np.array(sizes, float)), np.log10(np.array(times_s))
    steps = count - count[0]
    shown = [value for value in (*took, *(took[0] + 2 * steps)) if np.isfinite(value)]
    x = Scale(float(count[0]) - 0.2, float(count[-1]) + 0.25, LEFT, RIGHT)
    y = Scale(float(np.floor(min(shown))), float(np.ceil(max(shown))), BOTTOM, TOP)
    parts: list[Markup] = [box(0, 0, WIDTH, HEIGHT, ink.PAPER)]
    for value, told in TICKS_S:
        at = float(y(np.log10(value)))
        if TOP <= at <= BOTTOM:
            parts += [
                straight(LEFT, at, RIGHT, at, ink.LIGHT, stroke_width=0.6),
                words(LEFT - 6, at + 3.2, told, colour=ink.GREY, text_anchor="end"),
            ]
    for place, size in zip(x(count).tolist(), sizes, strict=True):
        parts += [
            straight(place, TOP, place, BOTTOM, ink.LIGHT, stroke_width=0.6),
            words(place, BOTTOM + 15, f"{size:,}", colour=ink.GREY, text_anchor="middle"),
        ]
    for power, name in ((1, "as N"), (2, "as N²")):
        ends = np.array([0.0, steps[-1]])
        ys = y(took[0] + power * ends)
        parts += [
            line(x(count[0] + ends), ys, ink.GREY, width=1.0, stroke_dasharray="4 3"),
            words(float(x(count[-1])) + 7, float(ys[-1]) + 3.2, name, colour=ink.GREY),
        ]
    parts += [line(x(count), y(took), ink.A, width=1.8), dots(x(count), y(took), ink.A, size=7)]
    for place, height, time_s in zip(x(count).tolist(), y(took).tolist(), times_s, strict=True):
        parts.append(haloed(place, height + 17, in_words(time_s), colour=ink.A, text_anchor="middle"))
    parts += [
        box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, "none", stroke=ink.GREY, stroke_width=0.8),
        words((LEFT + RIGHT) / 2, HEIGHT - 12, "aircraft, in a sky as dense as before", text_anchor="middle"),
    ]
    told = "; ".join(f"{n:,} aircraft: {in_words(t)}" for n, t in zip(sizes, times_s, strict=True))
    return picture(WIDTH, HEIGHT, "Time of a search over the number of aircraft", told, join(*parts)) + "\n"
