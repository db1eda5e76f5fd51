"""What a feed is: a source of states, how it is doing, and the feed of a node that has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, Protocol

import polars as pl

from skyaccord.node.places import Place
from skyaccord.tracks.states import empty_states

DATA_STALE_S: Final = 30.0
"""A live feed that brings nothing at all for this many sky seconds is DATA STALE. Shorter than it takes the
picture's tracks to be dropped, longer than the pauses of a quiet receiver that still works."""

FeedState = Literal["live", "stale", "ended", "none"]


@dataclass(frozen=True)
class FeedStatus:
    """How a feed is. age_s: sky seconds since the latest state, None before the first. states: delivered
    so far.

    reason: why it is not live, in words; empty when it is.
    """

    state: FeedState
    age_s: float | None
    states: int
    name: str
    attribution: str | None
    exercise: bool
    replay: bool
    reason: str = ""


class Feed(Protocol):
    """A source of states. `poll` and `status` never wait."""

    @property
    def name(self) -> str: ...

    @property
    def exercise(self) -> bool: ...

    @property
    def speed(self) -> float:
        """Sky seconds a wall second; 1 for anything live."""
        ...

    @property
    def sky_start(self) -> datetime | None:
        """When sky time begins; None: it is the wall clock's."""
        ...

    @property
    def parties(self) -> Mapping[str, str]:
        """icao24 → party."""
        ...

    @property
    def places(self) -> Sequence[Place]:
        """Named places for the map."""
        ...

    def poll(self, sky_time: datetime) -> pl.DataFrame:
        """States that have become due since the last poll (columns of STATE_SCHEMA)."""
        ...

    def status(self, sky_time: datetime) -> FeedStatus: ...

    def close(self) -> None: ...


class NoFeed:
    """A node without a feed: it holds its journal, link and hotline, and says that it sees nothing."""

    name = "no feed"
    exercise = False
    speed = 1.0
    sky_start = None
    parties: Mapping[str, str] = MappingProxyType({})
    places: Sequence[Place] = ()

    def poll(self, sky_time: datetime) -> pl.DataFrame:
        return empty_states()

    def status(self, sky_time: datetime) -> FeedStatus:
        return FeedStatus("none", None, 0, self.name, None, False, False, "node.toml has no [feed]")

    def close(self) -> None:
        """Nothing to close."""
