"""How far an aircraft may be from where the picture has it: by its sensor, and by what it may have done
since.

Used only when asked for: by `find_conflicts(..., age_s=...)`, and by the monitor (`MonitorPolicy.widen`),
there only ahead: an alert is raised about a pair that keeps the limits where it seems to be, but would break
them within this. Such an alert is never confident. Encounters and approaches are measured where the picture
has the aircraft.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import M_PER_FT, M_PER_NM, S_PER_MIN
from skyaccord.tracks.snapshot import Snapshot

Floats = NDArray[np.float64]

EPU_M: Final = np.array(
    [0.0, 10 * M_PER_NM, 4 * M_PER_NM, 2 * M_PER_NM, M_PER_NM, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0]
)
"""Estimated position uncertainty, 95 %, by NACp 0..11 (DO-260B). NACp 0 says nothing, and is marked
suspect."""
MANOEUVRE_MPS2: Final = 4.9
"""Half a g, across or along: more than transport and light aircraft use. Fighters can do more, for
seconds."""
LEVEL_CHANGE_FTMIN: Final = 2_000.0
"""Who was level may have begun to climb or descend like this since the last report."""
SETS_OFF_MPS: Final = 40.0
"""Who hovers may have set off and reached this since: 78 kt, what a light helicopter climbs away at. Small
drones stay below 25 m/s. Without it, a speed of 0 would mean that nobody knows how to start."""


def widening(now: Snapshot) -> tuple[Floats, Floats]:
    """Horizontal and vertical uncertainty of each aircraft, metres, shape (n,).

    Horizontally the sensor's figure plus what `strayed` says of the age of the report; vertically by the age.
    """
    age_s = np.maximum(now.age_s, 0.0)
    known = np.where((now.nac_p >= 0) & (now.nac_p < len(EPU_M)), now.nac_p, 0)
    speed_mps = np.linalg.norm(now.velocity_mps, axis=1)
    strayed_m, vertical_m = strayed(age_s, speed_mps)
    return EPU_M[known] + strayed_m, vertical_m


def strayed(age_s: Floats, speed_mps: Floats) -> tuple[Floats, Floats]:
    """How far from straight on an aircraft may have come since its report: horizontal and vertical, metres.

    It grows by half MANOEUVRE_MPS2 times the age squared, but no faster than the aircraft and its carried-on
    place can come apart: its speed, and the same back or SETS_OFF_MPS, whichever is more. Vertically by
    LEVEL_CHANGE_FTMIN. A speed that is not known (nan, infinite) counts as 0.
    """
    known = np.nan_to_num(np.abs(speed_mps), nan=0.0, posinf=0.0)
    apart_mps = known + np.maximum(known, SETS_OFF_MPS)
    across_m: Floats = np.minimum(0.5 * MANOEUVRE_MPS2 * age_s**2, apart_mps * age_s)
    return across_m, LEVEL_CHANGE_FTMIN * M_PER_FT / S_PER_MIN * age_s
