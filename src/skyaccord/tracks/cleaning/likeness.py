"""How much a radar target's states look like another target's echo: place, motion, altitude, state by state.

TIS-B is made from radar. Its tracker smooths, so it runs straight on for a while when the aircraft turns:

              host ──────╮          an echo seen at time t lies where the host would be, had it flown on
                          ╲         for s seconds with the velocity it had at t - s
             echo ─────── ▸ ▾

so each state is compared with the host's path carried on in that way, over a range of s. On straight legs s
makes no difference: a second aircraft is not made an echo by it. Measured on the echoes of the Monterey day
(418 states with the host seen within 15 s), against the best s: distance 29 m in the median, 188 m for 99 in
100; direction 2° and 23°; speed 2 and 34 kt. Compared with the place at t alone, the same states lie up to
420 m and 79° off. The nearest state at the same altitude that is no echo lies 807 m off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from skyaccord.airspace import geodesy
from skyaccord.airspace.units import KT_TO_MPS
from skyaccord.tracks.cleaning.paths import Bools, Floats, Track, at_times

COAST_S: Final = np.arange(0.0, 21.0, 1.0)
"""How long a tracker may run straight on; the longest seen is 20 s (five turns of a terminal radar)."""

DISTANCE_M: Final = 250.0
"""Sideways and along the path: 99 of 100 echo states lie within 188 m; the farthest (320 m, ~2b2c9e) lags.
The accuracy TIS-B claims for itself (NACp 6) is 556 m: too wide to tell two aircraft apart, so not used."""

LATENCY_S: Final = 4.0
"""An echo may lag by this along the path, on top: 3 s of radar, tracker and link, 1 s of time stamps cut to
seconds. Seen: 0.9 s at most in the median of a run, 5 s in a single state."""

LEAD_S: Final = 1.0
"""And lead by this: time stamps only. (A smoothing tracker may run ahead; that is COAST_S.)"""

TURN_DEG: Final = 45.0
"""Direction of motion, after coasting: 23° for 99 of 100 echo states, 43° at most."""

SPEED_KT: Final = 60.0
"""Ground speed, one state: 34 kt for 99 of 100 echo states; a young track jumps by up to 70 kt."""

ALTITUDE_FT: Final = 400.0
"""Mode C comes in steps of 100 ft, and the host's own altitude in 25 or 100; the worst echo is 300 ft off."""

SHORT_HOLE_S: Final = 15.0
"""Up to this long between two host states its path is as good as the states (see paths.py)."""

HOLE_DRIFT_MPS: Final = 15.0
"""Beyond it the host may have flown a turn nobody heard: a34b61 at KWVI turned right round in a 53 s hole and
was seen by radar 590-750 m from the curve, joining it at the end."""

_DEGREE_WORTH_M: Final = 3.0
"""Choosing s, a degree of direction counts as much as 3 m, as their spreads compare."""


@dataclass(frozen=True)
class Likeness:
    """One radar target's states against one other target. All arrays have one entry a state of the former.

    along_m, cross_m: offset in the host's direction and to its right, after coasting. vertical_ft: echo minus
    host. turn_deg, speed_kt: difference of the motions. hole_s: between the host's states around; inf where
    the host is not covered, and everything else is nan.
    """

    along_m: Floats
    cross_m: Floats
    vertical_ft: Floats
    turn_deg: Floats
    speed_kt: Floats
    hole_s: Floats
    host_mps: Floats

    @property
    def covered(self) -> Bools:
        return np.isfinite(self.hole_s)

    @property
    def slack_m(self) -> Floats:
        """What the hole in the host's own states adds to every distance."""
        return HOLE_DRIFT_MPS * np.maximum(np.where(self.covered, self.hole_s, 0.0) - SHORT_HOLE_S, 0.0)

    @property
    def distance_m(self) -> Floats:
        return np.hypot(self.along_m, self.cross_m)

    @property
    def beside(self) -> Bools:
        """Same place and motion, whatever the altitude. A motion that is not known does not count against."""
        limit = DISTANCE_M + self.slack_m
        with np.errstate(invalid="ignore"):
            place = (
                (np.abs(self.cross_m) <= limit)
                & (self.along_m >= -(limit + LATENCY_S * self.host_mps))
                & (self.along_m <= limit + LEAD_S * self.host_mps)
            )
            motion = ~(self.turn_deg > TURN_DEG) & ~(self.speed_kt > SPEED_KT)
        result: Bools = self.covered & place & (motion | (self.slack_m > 0))
        return result

    @property
    def level(self) -> Bools:
        """Same altitude. An altitude that is not known is not the same."""
        with np.errstate(invalid="ignore"):
            return np.abs(self.vertical_ft) <= ALTITUDE_FT


def compare(target: Track, host: Track) -> Likeness:
    """The target's states against the host's path."""
    now = at_times(host, target.time_s)
    shape = (len(COAST_S), len(target.time_s))
    then = at_times(host, (target.time_s - COAST_S[:, None]).ravel())
    velocity = then.velocity.reshape(*shape, 3)
    offset = target.position - then.position.reshape(*shape, 3) - COAST_S[:, None, None] * velocity
    with np.errstate(invalid="ignore", divide="ignore"):
        angle = _angle_deg(target.velocity, velocity)
        score = np.linalg.norm(offset, axis=-1) + _DEGREE_WORTH_M * np.nan_to_num(angle)
    score[np.isnan(score)] = np.inf
    best = (score.argmin(axis=0), np.arange(shape[1]))
    offset, velocity, turn = offset[best], velocity[best], angle[best]
    host_mps = np.linalg.norm(velocity, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        forward = velocity / host_mps[:, None]
    right = np.cross(forward, geodesy.normals_at(target.position))
    known = np.where(
        np.isfinite(now.hole_s), 1.0, np.nan
    )  # nothing is compared where the host is not covered
    return Likeness(
        along_m=known * _dot(offset, forward),
        cross_m=known * _dot(offset, right),
        vertical_ft=target.altitude_ft - now.altitude_ft,
        turn_deg=known * turn,
        speed_kt=known * np.abs(target.groundspeed_kt - host_mps / KT_TO_MPS),
        hole_s=now.hole_s,
        host_mps=host_mps,
    )


def _dot(first: Floats, second: Floats) -> Floats:
    product: Floats = (first * second).sum(axis=-1)
    return product


def _angle_deg(first: Floats, second: Floats) -> Floats:
    lengths = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    cosine = _dot(first, second) / lengths
    angle: Floats = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return angle
