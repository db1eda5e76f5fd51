"""Where the node's picture comes from: the feed that replays recordings, and opening what node.toml names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc, from_epoch
from skyaccord.node.degrade import degraded
from skyaccord.node.feed import DATA_STALE_S, Feed, FeedState, FeedStatus, NoFeed
from skyaccord.node.feed_settings import FeedSettings, resolved
from skyaccord.node.places import Place, read_places
from skyaccord.record.fields import PARTY_PATTERN
from skyaccord.tracks.states import empty_states

WARM_UP_S: Final = 60.0
"""A replay begins with the states of the minute before its start, so that the first picture is not empty."""


class ReplayFeed:
    """Recordings, replayed in sky time. Deterministic: the same settings and times give the same batches.

    counts: what reading and cleaning counted. Make it with `ReplayFeed.open`.
    """

    def __init__(
        self,
        states: pl.DataFrame,
        settings: FeedSettings,
        *,
        parties: Mapping[str, str] | None = None,
        places: Sequence[Place] = (),
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """states: a cleaned table of STATE_SCHEMA. Raises InputError if none lies between start and end."""
        self.settings = settings
        self.parties = MappingProxyType(dict(parties or {}))
        self.places = tuple(places)
        self.counts = dict(counts or {})
        if settings.degrade is not None:
            states = degraded(states, settings.degrade)
        states = states.sort("timestamp", maintain_order=True)
        due_s = _epoch_s(states)
        start = settings.start or (from_epoch(float(np.floor(due_s[0]))) if len(due_s) else None)
        end = settings.end or (from_epoch(float(np.ceil(due_s[-1]))) if len(due_s) else None)
        first = int(np.searchsorted(due_s, start.timestamp() - WARM_UP_S)) if start else 0
        last = int(np.searchsorted(due_s, end.timestamp(), side="right")) if end else 0
        if start is None or end is None or due_s[first:last].size == 0 or due_s[last - 1] < start.timestamp():
            raise InputError(
                f"no state between {_bound(settings.start)} and {_bound(settings.end)}",
                where=", ".join(settings.files),
                do="look at start and end in [feed]",
            )
        self.sky_start: datetime = start
        self.sky_end: datetime = end
        self._states = states.slice(first, last - first)
        self._due_s = due_s[first:last]
        self._given = 0

    @classmethod
    def open(cls, settings: FeedSettings, folder: Path) -> ReplayFeed:
        """Read, clean and degrade what the settings name. `folder`: what relative paths start from.

        Raises InputError or UnreadableError, each with its file.
        """
        from skyaccord.tracks.cleaning import clean
        from skyaccord.tracks.readers import read_recording

        recording = read_recording(
            [resolved(file, folder) for file in settings.files],
            input_format=settings.input_format,
            timezone=settings.timezone,
        )
        cleaned = clean(recording.states, keep_ghosts=settings.keep_ghosts)
        counts = {**recording.counts, **{f"dropped: {why}": rows for why, rows in cleaned.dropped.items()}}
        return cls(
            cleaned.states,
            settings,
            parties=party_map_of(settings, folder),
            places=places_of(settings, folder),
            counts=counts,
        )

    @property
    def name(self) -> str:
        return self.settings.name or ", ".join(Path(file).name for file in self.settings.files)

    @property
    def exercise(self) -> bool:
        return self.settings.exercise

    @property
    def speed(self) -> float:
        return self.settings.speed

    def poll(self, sky_time: datetime) -> pl.DataFrame:
        """States whose time has come since the last poll; the first poll brings a minute of warm-up too."""
        upto = int(np.searchsorted(self._due_s, sky_time.timestamp(), side="right"))
        if upto <= self._given:
            return empty_states()
        batch = self._states.slice(self._given, upto - self._given)
        self._given = upto
        return batch

    def status(self, sky_time: datetime) -> FeedStatus:
        state: FeedState = "live"
        age_s, reason = None, ""
        silent_since = self.sky_start
        if self._given:
            silent_since = from_epoch(float(self._due_s[self._given - 1]))
            age_s = (sky_time - silent_since).total_seconds()
        if sky_time > self.sky_end:
            state, reason = "ended", f"the recording ended at {format_utc(self.sky_end)}"
        elif sky_time - silent_since > timedelta(seconds=DATA_STALE_S):
            silent_s = (sky_time - silent_since).total_seconds()
            state, reason = "stale", f"nothing heard for {silent_s:.0f} s of sky time"
        settings = self.settings
        return FeedStatus(
            state, age_s, self._given, self.name, settings.attribution, settings.exercise, True, reason
        )

    def close(self) -> None:
        """Nothing to close: the recording is in memory."""


def party_map_of(settings: FeedSettings, folder: Path) -> dict[str, str]:
    """icao24 → party, from the file that the settings name. Raises InputError or UnreadableError."""
    from skyaccord.tracks.party_map import read_party_map

    if not settings.party_map:
        return {}
    file = resolved(settings.party_map, folder)
    parties = read_party_map(file)
    for party in sorted(set(parties.values())):
        if re.fullmatch(PARTY_PATTERN, party) is None:  # no envelope could name it, so no alert could be said
            raise InputError(
                f"{party[:40]!r} cannot be a party's id in a node",
                where=str(file),
                do="write the ids of accords and cards: letters, digits, - and _, at most 32",
            )
    return parties


def places_of(settings: FeedSettings, folder: Path) -> tuple[Place, ...]:
    """Places from the file that the settings name. Raises InputError or UnreadableError."""
    return read_places(resolved(settings.places, folder)) if settings.places else ()


def open_feed(settings: FeedSettings | None, folder: Path, *, clock: Clock | None = None) -> Feed:
    """The feed that node.toml asks for. Raises InputError or UnreadableError."""
    if settings is None:
        return NoFeed()
    if settings.kind == "replay":
        return ReplayFeed.open(settings, folder)
    from skyaccord.node.tcp_feed import TcpFeed

    return TcpFeed(
        settings, parties=party_map_of(settings, folder), places=places_of(settings, folder), clock=clock
    )


def _epoch_s(states: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    microseconds = states.get_column("timestamp").to_physical().to_numpy()
    return np.asarray(microseconds.astype(np.float64) / 1e6)


def _bound(moment: datetime | None) -> str:
    return format_utc(moment) if moment else "the recording's own bounds"
