"""A second opinion on every encounter: all pairs, no index, no closed forms, another frame.

What is shared with the library is only the model of motion (docs/method.md): straight chords between samples
at most `max_gap` apart, altitude linear. Everything else differs: positions are turned back into latitude and
longitude and measured on a plane map at the pair's middle latitude with the ellipsoid's two radii of
curvature; the times of entry and exit are found by search, not by formula.

It is slow and it is wrong near poles and across the antimeridian; there the tests rotate the world instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Measure = Callable[[Floats, Integers], Floats]

A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)
SHRINKS = 70  # golden-section steps: 0.618^70 of a minute is far below a nanosecond
HALVINGS = 60
GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Found:
    """One interval, as the brute force has it. Times in seconds since 1970."""

    a: str
    b: str
    start: float
    end: float
    norm: float
    cpa_time: float
    cpa_horizontal_m: float
    cpa_vertical_m: float
    least_horizontal_m: float
    least_vertical_m: float


@dataclass
class Track:
    name: str
    time: Floats
    point: Floats  # (n, 3) on the ellipsoid
    altitude: Floats  # metres
    joined: NDArray[np.bool_]  # whether sample i and i + 1 are joined


def tracks_of(states: pl.DataFrame, max_gap_s: float) -> list[Track]:
    tracks = []
    for (name,), rows in states.sort("icao24", "timestamp", "latitude", "longitude").group_by(
        "icao24", maintain_order=True
    ):
        usable = rows.unique("timestamp", keep="first", maintain_order=True)
        ground = usable["onground"].fill_null(False).to_numpy()
        known = usable["altitude"].is_not_null().to_numpy() & ~ground
        landed = np.cumsum(ground)[known]
        flying = usable.filter(pl.Series(known))
        time = flying["timestamp"].dt.timestamp("us").to_numpy() / 1e6
        latitude, longitude = (
            np.radians(flying["latitude"].to_numpy()),
            np.radians(flying["longitude"].to_numpy()),
        )
        radius = A / np.sqrt(1 - E2 * np.sin(latitude) ** 2)
        point = np.column_stack(
            (
                radius * np.cos(latitude) * np.cos(longitude),
                radius * np.cos(latitude) * np.sin(longitude),
                radius * (1 - E2) * np.sin(latitude),
            )
        )
        joined = (np.diff(time) <= max_gap_s + 1e-7) & (np.diff(landed) == 0)
        tracks.append(Track(str(name), time, point, flying["altitude"].to_numpy() * 0.3048, joined))
    return tracks


class Pieces:
    """All pieces of all pairs as long arrays, and the distance functions on them."""

    def __init__(self, tracks: list[Track], reach_m: float) -> None:
        tables = [
            _pieces(i, j, one, tracks[j]) for i, one in enumerate(tracks) for j in range(i + 1, len(tracks))
        ]
        table = np.concatenate([np.empty((0, 6)), *tables])
        self.a, self.b = table[:, 0].astype(int), table[:, 1].astype(int)
        self.first, self.last = table[:, 4], table[:, 5]
        samples = _Samples(tracks)
        one, other = table[:, 2].astype(int), table[:, 3].astype(int)
        self.from_a = samples.at(self.a, one, self.first)
        self.to_a = samples.at(self.a, one, self.last)
        self.from_b = samples.at(self.b, other, self.first)
        self.to_b = samples.at(self.b, other, self.last)
        # apart by more than they move: not worth a search
        moved = np.linalg.norm(self.to_a - self.from_a, axis=1) + np.linalg.norm(
            self.to_b - self.from_b, axis=1
        )
        apart = np.linalg.norm((self.from_a - self.from_b)[:, :3], axis=1)
        near = apart - moved < reach_m * 1.01 + 100
        for name, value in vars(self).items():
            setattr(self, name, value[near])

    def distances(self, time: Floats, chosen: Integers) -> tuple[Floats, Floats]:
        """Horizontal and vertical distance, metres, at one time for each chosen piece."""
        span = np.maximum(self.last - self.first, 1e-12)[chosen]
        share = ((time - self.first[chosen]) / span)[:, None]
        one = self.from_a[chosen] + (self.to_a - self.from_a)[chosen] * share
        other = self.from_b[chosen] + (self.to_b - self.from_b)[chosen] * share
        lat_1, lon_1 = _degrees_of(one)
        lat_2, lon_2 = _degrees_of(other)
        middle = (lat_1 + lat_2) / 2
        w = 1 - E2 * np.sin(middle) ** 2
        north = A * (1 - E2) / w**1.5 * (lat_2 - lat_1)
        east = A / np.sqrt(w) * np.cos(middle) * (lon_2 - lon_1)
        return np.hypot(north, east), np.abs(one[:, 3] - other[:, 3])


def encounters(
    states: pl.DataFrame, horizontal_m: float, vertical_m: float, max_gap_s: float = 60.0
) -> list[Found]:
    """Every maximal interval inside both limits, found by search."""
    tracks = tracks_of(states, max_gap_s)
    pieces = Pieces(tracks, horizontal_m)
    everything = np.arange(len(pieces.first))

    def norm(time: Floats, chosen: Integers) -> Floats:
        beside, above = pieces.distances(time, chosen)
        return np.maximum(beside / horizontal_m, above / vertical_m)

    deepest = _least(norm, pieces.first, pieces.last, everything)
    inside = np.flatnonzero(norm(deepest, everything) < 1)
    deepest = deepest[inside]
    start = _edge(norm, deepest, pieces.first[inside], inside)
    end = _edge(norm, deepest, pieces.last[inside], inside)
    lowest = _least(lambda t, c: pieces.distances(t, c)[0], start, end, inside)
    level = _least(lambda t, c: pieces.distances(t, c)[1], start, end, inside)
    # where the norm is level (the altitude decides), the smaller horizontal distance is the closer
    deepest = np.where(norm(lowest, inside) <= norm(deepest, inside) + 1e-9, lowest, deepest)
    parts = []
    for i, piece in enumerate(inside):
        one = np.array([piece])
        beside, above = pieces.distances(deepest[[i]], one)
        parts.append(
            Found(
                tracks[pieces.a[piece]].name,
                tracks[pieces.b[piece]].name,
                start[i],
                end[i],
                float(norm(deepest[[i]], one)[0]),
                deepest[i],
                float(beside[0]),
                float(above[0]),
                float(pieces.distances(lowest[[i]], one)[0][0]),
                float(pieces.distances(level[[i]], one)[1][0]),
            )
        )
    return _merged(sorted(parts, key=lambda part: (part.a, part.b, part.start, part.end)))


class _Samples:
    """All tracks' samples end to end."""

    def __init__(self, tracks: list[Track]) -> None:
        self.offset = np.cumsum([0] + [len(track.time) for track in tracks])
        self.time = np.concatenate([track.time for track in tracks])
        self.state = np.concatenate([np.column_stack((t.point, t.altitude)) for t in tracks])
        self.joined = np.concatenate([np.append(track.joined, False) for track in tracks])

    def at(self, track: Integers, sample: Integers, moment: Floats) -> Floats:
        """(n, 4) position and altitude at or after a sample, on the chord to the next one if joined."""
        low = self.offset[track] + sample
        high = low + self.joined[low]
        span = self.time[high] - self.time[low]
        share = np.where(span > 0, (moment - self.time[low]) / np.where(span > 0, span, 1.0), 0.0)[:, None]
        between: Floats = self.state[low] * (1 - share) + self.state[high] * share
        return between


def _pieces(i: int, j: int, one: Track, other: Track) -> Floats:
    """(n, 6): the two tracks, the samples at or before, and the piece's first and last instant."""
    low, high = max(one.time[0], other.time[0]), min(one.time[-1], other.time[-1])
    if low > high:
        return np.empty((0, 6))
    times = np.unique(np.concatenate((one.time, other.time)))
    first = times[(times >= low) & (times <= high)]
    last = np.append(first[1:], first[-1])
    samples = [np.searchsorted(track.time, first, side="right") - 1 for track in (one, other)]
    known = last > first
    for track, sample in zip((one, other), samples, strict=True):
        known &= np.append(track.joined, False)[sample]
    count = int(known.sum())
    columns = (samples[0][known], samples[1][known], first[known], last[known])
    return np.column_stack((np.full(count, i), np.full(count, j), *columns))


def _degrees_of(point: Floats) -> tuple[Floats, Floats]:
    """Geodetic latitude and longitude (radians) by iteration, from a point on or just under the surface."""
    across = np.hypot(point[:, 0], point[:, 1])
    latitude = np.arctan2(point[:, 2], across * (1 - E2))
    for _ in range(3):
        radius = A / np.sqrt(1 - E2 * np.sin(latitude) ** 2)
        height = across / np.cos(latitude) - radius
        latitude = np.arctan2(point[:, 2], across * (1 - E2 * radius / (radius + height)))
    return latitude, np.arctan2(point[:, 1], point[:, 0])


def _least(function: Measure, low: Floats, high: Floats, chosen: Integers) -> Floats:
    """Where a convex function is least: golden section, all pieces at once, ends included."""
    left, right = low.copy(), high.copy()
    for _ in range(SHRINKS):
        one, two = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
        go_left = function(one, chosen) <= function(two, chosen)
        right, left = np.where(go_left, two, right), np.where(go_left, left, one)
    found = (left + right) / 2
    for end in (low, high):
        found = np.where(function(end, chosen) < function(found, chosen), end, found)
    return found


def _edge(norm: Measure, inner: Floats, outer: Floats, chosen: Integers) -> Floats:
    """From inside towards `outer`: the last instant inside, by halving."""
    near, far = inner.copy(), outer.copy()
    reaches = norm(outer, chosen) < 1
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        ok = norm(middle, chosen) < 1
        near, far = np.where(ok, middle, near), np.where(ok, far, middle)
    return np.where(reaches, outer, near)


def _merged(parts: list[Found]) -> list[Found]:
    whole: list[Found] = []
    for part in parts:
        last = whole[-1] if whole else None
        if last and (last.a, last.b) == (part.a, part.b) and part.start <= last.end + 1e-6:
            closer = part.norm < last.norm - 1e-9 or (
                part.norm < last.norm + 1e-9 and part.cpa_horizontal_m < last.cpa_horizontal_m - 1e-3
            )
            cpa = part if closer else last
            whole[-1] = Found(
                last.a,
                last.b,
                last.start,
                max(last.end, part.end),
                cpa.norm,
                cpa.cpa_time,
                cpa.cpa_horizontal_m,
                cpa.cpa_vertical_m,
                min(last.least_horizontal_m, part.least_horizontal_m),
                min(last.least_vertical_m, part.least_vertical_m),
            )
        else:
            whole.append(part)
    return whole
