"""How far a row can be trusted: short codes, joined by `+`; `good` when none applies.

* `cut`: the encounter begins or ends because a track does, not because the pair moved apart; the dwell is the
  least it can have been
* `gap`: at the CPA, a position is interpolated between samples more than GAP_S apart
* `low_integrity`: at the CPA, a position was reported with NIC < 7 or NACp < 8, less than ADS-B Out must have
* `tisb`, `adsr`, `mlat`, `modes`, `other`: at the CPA, a position comes from this source, not the aircraft's
  own ADS-B
* `class_unknown`: the rule is for classes of aircraft, and one of the two does not say, or says two things,
  about its own: it is held to the rule as long as nobody knows

A figure that was not recorded (null) gives no code: nothing is known against it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.encounters.flights import Flights
from skyaccord.separation.walk import CPA_TIME, JOIN_AFTER, JOIN_BEFORE, NO_JOIN

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

GOOD: Final = "good"
GAP_S: Final = 15.0
"""Between samples T apart, a turn at standard rate (3°/s) leaves the chord by v·ω·T²/8: 190 m at 250 kt and
15 s, the size of the horizontal NMAC limit. Beyond it, the CPA is a guess about the turn."""
NIC_LEAST: Final = 7  # 14 CFR 91.227(c)(1)(iii): containment radius under 0.2 NM
NAC_P_LEAST: Final = 8  # 14 CFR 91.227(c)(1)(i): accuracy under 0.05 NM
SOURCES: Final = ("tisb", "adsr", "mlat", "modes", "other")

CLASS_UNKNOWN: Final = "class_unknown"

CODES: Final = ("cut", "gap", "low_integrity", *SOURCES, CLASS_UNKNOWN)
"""All codes, in the order in which a row lists them."""


def samples_before(flights: Flights, tracks: Integers, times: Floats) -> Integers:
    """Index of each track's last sample at or before the time (its first sample, if there is none)."""
    lows = np.searchsorted(flights.track, tracks, side="left")
    highs = np.searchsorted(flights.track, tracks, side="right")
    index = np.empty(len(tracks), dtype=np.int64)
    for i, (low, high, time) in enumerate(zip(lows.tolist(), highs.tolist(), times.tolist(), strict=True)):
        index[i] = max(low, low + int(np.searchsorted(flights.time[low:high], time, side="right")) - 1)
    return index


def qualities(flights: Flights, pairs: Integers, rows: Floats, doubtful: NDArray[np.bool_]) -> list[str]:
    """The codes of each row. rows: columns of `skyaccord.separation.walk`. doubtful: whether the rule is for
    classes of which the two may be, and nobody knows."""
    found = {code: np.zeros(len(rows), dtype=np.bool_) for code in CODES}
    found[CLASS_UNKNOWN] |= doubtful
    found["cut"] = (rows[:, JOIN_BEFORE] != NO_JOIN) | (rows[:, JOIN_AFTER] != NO_JOIN)
    for side in (0, 1):
        before = samples_before(flights, pairs[:, side], rows[:, CPA_TIME])
        after = np.minimum(before + 1, len(flights.time) - 1)
        exact = flights.time[before] == rows[:, CPA_TIME]
        after = np.where(exact | (flights.track[after] != pairs[:, side]), before, after)
        found["gap"] |= flights.time[after] - flights.time[before] > GAP_S
        for sample in (before, after):
            states = flights.states[sample].select("nic", "nac_p", "source")
            found["low_integrity"] |= (
                (states["nic"] < NIC_LEAST).fill_null(False)
                | (states["nac_p"] < NAC_P_LEAST).fill_null(False)
            ).to_numpy()
            for code in SOURCES:
                found[code] |= (states["source"] == code).fill_null(False).to_numpy()
    columns = [found[code] for code in CODES]
    return [
        "+".join(code for code, column in zip(CODES, columns, strict=True) if column[i]) or GOOD
        for i in range(len(rows))
    ]
