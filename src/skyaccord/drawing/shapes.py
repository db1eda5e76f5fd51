"""Lines, dots and words of a drawing, on plain arrays of paper coordinates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from skyaccord.drawing import ink
from skyaccord.drawing.markup import Child, Markup, element, number

Floats = NDArray[np.float64]


def picture(width: float, height: float, name: str, tells: str, *parts: Child, **attributes: Child) -> Markup:
    """A drawing as an image with a name and a description for those who do not see it."""
    return element(
        "svg",
        element("title", name),
        element("desc", tells),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=f"{name}. {tells}",
        font_family=ink.FONT,
        font_size=10,
        **attributes,
    )


def path_of(x: Floats, y: Floats, breaks: Sequence[int] | NDArray[np.int64] = ()) -> Markup:
    """Path data of one line through all points; `breaks`: indices at which a new line begins."""
    cuts = set(np.asarray(breaks, dtype=np.int64).tolist()) | {0}
    return Markup(
        "".join(
            f"{'M' if i in cuts else 'L'}{number(px)} {number(py)}"
            for i, (px, py) in enumerate(zip(x.tolist(), y.tolist(), strict=True))
        )
    )


def line(
    x: Floats,
    y: Floats,
    colour: str,
    *,
    breaks: Sequence[int] | NDArray[np.int64] = (),
    width: float = 1.3,
    **more: Child,
) -> Markup:
    """A line through points."""
    return element(
        "path",
        d=path_of(x, y, breaks),
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linejoin="round",
        **more,
    )


def dots(x: Floats, y: Floats, colour: str, *, size: float = 4.5, cap: str = "round") -> Markup:
    """Round or square dots: one path with lines of no length, so that thousands stay small."""
    places = zip(x.tolist(), y.tolist(), strict=True)
    data = Markup("".join(f"M{number(px)} {number(py)}h0" for px, py in places))
    return element("path", d=data, fill="none", stroke=colour, stroke_width=size, stroke_linecap=cap)


def straight(x1: float, y1: float, x2: float, y2: float, colour: str, **more: Child) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, **more)


def box(x: float, y: float, width: float, height: float, fill: str, **more: Child) -> Markup:
    """A rectangle; of no size if width or height is negative."""
    return element("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), fill=fill, **more)


def words(x: float, y: float, said: Child, *, colour: str = ink.BLACK, **more: Child) -> Markup:
    """A word at a place. anchor and size as SVG knows them: text_anchor, font_size."""
    return element("text", said, x=x, y=y, fill=colour, **more)


def haloed(x: float, y: float, said: Child, *, colour: str = ink.BLACK, **more: Child) -> Markup:
    """A word that stays readable on lines: with a rim of paper."""
    rim: dict[str, Child] = {
        "stroke": ink.PAPER,
        "stroke_width": 3,
        "stroke_linejoin": "round",
        "paint_order": "stroke",
    }
    return words(x, y, said, colour=colour, **{**rim, **more})


class Labels:
    """Places for words: one is only taken if no word stands there yet."""

    def __init__(self, left: float, top: float, right: float, bottom: float) -> None:
        self._frame = left, top, right, bottom
        self._taken: list[tuple[float, float, float, float]] = []

    def block(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep a place free of words."""
        self._taken.append((left, top, right, bottom))

    def place(self, x: float, y: float, said: str, anchor: str = "start", size: float = 10.0) -> bool:
        """Whether the word fits with its baseline at x, y; if so the place is taken."""
        width = 0.58 * size * len(said)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
        wanted = (left - 1, y - 0.8 * size, left + width + 1, y + 0.3 * size)
        outside = (
            wanted[0] < self._frame[0]
            or wanted[1] < self._frame[1]
            or wanted[2] > self._frame[2]
            or wanted[3] > self._frame[3]
        )
        if outside or any(_overlap(wanted, other) for other in self._taken):
            return False
        self._taken.append(wanted)
        return True


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
