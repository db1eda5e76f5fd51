"""The picture as one binary frame: 24 bytes of header, then 16 bytes an aircraft in columns.

Little endian. Columns, not rows, so that the browser lays typed arrays straight over the buffer:

    offset      type       what
    0           4 bytes    magic `SKY1`
    4           uint32     count n
    8           float64    sky time, seconds since 1970-01-01T00:00:00Z
    16          uint32     version of the roster that names the aircraft, in the same order
    20          uint32     reserved, 0
    24          int32[n]   latitude, 1e-7 degree
    24 +  4n    int32[n]   longitude, 1e-7 degree
    24 +  8n    int16[n]   altitude, 25 ft (ALTITUDE_NONE: not known)
    24 + 10n    uint16[n]  groundspeed, 0.1 kt (NONE_U16: not known)
    24 + 12n    uint16[n]  track, 0.01 degree (NONE_U16: not known)
    24 + 14n    uint16[n]  flags: bits 0-3 index + 1 into the roster's parties (0 none), 4 stale, 5 suspect,
                           6 on the ground, 7 climbing, 8 descending

tests/data/frame_vector.json holds one frame with its values; the console's decoder is tested on it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAGIC: Final = b"SKY1"
HEADER: Final = struct.Struct("<4sIdII")
BYTES_AN_AIRCRAFT: Final = 16

ALTITUDE_NONE: Final = -32768
NONE_U16: Final = 65535
ALTITUDE_UNIT_FT: Final = 25.0
SPEED_UNIT_KT: Final = 0.1
TRACK_UNIT_DEG: Final = 0.01
POSITION_UNIT_DEG: Final = 1e-7

PARTY_MASK: Final = 0x000F
STALE: Final = 1 << 4
SUSPECT: Final = 1 << 5
ON_GROUND: Final = 1 << 6
CLIMBING: Final = 1 << 7
DESCENDING: Final = 1 << 8
PARTIES_MAX: Final = 15  # what four bits can name, beside "none"
LEVEL_FT_MIN: Final = 200.0  # ft/min; below this an aircraft is level: reported rates flicker by ± 64 or 128

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class FrameColumns:
    """One second's picture as plain columns of equal length; nan is "not known".

    latitude, longitude, track_deg: degrees. altitude_ft: ft. groundspeed_kt: kt. vertical_rate_ftmin: ft/min.
    party: index into the roster's parties, -1 for none.
    """

    latitude: Floats
    longitude: Floats
    altitude_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    vertical_rate_ftmin: Floats
    party: NDArray[np.int64]
    stale: Bools
    suspect: Bools
    on_ground: Bools


def _scaled(values: Floats, unit: float, low: int, high: int, *, missing: int, dtype: str) -> bytes:
    """Values in units of `unit`, clipped to low..high, nan as `missing`."""
    known = np.isfinite(values)
    whole = np.clip(np.rint(np.where(known, values, 0.0) / unit), low, high)
    return np.where(known, whole, missing).astype(dtype).tobytes()


def flags_of(columns: FrameColumns) -> NDArray[np.uint16]:
    """The flags column; a party beyond PARTIES_MAX shows as none."""
    named = (columns.party >= 0) & (columns.party < PARTIES_MAX)
    flags = np.where(named, columns.party + 1, 0).astype(np.uint16)
    marks: tuple[tuple[NDArray[np.bool_], int], ...] = (
        (columns.stale, STALE),
        (columns.suspect, SUSPECT),
        (columns.on_ground, ON_GROUND),
        (columns.vertical_rate_ftmin >= LEVEL_FT_MIN, CLIMBING),
        (columns.vertical_rate_ftmin <= -LEVEL_FT_MIN, DESCENDING),
    )
    for mark, bit in marks:
        flags |= np.where(mark, bit, 0).astype(np.uint16)
    return flags


def encode_frame(sky_time: datetime, roster_version: int, columns: FrameColumns) -> bytes:
    """The binary frame of this picture. `sky_time` must be aware."""
    if sky_time.tzinfo is None:
        raise ValueError("a frame needs an aware sky time")
    count = len(columns.latitude)
    track = np.mod(columns.track_deg, 360.0)
    parts = [
        HEADER.pack(MAGIC, count, sky_time.timestamp(), roster_version, 0),
        _scaled(columns.latitude, POSITION_UNIT_DEG, -900_000_000, 900_000_000, missing=0, dtype="<i4"),
        _scaled(columns.longitude, POSITION_UNIT_DEG, -1_800_000_000, 1_800_000_000, missing=0, dtype="<i4"),
        _scaled(columns.altitude_ft, ALTITUDE_UNIT_FT, -32767, 32767, missing=ALTITUDE_NONE, dtype="<i2"),
        _scaled(columns.groundspeed_kt, SPEED_UNIT_KT, 0, NONE_U16 - 1, missing=NONE_U16, dtype="<u2"),
        _scaled(track, TRACK_UNIT_DEG, 0, 36_000, missing=NONE_U16, dtype="<u2"),
        flags_of(columns).astype("<u2").tobytes(),
    ]
    frame = b"".join(parts)
    assert len(frame) == HEADER.size + BYTES_AN_AIRCRAFT * count  # noqa: S101 (checked again when written)
    return frame
