# ruff: noqa: PLR0917 - compiled scalars are passed by position, one register each
"""Relative motion on one piece, solved exactly: inside when, how close, and which instant is the closest.

A piece is a stretch of time in which neither aircraft has a sample: both move on straight lines, so that the
square of the horizontal distance is a quadratic in time and the vertical difference is linear. Every question
then has a closed answer, and nothing between samples can be missed:

    inside        roots of h²(t) = H² and of v(t) = ±V
    closest       the least max(h/H, |v|/V): at a root of h²/H² = v²/V², at the least h, at v = 0, at an end
"""

from __future__ import annotations

import math

from skyaccord.separation.compiled import compiled
from skyaccord.separation.kernels import cylinder_one
from skyaccord.separation.tolerance import ALMOST_EQUAL


@compiled
def inside_piece(
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    horizontal: float,
    vertical: float,
    either_breaks: bool,
    duration: float,
) -> tuple[float, float, float, float]:
    """The parts of [0, duration] in which the limits are broken: (in, out, in, out), nan where there is none.

    either_breaks False: both limits broken (combinator "either": keeping one is enough), at most one part.
    True: at least one limit broken (combinator "both"), at most two parts.
    """
    if not either_breaks:
        first_in, first_out = cylinder_one(px, py, pz, vx, vy, vz, horizontal, vertical, 0.0, duration)
        return first_in, first_out, math.nan, math.nan
    first_in, first_out = cylinder_one(px, py, pz, vx, vy, vz, horizontal, math.inf, 0.0, duration)
    second_in, second_out = cylinder_one(0.0, 0.0, pz, 0.0, 0.0, vz, 1.0, vertical, 0.0, duration)
    if math.isnan(first_in):
        return second_in, second_out, math.nan, math.nan
    if math.isnan(second_in):
        return first_in, first_out, math.nan, math.nan
    if second_in < first_in:
        first_in, second_in = second_in, first_in
        first_out, second_out = second_out, first_out
    if second_in < first_out:
        return first_in, max(first_out, second_out), math.nan, math.nan
    return first_in, first_out, second_in, second_out


@compiled
def norm_at(
    time: float,
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    horizontal: float,
    vertical: float,
) -> tuple[float, float]:
    """The cylindrical norm max(h/H, |v|/V) and the horizontal distance h at a time."""
    x, y = px + vx * time, py + vy * time
    distance = math.sqrt(x * x + y * y)
    return max(distance / horizontal, abs(pz + vz * time) / vertical), distance


@compiled
def is_closer(
    norm: float, distance: float, best_norm: float, best_distance: float, horizontal: float
) -> bool:
    """Whether one instant is closer than an earlier one: smaller norm, ties by smaller distance."""
    if norm < best_norm - ALMOST_EQUAL:
        return True
    return norm <= best_norm + ALMOST_EQUAL and distance < best_distance - ALMOST_EQUAL * horizontal


@compiled
def least_horizontal_time(
    px: float, py: float, vx: float, vy: float, time_in: float, time_out: float
) -> float:
    """When the horizontal distance is least in [time_in, time_out]; the earliest such time."""
    a = vx * vx + vy * vy
    if a == 0.0:
        return time_in
    return min(max(-(px * vx + py * vy) / a, time_in), time_out)


@compiled
def least_vertical(pz: float, vz: float, time_in: float, time_out: float) -> float:
    """The least vertical distance in [time_in, time_out]."""
    first, last = pz + vz * time_in, pz + vz * time_out
    if (first <= 0.0 <= last) or (last <= 0.0 <= first):
        return 0.0
    return min(abs(first), abs(last))


@compiled
def closest_in(
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    horizontal: float,
    vertical: float,
    time_in: float,
    time_out: float,
) -> tuple[float, float, float]:
    """The closest point of approach in [time_in, time_out]: (time, norm, horizontal distance).

    The norm is convex (a maximum of two convex functions), so its least value lies at one of six instants;
    ties go to the smaller horizontal distance, then to the earlier instant.
    """
    lowest = least_horizontal_time(px, py, vx, vy, time_in, time_out)
    level, cross_1, cross_2 = time_in, time_in, time_in
    if vertical != math.inf:
        if vz != 0.0:
            level = -pz / vz
        h2, v2 = 1.0 / (horizontal * horizontal), 1.0 / (vertical * vertical)
        a = (vx * vx + vy * vy) * h2 - vz * vz * v2
        b = (px * vx + py * vy) * h2 - pz * vz * v2
        c = (px * px + py * py) * h2 - pz * pz * v2
        if a == 0.0:
            if b != 0.0:
                cross_1 = -c / (2.0 * b)
        else:
            discriminant = b * b - a * c
            if discriminant >= 0.0:
                q = -(b + math.copysign(math.sqrt(discriminant), b))
                cross_1 = q / a
                if q != 0.0:
                    cross_2 = c / q
    best_time, best_norm, best_distance = time_in, math.inf, math.inf
    for candidate in (time_in, lowest, level, cross_1, cross_2, time_out):
        time = min(max(candidate, time_in), time_out)
        norm, distance = norm_at(time, px, py, pz, vx, vy, vz, horizontal, vertical)
        closer = is_closer(norm, distance, best_norm, best_distance, horizontal)
        if not closer and time < best_time:  # an equal approach, but earlier
            closer = (
                norm <= best_norm + ALMOST_EQUAL and distance <= best_distance + ALMOST_EQUAL * horizontal
            )
        if closer:
            best_time, best_norm, best_distance = time, norm, distance
    return best_time, best_norm, best_distance


@compiled
def touches_cylinder(
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    horizontal: float,
    vertical: float,
    time_in: float,
    time_out: float,
) -> bool:
    """Whether the pair is inside the cylinder at any time in [time_in, time_out]."""
    first, _ = cylinder_one(px, py, pz, vx, vy, vz, horizontal, vertical, time_in, time_out)
    return not math.isnan(first)
