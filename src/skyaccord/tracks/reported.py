"""Where everything in a picture was last reported: positions as they came, not extrapolated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skyaccord.tracks.marks import REASONS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reported:
    """The last report of every aircraft, columns of equal length n. Valid until the picture takes more.

    heard_s: seconds since 1970-01-01T00:00:00Z. surface_m (n, 3): ECEF, on the ellipsoid. altitude_ft: nan
    when not known. suspect: bits of `skyaccord.tracks.marks.REASONS`.
    """

    icao24: Sequence[str]
    callsign: Sequence[str | None]
    heard_s: Floats
    surface_m: Floats
    altitude_ft: Floats
    on_ground: NDArray[np.bool_]
    suspect: NDArray[np.uint8]

    def doubts(self, row: int) -> list[str]:
        """Why this report is not sure, in words."""
        who = self.callsign[row] or self.icao24[row]
        marks = int(self.suspect[row])
        return [f"{who} {reason}" for bit, reason in enumerate(REASONS) if marks >> bit & 1]
