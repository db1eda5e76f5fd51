"""Open Glider Network lines (APRS as OGN speaks it), each after the time at which it was received.

    2025-12-23T22:18:24.952Z ICA48683E>OGADSB,qAS,EBKT:/221825h5139.52N/00356.23E^026/307/A=018175 !W87!
        id2548683E -1664fpm FL179.98 A3:TRA24U                                  (one line in the file)

A beacon says hours, minutes and seconds UTC and no day: the day comes from the time in front, and a line
without one has no time. `A=` is the height above mean sea level, by satellite; aircraft are separated by
pressure altitude, which only some trackers send (`FL`). Beacons without it have no altitude, and are refused.

Several receivers hear one beacon; the copies fall to the cleaning. An address of FLARM or OGN is no ICAO
address, and gets a `~`.

Source: https://github.com/glidernet/ogn-aprs-protocol
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from skyaccord.base.errors import InputError
from skyaccord.base.times import parse_utc
from skyaccord.tracks.readers.checking import accept
from skyaccord.tracks.readers.lines import line_batches
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.tally import Tally
from skyaccord.tracks.states import STATE_SCHEMA

FORMAT: Final = "ogn"
NOT_A_BEACON: Final = "no OGN beacon with a position"
OTHER_LINES: Final = "comments and lines about receivers"

_BEACON: Final = re.compile(
    r"^(?:(?P<received>\d{4}-\d\d-\d\dT\S+)\s+)?[A-Za-z0-9-]{3,9}>(?P<by>[A-Za-z0-9-]+)[^:]*:/"
    r"(?P<clock>\d{6})h(?P<lat>\d\d)(?P<lat_m>\d\d\.\d\d)(?P<ns>[NS])"
    r"(?:\\\\|.)(?P<lon>\d{3})(?P<lon_m>\d\d\.\d\d)(?P<ew>[EW])."  # some logs write the symbol \ as \\
    r"(?:(?P<track>\d{3})/(?P<speed>\d{3}))?(?P<rest>.*)$"
)
_FINER: Final = re.compile(r"!W(\d)(\d)!")
_IDENTITY: Final = re.compile(r"\bid([0-9A-Fa-f]{2})(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})\b")
_CLIMB: Final = re.compile(r"([+-]\d+)fpm\b")
_LEVEL: Final = re.compile(r"\bFL(-?\d+(?:\.\d+)?)\b")
_CALLSIGN: Final = re.compile(r"(?:\b|fn)([ABC][0-7]):([A-Z0-9]{1,8})\b")

_ICAO: Final = 1  # address types: 0 random, 1 ICAO, 2 FLARM, 3 OGN
_CATEGORIES: Final = {
    1: "B1",  # glider
    2: "A1",  # tow plane
    3: "A7",  # helicopter
    4: "B3",  # parachutist
    6: "B4",  # hang glider
    7: "B4",  # paraglider
    11: "B2",  # balloon
    12: "B2",  # airship
    13: "B6",  # unmanned
    15: "C3",  # obstacle
}
"""OGN's types of aircraft as ADS-B emitter categories, where there is one; the others name no class."""

_HALF_DAY: Final = timedelta(hours=12)
_RAW: Final[dict[str, Any]] = {
    "row": pl.Int64(),
    "line": pl.Int64(),
    **{name: STATE_SCHEMA[name] for name in ("timestamp", "icao24", "callsign", "latitude", "longitude")},
    **{name: STATE_SCHEMA[name] for name in ("altitude", "groundspeed", "track", "vertical_rate")},
    **{name: STATE_SCHEMA[name] for name in ("category", "source")},
}


def is_ogn(head: bytes) -> bool:
    """Whether one of the first lines is a beacon of an aircraft."""
    lines = head[:16_384].decode("latin-1").splitlines()[:50]
    return any(_BEACON.match(line) is not None for line in lines)


def read(opened: OpenedFile, tally: Tally) -> Iterator[pl.DataFrame]:
    """Batches of states."""
    for first, lines in line_batches(opened, tally):
        rows: list[dict[str, Any]] = []
        for index, line in enumerate(lines):
            text = line.decode("latin-1").rstrip("\r")
            if not text.strip():
                continue
            beacon = _BEACON.match(text)
            if text.startswith("#") or (beacon is None and ">" in text and ":/" not in text):
                tally.note(OTHER_LINES, 1)
            elif beacon is None or (identity := _IDENTITY.search(beacon["rest"])) is None:
                tally.read += 1
                tally.refuse(NOT_A_BEACON, first + index, line)
            else:
                rows.append({"row": index, "line": first + index, **_state(beacon, identity)})
        if rows:
            yield accept(pl.DataFrame(rows, schema=_RAW), tally, lines.__getitem__)


def _state(beacon: re.Match[str], identity: re.Match[str]) -> dict[str, Any]:
    rest = beacon["rest"]
    kind = int(identity[1], 16)
    finer = _FINER.search(rest)
    digits = (finer[1], finer[2]) if finer else ("0", "0")
    said = _CALLSIGN.search(rest)
    climb, level = _CLIMB.search(rest), _LEVEL.search(rest)
    has_velocity = beacon["speed"] is not None
    return {
        "timestamp": _time(beacon),
        "icao24": ("" if kind & 3 == _ICAO else "~") + identity[2].lower(),
        "callsign": said[2] if said else None,
        "latitude": _degrees(beacon["lat"], beacon["lat_m"] + digits[0], negative=beacon["ns"] == "S"),
        "longitude": _degrees(beacon["lon"], beacon["lon_m"] + digits[1], negative=beacon["ew"] == "W"),
        "altitude": float(level[1]) * 100.0 if level else None,
        "groundspeed": float(beacon["speed"]) if has_velocity else None,
        "track": float(beacon["track"]) if has_velocity else None,
        "vertical_rate": float(climb[1]) if climb else None,
        "category": said[1] if said else _CATEGORIES.get(kind >> 2 & 15),
        "source": "adsb" if beacon["by"].upper() == "OGADSB" else "other",
    }


def _degrees(whole: str, minutes: str, *, negative: bool) -> float:
    value = int(whole) + float(minutes) / 60.0
    return -value if negative else value


def _time(beacon: re.Match[str]) -> datetime | None:
    """The time in the beacon, on the day that puts it nearest to when it was received."""
    if beacon["received"] is None:
        return None
    clock = beacon["clock"]
    try:
        received = parse_utc(beacon["received"])
        time = received.replace(
            hour=int(clock[:2]), minute=int(clock[2:4]), second=int(clock[4:]), microsecond=0
        )
        if time - received > _HALF_DAY:
            return time - timedelta(days=1)
        return time + timedelta(days=1) if received - time > _HALF_DAY else time
    except (InputError, ValueError, OverflowError):
        return None
