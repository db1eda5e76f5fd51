"""What makes a track suspect: signs of a wrong or forged position, on plain arrays.

A suspect track is never dropped: it is marked with its reason, and alerts about it are not confident.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.units import KT_TO_MPS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

IMPOSSIBLE_KT: Final = 1_800.0
"""Nothing in service flies faster over the ground (about Mach 3); a position that asks for more is wrong."""
DISAGREE_FACTOR: Final = 3.0
DISAGREE_KT: Final = 200.0
"""A position moved faster than 3 × the reported speed + 200 kt: gusts, turns and rounding stay far below."""
TIME_RESOLUTION_S: Final = 1.0
"""Many feeds cut time stamps to whole seconds, so an interval can be this much longer than it looks."""
ALTITUDE_STEP_FT: Final = 600.0
"""Altitudes come in steps of up to 100 ft, and a fighter's zoom starts quickly: below this nothing is
said."""
CLIMB_FTMIN_MAX: Final = 60_000.0
"""Steeper is no aircraft (the fastest time-to-climb records average about 30,000 ft/min)."""
SUSPECT_HOLD_S: Final = 30.0
"""A sign of a wrong position marks the track for this long, so that the mark can be seen and does not
flicker."""
ONE_POINT_AIRCRAFT: Final = 4
"""This many aircraft within one cell share one position: a sign of spoofing. Three can be a close
formation."""
ONE_POINT_M: Final = 60.0
NIC_MIN: Final = 5
NAC_P_MIN: Final = 5
"""Below either, the aircraft itself does not vouch for its position to within 1 NM (DO-260B, tables of NIC
and
NACp): larger than the separation that is judged. Both are asked, since older units leave one of them at 0."""

SPEED, DISAGREES, ALTITUDE, ONE_POINT, INTEGRITY = range(5)
REASONS: Final = (
    "moved at an impossible speed",
    "moved far faster than the speed it reports",
    "altitude jumped",
    "shares one position with several aircraft",
    "reports low position integrity",
)


def impossible_move(distance_m: Floats, elapsed_s: Floats, reported_kt: Floats) -> tuple[Bools, Bools]:
    """Which moves between two reports are too fast for any aircraft, and for this one's own reported speed.

    All shape (n,); `reported_kt` is the larger of both reports, nan when neither gives it.
    """
    implied_kt = distance_m / ((np.maximum(elapsed_s, 0.0) + TIME_RESOLUTION_S) * KT_TO_MPS)
    too_fast = implied_kt > IMPOSSIBLE_KT
    with np.errstate(invalid="ignore"):
        disagrees = implied_kt > DISAGREE_FACTOR * reported_kt + DISAGREE_KT
    return too_fast, disagrees & ~too_fast


def altitude_jump(difference_ft: Floats, elapsed_s: Floats) -> Bools:
    """Which changes of altitude between two reports no aircraft can fly. nan (unknown) is no jump."""
    allowed_ft = ALTITUDE_STEP_FT + CLIMB_FTMIN_MAX / 60.0 * (np.maximum(elapsed_s, 0.0) + TIME_RESOLUTION_S)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(difference_ft) > allowed_ft)


def on_one_point(surface_m: Floats) -> Bools:
    """Which of these ECEF positions, shape (n, 3), share a cell of ONE_POINT_M with enough others.

    Eight shifted grids, so that no cell's border hides a group smaller than half a cell.
    """
    shared = np.zeros(len(surface_m), dtype=np.bool_)
    if len(surface_m) < ONE_POINT_AIRCRAFT:
        return shared
    scaled = surface_m / ONE_POINT_M
    for corner in range(8):
        shift = np.array([(corner >> axis & 1) * 0.5 for axis in range(3)])
        cells = np.floor(scaled + shift).astype(np.int64)
        # Earth's radius is about 106,000 cells: 21 bits an axis hold every cell without collisions
        packed = (
            ((cells[:, 0] + (1 << 20)) << 42) | ((cells[:, 1] + (1 << 20)) << 21) | (cells[:, 2] + (1 << 20))
        )
        _, inverse, counts = np.unique(packed, return_inverse=True, return_counts=True)
        shared |= counts[inverse] >= ONE_POINT_AIRCRAFT
    return shared


def low_integrity(nic: NDArray[np.int16], nac_p: NDArray[np.int16]) -> Bools:
    """Which integrity figures do not vouch for the position; -1 is "not given" and is no sign by itself."""
    given = (nic >= 0) | (nac_p >= 0)
    return given & (nic < NIC_MIN) & (nac_p < NAC_P_MIN)
