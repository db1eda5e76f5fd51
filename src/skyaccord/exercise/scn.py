"""Traffic from a scenario file in BlueSky's syntax: CRE, ADDWPT, SPD, ALT, HDG, each with its time stamp.

    00:00:00.00>CRE ALFA06,F16,36.20,38.00,90,FL240,480     call sign, type, latitude, longitude, heading,
                                                            altitude (FL or ft), speed (kt)
    00:01:40.00>HDG ALFA06,360      00:02:00>ALT ALFA06,FL250      00:02:00>SPD ALFA06,450
    00:00:00.00>ADDWPT ALFA06,36.5,39.0[,FL250[,450]]

Kinematics, on purpose simple and the same everywhere: one step a second on WGS 84; speed is taken as ground
speed and holds at once; headings change by at most TURN_RATE_DEG_S, altitudes by at most CLIMB_FT_S; an
aircraft with waypoints flies to them one after another, straight, and goes on straight after the last. There
is no wind and no atmosphere: BlueSky reads SPD as calibrated airspeed and flies a performance model, so its
own run of the same file differs in where an aircraft is, not in what it is told.

Commands that only draw, or only say how the simulation runs (DISPLAY), are counted by name and left out.
Every other command would have changed what flies: it is refused by its line, or counted if the caller asks
for that. Blank lines and lines that begin with # are comments.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from skyaccord.base.errors import InputError, LimitError
from skyaccord.demo.flight import (
    ARRIVED_NM,
    CLIMB_FT_S,
    TURN_RATE_DEG_S,
    Moment,
    bearing_deg,
    distance_nm,
    moved,
)

KNOWN: Final = ("CRE", "ADDWPT", "SPD", "ALT", "HDG")
DISPLAY: Final = (
    "AREA", "BOX", "CIRCLE", "COLOR", "COLOUR", "DATE", "ECHO", "FF", "FIXDT", "HOLD", "INSEDIT", "LINE",
    "NOP", "OP", "PAN", "POLY", "POLYALT", "POLYLINE", "SCEN", "SCREENSHOT", "SNAPLOG", "SSD", "SWRAD",
    "SYMBOL", "TIME", "TRAIL", "ZOOM",
)  # fmt: skip
"""What BlueSky's own scenarios hold beside traffic that moves no aircraft: the map, drawings, pause, pace."""
LINES_MAX: Final = 20_000  # the largest of BlueSky's own scenarios have some thousands
AIRCRAFT_MAX: Final = 1_000
SPEED_KT_MAX: Final = 3_000.0
_STAMP: Final = re.compile(r"^(\d{1,3}):(\d{2}):(\d{2}(?:\.\d+)?)\s*>\s*(.*)$")
_SIGN: Final = re.compile(r"[A-Za-z0-9_-]{1,8}")


@dataclass(frozen=True)
class Command:
    """One line. at_s: seconds after the scenario's start."""

    line: int
    at_s: float
    name: str
    callsign: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Traffic:
    """What a file says. ignored: commands that were left out, by name."""

    commands: tuple[Command, ...]
    ignored: Counter[str] = field(default_factory=Counter)

    @property
    def callsigns(self) -> tuple[str, ...]:
        """Of every aircraft, in order of appearance."""
        return tuple(dict.fromkeys(one.callsign for one in self.commands if one.name == "CRE"))


def read_scn(text: str, where: str, *, skip_unknown: bool = False) -> Traffic:
    """Read a scenario. InputError names the line; skip_unknown: count commands that are not KNOWN instead."""
    commands, ignored, made = [], Counter[str](), set[str]()
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        raise LimitError(f"{len(lines)} lines; the limit LINES_MAX is {LINES_MAX}", where=where)
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        place = f"{where}, line {number}"
        stamp = _STAMP.match(line)
        if stamp is None:
            raise InputError("no time stamp", where=place, do="write it like 00:01:30.00>HDG ALFA06,90")
        hours, minutes, seconds, rest = stamp.groups()
        words = [word.strip() for word in re.split(r"[\s,]+", rest.strip()) if word.strip()]
        name = words[0].upper() if words else ""
        if name not in KNOWN:
            if name not in DISPLAY and not skip_unknown:
                raise InputError(
                    f"the command {name[:20] or '(none)'} is not one of {', '.join(KNOWN)}", where=place,
                    do="take the line out, or write what it does with these",
                )  # fmt: skip
            ignored[name or "(empty)"] += 1
            continue
        at_s = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        command = _checked(
            Command(number, at_s, name, (words[1:] or [""])[0].upper(), tuple(words[2:])), place
        )
        if name == "CRE":
            if command.callsign in made:
                raise InputError(f"{command.callsign} is there already", where=place)
            made.add(command.callsign)
        elif command.callsign not in made:
            raise InputError(f"no CRE before this line makes {command.callsign[:20]!r}", where=place)
        commands.append(command)
    if not made:
        raise InputError("no aircraft: not one CRE", where=where)
    if len(made) > AIRCRAFT_MAX:
        raise LimitError(f"{len(made)} aircraft; the limit AIRCRAFT_MAX is {AIRCRAFT_MAX}", where=where)
    return Traffic(tuple(sorted(commands, key=lambda one: (one.at_s, one.line))), ignored)


def _checked(command: Command, place: str) -> Command:
    """The command if its values can be read."""
    if _SIGN.fullmatch(command.callsign) is None:
        raise InputError(f"{command.callsign[:20]!r} is no call sign", where=place)
    count = {"CRE": (6, 6), "ADDWPT": (2, 4), "SPD": (1, 1), "ALT": (1, 2), "HDG": (1, 1)}[command.name]
    if not count[0] <= len(command.values) <= count[1]:
        raise InputError(f"{command.name} with {len(command.values)} values", where=place)
    try:
        _numbers(command)
    except ValueError as error:
        raise InputError(f"{command.name}: {error}", where=place) from None
    return command


def _numbers(command: Command) -> tuple[float, ...]:
    """The values as degrees, feet and knots. ValueError says which is none."""
    kinds = {
        "CRE": ("", "latitude", "longitude", "heading", "altitude", "speed"),
        "ADDWPT": ("latitude", "longitude", "altitude", "speed"),
        "SPD": ("speed",),
        "ALT": ("altitude", "rate"),
        "HDG": ("heading",),
    }[command.name]
    return tuple(_number(kind, word) for kind, word in zip(kinds, command.values, strict=False) if kind)


def _number(kind: str, word: str) -> float:
    flight_level = kind == "altitude" and word.upper().startswith("FL")
    try:
        value = float(word[2:]) * 100.0 if flight_level else float(word)
    except ValueError:
        raise ValueError(f"{word[:20]!r} is no {kind}") from None
    low, high = {
        "latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0), "heading": (-360.0, 360.0),
        "altitude": (-2_000.0, 100_000.0), "speed": (1.0, SPEED_KT_MAX), "rate": (-20_000.0, 20_000.0),
    }[kind]  # fmt: skip
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"a {kind} of {word[:20]} lies outside {low:g} to {high:g}")
    return value


@dataclass
class _Flight:
    now: Moment
    heading: float
    altitude_ft: float
    waypoints: list[tuple[float, ...]] = field(default_factory=list)


def fly(traffic: Traffic, seconds: float) -> Iterator[tuple[str, Moment]]:
    """(call sign, where it is) each second from 0 to `seconds`; `at_s` counts from the scenario's start."""
    waiting, flights = list(traffic.commands), dict[str, _Flight]()
    for second in range(int(seconds) + 1):
        for flight in flights.values():
            _step(flight)
        while waiting and waiting[0].at_s <= second:
            _obey(flights, waiting.pop(0), float(second))
        for callsign, flight in flights.items():
            yield callsign, flight.now


def _obey(flights: dict[str, _Flight], command: Command, now_s: float) -> None:
    values = _numbers(command)
    if command.name == "CRE":
        latitude, longitude, heading, altitude, speed = values
        start = Moment(now_s, latitude, longitude, altitude, speed, heading % 360.0)
        flights[command.callsign] = _Flight(start, heading % 360.0, altitude)
        return
    flight = flights[command.callsign]
    if command.name == "HDG":
        flight.heading, flight.waypoints = values[0] % 360.0, []
    elif command.name == "ALT":
        flight.altitude_ft = values[0]
    elif command.name == "SPD":
        flight.now = replace(flight.now, speed_kt=values[0])
    else:
        flight.waypoints.append(values)


def _step(flight: _Flight) -> None:
    """One second on: towards the waypoint or the heading, towards the altitude."""
    now = flight.now
    if flight.waypoints:
        latitude, longitude, *more = flight.waypoints[0]
        if distance_nm(now.latitude, now.longitude, latitude, longitude) <= min(ARRIVED_NM, 1.0):
            flight.waypoints.pop(0)
        else:
            flight.heading = bearing_deg(now.latitude, now.longitude, latitude, longitude)
            flight.altitude_ft = more[0] if more else flight.altitude_ft
            now = replace(now, speed_kt=more[1]) if len(more) > 1 else now
    off = (flight.heading - now.track_deg + 180.0) % 360.0 - 180.0
    climb = flight.altitude_ft - now.altitude_ft
    flight.now = moved(
        now,
        track_deg=now.track_deg + max(-TURN_RATE_DEG_S, min(TURN_RATE_DEG_S, off)),
        altitude_ft=now.altitude_ft + max(-CLIMB_FT_S, min(CLIMB_FT_S, climb)),
    )
