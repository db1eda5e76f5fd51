"""Coasts and borders for small maps: Natural Earth (public domain), out of the console's basemap.

The console's build puts a TopoJSON of 1:10m country outlines into the package. Where the package was not
built (a source checkout), there is none, and maps have their graticule alone.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.drawing import ink
from skyaccord.drawing.chart import Chart
from skyaccord.drawing.markup import Markup, element, join

Floats = NDArray[np.float64]

ATLAS: Final = "countries-10m-"
HALF_SPAN_MAX_NM: Final = 1500.0
"""On maps of continents the 1:10m outlines are ink without end; they have their graticule."""
SOURCE: Final = "Coast and borders: Natural Earth, 1:10m (public domain)."


def coast(chart: Chart) -> Markup:
    """Coast and borders on a map, empty if there are none to draw."""
    if chart.half_span_nm > HALF_SPAN_MAX_NM:
        return Markup()
    lines = _lines()
    if lines is None:
        return Markup()
    longitude, latitude, starts = lines
    reach = chart.half_span_nm / 60 * 1.2
    # whole lines that come near: first by latitude, which is cheap and has no seam
    low = np.minimum.reduceat(latitude, starts)
    high = np.maximum.reduceat(latitude, starts)
    near = np.flatnonzero((high > chart.latitude - reach) & (low < chart.latitude + reach))
    ends = np.append(starts[1:], len(latitude))
    data = join(
        *(
            chart.drawn(*chart(latitude[starts[i] : ends[i]], longitude[starts[i] : ends[i]]))
            for i in near.tolist()
        )
    )
    if not data:
        return Markup()
    return element("path", d=data, fill="none", stroke=ink.COAST, stroke_width=1.6, class_="coast")


@functools.cache
def _lines() -> tuple[Floats, Floats, NDArray[np.int64]] | None:
    """All lines one after the other: longitude, latitude, and where each line begins."""
    folder = resources.files("skyaccord") / "console_build" / "assets"
    if not folder.is_dir():
        return None
    atlas = next((entry for entry in folder.iterdir() if entry.name.startswith(ATLAS)), None)
    return _decoded(json.loads(atlas.read_text("utf-8"))) if atlas is not None else None


def _decoded(topology: dict[str, Any]) -> tuple[Floats, Floats, NDArray[np.int64]] | None:
    """TopoJSON's arcs: each a first point and steps, in quantised units."""
    arcs = [np.array(arc, dtype=np.int64)[:, :2].cumsum(axis=0) for arc in topology.get("arcs", []) if arc]
    if not arcs:
        return None
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    points = np.concatenate(arcs) * np.array(scale) + np.array(shift)
    lengths = np.array([len(arc) for arc in arcs])
    starts: NDArray[np.int64] = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    return points[:, 0], points[:, 1], starts
