"""A small map without tiles: azimuthal equidistant, with graticule, scale bar and north.

Distances from the middle are right and north is up there; there is no seam at the antimeridian and none at
the poles. It shows where something was. It is drawn on a sphere (0.3 % off the ellipsoid), and no number in
a table is ever measured on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skyaccord.airspace.geodesy import enu_axes, normals
from skyaccord.airspace.units import M_PER_NM
from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, element, join
from skyaccord.drawing.scale import multiples, round_step
from skyaccord.drawing.shapes import Labels, box, haloed, path_of, straight

Floats = NDArray[np.float64]

EARTH_RADIUS_NM: Final = 6_371_008.8 / M_PER_NM  # mean radius, IUGG
STEPS_DEG: Final = (1 / 60, 2 / 60, 5 / 60, 10 / 60, 15 / 60, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
"""Steps of the graticule: minutes, then degrees."""
LINE_POINTS: Final = 97
"""Points on each line of the graticule: straight to the eye between them."""
HALF_SPAN_LEAST_NM: Final = 3.0
"""A map shows at least this much around its middle: with less there is nothing to recognise."""
JUMP_SHARE: Final = 0.5
"""A line that jumps by more than this share of the Earth has gone round its far side, and is cut."""


@dataclass(frozen=True)
class Chart:
    """A map of `width` × `height` on paper, with its middle at a place and `scale` paper units a NM."""

    latitude: float
    longitude: float
    scale: float
    width: float
    height: float

    @classmethod
    def around(cls, latitude: Floats, longitude: Floats, width: float, height: float) -> Chart:
        """The map that holds all these points (at least one), with some air around them."""
        middle = normals(latitude, longitude).mean(axis=0)
        if np.linalg.norm(middle) < 1e-6:  # points all round the Earth: any middle will do
            middle = normals(latitude[:1], longitude[:1])[0]
        for _ in range(3):  # from the mean of the points to the middle of the box that holds them
            centre = cls(*_place(middle), 1.0, 0.0, 0.0)
            x, y = centre(latitude, longitude)
            east, north, up = enu_axes(centre.latitude, centre.longitude)
            shift_x, shift_y = (0.5 * float(axis.min() + axis.max()) / EARTH_RADIUS_NM for axis in (x, -y))
            middle = up + np.tan(np.clip(shift_x, -1, 1)) * east + np.tan(np.clip(shift_y, -1, 1)) * north
        half_x = max(1.2 * float(np.abs(x).max()), HALF_SPAN_LEAST_NM)
        half_y = max(1.25 * float(np.abs(y).max()), HALF_SPAN_LEAST_NM)
        scale = min(width / 2 / half_x, height / 2 / half_y)
        return cls(centre.latitude, centre.longitude, scale, width, height)

    def __call__(self, latitude: ArrayLike, longitude: ArrayLike) -> tuple[Floats, Floats]:
        """Paper coordinates of places in degrees."""
        east, north, up = enu_axes(self.latitude, self.longitude)
        direction = normals(latitude, longitude)
        x, y = direction @ east, direction @ north
        sine = np.hypot(x, y)
        angle = np.arctan2(sine, direction @ up)
        stretch = np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 1.0) * EARTH_RADIUS_NM * self.scale
        return self.width / 2 + x * stretch, self.height / 2 - y * stretch

    @property
    def half_span_nm(self) -> float:
        """From the middle to a corner."""
        return float(np.hypot(self.width, self.height)) / 2 / self.scale

    def inside(self, x: Floats, y: Floats, margin: float = 0.0) -> NDArray[np.bool_]:
        """Which paper points lie on the map."""
        return (x > -margin) & (x < self.width + margin) & (y > -margin) & (y < self.height + margin)

    def drawn(self, x: Floats, y: Floats, breaks: NDArray[np.int64] | None = None) -> Markup:
        """Path data of a line, with only what lies on the map or leads there, and a point a paper unit."""
        if not len(x):
            return Markup()
        starts = np.zeros(len(x), dtype=np.bool_)
        starts[0] = True
        if breaks is not None:
            starts[breaks] = True
        far = np.pi * EARTH_RADIUS_NM * self.scale * JUMP_SHARE
        starts[1:] |= np.hypot(np.diff(x), np.diff(y)) > far
        seen = self.inside(x, y, 40.0)
        near = seen.copy()
        near[1:] |= seen[:-1] & ~starts[1:]
        near[:-1] |= seen[1:] & ~starts[1:]
        run = np.cumsum(starts | (near & ~np.concatenate(([False], near[:-1]))))
        run, x, y = run[near], np.round(x[near], 1), np.round(y[near], 1)
        if not len(x):
            return Markup()
        new = np.concatenate(([True], np.diff(run) > 0))
        ends = np.concatenate((new[1:], [True]))
        cell = np.stack((np.round(x), np.round(y)))
        moved = np.concatenate(([True], (np.diff(cell, axis=1) != 0).any(axis=0)))
        kept = new | ends | moved
        return path_of(x[kept], y[kept], np.flatnonzero(new[kept]))

    def graticule(self, labels: Labels) -> Markup:
        """Lines of latitude and longitude with their names at the left and lower edge."""
        low_latitude, high_latitude, low_longitude, high_longitude = self._reach()
        span = min(2 * self.half_span_nm / 60, 180.0)
        step_latitude = _graticule_step(span)
        step_longitude = _graticule_step(high_longitude - low_longitude)
        parts: list[Markup] = []
        lines: list[tuple[str, Floats, Floats, bool]] = []
        for value in multiples(low_latitude, high_latitude, step_latitude):
            along = np.linspace(low_longitude, high_longitude, LINE_POINTS)
            lines.append((_degrees(value, "NS"), np.full(LINE_POINTS, value), along, True))
        for value in multiples(low_longitude, high_longitude, step_longitude):
            if value - low_longitude >= 360.0 - 1e-9:
                continue
            along = np.linspace(low_latitude, high_latitude, LINE_POINTS)
            lines.append(
                (_degrees((value + 180) % 360 - 180, "EW"), along, np.full(LINE_POINTS, value), False)
            )
        named: list[Markup] = []
        for name, latitudes, longitudes, is_row in lines:
            x, y = self(latitudes, longitudes)
            parts.append(self.drawn(x, y))
            at = self._edge(x, y, is_row)
            if at is not None:
                px, py, anchor = (4.0, at - 3, "start") if is_row else (at, self.height - 5, "middle")
                if labels.place(px, py, name, anchor, 9):
                    named.append(haloed(px, py, name, colour=ink.GREY, text_anchor=anchor, font_size=9))
        grid = element("path", d=join(*parts), fill="none", stroke=ink.LIGHT, stroke_width=0.7)
        return join(grid, *named)

    def scale_bar(self, labels: Labels) -> Markup:
        """How long a round number of miles is at the middle of the map."""
        length_nm = round_step(self.width / self.scale, 8)
        left, y = self.width / 2 - 0.5 * length_nm * self.scale, self.height - 26.0
        right = left + length_nm * self.scale
        labels.block(left - 8, y - 20, right + 8, y + 10)
        return join(
            box(left - 7, y - 17, right - left + 14, 26, ink.PAPER, fill_opacity=0.85),
            element(
                "path",
                d=f"M{left:.1f} {y - 4:.1f}V{y:.1f}H{right:.1f}V{y - 4:.1f}",
                fill="none",
                stroke=ink.BLACK,
            ),
            haloed((left + right) / 2, y - 5, f"{length_nm:g} NM", text_anchor="middle", font_size=9),
        )

    def north(self, labels: Labels) -> Markup:
        """An arrow: north is up at the middle of the map."""
        return north_arrow(self.width - 20.0, 12.0, labels)

    def _edge(self, x: Floats, y: Floats, is_row: bool) -> float | None:
        """Where a line meets the left (rows) or lower edge."""
        along, across, edge = (x, y, 0.0) if is_row else (y, x, self.height)
        crossing = np.flatnonzero((along[:-1] <= edge) != (along[1:] <= edge))
        for i in crossing.tolist():
            share = (edge - along[i]) / (along[i + 1] - along[i])
            at = float(across[i] + share * (across[i + 1] - across[i]))
            if 12 < at < (self.height if is_row else self.width) - 12:
                return at
        return None

    def _reach(self) -> tuple[float, float, float, float]:
        """Latitudes and longitudes that may be on the map."""
        reach = min(self.half_span_nm / EARTH_RADIUS_NM, np.pi)
        reach_deg = float(np.degrees(reach))
        low, high = self.latitude - reach_deg, self.latitude + reach_deg
        ratio = np.sin(reach) / max(np.cos(np.radians(self.latitude)), 1e-9)
        if low <= -90 or high >= 90 or ratio >= 1 or reach >= np.pi / 2:
            return max(low, -90.0), min(high, 90.0), -180.0, 180.0
        wide = float(np.degrees(np.arcsin(ratio)))
        return low, high, self.longitude - wide, self.longitude + wide


def north_arrow(x: float, y: float, labels: Labels) -> Markup:
    """An arrow that points up, with an N."""
    labels.block(x - 10, y - 4, x + 10, y + 30)
    return join(
        element("path", d=f"M{x:.1f} {y:.1f}l4.5 12l-4.5 -3l-4.5 3z", fill=ink.BLACK),
        straight(x, y + 9, x, y + 17, ink.BLACK, stroke_width=1.2),
        haloed(x, y + 27, "N", text_anchor="middle", font_weight="bold", font_size=9),
    )


def _graticule_step(span_deg: float) -> float:
    return next((step for step in STEPS_DEG if span_deg / step <= 7), STEPS_DEG[-1])


def _place(up: Floats) -> tuple[float, float]:
    """Latitude and longitude, degrees, of a direction straight up."""
    x, y, z = up.tolist()
    return float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))


def _degrees(value: float, letters: str) -> str:
    """36.5 → 36°30′N."""
    minutes = round(abs(value) * 60)
    whole, rest = divmod(minutes, 60)
    letter = "" if minutes == 0 else letters[0] if value > 0 else letters[1]
    return f"{whole}°{rest:02d}′{letter}" if rest else f"{whole}°{letter}"
