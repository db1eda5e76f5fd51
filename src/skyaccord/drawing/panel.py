"""A panel with axes: frame, grid, ticks, words; x is time in most of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, join
from skyaccord.drawing.scale import Scale, decimals, multiples, round_step, time_step
from skyaccord.drawing.shapes import box, straight, words

EDGE: Final = 22.0
"""A time this near to the right end would stand out of the drawing."""


@dataclass(frozen=True)
class Panel:
    """A rectangle on paper with a scale along each side."""

    left: float
    top: float
    width: float
    height: float
    x: Scale
    y: Scale

    @classmethod
    def over(
        cls,
        place: tuple[float, float, float, float],
        x_range: tuple[float, float],
        y_range: tuple[float, float],
    ) -> Panel:
        """place: left, top, width, height on paper; y grows upwards."""
        left, top, width, height = place
        return cls(
            left,
            top,
            width,
            height,
            Scale(*x_range, left, left + width),
            Scale(*y_range, top + height, top),
        )

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def ground(self) -> Markup:
        """The paper of the panel."""
        return box(self.left, self.top, self.width, self.height, ink.PAPER)

    def shade(self, start: float, end: float, colour: str) -> Markup:
        """A stretch of x in a colour, from top to bottom."""
        low, high = self.x(max(start, self.x.low)), self.x(min(end, self.x.high))
        return box(low, self.top, high - low, self.height, colour)

    def frame(self) -> Markup:
        """The border, over what was drawn."""
        return box(self.left, self.top, self.width, self.height, "none", stroke=ink.GREY, stroke_width=0.8)

    def y_axis(self, label: str, count: int = 4) -> Markup:
        """Grid and numbers along y, and what they are."""
        step = round_step(self.y.high - self.y.low, count)
        parts = []
        for value in multiples(self.y.low, self.y.high, step):
            at = self.y(value)
            parts.append(straight(self.left, at, self.right, at, ink.LIGHT, stroke_width=0.6))
            parts.append(
                words(
                    self.left - 5,
                    max(at + 3.2, 9.0),
                    f"{value:,.{decimals(step)}f}".replace("-", "\u2212"),
                    colour=ink.GREY,
                    text_anchor="end",
                )
            )
        middle = self.top + self.height / 2
        parts.append(
            words(
                0,
                0,
                label,
                text_anchor="middle",
                transform=f"translate({self.left - 46:.1f} {middle:.1f}) rotate(-90)",
            )
        )
        return join(*parts)

    def time_axis(self, zero: datetime, count: int = 8, *, numbers: bool = True) -> Markup:
        """Grid and UTC times along x, which is in seconds after `zero`."""
        parts = []
        for value, told in clock_ticks(zero, self.x.low, self.x.high, count):
            at = self.x(value)
            parts.append(straight(at, self.top, at, self.bottom, ink.LIGHT, stroke_width=0.6))
            if numbers:
                near_edge = at > self.right - EDGE
                where, anchor = (self.right + 3, "end") if near_edge else (at, "middle")
                parts.append(words(where, self.bottom + 13, told, colour=ink.GREY, text_anchor=anchor))
        return join(*parts)


def clock_ticks(zero: datetime, low: float, high: float, count: int) -> list[tuple[float, str]]:
    """Round UTC times between two instants (seconds after `zero`): (seconds after zero, "20:10:30")."""
    step = time_step(high - low, count)
    midnight = zero.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    shift = (zero - midnight).total_seconds()
    form = "%H:%M" if step >= 60 else "%H:%M:%S"
    return [
        (since - shift, (midnight + timedelta(seconds=since)).strftime(form))
        for since in multiples(low + shift, high + shift, step)
    ]
