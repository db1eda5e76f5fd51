"""The picture at one instant: where everything is then, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skyaccord.tracks.marks import REASONS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Snapshot:
    """All aircraft of the picture, extrapolated straight on to one instant. Columns of equal length n.

    sky_time_s: seconds since 1970-01-01T00:00:00Z. roster_version: while it is the same, row i is the same
    aircraft. surface_m (n, 3): ECEF, on the ellipsoid. velocity_mps (n, 3): over the ground, ECEF, along the
    local horizontal, 0 when not known. altitude_ft, vertical_rate_ftmin, groundspeed_kt, track_deg: nan when
    not known. age_s: since the last report of a position. turning: as of the last reports, so that
    straight on is
    no good guess. stale: older than the picture's limit.
    nac_p: -1 when not given.
    suspect: bits of `skyaccord.tracks.marks.REASONS`, 0 for none.
    kinds: the kinds of aircraft it may be (`skyaccord.airspace.classes`), after all it has said.
    """

    sky_time_s: float
    roster_version: int
    icao24: Sequence[str]
    callsign: Sequence[str | None]
    latitude: Floats
    longitude: Floats
    surface_m: Floats
    velocity_mps: Floats
    velocity_known: Bools
    altitude_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    vertical_rate_ftmin: Floats
    turning: Bools
    on_ground: Bools
    age_s: Floats
    stale: Bools
    suspect: NDArray[np.uint8]
    nac_p: NDArray[np.int16]
    kinds: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.icao24)

    @property
    def doubtful(self) -> Bools:
        """Rows about which no alert can be confident: stale, suspect, without altitude or without
        velocity."""
        unknown = np.isnan(self.altitude_ft) & ~self.on_ground
        doubtful: Bools = self.stale | (self.suspect != 0) | unknown | ~self.velocity_known
        return doubtful

    def doubts(self, row: int) -> list[str]:
        """Why nothing about this aircraft is sure, in words, each naming it; empty for a good track."""
        who = self.callsign[row] or self.icao24[row]
        found = []
        if self.stale[row]:
            found.append(f"{who} last heard {self.age_s[row]:.0f} s ago")
        marks = int(self.suspect[row])
        found += [f"{who} {reason}" for bit, reason in enumerate(REASONS) if marks >> bit & 1]
        if np.isnan(self.altitude_ft[row]) and not self.on_ground[row]:
            found.append(f"{who} gives no altitude")
        if not self.velocity_known[row]:
            found.append(f"{who} has no known velocity yet")
        return found
