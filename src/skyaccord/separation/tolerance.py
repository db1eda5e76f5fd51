"""When two numbers count as equal. One place, because every boundary in the house leans on it.

A distance strictly less than the limit infringes; exactly the limit does not; and *almost* the limit counts
as the limit: two aircraft cleared to 1,000 ft apart are 1,000 ft apart, though
4,000 × 0.3048 − 3,000 × 0.3048 is 304.79999999999995.
"""

from __future__ import annotations

from typing import Final

ALMOST_EQUAL: Final = 1e-9
"""Relative to the limit. 9 µm at 5 NM, 0.3 µm at 1,000 ft, 50 nm at the 50 m of a drone.

Above what double precision leaves: ECEF coordinates of 6.4e6 m carry 1e-9 m, and limits start at some 10 m.
Far below what any sensor sees: the finest ADS-B position is 1e-5 degrees or so, a decimetre at best.
"""

INSIDE: Final = 1.0 - ALMOST_EQUAL
"""A distance over its limit must be less than this to infringe."""
