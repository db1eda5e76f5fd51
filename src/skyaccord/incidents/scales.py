"""The published scales of severity: their values, rising, where they come from, and what they compare with.

The categories of the scales are given by people after they have looked at everything. What a program can do
is to hold measured distances against published cylinders and propose; `severity.py` does that, and these are
its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from skyaccord.airspace.units import FT_PER_NM

ScaleName = Literal["airprox", "nmac", "encounter"]


@dataclass(frozen=True)
class Scale:
    """A published scale. values: rising gravity; undetermined: the value for what nobody can tell."""

    name: ScaleName
    values: tuple[str, ...]
    undetermined: str
    source: str


SCALES: Final[dict[ScaleName, Scale]] = {
    "airprox": Scale(
        "airprox",
        ("E", "D", "C", "B", "A"),
        "D",
        "ICAO Doc 4444, AIRPROX categories A to D; UK Airprox Board for E (airproxboard.org.uk)",
    ),
    "nmac": Scale(
        "nmac",
        ("no", "undetermined", "yes"),
        "undetermined",
        "RTCA DO-365B: under 500 ft horizontally and under 100 ft vertically at one instant",
    ),
    "encounter": Scale(
        "encounter",
        ("near-routine", "undetermined", "serious", "high-risk"),
        "undetermined",
        "European Leadership Network, Dangerous Brinkmanship, November 2014",
    ),
}

NMAC_HORIZONTAL_NM: Final = 500.0 / FT_PER_NM
NMAC_VERTICAL_FT: Final = 100.0
"""Near mid-air collision: both. RTCA DO-365B, the cylinder of NASA DAIDALUS as well."""
WELL_CLEAR_HORIZONTAL_NM: Final = 0.66
WELL_CLEAR_VERTICAL_FT: Final = 450.0
"""Well clear of one another: RTCA DO-365, phase I (1,222.32 m, in its prose 4,000 ft, and 450 ft)."""
