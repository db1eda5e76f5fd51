"""Column names of tables: those of the `traffic` library, plus our extras (STATE_SCHEMA)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

from skyaccord.base.errors import InputError
from skyaccord.tracks.states import REQUIRED, STATE_SCHEMA

_OTHER_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "timestamp": ("time", "datetime", "date", "epoch", "now", "ts", "time_position", "last_position"),
    "icao24": (
        "icao",
        "hex",
        "address",
        "icao_address",
        "icao_24",
        "mode_s",
        "modes",
        "hexident",
        "transponder",
    ),
    "latitude": ("lat", "y", "latitude_deg", "lat_deg"),
    "longitude": ("lon", "long", "lng", "x", "longitude_deg", "lon_deg"),
    "altitude": ("alt", "alt_baro", "baro_altitude", "baroaltitude", "altitude_ft", "geoaltitude", "height"),
}
"""Names other programs use for what we require. They are suggested, never taken silently: a `time` may be the
time of the message, not of the position, and an `alt` may be in metres."""


def map_columns(names: Sequence[str], where: str) -> dict[str, str]:
    """Name as given → our name, for the columns we know; upper and lower case are the same.

    Raises InputError naming every required column that is missing (with names in the table that come near)
    and any column given twice.
    """
    found: dict[str, str] = {}
    for name in names:
        ours = name.strip().lower()
        if ours not in STATE_SCHEMA:
            continue
        if ours in found.values():
            raise InputError(f"column {ours} is there twice", where=where, do="keep one of them")
        found[name] = ours
    missing = [name for name in REQUIRED if name not in found.values()]
    if missing:
        raise InputError(
            f"no column {' and no column '.join(missing)}",
            where=where,
            do=_advice(missing, found, names),
        )
    return found


def reject_twice(names: Sequence[str], where: str) -> None:
    """Raises InputError if one of our columns is there twice under the very same name."""
    ours = [name for name in names if name.strip().lower() in STATE_SCHEMA]
    for name in ours:
        if ours.count(name) > 1:
            raise InputError(f"column {name.strip()} is there twice", where=where, do="keep one of them")


def looks_like_header(names: Sequence[str]) -> bool:
    """Whether these are column names of a table of positions, ours or another program's."""
    known = set(STATE_SCHEMA).union(*_OTHER_NAMES.values())
    return sum(name.strip().lower() in known for name in names) >= 2


def _advice(missing: list[str], found: dict[str, str], names: Sequence[str]) -> str:
    others = [name for name in names if name not in found]
    near = {name: _nearest(name, others) for name in missing}
    renames = [f"rename {given!r} to {name!r}" for name, given in near.items() if given]
    if renames:
        return ", ".join(renames)
    shown = ", ".join(repr(name) for name in names[:12]) + (", …" if len(names) > 12 else "")
    shown = shown or "no column at all"
    return f"the table must have {', '.join(REQUIRED)} (it has {shown})"


def _nearest(name: str, others: list[str]) -> str | None:
    lowered = {other.strip().lower(): other for other in others}
    for candidate in _OTHER_NAMES[name]:
        if candidate in lowered:
            return lowered[candidate]
    close = difflib.get_close_matches(name, lowered, n=1, cutoff=0.75)
    return lowered[close[0]] if close else None
