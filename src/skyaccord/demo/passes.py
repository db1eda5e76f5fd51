"""The two passes of the exercise: first about 15 NM apart, then the same geometry again, inside 3 NM.

Party A's aircraft flies west, party B's east, 15 NM south of it and 1,500 ft lower. They pass (the
approach), fly on, and both turn back towards each other's side; the two half circles take 12.8 of the 15 NM
away, so that they meet again 2.2 NM apart.

        A  <───────────────────────────────
        │                     15 NM
        ╰───────>  A       2.2 NM       B  <───────╮
                                                   │
           ───────────────────────────────>  B ────╯

                 (west)                  (east)

First pass:  closing at 930 kt, 106 s inside 20 NM, never under 5 NM (the nodes' own rule).
Second pass: 3 NM and 3,000 ft are both broken for about 16 s: an infringement, far from a breach (180 s).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from skyaccord.demo.flight import Moment, fly_legs, straight, turn

LATITUDE: Final = 36.20  # half way between Raqqa and Manbij
LONGITUDE: Final = 38.60
FIRST_PASS_NM: Final = 15.0
SECOND_PASS_NM: Final = 2.2

SPEED_A_KT: Final = 480.0
SPEED_B_KT: Final = 450.0
LEVEL_A_FT: Final = 24_000.0
LEVEL_B_FT: Final = 22_500.0
RADIUS_A_NM: Final = 3.4  # 44 degrees of bank at 480 kt
RADIUS_B_NM: Final = (FIRST_PASS_NM - SECOND_PASS_NM) / 2.0 - RADIUS_A_NM

FIRST_PASS_S: Final = 130.0  # after the window's start
TURN_A_S: Final = 260.0
TURN_B_S: Final = 270.0
LEAD_IN: Final = timedelta(seconds=90)
"""Tracks begin this long before the window, so that the picture is full when it opens."""
LEAD_OUT: Final = timedelta(seconds=90)


def _start(side: int, speed_kt: float, level_ft: float) -> Moment:
    """Where it is LEAD_IN before the window. side: +1 north and flying west, -1 south and flying east."""
    east_nm = side * speed_kt / 3600.0 * (FIRST_PASS_S + LEAD_IN.total_seconds())
    latitude = LATITUDE + side * FIRST_PASS_NM / 2.0 / 60.0
    longitude = LONGITUDE + east_nm / 60.0 / math.cos(math.radians(LATITUDE))
    return Moment(0.0, latitude, longitude, level_ft, speed_kt, 270.0 if side > 0 else 90.0)


def fly_pass(party: str, until_s: float) -> Iterator[Moment]:
    """The aircraft of `party` that meets the other, from LEAD_IN before the window, a moment a second."""
    if party == "A":
        start = _start(+1, SPEED_A_KT, LEVEL_A_FT)
        turn_s, radius_nm = TURN_A_S, RADIUS_A_NM
    else:
        start = _start(-1, SPEED_B_KT, LEVEL_B_FT)
        turn_s, radius_nm = TURN_B_S, RADIUS_B_NM
    return fly_legs(
        start,
        lambda now: straight(now, turn_s + LEAD_IN.total_seconds()),
        lambda now: turn(now, -180.0, radius_nm),  # both turn left, each towards the other's side
        lambda now: straight(now, until_s - now.at_s),
    )
