"""A live feed: lines from a receiver's TCP port, read by a thread of its own, for ever.

The receiver may be off, restart, or hang up: the feed tries again, more slowly each time, and says since
when it
hears nothing and why. Nothing waits for it: the thread fills a bounded queue, `poll` empties it. A line that
is wrong is counted; a queue that overflows loses its oldest lines, which is counted too.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import polars as pl

from skyaccord.base.clock import Clock, SystemClock
from skyaccord.node.feed import DATA_STALE_S, FeedState, FeedStatus
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.node.places import Place
from skyaccord.tracks.readers.lines import LINE_BYTES_MAX
from skyaccord.tracks.readers.readsb_lines import parse_object, states_of_lines
from skyaccord.tracks.readers.table_times import check_timezone
from skyaccord.tracks.readers.tally import Tally
from skyaccord.tracks.sbs import SbsMessages
from skyaccord.tracks.states import empty_states

CONNECT_S_MAX: Final = 5.0
SILENT_S_MAX: Final = 60.0
"""A connection that brings nothing for this long is given up: its other end may be gone without a word."""
RETRY_S: Final = (1.0, 30.0)
"""Wait this long before the first new attempt; twice as long before each further one, up to the second."""
QUEUE_LINES_MAX: Final = 200_000
"""Some 100 bytes a line: 20 MB, a minute of the busiest receiver."""
RECEIVE_BYTES: Final = 1 << 16

Connect = Callable[[str, int, float], socket.socket]


def _connect(host: str, port: int, timeout_s: float) -> socket.socket:
    return socket.create_connection((host, port), timeout=timeout_s)


class TcpFeed:
    """Positions as they arrive. Begins to listen when made; `close` ends the thread. Raises InputError for a
    time zone that is none.

    settings.kind: "readsb" (JSON lines, readsb's --net-json-port) or "sbs" (port 30003). connect, clock,
    retry_s: for tests. counts: lines read, accepted, refused by reason; connections; lines lost.
    """

    sky_start = None
    speed = 1.0

    def __init__(
        self,
        settings: FeedSettings,
        *,
        parties: Mapping[str, str] | None = None,
        places: Sequence[Place] = (),
        clock: Clock | None = None,
        connect: Connect = _connect,
        retry_s: tuple[float, float] = RETRY_S,
    ) -> None:
        if settings.host is None or settings.port is None:
            raise ValueError("a live feed needs host and port")
        self.settings = settings
        self.parties = MappingProxyType(dict(parties or {}))
        self.places = tuple(places)
        self._address = (settings.host, settings.port)
        self._clock = clock or SystemClock()
        self._connect = connect
        self._retry_s = retry_s
        if settings.timezone is not None:
            check_timezone(settings.timezone)
        self._sbs = SbsMessages(settings.timezone) if settings.kind == "sbs" else None
        self._tally = Tally(self.name)
        self._lines: deque[tuple[bytes, datetime]] = deque()
        self._lock = threading.Lock()
        self._lost = 0
        self._connections = 0
        self._trouble = "not connected yet"
        self._began = self._clock.now()
        self._latest: datetime | None = None
        self._given = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="feed", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        host, port = self._address
        return self.settings.name or f"{self.settings.kind} {host}:{port}"

    @property
    def exercise(self) -> bool:
        return self.settings.exercise

    @property
    def counts(self) -> dict[str, int]:
        """Lines read, accepted, refused by reason; connections made; lines lost because nobody polled."""
        return {**self._tally.counts(), "connections": self._connections, "lines lost": self._lost}

    def poll(self, sky_time: datetime) -> pl.DataFrame:
        """States from the lines that have arrived since the last poll."""
        with self._lock:
            lines = list(self._lines)
            self._lines.clear()
        if not lines:
            return empty_states()
        if self._sbs is not None:
            states = self._sbs.states_of_lines(lines, self._tally)
        else:
            states = _readsb_states(lines, self._tally)
        states = states.select(empty_states().columns)
        if not states.is_empty():
            self._given += states.height
            latest = states["timestamp"].max()
            if isinstance(latest, datetime):
                self._latest = max(self._latest or latest, latest)
        return states

    def status(self, sky_time: datetime) -> FeedStatus:
        """Stale when no state came for DATA_STALE_S, with the connection's trouble as the reason."""
        since = self._latest or self._began
        silent_s = (sky_time - since).total_seconds()
        state: FeedState = "stale" if sky_time - since > timedelta(seconds=DATA_STALE_S) else "live"
        reason = ""
        if state == "stale":
            reason = f"nothing heard for {silent_s:.0f} s"
        if self._trouble:
            reason = f"{reason}: {self._trouble}" if reason else self._trouble
        settings = self.settings
        age_s = None if self._latest is None else silent_s
        return FeedStatus(
            state, age_s, self._given, self.name, settings.attribution, settings.exercise, False, reason
        )

    def close(self) -> None:
        """Stop listening. Returns when the thread has ended, a few seconds at most."""
        self._closing.set()
        self._thread.join(timeout=CONNECT_S_MAX + 2.0)

    def _listen(self) -> None:
        """The thread: connect, receive until trouble, wait, again."""
        wait_s = self._retry_s[0]
        host, port = self._address
        while not self._closing.is_set():
            received = False
            try:
                with contextlib.closing(self._connect(host, port, CONNECT_S_MAX)) as connection:
                    self._connections += 1
                    self._trouble = ""
                    received = self._receive(connection)
                trouble = self._trouble or f"{host}:{port} has hung up"
            except OSError as error:
                trouble = f"{host}:{port}: {error.strerror or error}"
            wait_s = self._retry_s[0] if received else wait_s
            self._trouble = f"{trouble}; trying again every {wait_s:g} s"
            self._closing.wait(wait_s)
            wait_s = min(wait_s * 2, self._retry_s[1])

    def _receive(self, connection: socket.socket) -> bool:
        """Queue whole lines until the connection ends. Returns whether anything came."""
        connection.settimeout(1.0)
        rest = b""
        received = False
        silent_since_s = self._clock.monotonic()
        while not self._closing.is_set():
            try:
                data = connection.recv(RECEIVE_BYTES)
            except TimeoutError:
                if self._clock.monotonic() - silent_since_s > SILENT_S_MAX:
                    self._trouble = f"connected, but silent for {SILENT_S_MAX:.0f} s"
                    return received
                continue
            if not data:
                return received
            received, silent_since_s = True, self._clock.monotonic()
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > LINE_BYTES_MAX:
                self._trouble = "sends no lines: is this the right port?"
                return received
            self._queue(lines)
        return received

    def _queue(self, lines: list[bytes]) -> None:
        arrived = self._clock.now()
        with self._lock:
            self._lines.extend((line, arrived) for line in lines if line.strip())
            while len(self._lines) > QUEUE_LINES_MAX:
                self._lines.popleft()
                self._lost += 1


def _readsb_states(lines: list[tuple[bytes, datetime]], tally: Tally) -> pl.DataFrame:
    """States of readsb's JSON lines; one that does not say when it was made was made when it arrived."""
    timed: list[bytes] = []
    for line, arrived in lines:
        record = parse_object(line.rstrip(b", \t\r"))
        if isinstance(record, str) or record.get("now") is not None:
            timed.append(line)  # the reader refuses and counts what is no object
        else:
            record["now"] = arrived.timestamp()
            timed.append(json.dumps(record).encode())
    states = states_of_lines(timed, 1, tally)
    return empty_states() if states is None else states
