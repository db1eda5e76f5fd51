# ruff: noqa: PLR0917 - compiled scalars and arrays are passed by position
"""Two tracks side by side: every piece on which both are known, solved, and what was found written down.

Tracks are plain arrays over samples (time, ECEF position on the surface, altitude) and *links*: a link is the
straight way between two samples that are near enough in time.

    a   ●────────────●───────────────────●
    b      ●──────────────●──────●              ●─────────●
           ├─────────┼────┼──────┤      pieces

On each piece the relative position (b minus a) is projected on the plane that touches the ellipsoid below the
middle of the pair in the middle of the piece, see docs/method.md.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import SECOND_ECCENTRICITY_SQUARED
from skyaccord.separation.compiled import compiled
from skyaccord.separation.piece import (
    closest_in,
    inside_piece,
    least_horizontal_time,
    least_vertical,
    touches_cylinder,
)
from skyaccord.separation.tolerance import INSIDE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# columns of what is written down for each stretch inside the limits
START, END, JOIN_BEFORE, JOIN_AFTER = 0, 1, 2, 3
CPA_TIME, CPA_NORM, CPA_HORIZONTAL, CPA_VERTICAL = 4, 5, 6, 7
LEAST_TIME, LEAST_HORIZONTAL, LEAST_VERTICAL, IS_NMAC = 8, 9, 10, 11
COLUMNS: Final = 12

NO_JOIN: Final = -1.0
"""In JOIN_BEFORE and JOIN_AFTER: the stretch does not reach that end of its piece from inside."""

NMAC_HORIZONTAL_M: Final = 152.4  # 500 ft
NMAC_VERTICAL_M: Final = 30.48  # 100 ft
"""A near mid-air collision is both (and, not or): RTCA DO-365B; NASA DAIDALUS uses the same cylinder."""

PLANE_JUMP: Final = 1e-6
"""Relative step of the horizontal distance where one piece's tangent plane hands over to the next.

Two planes d apart differ by cos(d/R): 7e-7 for 60 s at 250 m/s. A stretch that ends within this of the limit
where the next begins is the same encounter: without it, rounding of the model would cut one in two.
"""


@compiled
def position_at(
    time: float, link: int, first: Integers, link_start: Floats, link_end: Floats, samples: Floats
) -> tuple[float, float, float, float]:
    """ECEF position and altitude on a link at a time: on the chord, linear. samples: (n, 4) x, y, z, alt."""
    i = first[link]
    if time <= link_start[link]:
        return samples[i, 0], samples[i, 1], samples[i, 2], samples[i, 3]
    if time >= link_end[link]:
        return samples[i + 1, 0], samples[i + 1, 1], samples[i + 1, 2], samples[i + 1, 3]
    share = (time - link_start[link]) / (link_end[link] - link_start[link])
    return (
        samples[i, 0] + (samples[i + 1, 0] - samples[i, 0]) * share,
        samples[i, 1] + (samples[i + 1, 1] - samples[i, 1]) * share,
        samples[i, 2] + (samples[i + 1, 2] - samples[i, 2]) * share,
        samples[i, 3] + (samples[i + 1, 3] - samples[i, 3]) * share,
    )


@compiled
def local_axes(x: float, y: float, z: float) -> tuple[float, float, float, float, float, float]:
    """Two perpendicular unit vectors that span the tangent plane below an ECEF point."""
    nx, ny, nz = x, y, z * (1.0 + SECOND_ECCENTRICITY_SQUARED)
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    if length == 0.0:  # the middle of two antipodes: no plane is better than another
        return 1.0, 0.0, 0.0, 0.0, 1.0, 0.0
    nx, ny, nz = nx / length, ny / length, nz / length
    if abs(nz) < 0.9:  # east = axis × normal; near a pole any other axis than the Earth's
        ux, uy, uz = -ny, nx, 0.0
    else:
        ux, uy, uz = 0.0, -nz, ny
    length = math.sqrt(ux * ux + uy * uy + uz * uz)
    ux, uy, uz = ux / length, uy / length, uz / length
    return ux, uy, uz, ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux


@compiled
def project(
    a_start: tuple[float, float, float, float],
    b_start: tuple[float, float, float, float],
    a_end: tuple[float, float, float, float],
    b_end: tuple[float, float, float, float],
    duration: float,
) -> tuple[float, float, float, float, float, float]:
    """Relative position at a piece's start and relative velocity, b minus a, in the piece's own plane."""
    ux, uy, uz, wx, wy, wz = local_axes(
        a_start[0] + b_start[0] + a_end[0] + b_end[0],
        a_start[1] + b_start[1] + a_end[1] + b_end[1],
        a_start[2] + b_start[2] + a_end[2] + b_end[2],
    )
    dx, dy, dz = b_start[0] - a_start[0], b_start[1] - a_start[1], b_start[2] - a_start[2]
    px, py, pz = dx * ux + dy * uy + dz * uz, dx * wx + dy * wy + dz * wz, b_start[3] - a_start[3]
    dx, dy, dz = b_end[0] - a_end[0], b_end[1] - a_end[1], b_end[2] - a_end[2]
    return (
        px,
        py,
        pz,
        (dx * ux + dy * uy + dz * uz - px) / duration,
        (dx * wx + dy * wy + dz * wz - py) / duration,
        (b_end[3] - a_end[3] - pz) / duration,
    )


@compiled
def may_join(px: float, py: float, pz: float, horizontal: float, vertical: float) -> bool:
    """Whether the pair is inside a cylinder at a piece's end, up to the step between two pieces' planes."""
    beside = math.sqrt(px * px + py * py) <= horizontal * (1.0 + PLANE_JUMP)
    return beside and (vertical == math.inf or abs(pz) < vertical * INSIDE)


@compiled
def write_stretch(
    row: Floats,
    start: float,
    end: float,
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    horizontal: float,
    vertical: float,
    either_breaks: bool,
    time_in: float,
    time_out: float,
) -> None:
    """Measure one stretch [time_in, time_out], counted from the piece's start, and write it into `row`."""
    duration = end - start
    row[START] = start + time_in if time_in > 0.0 else start
    row[END] = start + time_out if time_out < duration else end
    row[JOIN_BEFORE] = NO_JOIN
    row[JOIN_AFTER] = NO_JOIN
    if either_breaks:
        inside_first, inside_last = time_in <= 0.0, time_out >= duration
    else:
        qx, qy, qz = px + vx * duration, py + vy * duration, pz + vz * duration
        inside_first = may_join(px, py, pz, horizontal, vertical)
        inside_last = may_join(qx, qy, qz, horizontal, vertical)
    if inside_first:
        row[JOIN_BEFORE] = start
    if inside_last:
        row[JOIN_AFTER] = end
    time, norm, distance = closest_in(px, py, pz, vx, vy, vz, horizontal, vertical, time_in, time_out)
    row[CPA_TIME] = start + time
    row[CPA_NORM] = norm
    row[CPA_HORIZONTAL] = distance
    row[CPA_VERTICAL] = abs(pz + vz * time)
    time = least_horizontal_time(px, py, vx, vy, time_in, time_out)
    row[LEAST_TIME] = start + time
    row[LEAST_HORIZONTAL] = math.sqrt((px + vx * time) ** 2 + (py + vy * time) ** 2)
    row[LEAST_VERTICAL] = least_vertical(pz, vz, time_in, time_out)
    is_nmac = touches_cylinder(px, py, pz, vx, vy, vz, NMAC_HORIZONTAL_M, NMAC_VERTICAL_M, time_in, time_out)
    row[IS_NMAC] = 1.0 if is_nmac else 0.0


@compiled
def walk_pair(
    link_a: int,
    end_a: int,
    link_b: int,
    end_b: int,
    slice_start: float,
    slice_end: float,
    first: Integers,
    link_start: Floats,
    link_end: Floats,
    samples: Floats,
    horizontal: float,
    vertical: float,
    either_breaks: bool,
    rows: Floats,
    count: int,
) -> int:
    """Solve the pieces of links link_a .. end_a - 1 against link_b .. end_b - 1 that start in the slice.

    Stretches are written into `rows` from `count` on; returns the new count. Two rows a piece at most: the
    caller leaves room for 2·(links of a + links of b).
    """
    while link_a < end_a and link_b < end_b:
        start = max(link_start[link_a], link_start[link_b])
        end = min(link_end[link_a], link_end[link_b])
        wanted = start < end and slice_start <= start < slice_end
        if wanted:
            a_start = position_at(start, link_a, first, link_start, link_end, samples)
            b_start = position_at(start, link_b, first, link_start, link_end, samples)
            a_end = position_at(end, link_a, first, link_start, link_end, samples)
            b_end = position_at(end, link_b, first, link_start, link_end, samples)
            z_start, z_end = b_start[3] - a_start[3], b_end[3] - a_end[3]
            too_high = z_start >= vertical and z_end >= vertical
            too_low = z_start <= -vertical and z_end <= -vertical
            if either_breaks or not (too_high or too_low):
                px, py, pz, vx, vy, vz = project(a_start, b_start, a_end, b_end, end - start)
                in_1, out_1, in_2, out_2 = inside_piece(
                    px, py, pz, vx, vy, vz, horizontal, vertical, either_breaks, end - start
                )
                for time_in, time_out in ((in_1, out_1), (in_2, out_2)):
                    if time_in <= time_out:
                        write_stretch(
                            rows[count],
                            start,
                            end,
                            px,
                            py,
                            pz,
                            vx,
                            vy,
                            vz,
                            horizontal,
                            vertical,
                            either_breaks,
                            time_in,
                            time_out,
                        )
                        count += 1
        # the link that ends first is done; of two that end together, both are
        next_a = link_end[link_a] <= link_end[link_b]
        next_b = link_end[link_b] <= link_end[link_a]
        if next_a:
            link_a += 1
        if next_b:
            link_b += 1
    return count
