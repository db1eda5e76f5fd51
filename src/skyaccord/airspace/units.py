"""Units of the air and how people write them: `0.5nm,500ft`, `20nm`, `60s`.

>>> parse_within("0.5 NM, 500 ft")
Limits(horizontal_nm=0.5, vertical_ft=500.0)
>>> parse_distance_nm("1852m")
1.0
>>> parse_duration_s("2min")
120.0
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from skyaccord.base.errors import InputError

M_PER_NM: Final = 1852.0  # exact: First International Extraordinary Hydrographic Conference, 1929
M_PER_FT: Final = 0.3048  # exact: international yard and pound agreement, 1959
FT_PER_NM: Final = M_PER_NM / M_PER_FT
S_PER_MIN: Final = 60.0
S_PER_H: Final = 3600.0
KT_TO_MPS: Final = M_PER_NM / S_PER_H
FTMIN_TO_MPS: Final = M_PER_FT / S_PER_MIN

HORIZONTAL_NM_MAX: Final = 200.0
"""Largest horizontal limit. Farther, one tangent plane for two errs by over 0.02 % (docs/method.md)."""
VERTICAL_FT_MAX: Final = 100_000.0
"""Largest vertical limit: nothing that reports pressure altitude flies higher."""
DURATION_S_MAX: Final = 86_400.0
"""Longest duration that an option takes: one day."""

_LENGTH_M: Final = {"nm": M_PER_NM, "nmi": M_PER_NM, "km": 1000.0, "m": 1.0, "ft": M_PER_FT}
_DURATION_S: Final = {"s": 1.0, "sec": 1.0, "min": S_PER_MIN, "h": S_PER_H}
_QUANTITY: Final = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """The two limits of a separation rule. `vertical_ft` is None if it is horizontal only."""

    horizontal_nm: float
    vertical_ft: float | None

    @property
    def horizontal_m(self) -> float:
        return self.horizontal_nm * M_PER_NM

    @property
    def vertical_m(self) -> float:
        """Metres; infinite when there is no vertical limit."""
        return math.inf if self.vertical_ft is None else self.vertical_ft * M_PER_FT

    def __str__(self) -> str:
        vertical = "" if self.vertical_ft is None else f",{self.vertical_ft:g}ft"
        return f"{self.horizontal_nm:g}nm{vertical}"


def parse_within(text: str, *, where: str | None = None) -> Limits:
    """`0.5nm,500ft`: a horizontal and a vertical limit, in nm, km, m, ft; any case, with or without spaces.

    Raises InputError that says how to write it.
    """
    write = "write a horizontal and a vertical limit with their units, like 0.5nm,500ft"
    parts = text.split(",") if isinstance(text, str) else []
    if len(parts) != 2:
        raise InputError(f"{text!r} is not a pair of limits", where=where, do=write)
    horizontal_m = _quantity(parts[0], _LENGTH_M, whole=text, where=where, do=write)
    vertical_m = _quantity(parts[1], _LENGTH_M, whole=text, where=where, do=write)
    horizontal_nm, vertical_ft = _in_unit(horizontal_m, M_PER_NM), _in_unit(vertical_m, M_PER_FT)
    _bounded(horizontal_nm, HORIZONTAL_NM_MAX, "NM", whole=text, where=where)
    _bounded(vertical_ft, VERTICAL_FT_MAX, "ft", whole=text, where=where)
    return Limits(horizontal_nm, vertical_ft)


def parse_distance_nm(text: str, *, where: str | None = None) -> float:
    """`20nm`: one distance, in nm, km, m or ft, as nautical miles. Raises InputError."""
    metres = _quantity(
        text, _LENGTH_M, whole=text, where=where, do="write a distance with its unit, like 20nm"
    )
    distance_nm = _in_unit(metres, M_PER_NM)
    _bounded(distance_nm, HORIZONTAL_NM_MAX, "NM", whole=text, where=where)
    return distance_nm


def parse_duration_s(text: str, *, where: str | None = None) -> float:
    """`60s`, `2min`, `1h` as seconds. Raises InputError."""
    seconds = _quantity(
        text, _DURATION_S, whole=text, where=where, do="write a duration with its unit, like 60s or 2min"
    )
    _bounded(seconds, DURATION_S_MAX, "s", whole=text, where=where)
    return seconds


def _quantity(text: str, units: dict[str, float], *, whole: str, where: str | None, do: str) -> float:
    match = _QUANTITY.fullmatch(text)
    factor = units.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise InputError(f"{whole!r} is not understood", where=where, do=do)
    return float(match[1]) * factor


def _in_unit(metres: float, factor: float) -> float:
    """Metres in another unit, without the last-digit noise of the two conversions (5nm stays 5.0)."""
    return float(f"{metres / factor:.12g}")


def _bounded(value: float, highest: float, unit: str, *, whole: str, where: str | None) -> None:
    if not 0.0 < value <= highest:
        raise InputError(
            f"{whole!r} is out of range", where=where, do=f"give more than 0 and at most {highest:g} {unit}"
        )
