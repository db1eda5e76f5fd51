"""SBS/BaseStation messages: what receivers send on port 30003, one comma-separated message a line.

    MSG,3,1,1,4CA2B6,1,2026/02/24,14:57:36.412,2026/02/24,14:57:36.420,,37000,,,50.690460,3.128951,,,0,0,0,0
    type ─┘      address ┘      generated: local time, no zone        altitude  latitude, longitude

A message says one thing (call sign, position, velocity), so a state is put together from several: each
position
message makes one, with what was last said about the rest. Receivers cut leading zeros of addresses.

Format: http://woodair.net/SBS/Article/Barebones42_Socket_Data.htm
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from skyaccord.tracks.cleaning.zeros import ZeroCensus, is_zero
from skyaccord.tracks.readers.checking import accept
from skyaccord.tracks.readers.tally import Tally
from skyaccord.tracks.states import STATE_SCHEMA

FORMAT: Final = "sbs"
NOT_A_MESSAGE: Final = "not an SBS message"
NOT_A_POSITION: Final = "no position in it"
FIELDS: Final = 22
FIELDS_MIN: Final = 16  # some senders leave out what is empty at the end; a position is complete with 16
VELOCITY_S_MAX: Final = 10.0
"""A velocity said longer ago than this is not joined to a position; then it is derived from positions."""
AIRCRAFT_MAX: Final = 100_000

_TYPE, _ADDRESS, _DATE, _TIME, _CALLSIGN, _ALTITUDE, _SPEED, _TRACK = 1, 4, 6, 7, 10, 11, 12, 13
_LATITUDE, _LONGITUDE, _CLIMB, _SQUAWK, _GROUND = 14, 15, 16, 17, 21
_POSITIONS: Final = ("2", "3")  # on the ground, in the air


@dataclass
class _Said:
    """What was last said about one aircraft, beside its position."""

    callsign: str | None = None
    squawk: str | None = None
    speed: str | None = None
    track: str | None = None
    climb: str | None = None
    velocity_at: datetime | None = None


class SbsMessages:
    """Puts states together from messages in the order in which they come.

    timezone: what the messages' times are in; None: they are not used, a state has the time of its arrival.
    """

    def __init__(self, timezone: str | None = None) -> None:
        self._timezone = timezone
        self._said: OrderedDict[str, _Said] = OrderedDict()
        self._census = ZeroCensus()

    def states_of_lines(self, lines: list[tuple[bytes, datetime]], tally: Tally) -> pl.DataFrame:
        """States from lines, each with the (aware) time at which it arrived. Columns of STATE_SCHEMA.

        Once zeros pile up in the feed (`skyaccord.tracks.cleaning.zeros`), a state at 0 ft has no altitude:
        the aircraft stays in the picture, and nothing is claimed about its height.
        """
        rows: list[dict[str, Any]] = []
        for number, (line, arrived) in enumerate(lines):
            row = self._take(line, arrived)
            if isinstance(row, str):
                tally.read += 1
                tally.refuse(row, number + 1, line)
            elif row is not None:
                rows.append({"row": number, "line": number + 1, **row})
        raw = pl.DataFrame(rows, schema=_RAW if self._timezone is None else _RAW_LOCAL)
        if self._timezone is not None:
            local = pl.col("timestamp").dt.replace_time_zone(
                self._timezone, ambiguous="earliest", non_existent="null"
            )
            raw = raw.with_columns(local.dt.convert_time_zone("UTC").cast(STATE_SCHEMA["timestamp"]))
        numbers = [pl.col(name).str.strip_chars().cast(pl.Float64, strict=False) for name in _NUMBERS]
        states = accept(raw.with_columns(numbers), tally, lambda index: lines[index][0])
        self._census.add(states)
        if not self._census.stands_for_none:
            return states
        altitude = pl.when(is_zero(states)).then(None).otherwise(pl.col("altitude")).alias("altitude")
        return states.with_columns(altitude)

    def _take(self, line: bytes, arrived: datetime) -> dict[str, Any] | str | None:
        """A row for a position, None for a message about something else, or the reason why it is none."""
        fields = [field.strip() for field in line.decode("ascii", "replace").split(",")]
        if fields[0] != "MSG" or len(fields) < FIELDS_MIN:
            # other kinds (SEL, ID, AIR, STA, CLK) belong to the sender's own screen
            return None if fields[0] in ("SEL", "ID", "AIR", "STA", "CLK") else NOT_A_MESSAGE
        fields += [""] * (FIELDS - len(fields))
        moment = self._moment(fields, arrived)
        if moment is None:
            return "time is not a time"
        said = self._said_of(fields[_ADDRESS].upper())
        said.callsign = fields[_CALLSIGN] or said.callsign
        said.squawk = fields[_SQUAWK] or said.squawk
        if fields[_SPEED] or fields[_TRACK] or fields[_CLIMB]:
            said.speed, said.track = fields[_SPEED] or None, fields[_TRACK] or None
            said.climb, said.velocity_at = fields[_CLIMB] or None, moment
        if fields[_TYPE] not in _POSITIONS:
            return None
        if not (fields[_LATITUDE] and fields[_LONGITUDE]):
            return NOT_A_POSITION
        known = (
            said.velocity_at is not None
            and abs((moment - said.velocity_at).total_seconds()) <= VELOCITY_S_MAX
        )
        return {
            "timestamp": moment,
            "icao24": fields[_ADDRESS],
            "callsign": said.callsign,
            "latitude": fields[_LATITUDE],
            "longitude": fields[_LONGITUDE],
            "altitude": fields[_ALTITUDE],
            "groundspeed": said.speed if known else None,
            "track": said.track if known else None,
            "vertical_rate": said.climb if known else None,
            "onground": fields[_TYPE] == "2" or fields[_GROUND] in ("1", "-1"),
            "squawk": said.squawk,
        }

    def _moment(self, fields: list[str], arrived: datetime) -> datetime | None:
        """When it arrived, aware; or, where the zone is known, when it was generated, not aware yet."""
        if self._timezone is None:
            return arrived
        text = f"{fields[_DATE].replace('/', '-')} {fields[_TIME]}"
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment if moment.tzinfo is None else None

    def _said_of(self, address: str) -> _Said:
        said = self._said.get(address)
        if said is None:
            said = self._said[address] = _Said()
            if len(self._said) > AIRCRAFT_MAX:
                self._said.popitem(last=False)
        else:
            self._said.move_to_end(address)
        return said


_NUMBERS: Final = ("latitude", "longitude", "altitude", "groundspeed", "track", "vertical_rate")
_RAW: Final[dict[str, pl.DataType]] = {
    "row": pl.Int64(),
    "line": pl.Int64(),
    "timestamp": STATE_SCHEMA["timestamp"],
    "icao24": pl.String(),
    "callsign": pl.String(),
    **dict.fromkeys(_NUMBERS, pl.String()),
    "onground": pl.Boolean(),
    "squawk": pl.String(),
}
_RAW_LOCAL: Final[dict[str, pl.DataType]] = {**_RAW, "timestamp": pl.Datetime("us")}
