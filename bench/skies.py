"""Made-up skies. Everything random comes from the seed; nobody climbs; places are uniform in area.

| Name | Aircraft | Where | Altitude | Speed | Minima | Look-ahead |
|---|---|---|---|---|---|---|
| crowd | 10,000 | 1,000 × 1,000 NM about 45°N | continuous FL100–400 | 250–500 kt | 5 NM, 1000 ft | 300 s |
| airliners | 100,000 | 4,000 × 4,000 NM about 0°N | the same | 250–500 kt | 5 NM, 1000 ft | 120 s |
| drones | 1,000,000 | 300 × 300 km about 45°N | 0–120 m | 20 m/s | 50 m, 15 m | 60 s |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

M_PER_NM: Final = 1852.0
M_PER_FT: Final = 0.3048
KT_PER_MPS: Final = 3600.0 / M_PER_NM
NM_PER_DEGREE: Final = 60.0
"""Enough for laying out a square; distances are computed by those who search."""


@dataclass(frozen=True)
class Kind:
    name: str
    aircraft: int
    side_nm: float
    centre_deg: float
    altitude_ft: tuple[float, float]
    speed_kt: tuple[float, float]
    horizontal_nm: float
    vertical_ft: float
    lookahead_s: float
    seed: int


@dataclass(frozen=True)
class Sky:
    """Columns of shape (n,): degrees, feet, knots."""

    kind: Kind
    latitude: Floats
    longitude: Floats
    altitude_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats


CROWD: Final = Kind("crowd", 10_000, 1_000.0, 45.0, (10_000, 40_000), (250, 500), 5.0, 1000.0, 300.0, 1)
AIRLINERS: Final = Kind(
    "airliners", 100_000, 4_000.0, 0.0, (10_000, 40_000), (250, 500), 5.0, 1000.0, 120.0, 2
)
DRONES: Final = Kind(
    "drones",
    1_000_000,
    300_000 / M_PER_NM,
    45.0,
    (0.0, 120 / M_PER_FT),
    (20 * KT_PER_MPS, 20 * KT_PER_MPS),
    50 / M_PER_NM,
    15 / M_PER_FT,
    60.0,
    3,
)


def make(kind: Kind, aircraft: int | None = None) -> Sky:
    """The sky of a kind; with another number of aircraft, as dense: the square grows or shrinks."""
    n = aircraft or kind.aircraft
    uniform = np.random.default_rng(kind.seed).uniform
    half = kind.side_nm * (n / kind.aircraft) ** 0.5 / NM_PER_DEGREE / 2
    latitude = kind.centre_deg + uniform(-half, half, n)
    return Sky(
        kind,
        latitude,
        uniform(-half, half, n) / np.cos(np.radians(latitude)),
        uniform(*kind.altitude_ft, n),
        uniform(*kind.speed_kt, n),
        uniform(0.0, 360.0, n),
    )
