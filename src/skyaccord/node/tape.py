"""The recorded picture: every report of the feed, kept for a while on this node's own disk.

An incident is often opened hours after it happened. The reconstruction then needs what this node saw, not
what it remembers: so reports go to disk in segments of a few minutes of sky time, and the oldest are taken
away when they are too old or too many. Nothing of this leaves the node but the tracks of an incident.

    <node>/picture/<reel>-<first second>.parquet     one reel a feed, so that two skies never mix
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from skyaccord.base.times import from_epoch
from skyaccord.tracks.states import STATE_SCHEMA, empty_states

FOLDER: Final = "picture"
SEGMENT_S: Final = 300.0
"""Sky seconds of one file: what a killed process loses of its own record; the journal loses nothing."""
SEGMENT_ROWS_MAX: Final = 500_000  # some 20 MB in memory; a busier sky makes shorter segments
COLUMNS: Final = (
    "timestamp",
    "icao24",
    "callsign",
    "latitude",
    "longitude",
    "altitude",
    "onground",
    "source",
    "nac_p",
)
"""What a reconstruction is made of."""


class Tape:
    """Keeps reports. Any thread may call it. keep_s: sky seconds; bytes_max: of all segments on disk."""

    def __init__(self, node: Path, *, keep_s: float, bytes_max: int) -> None:
        self._folder = node / FOLDER
        self._keep_s = keep_s
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._reel = ""
        self._rows: list[pl.DataFrame] = []
        self._count = 0
        self._first_s: float | None = None
        self.trouble: str | None = None

    def put_on(self, name: str, *, exercise: bool) -> None:
        """Another feed: its reports go on a reel of their own."""
        with self._lock:
            self._flush()
            self._reel = hashlib.sha256(f"{name}\n{exercise}".encode()).hexdigest()[:12]

    def take(self, states: pl.DataFrame, sky_time: datetime) -> None:
        """Keep a batch of reports (columns of STATE_SCHEMA)."""
        if states.is_empty() or self._keep_s <= 0:
            return
        now_s = sky_time.timestamp()
        with self._lock:
            self._first_s = now_s if self._first_s is None else self._first_s
            self._rows.append(states.select(COLUMNS))
            self._count += states.height
            if now_s - self._first_s >= SEGMENT_S or self._count >= SEGMENT_ROWS_MAX:
                self._flush()

    def flush(self) -> None:
        """Put what is in memory on the disk."""
        with self._lock:
            self._flush()

    def states(self, aircraft: Sequence[str], start: datetime, end: datetime) -> pl.DataFrame:
        """What was reported of these aircraft from start to end, of the present feed; by address and time."""
        wanted = pl.col("icao24").is_in(list(aircraft)) & pl.col("timestamp").is_between(start, end)
        with self._lock:
            parts = [part.filter(wanted) for part in self._rows]
            # reports come late, and a segment goes on for a while: look a little around
            for first_s, path in self._segments(self._reel):
                if (
                    first_s - 2 * SEGMENT_S <= end.timestamp()
                    and start.timestamp() <= first_s + 2 * SEGMENT_S
                ):
                    with suppress(OSError, pl.exceptions.PolarsError):
                        parts.append(pl.read_parquet(path).filter(wanted))
        found = pl.concat([empty_states().select(COLUMNS), *parts])
        return found.unique(["icao24", "timestamp"], keep="first").sort("icao24", "timestamp")

    def oldest(self) -> datetime | None:
        """From when on something is kept of the present feed, None if nothing is."""
        with self._lock:
            starts = [first_s for first_s, _ in self._segments(self._reel)]
            starts += [] if self._first_s is None else [self._first_s]
        return from_epoch(min(starts)) if starts else None

    def _segments(self, reel: str | None) -> list[tuple[float, Path]]:
        """Segments on disk of one reel or all, oldest first."""
        found = []
        for path in self._folder.glob("*.parquet"):
            name, _, first = path.stem.rpartition("-")
            with suppress(ValueError):
                if reel in (None, name):
                    found.append((float(first), path))
        return sorted(found)

    def _flush(self) -> None:
        rows, first_s = self._rows, self._first_s
        self._rows, self._count, self._first_s = [], 0, None
        if not rows or first_s is None:
            return
        path = self._folder / f"{self._reel}-{int(first_s)}.parquet"
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            pl.concat(rows).write_parquet(part)
            part.replace(path)
            self._make_room(first_s)
            self.trouble = None
        except OSError as error:
            self.trouble = f"the picture cannot be kept ({error.strerror})"

    def _make_room(self, now_s: float) -> None:
        """Take away what is too old on this reel, and the oldest of all while there is too much."""
        for first_s, path in self._segments(self._reel):
            if first_s < now_s - self._keep_s:
                path.unlink(missing_ok=True)
        left = sorted((path.stat().st_mtime, path) for _, path in self._segments(None))
        total = sum(path.stat().st_size for _, path in left)
        for _, path in left[:-1]:
            if total <= self._bytes_max:
                break
            total -= path.stat().st_size
            path.unlink(missing_ok=True)


assert set(COLUMNS) <= set(STATE_SCHEMA)  # noqa: S101 (a slip here would lose a column silently)
