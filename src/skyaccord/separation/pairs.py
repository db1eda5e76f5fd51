"""Which pairs of the picture are worth a look this second, and how each moves: plain arrays.

Two motions matter for a pair. Over the *piece*, from the last step to this one, both went from where the
picture
had them to where it has them: a straight line, on which nothing that happened between two steps is missed.
And
*ahead*, where both go if they go straight on.

A coarse test first: two aircraft farther apart than the widest limit plus what both can cover, on the
piece or
within the longest look-ahead, cannot meet; they are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import enu_axes, geographic
from skyaccord.airspace.units import FTMIN_TO_MPS, KT_TO_MPS, M_PER_FT
from skyaccord.separation.policy import MonitorPolicy
from skyaccord.tracks.snapshot import Snapshot

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.int64]

PIECE_S_MAX: Final = 60.0
"""Steps farther apart are not joined by a straight line (as samples of a recording are not)."""
PIECE_KT_MAX: Final = 2_000.0
"""A position that moved faster between two steps was corrected by a report, not flown: the line between is
then
no path, and only where the aircraft is now counts."""
REACH_MARGIN: Final = 1.01
REACH_MARGIN_M: Final = 100.0
"""The coarse test works on chords through the Earth, 0.01 % short at 100 NM: this margin covers it many
times."""


@dataclass(frozen=True)
class Pairs:
    """The pairs looked at, each once, first address < second. Columns of length k, vectors (k, 3)
    East/North/up.

    first, second: rows of the snapshot. position, velocity: now, second minus first, metres and m/s.
    piece_start, piece_velocity, piece_s: relative motion over the piece that ends now; piece_s is 0 where
    there
    is none. vertical_known: both give an altitude; where not, the vertical difference is taken as 0.
    """

    first: Rows
    second: Rows
    position: Floats
    velocity: Floats
    piece_start: Floats
    piece_velocity: Floats
    piece_s: Floats
    vertical_known: Bools

    def __len__(self) -> int:
        return len(self.first)


class _Before(NamedTuple):
    """Where each aircraft was at the last step, how long ago, and whether the way from there was flown."""

    surface_m: Floats
    altitude_ft: Floats
    elapsed_s: Floats
    swept: Bools


class PairFinder:
    """Finds the pairs of successive snapshots. Remembers the last snapshot, for the piece."""

    def __init__(self) -> None:
        self._before: Snapshot | None = None
        self._eligible_for: tuple[int, int] | None = None
        self._policy: MonitorPolicy | None = None
        self._first: Rows = np.zeros(0, np.int64)
        self._second: Rows = np.zeros(0, np.int64)

    def find(
        self,
        now: Snapshot,
        policy: MonitorPolicy,
        reach_m: float,
        lookahead_s: float,
        *,
        tracked: Iterable[tuple[str, str]],
        widen_m: Floats | None = None,
    ) -> Pairs:
        """The pairs that may come within `reach_m` on the piece or ahead, and the `tracked` ones in any case.

        widen_m: how much farther each aircraft may be, shape (n,). Aircraft on the ground are not paired.
        An infinite reach takes all eligible pairs.
        """
        self._renew_eligible(now, policy)
        before_m, before_ft, elapsed_s = self._where_before(now)
        moved_m = np.linalg.norm(now.surface_m - before_m, axis=1)
        swept = (elapsed_s > 0) & (moved_m <= PIECE_KT_MAX * KT_TO_MPS * elapsed_s)
        self._before = now

        flies = ~now.on_ground
        speed = np.linalg.norm(now.velocity_mps, axis=1)
        covers_m = np.maximum(speed * lookahead_s, np.where(swept, moved_m, 0.0)) * REACH_MARGIN
        if widen_m is not None:
            covers_m += widen_m
        first, second = self._first, self._second
        if np.isfinite(reach_m):
            limit = reach_m * REACH_MARGIN + REACH_MARGIN_M + covers_m[first] + covers_m[second]
            apart = now.surface_m[first] - now.surface_m[second]
            near = np.einsum("ij,ij->i", apart, apart) < limit * limit
        else:
            near = np.ones(len(first), np.bool_)
        near &= flies[first] & flies[second]
        near |= self._among(now, tracked) & flies[first] & flies[second]
        first, second = first[near], second[near]
        return _motion(now, _Before(before_m, before_ft, elapsed_s, swept), first, second)

    def _renew_eligible(self, now: Snapshot, policy: MonitorPolicy) -> None:
        key = (now.roster_version, len(now))
        if key == self._eligible_for and policy is self._policy:
            return
        self._eligible_for, self._policy = key, policy
        order = np.array(sorted(range(len(now)), key=lambda row: now.icao24[row]), dtype=np.int64)
        i, j = np.triu_indices(len(now), k=1)
        self._first, self._second = order[i], order[j]
        if not policy.inter_party_only:
            return
        names = sorted(set(policy.parties.values()))
        code_of = {name: code for code, name in enumerate(names)}
        party = np.array([code_of.get(policy.parties.get(a, ""), -1) for a in now.icao24], dtype=np.int64)
        one, other = party[self._first], party[self._second]
        assigned = ((one >= 0) | (other >= 0)) if policy.include_unassigned else ((one >= 0) & (other >= 0))
        keep = (one != other) & assigned
        self._first, self._second = self._first[keep], self._second[keep]

    def _where_before(self, now: Snapshot) -> tuple[Floats, Floats, Floats]:
        """Position, altitude and how long ago, for each row of the snapshot; 0 s for an aircraft that is
        new."""
        before = self._before
        none = np.zeros(len(now))
        if before is None:
            return now.surface_m, now.altitude_ft, none
        elapsed = now.sky_time_s - before.sky_time_s
        if not 0 < elapsed <= PIECE_S_MAX:
            return now.surface_m, now.altitude_ft, none
        if before.roster_version == now.roster_version:
            rows = np.arange(len(now))
        else:
            row_of = {address: row for row, address in enumerate(before.icao24)}
            rows = np.array([row_of.get(address, -1) for address in now.icao24], dtype=np.int64)
        held = rows >= 0
        if not len(before):
            return now.surface_m, now.altitude_ft, none
        known = held & ~before.on_ground[rows]
        surface = np.where(known[:, None], before.surface_m[rows], now.surface_m)
        return surface, np.where(known, before.altitude_ft[rows], np.nan), np.where(known, elapsed, 0.0)

    def _among(self, now: Snapshot, tracked: Iterable[tuple[str, str]]) -> Bools:
        hit = np.zeros(len(self._first), np.bool_)
        wanted = list(tracked)
        if not wanted:
            return hit
        row_of = {address: row for row, address in enumerate(now.icao24)}
        count = len(now)
        packed = [row_of[a] * count + row_of[b] for a, b in wanted if a in row_of and b in row_of]
        return np.isin(self._first * count + self._second, np.array(packed, dtype=np.int64))


def _motion(now: Snapshot, before: _Before, first: Rows, second: Rows) -> Pairs:
    middle = (now.surface_m[first] + now.surface_m[second]) / 2
    # antipodes have no middle; they are far apart on any plane
    far = np.linalg.norm(middle, axis=1, keepdims=True) < 1.0
    latitude, longitude = geographic(np.where(far, now.surface_m[first], middle))
    east, north, _ = enu_axes(latitude, longitude)

    def flat(difference: Floats, up: Floats) -> Floats:
        along_east = np.einsum("ij,ij->i", difference, east)
        along_north = np.einsum("ij,ij->i", difference, north)
        return np.stack((along_east, along_north, up), axis=1)

    up_now = np.nan_to_num((now.altitude_ft[second] - now.altitude_ft[first]) * M_PER_FT, nan=0.0)
    climb = np.nan_to_num(now.vertical_rate_ftmin, nan=0.0) * FTMIN_TO_MPS
    position = flat(now.surface_m[second] - now.surface_m[first], up_now)
    velocity = flat(now.velocity_mps[second] - now.velocity_mps[first], climb[second] - climb[first])
    up_before = (before.altitude_ft[second] - before.altitude_ft[first]) * M_PER_FT
    # an altitude that has only just become known had no other value before
    up_before = np.where(np.isnan(up_before), up_now, up_before)
    start = flat(before.surface_m[second] - before.surface_m[first], up_before)
    piece_s = np.where(before.swept[first] & before.swept[second], before.elapsed_s[first], 0.0)
    moving = piece_s > 0
    piece_velocity = np.where(
        moving[:, None], (position - start) / np.where(moving, piece_s, 1.0)[:, None], 0.0
    )
    return Pairs(
        first=first,
        second=second,
        position=position,
        velocity=velocity,
        piece_start=np.where(moving[:, None], start, position),
        piece_velocity=piece_velocity,
        piece_s=piece_s,
        vertical_known=~np.isnan(now.altitude_ft[first] + now.altitude_ft[second]),
    )
