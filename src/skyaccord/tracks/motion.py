"""How each aircraft of the picture moves: its last position, and velocity reported or derived.

Reported ground velocity wins. Where it is missing, it is derived from the last position that is far enough
back
in time; vertical rate likewise, over a longer base, since altitudes come in steps of 25 or 100 ft.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import enu_axes, velocity_ecef
from skyaccord.airspace.units import KT_TO_MPS
from skyaccord.tracks import marks

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]

HISTORY: Final = 12
HISTORY_SPACING_S: Final = 2.0
"""Remembered positions are at least this far apart: 12 of them reach back over 20 s at any report rate."""
BASE_S: Final = (2.0, 20.0)
"""Ground velocity is derived over the shortest base in this range: a turn is not smeared out."""
CLIMB_BASE_S: Final = (6.0, 20.0)
"""Vertical rate is derived over the longest base in this range: 100 ft steps over 20 s are 300 ft/min."""
CARRY_S: Final = 20.0
"""A velocity or altitude that was once known is carried over this long when reports neither give nor allow
one. At 2,000 ft/min 20 s are 670 ft: less than a level."""

TURNING_DEG_S: Final = 1.5
"""Half of a standard rate turn. Slower turns bend a straight prediction by less than a report's noise."""
TURNING_DEG: Final = 5.0
"""Smaller changes of track are noise at low speed."""
TURNING_BASE_S: Final = (3.5, 20.0)
"""A turn is measured between two reports this far apart: long enough for the slowest to make TURNING_DEG."""
TURNING_HOLD_S: Final = 15.0
"""Who was turning at a report counts as turning for this long, or until a report says that the turn is
over."""


class Motion:
    """Columns of one row an aircraft. `heard_s` is -inf until the first report."""

    def __init__(self) -> None:
        self.heard_s: Floats = np.zeros(0)
        self.surface_m: Floats = np.zeros((0, 3))
        self.velocity_mps: Floats = np.zeros((0, 3))
        self.altitude_ft: Floats = np.zeros(0)
        self.altitude_s: Floats = np.zeros(0)  # when it was last reported
        self.groundspeed_kt: Floats = np.zeros(0)
        self.track_deg: Floats = np.zeros(0)
        self.vertical_rate_ftmin: Floats = np.zeros(0)
        self.turning_until_s: Floats = np.zeros(0)
        self._past_s: Floats = np.zeros((0, HISTORY))
        self._past_m: Floats = np.zeros((0, HISTORY, 3))
        self._past_ft: Floats = np.zeros((0, HISTORY))
        self._past_deg: Floats = np.zeros((0, HISTORY))

    def grow(self, count: int) -> None:
        """Add rows for aircraft that have not been heard yet."""
        for name, value in vars(self).items():
            unheard = -np.inf if name.endswith("_s") else np.nan
            blank = np.full((count, *value.shape[1:]), unheard)
            setattr(self, name, np.concatenate((value, blank)))

    def keep(self, rows: Bools) -> None:
        """Keep only these rows."""
        for name, value in vars(self).items():
            setattr(self, name, value[rows])

    def take(
        self, rows: Rows, times_s: Floats, surface_m: Floats, report: dict[str, Floats]
    ) -> dict[int, Bools]:
        """Take one report for each of these rows, none older than the last. Returns signs of wrong positions,
        bit of `marks.REASONS` to which of the reports."""
        elapsed = times_s - self.heard_s[rows]
        first = np.isinf(elapsed)
        moved = np.where(first, 0.0, np.linalg.norm(surface_m - self.surface_m[rows], axis=1))
        elapsed = np.where(first, 0.0, elapsed)
        with np.errstate(invalid="ignore"):
            fastest = np.fmax(report["groundspeed"], self.groundspeed_kt[rows])
        too_fast, disagrees = marks.impossible_move(moved, elapsed, fastest)
        jumped = marks.altitude_jump(report["altitude"] - self.altitude_ft[rows], elapsed)
        self._forget(rows[too_fast | disagrees | jumped])

        self._take_ground(rows, times_s, surface_m, report, elapsed)
        climbed = self._derived_climb(rows, times_s, report["altitude"])
        climb = np.where(np.isnan(report["vertical_rate"]), climbed, report["vertical_rate"])
        carried = np.where((elapsed <= CARRY_S) & ~jumped, self.vertical_rate_ftmin[rows], np.nan)
        self.vertical_rate_ftmin[rows] = np.where(np.isnan(climb), carried, climb)
        known = ~np.isnan(report["altitude"])
        self.altitude_ft[rows[known]] = report["altitude"][known]
        self.altitude_s[rows[known]] = times_s[known]
        # who is heard without an altitude for longer may be at any: then nobody is told that it is known
        self.altitude_ft[rows[~known & (times_s - self.altitude_s[rows] > CARRY_S)]] = np.nan

        self.heard_s[rows] = times_s
        self.surface_m[rows] = surface_m
        self._remember(rows, times_s)
        return {marks.SPEED: too_fast, marks.DISAGREES: disagrees, marks.ALTITUDE: jumped}

    def _take_ground(
        self, rows: Rows, times_s: Floats, surface_m: Floats, report: dict[str, Floats], elapsed: Floats
    ) -> None:
        latitude, longitude = report["latitude"], report["longitude"]
        speed, track = self._derived_ground(rows, times_s, surface_m, latitude, longitude)
        # no direction is reported at a standstill; it is then derived, or does not matter
        speed = np.where(np.isnan(report["groundspeed"]), speed, report["groundspeed"])
        track = np.where(np.isnan(report["track"]), track, report["track"])
        track = np.where(np.isnan(track) & (speed == 0.0), 0.0, track)
        carry = elapsed <= CARRY_S
        self._take_turn(rows, times_s, track)
        unknown = np.isnan(speed) | np.isnan(track)
        speed = np.where(unknown, np.where(carry, self.groundspeed_kt[rows], np.nan), speed)
        track = np.where(unknown, np.where(carry, self.track_deg[rows], np.nan), track)
        self.groundspeed_kt[rows] = speed
        self.track_deg[rows] = track
        self.velocity_mps[rows] = velocity_ecef(latitude, longitude, speed * KT_TO_MPS, track)

    def _take_turn(self, rows: Rows, times_s: Floats, track: Floats) -> None:
        """Whether the track has turned since the newest past report that is far enough back."""
        base_s, pick = self._back(rows, times_s, TURNING_BASE_S)
        turned = np.abs((track - self._past_deg[rows, pick] + 180.0) % 360.0 - 180.0)
        with np.errstate(invalid="ignore"):
            turning = (turned >= TURNING_DEG) & (turned / base_s >= TURNING_DEG_S)
        until_s = np.where(turning, times_s + TURNING_HOLD_S, -np.inf)
        self.turning_until_s[rows] = np.where(np.isnan(turned / base_s), self.turning_until_s[rows], until_s)

    def _back(self, rows: Rows, times_s: Floats, between_s: tuple[float, float]) -> tuple[Floats, Rows]:
        """The newest past report that lies this far back: seconds since (nan if there is none), and which."""
        back_s = times_s[:, None] - self._past_s[rows]
        fits = (back_s >= between_s[0]) & (back_s <= between_s[1])
        pick = np.argmax(fits, axis=1)  # the newest comes first
        return np.where(fits.any(axis=1), back_s[np.arange(len(rows)), pick], np.nan), pick

    def _derived_ground(
        self, rows: Rows, times_s: Floats, surface_m: Floats, latitude: Floats, longitude: Floats
    ) -> tuple[Floats, Floats]:
        """Groundspeed (kt) and track (degrees) from the newest past position that is far enough back, or
        nan."""
        base_s, pick = self._back(rows, times_s, BASE_S)
        moved = (surface_m - self._past_m[rows, pick]) / base_s[:, None]
        east_axis, north_axis, _ = enu_axes(latitude, longitude)
        east = np.einsum("ij,ij->i", moved, east_axis)
        north = np.einsum("ij,ij->i", moved, north_axis)
        return np.hypot(east, north) / KT_TO_MPS, np.mod(np.degrees(np.arctan2(east, north)), 360.0)

    def _derived_climb(self, rows: Rows, times_s: Floats, altitude_ft: Floats) -> Floats:
        """Vertical rate (ft/min) from the oldest past altitude that is near enough in time, or nan."""
        back_s = times_s[:, None] - self._past_s[rows]
        fits = (back_s >= CLIMB_BASE_S[0]) & (back_s <= CLIMB_BASE_S[1]) & ~np.isnan(self._past_ft[rows])
        pick = HISTORY - 1 - np.argmax(fits[:, ::-1], axis=1)
        line = np.arange(len(rows))
        base_s = np.where(fits.any(axis=1), back_s[line, pick], np.nan)
        climb: Floats = (altitude_ft - self._past_ft[rows, pick]) / base_s * 60.0
        return climb

    def _remember(self, rows: Rows, times_s: Floats) -> None:
        due = rows[times_s - self._past_s[rows, 0] >= HISTORY_SPACING_S]
        for past, latest in (
            (self._past_s, self.heard_s),
            (self._past_m, self.surface_m),
            (self._past_ft, self.altitude_ft),
            (self._past_deg, self.track_deg),
        ):
            past[due, 1:] = past[due, :-1].copy()
            past[due, 0] = latest[due]

    def _forget(self, rows: Rows) -> None:
        """After a jump nothing is derived across it."""
        self._past_s[rows] = -np.inf
