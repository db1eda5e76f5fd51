"""From recorded reports to a reconstruction: pure, the same reports give the same body.

The tracks are thinned and rounded first, and everything is computed from what is left: so that whoever holds
the body can compute the same closest point of approach, with `skyaccord scan` for example. Between reports
lies a straight line, as everywhere (docs/method.md); the pieces are solved with the search's own functions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ecef
from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.incidents.bodies import CALLSIGN_LENGTH_MAX
from skyaccord.incidents.reconstruction import (
    DIFFERENCE_MAX,
    METHOD,
    SAMPLES_MAX,
    Closest,
    Gap,
    LimitsUsed,
    Mark,
    Quality,
    ReconstructionBody,
    Sample,
    TrackSeen,
)
from skyaccord.record.fields import EntryRef
from skyaccord.separation.piece import closest_in, least_horizontal_time
from skyaccord.separation.walk import position_at, project

Floats = NDArray[np.float64]

MAX_GAP_S: Final = 60.0
"""Reports farther apart are not joined: `skyaccord scan`'s default, so that both compute the same."""
DENSE_S: Final = 60.0
"""So long before and after the closest point every report is kept; thinning takes the rest."""
GAP_DOUBTFUL_S: Final = 25.0  # as the picture: older is stale
NAC_P_POOR: Final = 6  # NACp 6 is 0.3 NM (DO-260B); below that a limit of miles is not told
DIGITS: Final = 6  # of a degree: 0.1 m
MILLISECONDS: Final = 3


@dataclass(frozen=True)
class Ask:
    """What to reconstruct. zero, start, end: sky time. parties: icao24 → party. limits: None for one
    aircraft."""

    incident: EntryRef
    aircraft: tuple[str, ...]
    start: datetime
    end: datetime
    parties: Mapping[str, str]
    limits: LimitsUsed | None


def reconstruct(
    ask: Ask, states: pl.DataFrame, marks: Sequence[Mark] = (), left_out: int = 0
) -> ReconstructionBody:
    """The body. states: reports of these aircraft in the window, with the columns of `tape.COLUMNS`."""
    zero = ask.start.replace(microsecond=0)
    reports = {address: _reports(states, address, zero) for address in ask.aircraft}
    centre = _nearest_time(list(reports.values()))
    tracks = [
        _track(address, table, centre, ask.parties.get(address))
        for address, table in sorted(reports.items())
        if table.height
    ]
    faults = [
        f"nothing of {address} in the picture of that time"
        for address in ask.aircraft
        if not reports[address].height
    ]
    closest: Closest | None = None
    gaps: tuple[Gap, ...] = ()
    if len(tracks) == 2 and ask.limits is not None:
        closest, gaps = _relative(tracks[0], tracks[1], ask.limits, zero)
        if closest is None:
            faults.append("the two were never seen at the same time")
        elif closest.vertical_ft is None:
            faults.append("no altitude of one of them: only the horizontal distance is known")
    return ReconstructionBody(
        incident=ask.incident,
        aircraft=ask.aircraft,
        zero=zero,
        start=ask.start,
        end=ask.end,
        tracks=tuple(tracks),
        difference=gaps,
        closest=closest,
        limits=ask.limits,
        max_gap_s=MAX_GAP_S,
        method=METHOD,
        marks=tuple(marks),
        marks_left_out=left_out,
        faults=tuple(faults),
    )


def _reports(states: pl.DataFrame, address: str, zero: datetime) -> pl.DataFrame:
    """Airborne reports of one aircraft, with `t`: seconds after zero, each instant once."""
    flying = states.filter((pl.col("icao24") == address) & ~pl.col("onground").fill_null(False))
    placed = flying.filter(pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
    t = ((pl.col("timestamp") - zero).dt.total_microseconds() / 1e6).round(MILLISECONDS).alias("t")
    return placed.with_columns(t).unique("t", keep="first").sort("t")


def _nearest_time(tables: list[pl.DataFrame]) -> float | None:
    """When two tracks come nearest, on a second's grid: only to know where thinning must not touch."""
    if len(tables) < 2 or any(table.height < 2 for table in tables):
        return None
    low = max(float(table["t"][0]) for table in tables)
    high = min(float(table["t"][-1]) for table in tables)
    if high <= low:
        return None
    grid = np.arange(low, high + 1.0)
    places = []
    for table in tables:
        t = table["t"].to_numpy()
        points = ecef(table["latitude"].to_numpy(), table["longitude"].to_numpy())
        places.append(np.column_stack([np.interp(grid, t, points[:, axis]) for axis in range(3)]))
    return float(grid[np.argmin(np.linalg.norm(places[0] - places[1], axis=1))])


def _track(address: str, table: pl.DataFrame, centre: float | None, party: str | None) -> TrackSeen:
    kept, thinned = _thinned(table["t"].to_numpy(), centre)
    rows = table.filter(pl.Series(kept)).select("t", "latitude", "longitude", "altitude")
    samples: list[Sample] = [
        (
            t,
            round(latitude, DIGITS),
            round(longitude, DIGITS),
            None if height is None else float(round(height)),
        )
        for t, latitude, longitude, height in rows.iter_rows()
    ]
    said = [sign for sign in table["callsign"].to_list() if sign]
    return TrackSeen(
        icao24=address,
        callsign=said[-1][:CALLSIGN_LENGTH_MAX] if said else None,
        party=party,
        samples=tuple(samples),
        quality=_quality(table, len(samples), thinned),
    )


def _thinned(t: Floats, centre: float | None) -> tuple[NDArray[np.bool_], str]:
    """Which reports are kept: all near the closest point, of the others one in so many; and that in words."""
    kept = np.ones(len(t), dtype=np.bool_)
    if len(t) <= SAMPLES_MAX:
        return kept, ""
    dense = np.zeros(len(t), dtype=np.bool_) if centre is None else np.abs(t - centre) <= DENSE_S
    if dense.sum() > SAMPLES_MAX // 2:  # more than several receivers' worth: all alike
        dense[:] = False
    room = SAMPLES_MAX - int(dense.sum())
    others = np.flatnonzero(~dense)
    every = math.ceil(len(others) / room)
    kept[others] = False
    kept[others[::every]] = True
    near = f"all within {DENSE_S:g} s of the closest point, and " if dense.any() else ""
    return kept, f"kept: {near}one in {every} of the others"


def _quality(table: pl.DataFrame, kept: int, thinned: str) -> Quality:
    steps = np.diff(table["t"].to_numpy())
    longest = float(steps.max()) if len(steps) else None
    sources = Counter(source or "unknown" for source in table["source"].to_list())
    poorest = table["nac_p"].min()
    no_altitude = table["altitude"].null_count()
    doubts = []
    if longest is not None and longest > GAP_DOUBTFUL_S:
        doubts.append(f"not heard for {longest:.0f} s")
    if isinstance(poorest, int) and 0 <= poorest < NAC_P_POOR:
        doubts.append(f"says of itself that its position is poor (NACp {poorest})")
    if no_altitude:
        doubts.append(f"{no_altitude} of {table.height} reports without an altitude")
    return Quality(
        reports=table.height,
        kept=kept,
        every_s=round(float(np.median(steps)), 1) if len(steps) else None,
        longest_gap_s=None if longest is None else round(longest, 1),
        sources=dict(sources.most_common(16)),
        without_altitude=no_altitude,
        nac_p_min=poorest if isinstance(poorest, int) and poorest >= 0 else None,
        thinned=thinned,
        doubts=tuple(doubts),
    )


class _Links:
    """One track as the search's functions take it. No altitude anywhere: all at 0 m, and `known` False."""

    def __init__(self, track: TrackSeen) -> None:
        table = np.array([[np.nan if value is None else value for value in row] for row in track.samples])
        measured = ~np.isnan(table[:, 3])
        self.known = bool(measured.any())
        table = table[measured] if self.known else np.nan_to_num(table)
        self.time: Floats = table[:, 0]
        self.samples: Floats = np.column_stack((ecef(table[:, 1], table[:, 2]), table[:, 3] * M_PER_FT))
        self.first = np.flatnonzero(np.diff(self.time) <= MAX_GAP_S)
        self.start, self.end = self.time[self.first], self.time[self.first + 1]

    def at(self, time: float, link: int) -> tuple[float, float, float, float]:
        return position_at(time, link, self.first, self.start, self.end, self.samples)


def _relative(
    a: TrackSeen, b: TrackSeen, limits: LimitsUsed, zero: datetime
) -> tuple[Closest | None, tuple[Gap, ...]]:
    """The closest point over all pieces on which both are known, and the difference over time."""
    one, other = _Links(a), _Links(b)
    flat = not (one.known and other.known)
    horizontal_m = limits.horizontal_nm * M_PER_NM
    vertical_m = math.inf if flat or limits.vertical_ft is None else limits.vertical_ft * M_PER_FT
    best: tuple[float, float, float, float] | None = None  # norm, distance, time, vertical
    least: tuple[float, float] | None = None
    gaps: list[Gap] = []
    pieces = _pieces(one, other)
    length = sum(end - start for *_, start, end in pieces)
    step = max(length / (DIFFERENCE_MAX / 2), 1e-3)
    last_said = -math.inf
    for i, j, start, end in pieces:
        px, py, pz, vx, vy, vz = project(
            one.at(start, i), other.at(start, j), one.at(end, i), other.at(end, j), end - start
        )
        time, norm, distance = closest_in(px, py, pz, vx, vy, vz, horizontal_m, vertical_m, 0.0, end - start)
        if best is None or (norm, distance) < best[:2]:
            best = (norm, distance, start + time, abs(pz + vz * time))
        nearest = least_horizontal_time(px, py, vx, vy, 0.0, end - start)
        there = math.hypot(px + vx * nearest, py + vy * nearest)
        if least is None or there < least[0]:
            least = (there, start + nearest)
        for t in np.linspace(start, end, math.ceil((end - start) / step) + 1).tolist():
            if t - last_said >= 0.999 * step and len(gaps) < DIFFERENCE_MAX:
                after = t - start
                apart = math.hypot(px + vx * after, py + vy * after) / M_PER_NM
                height = None if flat else round((pz + vz * after) / M_PER_FT, 0)
                gaps.append((round(t, MILLISECONDS), round(apart, 4), height))
                last_said = t
    if best is None or least is None:
        return None, ()
    closest = Closest(
        time=zero + timedelta(seconds=best[2]),
        horizontal_nm=round(best[1] / M_PER_NM, 4),
        vertical_ft=None if flat else round(best[3] / M_PER_FT, 0),
        least_horizontal_nm=round(least[0] / M_PER_NM, 4),
        least_horizontal_time=zero + timedelta(seconds=least[1]),
    )
    return closest, tuple(gaps)


def _pieces(one: _Links, other: _Links) -> list[tuple[int, int, float, float]]:
    """Stretches of time on which one link of each is known: link, link, start, end."""
    found, i, j = [], 0, 0
    while i < len(one.first) and j < len(other.first):
        start = max(float(one.start[i]), float(other.start[j]))
        end_a, end_b = float(one.end[i]), float(other.end[j])
        if start < min(end_a, end_b):
            found.append((i, j, start, min(end_a, end_b)))
        i, j = i + (end_a <= end_b), j + (end_b <= end_a)
    return found
