"""How an exercise aircraft moves: straight legs, level turns; flying to a place and waiting there.

Dead reckoning on the WGS 84 ellipsoid, one step a second: the step's north and east parts are divided by the
meridian and prime-vertical radii of curvature at the latitude. Good to centimetres over a step, which is all
an exercise needs; distances between aircraft are measured afterwards by the same code as everyone else's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

STEP_S: Final = 1.0
SEMI_MAJOR_M: Final = 6_378_137.0  # WGS 84
ECCENTRICITY_SQUARED: Final = 6.694379990141e-3  # WGS 84
M_PER_NM: Final = 1852.0
TURN_RATE_DEG_S: Final = 1.5  # half of a fighter's easy turn; 33 degrees of bank at 450 kt
CLIMB_FT_S: Final = 50.0  # 3,000 ft/min
ARRIVED_NM: Final = 4.0  # within one turn radius of a place counts as over it


@dataclass(frozen=True)
class Moment:
    """One aircraft at one second of its flight. Degrees, feet, knots, ft/min; `at_s` counts from take-off."""

    at_s: float
    latitude: float
    longitude: float
    altitude_ft: float
    speed_kt: float
    track_deg: float
    vertical_rate_ft_min: float = 0.0


Leg = Callable[[Moment], Iterator[Moment]]
"""A piece of a flight: the moments that follow the one it starts from."""


def fly_legs(start: Moment, *legs: Leg) -> Iterator[Moment]:
    """The start, then each leg from where the one before it ended, a moment a second."""
    last = start
    yield last
    for leg in legs:
        for moment in leg(last):
            last = moment
            yield last


def moved(moment: Moment, *, track_deg: float, altitude_ft: float) -> Moment:
    """One step of STEP_S on, flying `track_deg` and ending at `altitude_ft`."""
    latitude = math.radians(moment.latitude)
    flattening = 1.0 - ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    prime_vertical_m = SEMI_MAJOR_M / math.sqrt(flattening)
    meridian_m = prime_vertical_m * (1.0 - ECCENTRICITY_SQUARED) / flattening
    step_m = moment.speed_kt * M_PER_NM / 3600.0 * STEP_S
    north_m = step_m * math.cos(math.radians(track_deg))
    east_m = step_m * math.sin(math.radians(track_deg))
    return replace(
        moment,
        at_s=moment.at_s + STEP_S,
        latitude=moment.latitude + math.degrees(north_m / meridian_m),
        longitude=moment.longitude + math.degrees(east_m / (prime_vertical_m * math.cos(latitude))),
        altitude_ft=altitude_ft,
        track_deg=track_deg % 360.0,
        vertical_rate_ft_min=(altitude_ft - moment.altitude_ft) / STEP_S * 60.0,
    )


def straight(start: Moment, seconds: float) -> Iterator[Moment]:
    """Level and straight for `seconds`; the start itself is not given."""
    for _ in range(round(seconds / STEP_S)):
        start = moved(start, track_deg=start.track_deg, altitude_ft=start.altitude_ft)
        yield start


def turn(start: Moment, degrees: float, radius_nm: float) -> Iterator[Moment]:
    """A level turn through `degrees` (right positive) at `radius_nm`, ending on the exact track."""
    rate_deg_s = math.degrees(start.speed_kt / 3600.0 / radius_nm)
    steps = max(1, round(abs(degrees) / rate_deg_s / STEP_S))
    for _ in range(steps):
        # the chord of an arc points half a step ahead of the tangent at its start
        track = start.track_deg + degrees / steps
        chord = start.track_deg + degrees / steps * 0.5
        start = replace(moved(start, track_deg=chord, altitude_ft=start.altitude_ft), track_deg=track % 360.0)
        yield start


def bearing_deg(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Rough bearing for steering: flat, good enough when corrected every second."""
    east = (to_longitude - longitude) * math.cos(math.radians((latitude + to_latitude) / 2.0))
    return math.degrees(math.atan2(east, to_latitude - latitude)) % 360.0


def distance_nm(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Rough distance for steering: a degree of latitude is 60 NM."""
    east = (to_longitude - longitude) * math.cos(math.radians((latitude + to_latitude) / 2.0))
    return 60.0 * math.hypot(east, to_latitude - latitude)


def _steered(moment: Moment, wanted_deg: float, altitude_ft: float) -> Moment:
    off = (wanted_deg - moment.track_deg + 180.0) % 360.0 - 180.0
    limit = TURN_RATE_DEG_S * STEP_S
    climb = max(-CLIMB_FT_S * STEP_S, min(CLIMB_FT_S * STEP_S, altitude_ft - moment.altitude_ft))
    return moved(
        moment,
        track_deg=moment.track_deg + max(-limit, min(limit, off)),
        altitude_ft=moment.altitude_ft + climb,
    )


def fly_to(start: Moment, latitude: float, longitude: float, altitude_ft: float) -> Iterator[Moment]:
    """To a place by the straight way, climbing or descending to `altitude_ft` as it goes."""
    while distance_nm(start.latitude, start.longitude, latitude, longitude) > ARRIVED_NM:
        wanted = bearing_deg(start.latitude, start.longitude, latitude, longitude)
        start = _steered(start, wanted, altitude_ft)
        yield start


def wait_over(
    start: Moment, latitude: float, longitude: float, altitude_ft: float, seconds: float
) -> Iterator[Moment]:
    """Circle about a place for `seconds`, at most some 8 NM from it."""
    for _ in range(round(seconds / STEP_S)):
        wanted = bearing_deg(start.latitude, start.longitude, latitude, longitude)
        near = distance_nm(start.latitude, start.longitude, latitude, longitude) < 2 * ARRIVED_NM
        start = _steered(start, wanted + 90.0 if near else wanted, altitude_ft)
        yield start
