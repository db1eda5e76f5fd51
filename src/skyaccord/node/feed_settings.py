"""The `[feed]` table of node.toml: where the node's picture comes from.

[feed]
kind = "replay"
name = "Monterey Bay, 2 June 2025"
files = ["adsblol_2025-06-02_N36W122.jsonl.gz"]     # relative to the node's folder
start = "2025-06-02T21:45:00Z"
wall_start = "2026-11-22T09:00:00Z"   # several nodes that replay one sky start it together
speed = 10
party_map = "party_map.csv"
attribution = "Contains information from adsb.lol, made available under the ODbL 1.0"

[feed.degrade]              # a second party's own sensor, for exercises
seed = 7
dropout = 0.1
time_jitter_s = 0.8
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from skyaccord.base.errors import InputError
from skyaccord.base.times import parse_utc

FILES_MAX: Final = 10_000  # a day in minutes is 1,440 files
SPEED_MAX: Final = 100.0  # faster, a person sees nothing and the monitor's seconds pile up
DROPOUT_MAX: Final = 0.9  # of ten reports at least one must come, or it is no sensor
TIME_JITTER_S_MAX: Final = 10.0  # beyond it the picture refuses reports as dated in the future
PATH_LENGTH_MAX: Final = 4096
TEXT_LENGTH_MAX: Final = 500
ZONE_LENGTH_MAX: Final = 64


def _moment(value: object) -> object:
    """A TOML time or a string, as aware UTC."""
    if isinstance(value, str):
        try:
            return parse_utc(value)
        except InputError as error:
            raise PydanticCustomError("time", "{what}", {"what": str(error)}) from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise PydanticCustomError("time", "a time without a zone; add Z, or an offset like +03:00")
        return value.astimezone(UTC)
    return value


Moment = Annotated[datetime, BeforeValidator(_moment)]
Number = Annotated[float, Field(strict=False)]
FilePath = Annotated[str, Field(min_length=1, max_length=PATH_LENGTH_MAX)]
Text = Annotated[str, Field(max_length=TEXT_LENGTH_MAX)]


class _Settings(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class DegradeSettings(_Settings):
    """A poorer sensor of the same sky: what it loses, and when it hears.

    seed: the same seed loses the same reports. dropout: share of reports lost, half of them singly, half in
    gaps of several seconds an aircraft. time_jitter_s: each report is moved along its track by up to this.
    """

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    dropout: Annotated[Number, Field(ge=0, le=DROPOUT_MAX)] = 0.0
    time_jitter_s: Annotated[Number, Field(ge=0, le=TIME_JITTER_S_MAX)] = 0.0


_LIVE_ONLY: Final = ("host", "port")
_REPLAY_ONLY: Final = (
    "files",
    "speed",
    "start",
    "end",
    "wall_start",
    "input_format",
    "keep_ghosts",
    "degrade",
)


class FeedSettings(_Settings):
    """One feed. Times are sky time; `start` and `end` default to the recording's first and last state.

    kind: `replay` of recordings (needs files), or live from a receiver's TCP port (needs host and port):
    `readsb` (JSON lines, its --net-json-port) or `sbs` (BaseStation messages, mostly port 30003).
    files: recordings, relative to the node's folder, replayed as one. speed: sky seconds a wall second.
    wall_start: the wall clock's time at which the sky is at `start`; default: when the node opens the feed.
    party_map: CSV `icao24,party`. places: CSV `name,latitude,longitude`, for the map. exercise: synthetic
    data. attribution: shown wherever the data is.
    timezone, input_format: as the options of `skyaccord scan`. keep_ghosts: no cleaning.
    """

    kind: Literal["replay", "readsb", "sbs"] = "replay"
    files: Annotated[tuple[FilePath, ...], Field(strict=False, max_length=FILES_MAX)] = ()
    host: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    name: Text | None = None
    speed: Annotated[Number, Field(gt=0, le=SPEED_MAX)] = 1.0
    start: Moment | None = None
    end: Moment | None = None
    wall_start: Moment | None = None
    party_map: FilePath | None = None
    places: FilePath | None = None
    exercise: bool = False
    attribution: Text | None = None
    timezone: Annotated[str, Field(max_length=ZONE_LENGTH_MAX)] | None = None
    input_format: Annotated[str, Field(max_length=ZONE_LENGTH_MAX)] | None = None
    keep_ghosts: bool = False
    degrade: DegradeSettings | None = None

    @model_validator(mode="after")
    def _make_sense(self) -> FeedSettings:
        live = self.kind != "replay"
        if not live and not self.files:
            raise PydanticCustomError("feed_files", "a replay needs at least one file in `files`")
        if live and (self.host is None or self.port is None):
            raise PydanticCustomError("feed_address", "a live feed needs `host` and `port`")
        for name in _LIVE_ONLY if not live else _REPLAY_ONLY:
            if name in self.model_fields_set:
                kind = self.kind
                raise PydanticCustomError(
                    "feed_kind", "`{name}` has no meaning for a {kind} feed", {"name": name, "kind": kind}
                )
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise PydanticCustomError("feed_order", "the feed's end is not after its start")
        return self


def resolved(path: str, folder: Path) -> Path:
    """A path of the settings, taken from the node's folder if it is relative."""
    return folder / Path(path).expanduser()
