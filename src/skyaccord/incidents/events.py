"""Both nodes' observations of one encounter are one event.

Each node watches with its own feed, so two journals tell of the same thing with slightly different times.
They join by what both know: the accord's digest, the pair, and overlapping sky time with SLACK_S of slack.
An event is then a connected component of intervals on a line: it depends on the set of observations alone,
never on who spoke first, so both nodes come to the same events as soon as they hold the same entries.

Approaches (watched for oneself, without alarm) never join with conflicts of the same pair: an approach lasts
longer, and would bridge two conflicts that were acknowledged one by one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Generic, Literal, TypeVar

SLACK_S: Final = 30.0
"""Two feeds of one sky differ by a few seconds of latency and a few of sampling; two separate encounters of
one pair by the time of a turn, a minute or more."""
SLACK: Final = timedelta(seconds=SLACK_S)

Level = Literal["conflict", "approach", "crossing"]
Pair = tuple[str, str]
Group = tuple[Level, str | None, Pair]
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
    def group(self) -> Group:
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
        self._events: dict[Group, list[Event[Key]]] = {}  # each by time; more than the slack lies between two
        self._event_of: dict[Key, Event[Key]] = {}

    def put(self, key: Key, interval: Interval) -> None:
        """Add or replace one observation. What lies apart from it in time is not looked at again."""
        before = self._intervals.get(key)
        if before == interval:
            return
        if before is not None and before.group != interval.group:
            del self._intervals[key]
            self._join(before.group, {key}, before)
            before = None
        self._intervals[key] = interval
        self._join(interval.group, {key}, interval, *([] if before is None else [before]))

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
        return tuple(self._events.get((one.level, one.accord, one.pair), ()))

    def _join(self, group: Group, changed: set[Key], *spans: Interval) -> None:
        """Make the events anew that these spans touch. changed: observations that came, went or moved."""
        events = self._events.setdefault(group, [])
        low, high = min(one.start for one in spans), max(one.end for one in spans) + SLACK
        first = bisect_left(events, low, key=lambda event: event.end + SLACK)
        last = bisect_right(events, high, key=lambda event: event.start)
        keys = changed.union(*(event.members for event in events[first:last])) & self._intervals.keys()
        made = [self._event(group, first + place, one) for place, one in enumerate(self._parts(keys), 1)]
        after = events[last:]
        if len(made) != last - first:  # the ordinals of all that is later
            count = first + len(made)
            after = [
                replace(event, id=event_id(*group, ordinal)) for ordinal, event in enumerate(after, count + 1)
            ]
        events[first:] = [*made, *after]
        for key in changed - keys:
            self._event_of.pop(key, None)
        for event in made if len(made) == last - first else events[first:]:
            self._event_of.update(dict.fromkeys(event.members, event))

    def _parts(self, keys: Iterable[Key]) -> Iterator[list[Key]]:
        """Observations in order of time, parted where more than the slack lies between."""

        def order(key: Key) -> tuple[datetime, datetime, str]:
            return self._intervals[key].start, self._intervals[key].end, repr(key)

        part: list[Key] = []
        reach: datetime | None = None
        for key in sorted(keys, key=order):
            interval = self._intervals[key]
            if reach is not None and interval.start > reach:
                yield part
                part, reach = [], None
            part.append(key)
            end = interval.end + SLACK
            reach = end if reach is None else max(reach, end)
        if part:
            yield part

    def _event(self, group: Group, ordinal: int, members: list[Key]) -> Event[Key]:
        level, accord, pair = group
        return Event(
            id=event_id(level, accord, pair, ordinal),
            level=level,
            accord=accord,
            pair=pair,
            start=self._intervals[members[0]].start,
            end=max(self._intervals[key].end for key in members),
            members=tuple(members),
        )
