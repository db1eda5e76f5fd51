"""Labels: pairs that keep together by intent. A label explains a row, with evidence, and never removes one.

**formation.** Evidence, all of it, from at most WINDOW_S around the row (a row may be seconds long, a
formation is not):

* the two were within TOGETHER of each other,
* for at least MATCHED_S in all with matched velocity: both under way, and the relative ground velocity at
  most RELATIVE_SPEED_MAX of the faster one's speed,
* and that was at least MATCHED_SHARE of the time they were within TOGETHER.

A crossing or an overtaking pair is near each other for seconds, or at a relative speed far above; aircraft in
a traffic circuit match on one leg only. Time in which both descend is left out: side by side on the
approaches to parallel runways is someone else's order, while a formation has kept together before it
descends. One that is seen in descent only gets no label.

Two kinds of formation have a name of their own, where the aircraft say of what class they are:

**tow.** Exactly one says that it is a glider; while matched they are a rope's length apart (TOW_M, TOW_FT, in
the median) and gain TOW_GAIN_FT together.

**tanker.** The one ahead says that it is large or heavy; for CONTACT_S in all the other is right behind it:
within CONTACT_M, ASIDE_M to either side and no more than ABOVE_FT above. A wing-man flies beside.

Without a class there is no name but `formation`: addresses and call signs are not guessed at.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.classes import SETS, UNKNOWN
from skyaccord.airspace.units import M_PER_FT
from skyaccord.encounters.flights import Flights
from skyaccord.encounters.together import Steps, steps_together
from skyaccord.separation.tolerance import ALMOST_EQUAL

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Sets = NDArray[np.int32]

FORMATION: Final = "formation"
TOW: Final = "tow"
TANKER: Final = "tanker"
LABELS: Final = (FORMATION, TOW, TANKER)

MATCHED_S: Final = 120.0
"""Longer than the leg of a traffic circuit (about 60 s), and than two airliners overtaking within 1 NM."""
MATCHED_SHARE: Final = 0.5
"""Joining and leaving a formation take time too; a pair that is mostly unmatched does something else."""
WINDOW_S: Final = 1800.0
"""How far from the row evidence counts: half an hour, the same sortie."""

TOW_M: Final = 185.0
"""A rope of 200 ft (61 m), usual, and the FAA Glider Flying Handbook's least for normal towing (Soaring
Safety Foundation, tow pilot course; 14 CFR 91.309 names no length), and the error of one position (NACp 8:
93 m), with a third for age: at 30 m/s, 1 s is 30 m."""
TOW_FT: Final = 200.0
"""High or low tow is within 50 ft; altitudes come in steps of 25 or 100 ft from two instruments."""
TOW_GAIN_FT: Final = 500.0
"""A tow goes up: most releases are at 1,500 to 3,000 ft. Half of the lowest third may not have been heard."""

CONTACT_M: Final = 185.0
"""Boom or hose, what lies between two antennas (30 m), 0.6 s of latency at 150 m/s (90 m). The A330 MRTT's
boom is 38 ft (12 m) drawn in and 60 ft (18 m) out (Plane & Pilot, July 2021). Hoses (taken as up to 30 m) and
the rest are assumptions with room, not measured: no recording at hand holds a transfer."""
ASIDE_M: Final = 60.0
"""Assumed: a hose from a wing pod hangs up to 25 m off the middle line; the rest is error of position."""
ABOVE_FT: Final = 100.0
"""The receiver is below the tanker or level with it: one step of the coarser altitude."""
CONTACT_S: Final = 120.0
"""A transfer takes minutes; crossing behind someone takes seconds."""

AT_MOST: Final = 1.0 + ALMOST_EQUAL
AT_LEAST: Final = 1.0 - ALMOST_EQUAL
"""Exactly the limit is evidence, and so is what is that but for rounding: of all altitudes in steps of 25 ft,
half plus 100 ft are more than 100 ft higher when both are in metres."""

_GLIDER: Final = SETS["glider"]
_LARGE: Final = SETS["large"] | SETS["heavy"]


class Label(NamedTuple):
    """A name of LABELS, or empty; and the evidence in words."""

    name: str = ""
    evidence: str = ""


def labels_of(flights: Flights, pairs: Integers, kinds: Sets, starts: Floats, ends: Floats) -> list[Label]:
    """The label of each row. pairs: (m, 2) tracks; kinds: (m, 2), the kinds that each may be of
    (`skyaccord.airspace.classes`); starts, ends: (m,) seconds."""
    if not len(pairs):
        return []
    steps = steps_together(flights, pairs, MATCHED_S * AT_LEAST)
    return [
        _label(steps[a, b], int(kinds[i, 0]), int(kinds[i, 1]), starts[i], ends[i])
        if (a, b) in steps
        else Label()
        for i, (a, b) in enumerate(pairs.tolist())
    ]


def _label(steps: Steps, kind_a: int, kind_b: int, start: float, end: float) -> Label:
    near = steps.where((steps.time >= start - WINDOW_S) & (steps.time <= end + WINDOW_S))
    together_s, matched_s = near.length.sum(), near.matched.sum()
    if matched_s < MATCHED_S * AT_LEAST or matched_s < MATCHED_SHARE * together_s * AT_LEAST:
        return Label()
    matched = near.where(near.matched > 0.0)
    apart_m, apart_ft = np.median(matched.distance), np.median(np.abs(matched.above)) / M_PER_FT
    told = (
        f"velocity matched for {matched_s:.0f} of {together_s:.0f} s within 1 NM and 500 ft, "
        f"{apart_m:,.0f} m and {apart_ft:,.0f} ft apart in the median"
    )
    gain_ft = float((matched.climb * matched.matched).sum()) / M_PER_FT
    if _says(kind_a, _GLIDER) != _says(kind_b, _GLIDER) and (
        apart_m <= TOW_M * AT_MOST and apart_ft <= TOW_FT * AT_MOST and gain_ft >= TOW_GAIN_FT * AT_LEAST
    ):
        return Label(TOW, f"one is a glider; {told}; {gain_ft:,.0f} ft gained together")
    for ahead, kind in ((-1.0, kind_a), (1.0, kind_b)):
        contact_s = _contact_s(matched, ahead) if _says(kind, _LARGE) else 0.0
        if contact_s >= CONTACT_S * AT_LEAST:
            lead = "first" if ahead < 0 else "second"
            return Label(
                TANKER,
                f"the {lead} is large or heavy and has the other behind it for {contact_s:.0f} s; {told}",
            )
    return Label(FORMATION, told)


def _contact_s(steps: Steps, ahead: float) -> float:
    """How long the other is right behind. ahead: 1 if b leads, -1 if a does."""
    receiver_above_ft = -ahead * steps.above / M_PER_FT
    behind = (
        (steps.distance <= CONTACT_M * AT_MOST)
        & (steps.aside <= ASIDE_M * AT_MOST)
        & (ahead * steps.ahead > 0.0)
        & (receiver_above_ft <= ABOVE_FT * AT_MOST)
    )
    return float(steps.matched[behind].sum())


def _says(kind: int, wanted: int) -> bool:
    """Whether an aircraft says that it is of a class: UNKNOWN may be of any, and says none."""
    return kind != UNKNOWN and bool(kind & wanted)
