# ruff: noqa: PLR0917 - compiled scalars and arrays are passed by position
"""From a snapshot's columns to one row an aircraft, and to the middle of its sweep.

A row is eight numbers, one cache line: Earth-centred position (m) and velocity (m/s), altitude (m), climb
(m/s). Everything exact is computed from rows. The middle of the sweep, in axes turned so that the third
points up in the middle of all aircraft, is rounded to 32 bits: it decides where to look, never what is found.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ECCENTRICITY_SQUARED, SEMI_MAJOR_M
from skyaccord.airspace.units import FTMIN_TO_MPS, KT_TO_MPS, M_PER_FT
from skyaccord.separation.compiled import compiled

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# columns of a row
X, Y, Z, VX, VY, VZ, ALT, CLIMB = range(8)
COLUMNS: Final = 8

LINE: Final = 8
"""Numbers in a cache line."""
BLOCK: Final = 128
"""Aircraft whose sines are taken at once; the buffers stay in the nearest cache."""

# what `locate` sums up: the least and the largest of each axis, the largest of four things, the least reach
LOW, HIGH, SPEED, HORIZONTAL, REACH, ALTITUDE, LEAST_REACH = 0, 3, 6, 7, 8, 9, 10
SUMMARY: Final = 11

SPEED_KT_MAX: Final = 100_000.0
"""Faster than anything that ever flew: such a row is garbage, and its sweep would cover everybody's."""
ALTITUDE_M_MAX: Final = 1e8

_RADIANS: Final = math.pi / 180.0


@compiled
def sine_cosine(degrees: float) -> tuple[float, float]:
    """Without branches and calls, so that loops become vector code; right to 2e-16 within ten turns.

    Whole quarter turns are taken off in degrees, which is exact; the rest is at most π/4, where the first
    term left out of the series is below 3e-17.
    """
    quarters = np.floor(degrees / 90.0 + 0.5)
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


@compiled
def middle_of(
    rows: Floats, i: int, axes: Floats, centre: Floats, lookahead: float
) -> tuple[np.float32, np.float32, np.float32]:
    """The middle of an aircraft's sweep in the turned axes, from `centre`."""
    x = rows[i, X] + 0.5 * lookahead * rows[i, VX] - centre[0]
    y = rows[i, Y] + 0.5 * lookahead * rows[i, VY] - centre[1]
    z = rows[i, Z] + 0.5 * lookahead * rows[i, VZ] - centre[2]
    return (
        np.float32(x * axes[0, 0] + y * axes[0, 1] + z * axes[0, 2]),
        np.float32(x * axes[1, 0] + y * axes[1, 1] + z * axes[1, 2]),
        np.float32(x * axes[2, 0] + y * axes[2, 1] + z * axes[2, 2]),
    )


@compiled
def locate(
    latitude: Floats,
    longitude: Floats,
    altitude_ft: Floats,
    groundspeed_kt: Floats,
    track_deg: Floats,
    climb_ftmin: Floats,
    horizontal_m: Floats,
    vertical_m: Floats,
    axes: Floats,
    centre: Floats,
    lookahead: float,
    rows: Floats,
    middles: Singles,
    summary: Floats,
    first: int,
    last: int,
) -> None:
    """Write rows and middles (3, n) of aircraft first .. last - 1; a middle of nan takes no part.

    climb, horizontal and vertical may have one value for all. axes (3, 3): one turned axis a row.
    """
    climb_step = np.int64(climb_ftmin.shape[0] > 1)
    horizontal_step = np.int64(horizontal_m.shape[0] > 1)
    vertical_step = np.int64(vertical_m.shape[0] > 1)
    sin_phi, cos_phi = np.empty(BLOCK), np.empty(BLOCK)
    sin_lam, cos_lam = np.empty(BLOCK), np.empty(BLOCK)
    sin_track, cos_track = np.empty(BLOCK), np.empty(BLOCK)
    low_x, low_y, low_z = np.inf, np.inf, np.inf
    high_x, high_y, high_z = -np.inf, -np.inf, -np.inf
    fastest, widest, farthest, highest, nearest = 0.0, 0.0, 0.0, 0.0, np.inf
    for start in range(first, last, BLOCK):
        end = min(start + BLOCK, last)
        sines_cosines(latitude[start:end], sin_phi, cos_phi)
        sines_cosines(longitude[start:end], sin_lam, cos_lam)
        sines_cosines(track_deg[start:end], sin_track, cos_track)
        for k in range(end - start):
            i = start + k
            sp, cp, sl, cl = sin_phi[k], cos_phi[k], sin_lam[k], cos_lam[k]
            speed = groundspeed_kt[i] * KT_TO_MPS
            altitude = altitude_ft[i] * M_PER_FT
            climb = climb_ftmin[i * climb_step] * FTMIN_TO_MPS
            horizontal = horizontal_m[i * horizontal_step]
            prime = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sp * sp)
            x, y = prime * cp * cl, prime * cp * sl
            z = prime * (1.0 - ECCENTRICITY_SQUARED) * sp
            east, north = speed * sin_track[k], speed * cos_track[k]
            vx = -sl * east - sp * cl * north
            vy = cl * east - sp * sl * north
            vz = cp * north
            rows[i, X], rows[i, Y], rows[i, Z] = x, y, z
            rows[i, VX], rows[i, VY], rows[i, VZ] = vx, vy, vz
            rows[i, ALT], rows[i, CLIMB] = altitude, climb
            if not (
                abs(x + y + z + vx + vy + vz) < np.inf
                and abs(groundspeed_kt[i]) <= SPEED_KT_MAX
                and abs(altitude) + abs(climb) * lookahead <= ALTITUDE_M_MAX
                and not math.isnan(horizontal + vertical_m[i * vertical_step])
            ):
                middles[0, i], middles[1, i], middles[2, i] = np.nan, np.nan, np.nan
                continue
            mx, my, mz = middle_of(rows, i, axes, centre, lookahead)
            middles[0, i], middles[1, i], middles[2, i] = mx, my, mz
            low_x, low_y, low_z = min(low_x, float(mx)), min(low_y, float(my)), min(low_z, float(mz))
            high_x, high_y, high_z = max(high_x, float(mx)), max(high_y, float(my)), max(high_z, float(mz))
            fastest = max(fastest, abs(speed))
            widest = max(widest, horizontal)
            farthest = max(farthest, horizontal + abs(speed) * lookahead)
            nearest = min(nearest, horizontal + abs(speed) * lookahead)
            highest = max(highest, abs(altitude) + abs(climb) * lookahead)
    summary[LOW], summary[LOW + 1], summary[LOW + 2] = low_x, low_y, low_z
    summary[HIGH], summary[HIGH + 1], summary[HIGH + 2] = high_x, high_y, high_z
    summary[SPEED], summary[HORIZONTAL], summary[REACH] = fastest, widest, farthest
    summary[ALTITUDE], summary[LEAST_REACH] = highest, nearest


def empty_rows(n: int) -> Floats:
    """Rows that begin where a cache line does."""
    memory = np.empty(n * COLUMNS + LINE)
    skip = -(memory.ctypes.data // memory.itemsize) % LINE
    return memory[skip : skip + n * COLUMNS].reshape(n, COLUMNS)
