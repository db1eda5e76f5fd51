"""IGC flight records (gliders, paragliders): one aircraft a file, times in UTC, pressure altitude in metres.

    B1627534845381N00824437EA0080600893…   16:27:53, 48°45.381'N 008°24.437'E, 806 m pressure, 893 m GNSS

The record names a recorder, not an ICAO address: the target gets an address of its own, `~` and six hex
digits of the digest of the recorder's identity, so that the same recorder is the same target in every file.
Recorders without a pressure sensor write 00000 throughout; their fixes have no altitude that aircraft are
separated by, and are refused.

Source: FAI IGC, Technical Specification for IGC-approved GNSS Flight Recorders, appendix A.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl

from skyaccord.airspace.units import M_PER_FT
from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers.checking import accept
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.tally import Tally

FORMAT: Final = "igc"

NOT_A_FIX: Final = "not a fix (B record)"
NO_DATE: Final = "no time"

_DATE: Final = re.compile(r"^HFDTE(?:DATE:)?\s*(\d{2})(\d{2})(\d{2})")
_NAME: Final = re.compile(r"^H[FOP](?:GID|CID)[^:]*:\s*(\S+)")
_FIX: Final = re.compile(
    r"^B(\d{2})(\d{2})(\d{2})(\d{2})(\d{5})([NS])(\d{3})(\d{5})([EW])([AV])(-\d{4}|\d{5})(-\d{4}|\d{5})"
)
_CENTURY_FROM: Final = 80
"""Years are two digits: 80 to 99 are of the last century. The format is of 1995."""

_BACK: Final = timedelta(hours=12)
"""A fix that seems this much earlier than the one before is after midnight."""


def is_igc(head: bytes) -> bool:
    """Whether this begins as an IGC file: an A record, and a date or a fix soon after."""
    text = head[:65_536].decode("latin-1")
    return bool(re.match(r"A[A-Z0-9]{3}", text)) and bool(re.search(r"^(HFDTE|B\d{6})", text, re.MULTILINE))


def read(opened: OpenedFile, tally: Tally) -> Iterator[pl.DataFrame]:
    """The file's states in one batch (a flight is at most a megabyte or two)."""
    lines = opened.read_all().decode("latin-1").splitlines()
    if not lines or not lines[0].startswith("A"):
        raise UnreadableError(
            "does not begin with an A record", where=opened.where, do="is this an IGC file?"
        )
    address, callsign = _identity(lines)
    day: datetime | None = None
    before: datetime | None = None
    fixes: list[dict[str, Any]] = []
    texts: list[str] = []
    for number, line in enumerate(lines, start=1):
        if (date := _DATE.match(line)) is not None:
            day, before = _day(date), None
        if not line.startswith("B"):
            continue
        match = _FIX.match(line)
        if match is None:
            tally.read += 1
            tally.refuse(NOT_A_FIX, number, line)
            continue
        time = _time(day, match)
        if time is not None and before is not None and day is not None and time < before - _BACK:
            day += timedelta(days=1)
            time += timedelta(days=1)
        before = time or before
        texts.append(line)
        fixes.append({"line": number, "timestamp": time, **_place(match)})
    if not fixes:
        return
    has_pressure = any(fix["altitude"] != 0 for fix in fixes)
    for fix in fixes:
        fix["altitude"] = fix["altitude"] if has_pressure else None
        fix.update(icao24=address, callsign=callsign, source="other")
    raw = pl.DataFrame(
        fixes, infer_schema_length=None, schema_overrides={"timestamp": pl.Datetime("us", "UTC")}
    )
    raw = raw.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"))
    yield accept(raw, tally, texts.__getitem__)


def _identity(lines: list[str]) -> tuple[str, str | None]:
    """Address and call sign (the glider's registration or competition sign, where it is given)."""
    name = next((match[1] for line in lines[:200] if (match := _NAME.match(line))), None)
    recorder = lines[0].strip() + (f" {name}" if name else "")
    return "~" + hashlib.sha256(recorder.encode()).hexdigest()[:6], name


def _day(date: re.Match[str]) -> datetime | None:
    day, month, year = int(date[1]), int(date[2]), int(date[3])
    try:
        return datetime((1900 if year >= _CENTURY_FROM else 2000) + year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _time(day: datetime | None, fix: re.Match[str]) -> datetime | None:
    if day is None:
        return None
    try:
        return day.replace(hour=int(fix[1]), minute=int(fix[2]), second=int(fix[3]))
    except ValueError:
        return None


def _place(fix: re.Match[str]) -> dict[str, float]:
    """Degrees and feet."""
    latitude = int(fix[4]) + int(fix[5]) / 60_000
    longitude = int(fix[7]) + int(fix[8]) / 60_000
    return {
        "latitude": -latitude if fix[6] == "S" else latitude,
        "longitude": -longitude if fix[9] == "W" else longitude,
        "altitude": int(fix[11]) / M_PER_FT,
        "geoaltitude": int(fix[12]) / M_PER_FT,
    }
