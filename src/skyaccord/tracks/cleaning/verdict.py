"""Whether one run of a radar target's states is the echo of one host, and which of them.

One state close to another aircraft proves nothing: two aircraft may meet. An echo stays: it is alike for as
long as both are seen, it neither passes nor is passed, and its errors scatter about the host instead of lying
to one side. So the unit of decision is the *stretch*, consecutive states that are alike with few misses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from skyaccord.tracks.cleaning.likeness import DISTANCE_M, LATENCY_S, LEAD_S, SHORT_HOLE_S, Likeness
from skyaccord.tracks.cleaning.paths import Bools, Floats, Integers, Track

ECHO: Final = "TIS-B echo"
SINGLE_ECHO: Final = "TIS-B echo, one state only"
OTHER_ALTITUDE_ECHO: Final = "TIS-B echo at another altitude"

MISSES_MAX: Final = 2
"""Consecutive states that may fall out of a stretch: one turn of a radar gives at most two in these data."""

WHOLE_SHARE: Final = 0.8
"""A run of which this share is alike is an echo as a whole; the worst of the real ones reaches 0.85."""

STATES_MIN: Final = 2
DURATION_MIN_S: Final = 4.0
"""A whole run: two states one radar turn apart, both alike. Many real echoes live for 5 to 20 s only."""

PART_STATES_MIN: Final = 5
PART_DURATION_MIN_S: Final = 30.0
"""A part of a run: at a closing speed of 30 kt an aircraft passes through 250 m on either side in 32 s."""

OFFSET_M: Final = 60.0
OFFSET_SPREAD_M: Final = 250.0
"""The median offset may be 60 m (radar bias; at most 25 m in runs of 20 states and more) plus 250 m/sqrt(n):
the more states, the nearer to zero noise must average. A wing-man 100 m abeam for two minutes is no echo."""

DRIFT_FROM_S: Final = 40.0
DRIFT_M: Final = 100.0
DRIFT_MPS: Final = 0.5
"""From 40 s on, the offset may change between the first and the second half by 100 m plus half a metre for
each second: real echoes change by up to 41 m, an aircraft overtaking by 10 kt for a minute by 150 m."""

MEDIAN_TURN_DEG: Final = 35.0
MEDIAN_SPEED_KT: Final = 30.0
MEDIAN_ALTITUDE_FT: Final = 300.0
"""Over a stretch: 32° (two states in a turn), 21 kt and 200 ft are the worst of the real ones."""

SINGLE_DISTANCE_M: Final = 150.0
SINGLE_TURN_DEG: Final = 25.0
SINGLE_SPEED_KT: Final = 30.0
SINGLE_ALTITUDE_FT: Final = 200.0
"""A target seen once only: nothing is sustained, so every measure must be near. The four seen: 18-67 m."""

STACKED_STATES_MIN: Final = 20
STACKED_DURATION_MIN_S: Final = 120.0
STACKED_SHARE: Final = 0.9
STACKED_TURN_DEG: Final = 45.0
"""An echo whose altitude is wrong (garbled Mode C; ~2b3577 followed a2c344 through every turn for 15 minutes,
26 m off in the median, 1,650 ft below): it must follow for two minutes and through a turn, which an aircraft
merely above another on the same airway does not do."""

FRINGE: Final = 3.0
"""At the ends of a whole run, states up to three times the distance off belong to it: trackers start and end
badly."""


@dataclass(frozen=True)
class Verdict:
    """States (indices into the run) that are echoes of the host, why, and on how many states it rests."""

    states: Integers
    reason: str
    support: int


def judge(run: Track, likeness: Likeness, *, altitude_known_wrong: bool = False) -> Verdict | None:
    """The verdict on one run against one host; None if it is not its echo.

    altitude_known_wrong: the radar is known to give this host a wrong altitude at about this time.
    """
    covered = np.flatnonzero(likeness.covered)
    if not len(covered):
        return None
    alike = likeness.beside & likeness.level
    found: list[Integers] = []
    for stretch in _stretches(alike, covered):
        if _is_echo(run, likeness, stretch, covered) and _level_overall(likeness, stretch):
            found.append(_extent(likeness, stretch, covered, level=True))
    if found:
        states = np.unique(np.concatenate(found))
        reason = SINGLE_ECHO if len(run.time_s) == 1 else ECHO
        return Verdict(states, reason, int(alike[states].sum()))
    for stretch in _stretches(likeness.beside, covered):
        if _is_echo(run, likeness, stretch, covered) and (
            (altitude_known_wrong and len(stretch) >= STATES_MIN) or _follows(run, likeness, stretch, covered)
        ):
            states = _extent(likeness, stretch, covered, level=False)
            return Verdict(states, OTHER_ALTITUDE_ECHO, len(stretch))
    return None


def _stretches(alike: Bools, covered: Integers) -> list[Integers]:
    """Alike states in groups, a group ending where more than MISSES_MAX covered states in a row are not."""
    places = np.flatnonzero(alike[covered])
    if not len(places):
        return []
    cuts = np.flatnonzero(np.diff(places) > MISSES_MAX + 1) + 1
    return [covered[group] for group in np.split(places, cuts)]


def _is_echo(run: Track, likeness: Likeness, stretch: Integers, covered: Integers) -> bool:
    """Long enough, about the host, not passing it, and moving alike."""
    if len(stretch) == 1:
        return len(covered) == 1 and _single(likeness, int(stretch[0]))
    duration_s = float(run.time_s[stretch[-1]] - run.time_s[stretch[0]])
    whole = len(stretch) >= WHOLE_SHARE * len(covered)
    states_min, duration_min_s = (
        (STATES_MIN, DURATION_MIN_S) if whole else (PART_STATES_MIN, PART_DURATION_MIN_S)
    )
    if len(stretch) < states_min or duration_s < duration_min_s:
        return False
    sure = stretch[likeness.hole_s[stretch] <= SHORT_HOLE_S]
    judged = sure if len(sure) >= STATES_MIN else stretch
    along, cross = likeness.along_m[judged], likeness.cross_m[judged]
    limit_m = OFFSET_M + OFFSET_SPREAD_M / np.sqrt(len(judged)) + float(np.max(likeness.slack_m[judged]))
    host_mps = float(np.nanmedian(likeness.host_mps[judged]))
    behind_m, ahead_m = limit_m + LATENCY_S * host_mps, limit_m + LEAD_S * host_mps
    if abs(np.median(cross)) > limit_m or not -behind_m <= np.median(along) <= ahead_m:
        return False
    if duration_s >= DRIFT_FROM_S:
        drift_max_m = DRIFT_M + DRIFT_MPS * duration_s
        if abs(_drift(along)) > drift_max_m or abs(_drift(cross)) > drift_max_m:
            return False
    return bool(
        _median(likeness.turn_deg[judged]) <= MEDIAN_TURN_DEG
        and (len(sure) < STATES_MIN or _median(likeness.speed_kt[judged]) <= MEDIAN_SPEED_KT)
    )


def _level_overall(likeness: Likeness, stretch: Integers) -> bool:
    return abs(float(np.nanmedian(likeness.vertical_ft[stretch]))) <= MEDIAN_ALTITUDE_FT


def _single(likeness: Likeness, state: int) -> bool:
    """One state: place, altitude and a motion that was reported, all near."""
    return bool(
        likeness.distance_m[state] <= SINGLE_DISTANCE_M
        and likeness.turn_deg[state] <= SINGLE_TURN_DEG
        and likeness.speed_kt[state] <= SINGLE_SPEED_KT
        and abs(likeness.vertical_ft[state]) <= SINGLE_ALTITUDE_FT
    )


def _follows(run: Track, likeness: Likeness, stretch: Integers, covered: Integers) -> bool:
    """For two minutes and through a turn, at whatever altitude."""
    duration_s = run.time_s[stretch[-1]] - run.time_s[stretch[0]]
    if (
        len(stretch) < max(STACKED_STATES_MIN, STACKED_SHARE * len(covered))
        or duration_s < STACKED_DURATION_MIN_S
    ):
        return False
    velocity = run.velocity[stretch]
    velocity = velocity[np.isfinite(velocity[:, 0])]
    if len(velocity) < STATES_MIN:
        return False
    units = velocity / np.maximum(np.linalg.norm(velocity, axis=1), 1e-9)[:, None]
    return bool(np.degrees(np.arccos(np.clip((units @ units[0]).min(), -1.0, 1.0))) >= STACKED_TURN_DEG)


def _extent(likeness: Likeness, stretch: Integers, covered: Integers, *, level: bool) -> Integers:
    """All states of the stretch from first to last, and at the ends of a whole run its near ones too."""
    first, last = stretch[0], stretch[-1]
    if len(stretch) >= WHOLE_SHARE * len(covered):
        with np.errstate(invalid="ignore"):
            near = likeness.distance_m <= FRINGE * (DISTANCE_M + likeness.slack_m)
            if level:
                near &= np.abs(likeness.vertical_ft) <= FRINGE * MEDIAN_ALTITUDE_FT
        fringe = covered[near[covered]]
        if len(fringe):
            first, last = min(first, fringe[0]), max(last, fringe[-1])
    return np.arange(first, last + 1)


def _drift(offsets: Floats) -> float:
    half = len(offsets) // 2
    return float(np.median(offsets[-half:]) - np.median(offsets[:half])) if half else 0.0


def _median(values: Floats) -> float:
    """Median of what is known; 0 where nothing is (what is not known does not count against)."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0
