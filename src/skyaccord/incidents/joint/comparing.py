"""Two sides' versions of one track: how far apart they are where both sides had reports.

Each version is a straight line between its own reports; they are compared at every report of either side that
lies in a stretch which both know. Large differences tell of a clock that is off or of a sensor that errs: the
report shows the numbers and says nothing of whose is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ecef
from skyaccord.airspace.units import M_PER_NM
from skyaccord.incidents.case import Case, Reconstructed
from skyaccord.incidents.reconstruction import TrackSeen

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Apart:
    """How two versions of one aircraft's track differ. Distances NM, altitudes ft; at: instants compared."""

    icao24: str
    sides: tuple[str, str]
    at: int
    mean_nm: float
    most_nm: float
    most_ft: float | None


def differences(case: Case) -> list[Apart]:
    """Of every aircraft that two sides saw, for every two sides."""
    made = sorted(case.reconstructions.items())
    found = []
    for i, (one, ours) in enumerate(made):
        for other, theirs in made[i + 1 :]:
            for icao24 in case.aircraft:
                a, b = ours.body.track(icao24), theirs.body.track(icao24)
                if a is not None and b is not None:
                    apart = _apart((one, other), (ours, a), (theirs, b))
                    if apart is not None:
                        found.append(apart)
    return found


def columns(made: Reconstructed, track: TrackSeen) -> tuple[Floats, Floats, Floats, Floats]:
    """Seconds since 1970, latitude, longitude, altitude (nan where none) of a side's track."""
    table = np.array([[np.nan if value is None else value for value in row] for row in track.samples])
    return made.body.zero.timestamp() + table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _apart(
    sides: tuple[str, str], a: tuple[Reconstructed, TrackSeen], b: tuple[Reconstructed, TrackSeen]
) -> Apart | None:
    (time_a, *place_a), (time_b, *place_b) = columns(*a), columns(*b)
    times = np.union1d(time_a, time_b)
    gap_s = min(a[0].body.max_gap_s, b[0].body.max_gap_s)
    times = times[_known(times, time_a, gap_s) & _known(times, time_b, gap_s)]
    if not len(times):
        return None
    points = [
        np.column_stack([np.interp(times, time, axis) for axis in ecef(place[0], place[1]).T])
        for time, place in ((time_a, place_a), (time_b, place_b))
    ]
    distance = np.linalg.norm(points[0] - points[1], axis=1) / M_PER_NM
    heights = [np.interp(times, time, place[2]) for time, place in ((time_a, place_a), (time_b, place_b))]
    height = np.abs(heights[0] - heights[1])
    most = float(np.nanmax(height)) if np.isfinite(height).any() else None
    return Apart(a[1].icao24, sides, len(times), float(distance.mean()), float(distance.max()), most)


def _known(times: Floats, reports: Floats, gap_s: float) -> NDArray[np.bool_]:
    """Which times lie between two reports that are near enough to be joined."""
    after = np.searchsorted(reports, times, side="left")
    inside = (times >= reports[0]) & (times <= reports[-1])
    step = reports[np.clip(after, 1, len(reports) - 1)] - reports[np.clip(after, 1, len(reports) - 1) - 1]
    return (
        inside & ((step <= gap_s) | np.isin(times, reports)) if len(reports) > 1 else np.isin(times, reports)
    )
