# ruff: noqa: PLR0915, PLR0917 - compiled scalars and arrays are passed by position
"""Each aircraft twice: a record with 32 bits a number for all, a row with 64 bits for the few that matter.

A *record* says where an aircraft's sweep is: eight numbers, 32 bytes, half a cache line. Its axes are turned
so that the third points up in the middle of all aircraft. Records decide where to look, never what is found.
A *row* is Earth-centred position (m) and velocity (m/s), altitude (m), climb (m/s): everything exact is
computed from rows, and they are made for candidates alone (`rows_of`). Both come from `on_ellipsoid`.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ECCENTRICITY_SQUARED, SEMI_MAJOR_M
from skyaccord.airspace.units import FTMIN_TO_MPS, KT_TO_MPS, M_PER_FT
from skyaccord.separation.compiled import compiled, compiled_coarse, inlined

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int32]


class Columns(NamedTuple):
    """A snapshot: columns of shape (n,); from the climb on they may have one value for all, shape (1,).

    A pair's minimum is the larger of both and the slack of both: `minimum_of`.
    """

    latitude: Floats
    longitude: Floats
    altitude_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    climb_ftmin: Floats
    horizontal_m: Floats
    vertical_m: Floats
    slack_m: Floats
    slack_up_m: Floats


# columns of a row
X, Y, Z, VX, VY, VZ, ALT, CLIMB = range(8)
COLUMNS: Final = 8

# columns of a record: the middle of the sweep, the velocity, the height half-way, half the climb; m and m/s
MX, MY, WX, WY, HEIGHT, HALF_CLIMB, MZ, WZ = range(8)
RECORD: Final = 8

BLOCK: Final = 128
"""Aircraft whose sines are taken at once; the buffers stay in the nearest cache."""

# what `locate` sums up of those who take part: the least and the largest of each axis, the largest of five
# things, the least reach; a reach is the minimum, twice the slack (a pair has that of both), and the sweep
LOW, HIGH, SPEED, HORIZONTAL, REACH, ALTITUDE, SLACK, LEAST_REACH = 0, 3, 6, 7, 8, 9, 10, 11
SUMMARY: Final = 12

SPEED_KT_MAX: Final = 100_000.0
"""Faster than anything that ever flew: such a row is garbage, and its sweep would cover everybody's."""
SPEED_MPS_MAX: Final = SPEED_KT_MAX * KT_TO_MPS
ALTITUDE_M_MAX: Final = 1e8

_RADIANS: Final = math.pi / 180.0
_PER_QUARTER: Final = 1.0 / 90.0


@inlined
def sine_cosine(degrees: float) -> tuple[float, float]:
    """Without branches and calls, so that loops become vector code; right to 2e-16 within ten turns.

    Whole quarter turns are taken off in degrees, which is exact; the rest is at most π/4, where the first
    term left out of the series is below 3e-17.
    """
    quarters = np.floor(degrees * _PER_QUARTER + 0.5)
    x = (degrees - 90.0 * quarters) * _RADIANS
    s = x * x
    sine = 1 / 1307674368000 - s / 355687428096000
    sine = 1 / 39916800 - s * (1 / 6227020800 - s * sine)
    sine = 1 / 6 - s * (1 / 120 - s * (1 / 5040 - s * (1 / 362880 - s * sine)))
    sine = x - x * s * sine
    cosine = 1 / 87178291200 - s / 20922789888000
    cosine = 1 / 40320 - s * (1 / 3628800 - s * (1 / 479001600 - s * cosine))
    cosine = 1.0 - s * (1 / 2 - s * (1 / 24 - s * (1 / 720 - s * cosine)))
    quarter = quarters - 4.0 * np.floor(quarters * 0.25)
    odd = abs(quarter - 2.0) == 1.0
    a = cosine if odd else sine
    b = sine if odd else cosine
    return (-a if quarter >= 2.0 else a), (-b if abs(quarter - 1.5) == 0.5 else b)


@compiled
def sines_cosines(degrees: Floats, sines: Floats, cosines: Floats) -> None:
    for k in range(degrees.shape[0]):
        sines[k], cosines[k] = sine_cosine(degrees[k])


@compiled_coarse
def sines_cosines_coarse(degrees: Floats, sines: Floats, cosines: Floats) -> None:
    """For records: no less right, but not the same to the last bit everywhere."""
    for k in range(degrees.shape[0]):
        sines[k], cosines[k] = sine_cosine(degrees[k])


@inlined
def on_ellipsoid(
    sin_phi: float,
    cos_phi: float,
    sin_lam: float,
    cos_lam: float,
    sin_track: float,
    cos_track: float,
    speed_mps: float,
) -> tuple[float, float, float, float, float, float]:
    """Earth-centred position on the surface (m) and velocity along the local horizon (m/s)."""
    prime = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_phi * sin_phi)
    east, north = speed_mps * sin_track, speed_mps * cos_track
    return (
        prime * cos_phi * cos_lam,
        prime * cos_phi * sin_lam,
        prime * (1.0 - ECCENTRICITY_SQUARED) * sin_phi,
        -sin_lam * east - sin_phi * cos_lam * north,
        cos_lam * east - sin_phi * sin_lam * north,
        cos_phi * north,
    )


@compiled
def fill(values: Floats, start: int, buffer: Floats) -> None:
    """A block of a column; of one value for all, that value."""
    if values.shape[0] == 1:
        buffer[:] = values[0]
    else:
        count = min(values.shape[0] - start, buffer.shape[0])
        buffer[:count] = values[start : start + count]


@compiled
def lower(least: Any, values: Any, count: int) -> None:
    """Place by place the lesser; nan never is. Without a reduction, so that it becomes vector code."""
    for k in range(count):
        least[k] = values[k] if values[k] < least[k] else least[k]


@compiled
def raise_(largest: Any, values: Any, count: int) -> None:
    for k in range(count):
        largest[k] = values[k] if values[k] > largest[k] else largest[k]


@compiled_coarse
def locate(
    sky: Columns,
    axes: Floats,
    centre: Floats,
    lookahead: float,
    records: Singles,
    middles: Singles,
    summary: Floats,
    first: int,
    last: int,
) -> None:
    """Write records (n, RECORD) of aircraft first .. last - 1, and x and y of their middles once more (2, n).

    Who takes no part has nan for a middle. axes (3, 3): one turned axis a row.
    """
    sin_phi, cos_phi = np.empty(BLOCK), np.empty(BLOCK)
    sin_lam, cos_lam = np.empty(BLOCK), np.empty(BLOCK)
    sin_track, cos_track = np.empty(BLOCK), np.empty(BLOCK)
    climbs, horizontals, verticals = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    slacks, slacks_up, strays = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    speeds, wides, reaches, highs = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    block = np.empty((RECORD, BLOCK), np.float32)
    mx, my, mz, wx, wy, wz = block[MX], block[MY], block[MZ], block[WX], block[WY], block[WZ]
    heights, half_climbs = block[HEIGHT], block[HALF_CLIMB]
    low = np.full((3, BLOCK), np.float32(np.inf))
    high = np.full((3, BLOCK), np.float32(-np.inf))
    fastest, widest, farthest, highest = np.zeros(BLOCK), np.zeros(BLOCK), np.zeros(BLOCK), np.zeros(BLOCK)
    nearest, loosest = np.full(BLOCK, np.inf), np.zeros(BLOCK)
    a_x, a_y, a_z = axes[0, 0], axes[0, 1], axes[0, 2]
    b_x, b_y, b_z = axes[1, 0], axes[1, 1], axes[1, 2]
    c_x, c_y, c_z = axes[2, 0], axes[2, 1], axes[2, 2]
    from_x, from_y, from_z = centre[0], centre[1], centre[2]
    half = 0.5 * lookahead
    for start in range(first, last, BLOCK):
        count = min(BLOCK, last - start)
        end = start + count
        sines_cosines_coarse(sky.latitude[start:end], sin_phi, cos_phi)
        sines_cosines_coarse(sky.longitude[start:end], sin_lam, cos_lam)
        sines_cosines_coarse(sky.track_deg[start:end], sin_track, cos_track)
        fill(sky.climb_ftmin, start, climbs)
        fill(sky.horizontal_m, start, horizontals)
        fill(sky.vertical_m, start, verticals)
        fill(sky.slack_m, start, slacks)
        fill(sky.slack_up_m, start, slacks_up)
        speed_kt, altitude_ft = sky.groundspeed_kt[start:end], sky.altitude_ft[start:end]
        for k in range(count):  # no branches: vector code
            speed, altitude, climb = (
                speed_kt[k] * KT_TO_MPS,
                altitude_ft[k] * M_PER_FT,
                climbs[k] * FTMIN_TO_MPS,
            )
            x, y, z, vx, vy, vz = on_ellipsoid(
                sin_phi[k], cos_phi[k], sin_lam[k], cos_lam[k], sin_track[k], cos_track[k], speed
            )
            swept, minima = abs(speed), horizontals[k] + verticals[k] + slacks[k] + slacks_up[k]
            tallest = abs(altitude) + abs(climb) * lookahead
            takes_part = (
                (abs(x + y + z + vx + vy + vz) < np.inf)
                & (swept <= SPEED_MPS_MAX)
                & (tallest <= ALTITUDE_M_MAX)
                & (minima >= -np.inf)  # not nan
            )
            px, py, pz = x + half * vx - from_x, y + half * vy - from_y, z + half * vz - from_z
            mx[k] = np.float32(px * a_x + py * a_y + pz * a_z if takes_part else np.nan)
            my[k] = np.float32(px * b_x + py * b_y + pz * b_z if takes_part else np.nan)
            mz[k] = np.float32(px * c_x + py * c_y + pz * c_z if takes_part else np.nan)
            wx[k] = np.float32(vx * a_x + vy * a_y + vz * a_z)
            wy[k] = np.float32(vx * b_x + vy * b_y + vz * b_z)
            wz[k] = np.float32(vx * c_x + vy * c_y + vz * c_z)
            heights[k] = np.float32(altitude + half * climb)
            half_climbs[k] = np.float32(abs(half * climb))
            speeds[k] = swept if takes_part else np.nan
            wides[k] = horizontals[k] if takes_part else np.nan
            strays[k] = slacks[k] if takes_part else np.nan
            reaches[k] = horizontals[k] + 2.0 * slacks[k] + swept * lookahead if takes_part else np.nan
            highs[k] = tallest if takes_part else np.nan
        for axis, values in enumerate((mx, my, mz)):
            lower(low[axis], values, count)
            raise_(high[axis], values, count)
        raise_(fastest, speeds, count)
        raise_(widest, wides, count)
        raise_(farthest, reaches, count)
        raise_(loosest, strays, count)
        raise_(highest, highs, count)
        lower(nearest, reaches, count)
        middles[0, start:end] = mx[:count]
        middles[1, start:end] = my[:count]
        for k in range(count):  # written out: a loop over the columns takes twice as long
            record = records[start + k]
            record[MX], record[MY], record[MZ] = mx[k], my[k], mz[k]
            record[WX], record[WY], record[WZ] = wx[k], wy[k], wz[k]
            record[HEIGHT], record[HALF_CLIMB] = heights[k], half_climbs[k]
    for axis in range(3):
        summary[LOW + axis], summary[HIGH + axis] = low[axis].min(), high[axis].max()
    summary[SPEED], summary[HORIZONTAL], summary[REACH] = fastest.max(), widest.max(), farthest.max()
    summary[ALTITUDE], summary[SLACK], summary[LEAST_REACH] = highest.max(), loosest.max(), nearest.min()


@compiled
def rows_of(sky: Columns, aircraft: Integers, count: int, sines: Floats, rows: Floats) -> None:
    """Write the rows of aircraft[:count]. sines: room of shape (9, ≥ count)."""
    climb_step = np.int64(sky.climb_ftmin.shape[0] > 1)
    for k in range(count):  # independent reads, so that memory answers many at once
        i = aircraft[k]
        sines[6, k], sines[7, k], sines[8, k] = sky.latitude[i], sky.longitude[i], sky.track_deg[i]
        rows[k, VX], rows[k, ALT] = sky.groundspeed_kt[i], sky.altitude_ft[i]
        rows[k, CLIMB] = sky.climb_ftmin[i * climb_step]
    sines_cosines(sines[6, :count], sines[0], sines[1])
    sines_cosines(sines[7, :count], sines[2], sines[3])
    sines_cosines(sines[8, :count], sines[4], sines[5])
    for k in range(count):
        rows[k, X], rows[k, Y], rows[k, Z], rows[k, VX], rows[k, VY], rows[k, VZ] = on_ellipsoid(
            sines[0, k],
            sines[1, k],
            sines[2, k],
            sines[3, k],
            sines[4, k],
            sines[5, k],
            rows[k, VX] * KT_TO_MPS,
        )
        rows[k, ALT] *= M_PER_FT
        rows[k, CLIMB] *= FTMIN_TO_MPS
