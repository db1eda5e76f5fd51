"""Feed, picture and monitor, one step a second of sky time.

In a replay at speed 30, one tick of the wall clock brings 30 sky seconds: each gets its own step, in
order, so
that nothing depends on the speed. When the node is too slow for that, seconds are stepped over; they are
counted
and said, and the monitor still joins the ends with a straight line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from skyaccord.base.times import from_epoch
from skyaccord.node.feed import Feed, FeedStatus
from skyaccord.node.tape import Tape
from skyaccord.pack.coverage import CoverageTaker
from skyaccord.separation.crossings import Crossing, CrossingBook
from skyaccord.separation.events import Alert, ApproachNow, MonitorEvent
from skyaccord.separation.monitor import Monitor
from skyaccord.separation.policy import MonitorPolicy
from skyaccord.tracks.picture import Picture
from skyaccord.tracks.snapshot import Snapshot

STEP: Final = timedelta(seconds=1)
STEPS_MAX: Final = 120
"""Steps in one call of `advance`. More than the fastest replay brings in a wall second; at 2 ms a step it
keeps
the caller waiting for a quarter of a second."""

WatchEvent = MonitorEvent | Crossing
OnEvents = Callable[[datetime, Sequence[WatchEvent]], None]


@dataclass(frozen=True)
class WatchStatus:
    """How the watch is. seconds_skipped: sky seconds without a step of their own since the start, because
    the node
    could not keep up; anything but 0 must be shown."""

    sky_time: datetime | None
    steps: int
    seconds_skipped: int
    aircraft: int
    feed: FeedStatus | None


class Watch:
    """Steps through sky time. `on_events` gets the sky time and the events of each step that has any.

    Not thread-safe: one caller. picture, monitor: for reading between calls.
    """

    def __init__(
        self, feed: Feed, policy: MonitorPolicy, *, on_events: OnEvents, tape: Tape | None = None
    ) -> None:
        """tape: keeps every report."""
        self.feed = feed
        self._tape = tape
        self.coverage = CoverageTaker()
        self.picture = Picture()
        self.monitor = Monitor(policy)
        self._crossings = CrossingBook()
        self.sky_time: datetime | None = None
        self.seconds_skipped = 0
        self._on_events = on_events
        self._steps = 0
        self._counts: Counter[str] = Counter()  # of monitors of earlier feeds

    @property
    def snapshot(self) -> Snapshot | None:
        """The picture as of the last step."""
        return self.monitor.snapshot

    @property
    def counts(self) -> Counter[str]:
        """What the monitor has counted, over all feeds."""
        return self._counts + self.monitor.counts

    def alerts(self) -> list[Alert]:
        """Every alert raised now, with its latest numbers; soonest closest approach first."""
        return self.monitor.alerts()

    def approaches(self) -> list[ApproachNow]:
        """Every open approach, with its latest numbers."""
        return self.monitor.approaches()

    def set_policy(self, policy: MonitorPolicy) -> None:
        """Watch under another policy from the next step on."""
        self.monitor.set_policy(policy)

    def set_feed(self, feed: Feed, policy: MonitorPolicy) -> None:
        """Another feed, with a sky of its own: everything open is closed, and the picture starts empty."""
        if self.sky_time is not None:
            self._say(self.sky_time, self.monitor.close_all("the feed has changed"))
        self.coverage.end()
        self.feed.close()
        self._counts += self.monitor.counts
        self.feed, self.picture, self.monitor = feed, Picture(), Monitor(policy)
        self._crossings = CrossingBook()
        self.sky_time = None

    def advance(self, sky_now: datetime) -> int:
        """Step through every whole second up to `sky_now` (aware). Returns the number of steps.

        At most STEPS_MAX; a longer backlog is jumped over, and counted in `seconds_skipped`.
        """
        until = from_epoch(float(int(sky_now.timestamp())))
        if self.sky_time is None:
            start = self.feed.sky_start
            following = until if start is None else from_epoch(float(int(start.timestamp())))
        else:
            following = self.sky_time + STEP
        backlog = round((until - following) / STEP) + 1
        if backlog > STEPS_MAX:
            skipped = backlog - STEPS_MAX
            if self.sky_time is not None:  # a node that joins a replay late has not failed to keep up
                self.seconds_skipped += skipped
            following += skipped * STEP
        steps = 0
        while following <= until:
            self._step(following)
            following += STEP
            steps += 1
        return steps

    def status(self) -> WatchStatus:
        """How feed and watch are, as of the last step."""
        feed = self.feed.status(self.sky_time) if self.sky_time is not None else None
        return WatchStatus(self.sky_time, self._steps, self.seconds_skipped, len(self.picture), feed)

    def _step(self, sky_time: datetime) -> None:
        states = self.feed.poll(sky_time)
        if self._tape is not None:
            self._tape.take(states, sky_time)
        live = self.feed.status(sky_time).state == "live"
        self.coverage.take(sky_time, _of_parties(states, self.feed.parties), live=live)
        self.picture.feed(states, sky_time)
        self.picture.drop_silent(sky_time)
        self.sky_time = sky_time
        self._steps += 1
        self._say(sky_time, self.monitor.step(self.picture, sky_time))
        policy = self.monitor.policy
        crossed = self._crossings.step(
            self.picture.reported(sky_time), policy.places, policy.parties, sky_time
        )
        self._counts["Crossing"] += len(crossed)
        self._say(sky_time, crossed)

    def _say(self, sky_time: datetime, events: Sequence[WatchEvent]) -> None:
        if events:
            self._on_events(sky_time, events)


def _of_parties(states: pl.DataFrame, parties: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Address and time of each report of an aircraft whose party is known."""
    for icao24, at in states.select("icao24", "timestamp").iter_rows():
        if icao24 in parties:
            yield icao24, at.timestamp()
