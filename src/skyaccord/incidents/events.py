"""Both nodes' observations of one encounter are one event.

Each node watches with its own feed, so two journals tell of the same thing with slightly different times.
They join by what both know: the accord's digest, the pair, and overlapping sky time with SLACK_S of slack.
An event is then a connected component of intervals on a line: it depends on the set of observations alone,
never on who spoke first, so both nodes come to the same events as soon as they hold the same entries.

Approaches (watched for oneself, without alarm) never join with conflicts of the same pair: an approach lasts
longer, and would bridge two conflicts that were acknowledged one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, Literal, TypeVar

SLACK_S: Final = 30.0
"""Two feeds of one sky differ by a few seconds of latency and a few of sampling; two separate encounters of
one pair by the time of a turn, a minute or more."""

Level = Literal["conflict", "approach", "crossing"]
Pair = tuple[str, str]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Interval:
    """What one observation says of when and who. Times are aware sky times, start <= end."""

    level: Level
    accord: str | None
    pair: Pair
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("an observation ends before it starts")

    @property
    def group(self) -> tuple[Level, str | None, Pair]:
        """Only observations of one group can join."""
        return self.level, self.accord, self.pair


@dataclass(frozen=True)
class Event(Generic[Key]):
    """One thing that happened in the sky, by whomever it was observed.

    id: pair, accord and ordinal in time, the same on every node that holds the same entries. members: keys of
    its observations, by start, then end, then key.
    """

    id: str
    level: Level
    accord: str | None
    pair: Pair
    start: datetime
    end: datetime
    members: tuple[Key, ...]


def event_id(level: Level, accord: str | None, pair: Pair, ordinal: int) -> str:
    """A name that people can say and addresses can carry: `a5314e.a6c29e.1f0c9a27.1`."""
    if level == "approach":
        scope = "approach"
    else:
        scope = "own" if accord is None else accord.removeprefix("sha256:")[:8]
    return f"{pair[0]}.{pair[1]}.{scope}.{ordinal}"


class EventJoin(Generic[Key]):
    """Observations by key, joined into events; `put` again replaces what a key said before."""

    def __init__(self) -> None:
        self._intervals: dict[Key, Interval] = {}
        self._groups: dict[tuple[Level, str | None, Pair], set[Key]] = {}
        self._events: dict[tuple[Level, str | None, Pair], tuple[Event[Key], ...]] = {}
        self._event_of: dict[Key, Event[Key]] = {}

    def put(self, key: Key, interval: Interval) -> None:
        """Add or replace one observation."""
        before = self._intervals.get(key)
        if before == interval:
            return
        if before is not None and before.group != interval.group:
            self._groups[before.group].discard(key)
            self._join(before.group)
        self._intervals[key] = interval
        self._groups.setdefault(interval.group, set()).add(key)
        self._join(interval.group)

    def event_of(self, key: Key) -> Event[Key] | None:
        """The event this observation belongs to."""
        return self._event_of.get(key)

    def events(self, level: Level | None = None) -> Iterable[Event[Key]]:
        """Every event, or those of one level; groups in no special order, events of a group by time."""
        for group, events in self._events.items():
            if level is None or group[0] == level:
                yield from events

    def of_group(self, one: Interval | Event[Key]) -> tuple[Event[Key], ...]:
        """The events of the same level, accord and pair, by time."""
        return self._events.get((one.level, one.accord, one.pair), ())

    def _join(self, group: tuple[Level, str | None, Pair]) -> None:
        level, accord, pair = group
        ordered = sorted(
            self._groups[group],
            key=lambda key: (self._intervals[key].start, self._intervals[key].end, repr(key)),
        )
        components: list[list[Key]] = []
        reach: datetime | None = None
        for key in ordered:
            interval = self._intervals[key]
            if reach is None or interval.start > reach:
                components.append([])
                reach = interval.end + timedelta(seconds=SLACK_S)
            components[-1].append(key)
            reach = max(reach, interval.end + timedelta(seconds=SLACK_S))
        events = tuple(
            Event(
                id=event_id(level, accord, pair, ordinal),
                level=level,
                accord=accord,
                pair=pair,
                start=self._intervals[members[0]].start,
                end=max(self._intervals[key].end for key in members),
                members=tuple(members),
            )
            for ordinal, members in enumerate(components, 1)
        )
        self._events[group] = events
        for event in events:
            for key in event.members:
                self._event_of[key] = event
