# ruff: noqa: PLR0917 - arrays of one computation
"""One encounter as arrays: what was measured of both aircraft, and what the scan computed between.

Everything comes from the arrays that the search walked and from the functions it walked them with
(`separation.walk`): pieces of straight relative motion between consecutive samples of either aircraft. So a
figure shows what the row in the table says, and what lies between the dots is the model of docs/method.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ecef, enu_axes, geographic
from skyaccord.airspace.units import KT_TO_MPS, M_PER_FT, M_PER_NM
from skyaccord.base.times import from_epoch
from skyaccord.encounters.evidence import Evidence
from skyaccord.encounters.flights import US_PER_S
from skyaccord.encounters.question import RuleAsked
from skyaccord.separation.walk import position_at, project

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

AROUND_LEAST_S: Final = 30.0
"""Shown before and after an encounter at least: how they came and how they left."""
AROUND_MOST_S: Final = 90.0
AROUND_SHARE: Final = 1.0
"""Shown before and after, in lengths of the encounter."""
WINDOW_MAX_S: Final = 1800.0
"""Longest stretch that figures show, about the CPA. A formation may last hours, of which nothing is seen in a
figure; at a state a second of both, this is 3,600 samples."""
NAME_MAX: Final = 16
"""Twice a call sign's eight letters. Whole names are in the table and in the data."""
STEPS: Final = 240
"""Lines of figures have a point at least this often over the window: a pixel or two."""


@dataclass(frozen=True)
class Side:
    """One aircraft of an encounter.

    time, latitude, longitude, altitude_ft: its samples in the window, as recorded. east_nm, north_nm: the
    same in the local frame. path_*: the line between, at every sample and at the window's ends. path_breaks:
    indices in it at which a gap was not bridged. nic, nac_p: nan where not recorded.
    """

    icao24: str
    callsign: str | None
    party: str | None
    time: Floats
    latitude: Floats
    longitude: Floats
    altitude_ft: Floats
    east_nm: Floats
    north_nm: Floats
    source: list[str | None]
    nic: Floats
    nac_p: Floats
    path_time: Floats
    path_east_nm: Floats
    path_north_nm: Floats
    path_altitude_ft: Floats
    path_breaks: Integers
    dropped: dict[str, int]

    @property
    def name(self) -> str:
        """What people call it: the call sign, else the address; cut if it is far too long for either."""
        name = self.callsign or self.icao24
        return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1]}…"

    def at(self, time: float) -> tuple[float, float, float]:
        """East and north (NM) and altitude (ft) on the line at a time."""
        columns = (self.path_east_nm, self.path_north_nm, self.path_altitude_ft)
        east, north, altitude = (float(np.interp(time, self.path_time, column)) for column in columns)
        return east, north, altitude


@dataclass(frozen=True)
class Relative:
    """The pair over time. vertical_ft: b minus a. closing_kt: positive while the range shrinks; it jumps at
    samples, where each piece of motion hands over to the next. piece: index of the piece of each point."""

    time: Floats
    horizontal_nm: Floats
    vertical_ft: Floats
    closing_kt: Floats
    piece: Integers
    breaks: Integers


@dataclass(frozen=True)
class Situation:
    """One encounter; times are seconds after `zero`. number: its place in the report. window: what the
    figures show. middle: latitude and longitude of the local frame's origin, half way between the two at the
    CPA."""

    number: int
    row: dict[str, Any]
    rule: RuleAsked
    zero: datetime
    start: float
    end: float
    cpa: float
    window: tuple[float, float]
    middle: tuple[float, float]
    a: Side
    b: Side
    relative: Relative

    @property
    def horizontal_nm(self) -> float:
        """The rule's horizontal limit."""
        return self.rule.inside.horizontal_m / M_PER_NM

    @property
    def vertical_ft(self) -> float | None:
        """The rule's vertical limit; None if it has none."""
        vertical_m = self.rule.inside.vertical_m
        return vertical_m / M_PER_FT if np.isfinite(vertical_m) else None

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.a, self.b

    @property
    def is_cut(self) -> bool:
        """Whether the encounter is longer than what the figures show."""
        return self.window[0] > self.start or self.window[1] < self.end


def situation_of(evidence: Evidence, row: dict[str, Any], number: int = 1) -> Situation:
    """The arrays of one row of the table."""
    flights = evidence.flights
    start, end, cpa = (evidence.seconds(row[name]) for name in ("start_time", "end_time", "cpa_time"))
    tracks = evidence.track(row["icao24_a"]), evidence.track(row["icao24_b"])
    window = _window(evidence, tracks, start, end, cpa)
    links = [_links(evidence, track, window) for track in tracks]
    zero_s = np.floor(cpa)  # a whole second: times in figures and data stay short
    middle = np.mean([_at(evidence, track, cpa) for track in tracks], axis=0)
    latitude, longitude = (float(value[0]) for value in geographic(middle[None, :3]))
    sides = [
        _side(evidence, row, name, track, window, zero_s, (latitude, longitude))
        for name, track in zip("ab", tracks, strict=True)
    ]
    marks = np.array([start, end, cpa, evidence.seconds(row["min_horizontal_time"])])
    return Situation(
        number=number,
        row=row,
        rule=evidence.rule_of(row),
        zero=from_epoch(0) + timedelta(microseconds=flights.epoch_us + int(zero_s) * US_PER_S),
        start=start - zero_s,
        end=end - zero_s,
        cpa=cpa - zero_s,
        window=(window[0] - zero_s, window[1] - zero_s),
        middle=(latitude, longitude),
        a=sides[0],
        b=sides[1],
        relative=_relative(evidence, links[0], links[1], window, marks, zero_s),
    )


def _window(
    evidence: Evidence, tracks: tuple[int, int], start: float, end: float, cpa: float
) -> tuple[float, float]:
    """The encounter, some time around it, and at least the samples that bracket it."""
    around = float(np.clip(AROUND_SHARE * (end - start), AROUND_LEAST_S, AROUND_MOST_S))
    low, high = start - around, end + around
    for track in tracks:
        time = evidence.flights.time[evidence.samples(track)]
        before, after = time[time <= start], time[time >= end]
        low = min(low, float(before[-1]) - 0.5 if len(before) and start - before[-1] <= around * 2 else low)
        high = max(high, float(after[0]) + 0.5 if len(after) and after[0] - end <= around * 2 else high)
    if high - low > WINDOW_MAX_S:
        low, high = max(low, cpa - WINDOW_MAX_S / 2), min(high, cpa + WINDOW_MAX_S / 2)
    return low, high


def _links(evidence: Evidence, track: int, window: tuple[float, float]) -> Integers:
    """Links of a track that touch the window."""
    flights = evidence.flights
    low, high = np.searchsorted(flights.link_track, (track, track + 1))
    chosen = (flights.link_end[low:high] > window[0]) & (flights.link_start[low:high] < window[1])
    found: Integers = low + np.flatnonzero(chosen)
    return found


def _at(evidence: Evidence, track: int, time: float) -> Floats:
    """ECEF position and altitude of a track, metres."""
    samples = evidence.samples(track)
    times, values = evidence.flights.time[samples], evidence.flights.samples[samples]
    return np.array([np.interp(time, times, values[:, axis]) for axis in range(4)])


def _side(
    evidence: Evidence,
    row: dict[str, Any],
    name: str,
    track: int,
    window: tuple[float, float],
    zero_s: float,
    middle: tuple[float, float],
) -> Side:
    flights = evidence.flights
    samples = evidence.samples(track)
    times, values = flights.time[samples], flights.samples[samples]
    breaks = evidence.breaks(samples)
    shown = (times >= window[0]) & (times <= window[1])
    low, high = max(window[0], float(times[0])), min(window[1], float(times[-1]))
    path_time = np.unique(np.concatenate((times[shown], [low, high])))
    path = np.column_stack([np.interp(path_time, times, values[:, axis]) for axis in range(4)])
    # a window's end inside a gap that is not bridged: nothing is known there
    number = np.searchsorted(times, path_time, side="right") - 1
    inner = ~np.isin(path_time, times)
    known = ~(inner & np.isin(number + 1, breaks))
    path_time, path, number = path_time[known], path[known], number[known]
    runs = np.searchsorted(breaks, number, side="right")
    east, north = _local(path, middle)
    states = flights.states[samples].filter(shown)
    sample_east, sample_north = _local(values[shown], middle)
    return Side(
        icao24=row[f"icao24_{name}"],
        callsign=row[f"callsign_{name}"],
        party=row[f"party_{name}"],
        time=times[shown] - zero_s,
        latitude=states["latitude"].to_numpy(),
        longitude=states["longitude"].to_numpy(),
        altitude_ft=states["altitude"].to_numpy(),
        east_nm=sample_east,
        north_nm=sample_north,
        source=states["source"].to_list(),
        nic=_figures(states["nic"]),
        nac_p=_figures(states["nac_p"]),
        path_time=path_time - zero_s,
        path_east_nm=east,
        path_north_nm=north,
        path_altitude_ft=path[:, 3] / M_PER_FT,
        path_breaks=np.flatnonzero(np.diff(runs)) + 1,
        dropped=_dropped(evidence, row[f"icao24_{name}"], window),
    )


def _figures(column: Any) -> Floats:
    values: Floats = column.cast(float).fill_null(np.nan).to_numpy()
    return values


def _local(points: Floats, middle: tuple[float, float]) -> tuple[Floats, Floats]:
    """East and north of a place, on the plane that touches the ellipsoid there; NM."""
    east, north, _ = enu_axes(*middle)
    offset = points[:, :3] - ecef(*middle)
    return offset @ east / M_PER_NM, offset @ north / M_PER_NM


def _dropped(evidence: Evidence, icao24: str, window: tuple[float, float]) -> dict[str, int]:
    """States of an aircraft, or echoes of it, that cleaning took out in the window; by reason."""
    if not evidence.dropped.height:
        return {}
    table = evidence.dropped
    seconds = (table["timestamp"].dt.timestamp("us") - evidence.flights.epoch_us) / US_PER_S
    near = (seconds >= window[0]) & (seconds <= window[1])
    mine = table["icao24"] == icao24
    if "of" in table.columns:
        mine |= (table["of"] == icao24).fill_null(False)
    counted = table.filter(near & mine)["reason"].value_counts().sort("reason")
    return {str(reason): int(count) for reason, count in counted.iter_rows()}


def _relative(
    evidence: Evidence,
    links_a: Integers,
    links_b: Integers,
    window: tuple[float, float],
    marks: Floats,
    zero_s: float,
) -> Relative:
    """Piece by piece, with points at both ends, every step, and at the instants that the row names."""
    flights = evidence.flights
    step = (window[1] - window[0]) / STEPS
    parts: list[Floats] = []
    pieces: list[int] = []
    breaks: list[int] = []
    count, last_end, i, j = 0, -np.inf, 0, 0
    while i < len(links_a) and j < len(links_b):
        link_a, link_b = int(links_a[i]), int(links_b[j])
        end_a, end_b = float(flights.link_end[link_a]), float(flights.link_end[link_b])
        start = max(float(flights.link_start[link_a]), float(flights.link_start[link_b]))
        end = min(end_a, end_b)
        if start < end:
            a_start, b_start, a_end, b_end = (
                position_at(time, link, flights.first, flights.link_start, flights.link_end, flights.samples)
                for time in (start, end)
                for link in (link_a, link_b)
            )
            motion: Floats = np.array(project(a_start, b_start, a_end, b_end, end - start), dtype=np.float64)
            low, high = max(start, window[0]), min(end, window[1])
            if low < high:
                inner = marks[(marks > low) & (marks < high)]
                grid = np.linspace(low, high, max(2, int(np.ceil((high - low) / step)) + 1))
                times = np.unique(np.concatenate((grid, inner)))
                parts.append(_solved(times - start, motion, start - zero_s))
                if start != last_end and count:
                    breaks.append(count)
                pieces += [len(parts) - 1] * len(times)
                count += len(times)
            last_end = end
        i, j = i + (end_a <= end_b), j + (end_b <= end_a)
    table = np.concatenate(parts) if parts else np.empty((0, 4))
    time, horizontal, vertical, closing = table.T
    return Relative(
        time, horizontal, vertical, closing, np.array(pieces, np.int64), np.array(breaks, np.int64)
    )


def _solved(times: Floats, motion: Floats, start: float) -> Floats:
    """Columns time, range NM, height of b over a in ft, closing speed kt, of straight relative motion."""
    place = motion[:3] + times[:, None] * motion[3:]
    distance = np.hypot(place[:, 0], place[:, 1])
    speed = float(np.hypot(motion[3], motion[4]))
    along = place[:, 0] * motion[3] + place[:, 1] * motion[4]
    # on the same point there is no direction to close in: they part from there on
    closing = np.where(distance > 0.0, -along / np.maximum(distance, 1e-12), -speed)
    return np.column_stack((times + start, distance / M_PER_NM, place[:, 2] / M_PER_FT, closing / KT_TO_MPS))
