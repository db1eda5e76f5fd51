# ruff: noqa: PLR0917 - compiled scalars are passed by position, one register each
"""The compiled arithmetic under `pairwise`: one pair at a time, scalars in, scalars out, then the loops.

ASCII view from above, the ownship in the middle, the intruder on its relative straight line:

          entry      CPA      exit
    ────────●─────────┼─────────●────────▶      |p + v·t|² = H²   is   a·t² + 2·b·t + c = 0
           ╱     miss │          ╲              a = v·v   b = p·v   c = p·p − H²
          (    H      ●own        )             and is solved without subtracting near-equal numbers
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.compiled import compiled
from skyaccord.separation.tolerance import INSIDE

Floats = NDArray[np.float64]


@compiled
def disc_interval(px: float, py: float, vx: float, vy: float, radius: float) -> tuple[float, float]:
    """The open interval of all time with |p + v·t| < radius; (nan, nan) if empty, ±inf without motion."""
    if radius == math.inf:
        return -math.inf, math.inf
    a = vx * vx + vy * vy
    b = px * vx + py * vy
    c = px * px + py * py - radius * radius
    if a == 0.0:
        if math.sqrt(px * px + py * py) < radius * INSIDE:
            return -math.inf, math.inf
        return math.nan, math.nan
    # the square of the miss distance by the cross product: exact where b² − a·c would cancel
    cross = px * vy - py * vx
    miss_squared = cross * cross / a
    if not math.sqrt(miss_squared) < radius * INSIDE:
        return math.nan, math.nan
    root = math.sqrt(a * (radius * radius - miss_squared))
    if b <= 0.0:  # c / (−b + root) and (−b + root) / a: no cancellation in either
        far = root - b
        return c / far, far / a
    near = -b - root
    return near / a, c / near


@compiled
def band_interval(pz: float, vz: float, half_height: float) -> tuple[float, float]:
    """The open interval of all time with |pz + vz·t| < half_height; (nan, nan) if empty."""
    if half_height == math.inf:
        return -math.inf, math.inf
    if vz == 0.0:
        if abs(pz) < half_height * INSIDE:
            return -math.inf, math.inf
        return math.nan, math.nan
    first = (-half_height - pz) / vz
    second = (half_height - pz) / vz
    return min(first, second), max(first, second)


@compiled
def is_inside(px: float, py: float, pz: float, horizontal: float, vertical: float) -> bool:
    """Strictly nearer than both limits, almost equal counting as equal."""
    return math.sqrt(px * px + py * py) < horizontal * INSIDE and (
        vertical == math.inf or abs(pz) < vertical * INSIDE
    )


@compiled
def cylinder_one(
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    horizontal: float,
    vertical: float,
    start: float,
    end: float,
) -> tuple[float, float]:
    """The part of the closed interval [start, end] inside the cylinder; (nan, nan) if none.

    A graze no deeper than the tolerance, at a wall or where one wall is entered as the other is left, is a
    touch: none.
    """
    disc_in, disc_out = disc_interval(px, py, vx, vy, horizontal)
    if math.isnan(disc_in):
        return math.nan, math.nan
    band_in, band_out = band_interval(pz, vz, vertical)
    if math.isnan(band_in):
        return math.nan, math.nan
    time_in = max(start, disc_in, band_in)
    time_out = min(end, disc_out, band_out)
    if not time_in <= time_out:
        return math.nan, math.nan
    middle = 0.5 * (time_in + time_out)
    if not is_inside(px + vx * middle, py + vy * middle, pz + vz * middle, horizontal, vertical):
        return math.nan, math.nan
    return time_in, time_out


@compiled
def approach_one(
    px: float, py: float, pz: float, vx: float, vy: float, vz: float
) -> tuple[float, float, float]:
    """Time, horizontal and vertical distance at the horizontal closest approach, not before now."""
    a = vx * vx + vy * vy
    b = px * vx + py * vy
    if a == 0.0 or b >= 0.0:
        return 0.0, math.sqrt(px * px + py * py), abs(pz)
    time = -b / a
    return time, abs(px * vy - py * vx) / math.sqrt(a), abs(pz + vz * time)


@compiled
def well_clear_one(
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    lookahead: float,
    horizontal: float,
    vertical: float,
    tau: float,
    vertical_tau: float,
) -> tuple[float, float]:
    """The part of [0, lookahead] that is not well clear (TAUMOD, boundaries inside); (nan, nan) if none."""
    # vertically: |z| ≤ V, or closing and at equal height within vertical_tau, that is |z| ≤ tau·|vz|
    if vz == 0.0:
        if abs(pz) > vertical:
            return math.nan, math.nan
        level_in, level_out = -math.inf, math.inf
    else:
        speed = abs(vz)
        height = math.copysign(1.0, vz) * pz  # negative while closing
        level_in = (-max(vertical, vertical_tau * speed) - height) / speed
        level_out = (vertical - height) / speed
    # horizontally
    a = vx * vx + vy * vy
    b = px * vx + py * vy
    now_squared = px * px + py * py
    c = now_squared - horizontal * horizontal
    if a == 0.0:
        if c > 0.0:
            return math.nan, math.nan
        beside_in, beside_out = -math.inf, math.inf
    else:
        cross = px * vy - py * vx
        room = a * horizontal * horizontal - cross * cross
        if room < 0.0 or (c > 0.0 and b >= 0.0):  # passes outside, or outside and opening
            return math.nan, math.nan
        beside_out = (math.sqrt(room) - b) / a
        # modified tau = (H² − s²)/(s·v) ≤ tau, with s·v < 0, is a quadratic in time
        linear = 2.0 * b + tau * a
        constant = now_squared + tau * b - horizontal * horizontal
        discriminant = linear * linear - 4.0 * a * constant
        if c <= 0.0:
            beside_in = -math.inf
        elif discriminant < 0.0:
            return math.nan, math.nan
        else:
            beside_in = (-linear - math.sqrt(discriminant)) / (2.0 * a)
    time_in = max(0.0, level_in, beside_in)
    time_out = min(lookahead, level_out, beside_out)
    if not time_in <= time_out:
        return math.nan, math.nan
    return time_in, time_out


@compiled
def approach_many(position: Floats, velocity: Floats) -> tuple[Floats, Floats, Floats]:
    n = position.shape[0]
    time, horizontal, vertical = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        time[i], horizontal[i], vertical[i] = approach_one(
            position[i, 0],
            position[i, 1],
            position[i, 2],
            velocity[i, 0],
            velocity[i, 1],
            velocity[i, 2],
        )
    return time, horizontal, vertical


@compiled
def cylinder_many(
    position: Floats, velocity: Floats, horizontal: Floats, vertical: Floats, lookahead: Floats
) -> tuple[Floats, Floats]:
    n = position.shape[0]
    time_in, time_out = np.empty(n), np.empty(n)
    for i in range(n):
        time_in[i], time_out[i] = cylinder_one(
            position[i, 0],
            position[i, 1],
            position[i, 2],
            velocity[i, 0],
            velocity[i, 1],
            velocity[i, 2],
            horizontal[i],
            vertical[i],
            0.0,
            lookahead[i],
        )
    return time_in, time_out


@compiled
def well_clear_many(
    position: Floats,
    velocity: Floats,
    lookahead: Floats,
    horizontal: Floats,
    vertical: Floats,
    tau: Floats,
    vertical_tau: Floats,
) -> tuple[Floats, Floats]:
    n = position.shape[0]
    time_in, time_out = np.empty(n), np.empty(n)
    for i in range(n):
        time_in[i], time_out[i] = well_clear_one(
            position[i, 0],
            position[i, 1],
            position[i, 2],
            velocity[i, 0],
            velocity[i, 1],
            velocity[i, 2],
            lookahead[i],
            horizontal[i],
            vertical[i],
            tau[i],
            vertical_tau[i],
        )
    return time_in, time_out
