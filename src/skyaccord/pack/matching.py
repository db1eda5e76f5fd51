"""Which of one side's events are which of the other's: same thing, aircraft, accord and rule, and sky times
that overlap with SLACK_S of slack, after a clock's offset is taken off.

What is left over on both sides is laid together once more whatever the accord and rule were, so that one
meeting judged under two rules is seen to be one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from skyaccord.incidents.events import SLACK_S
from skyaccord.pack.clocks import Offset
from skyaccord.pack.seen import Seen, Thing

ALERT_SLACK_S: Final = 120.0
"""Of alerts: a predictor of one side may raise it the tiers' look-ahead earlier than the other's."""


@dataclass(frozen=True)
class Row:
    """One event beside the other side's. sides: party → what it saw of it; nobody saw nothing.

    start, end: as laid over each other (without a clock's offset).
    """

    thing: Thing
    aircraft: tuple[str, ...]
    callsigns: tuple[str | None, ...]
    start: datetime
    end: datetime
    sides: dict[str, tuple[Seen, ...]]

    def of(self, party: str) -> tuple[Seen, ...]:
        """What this party saw of it."""
        return self.sides.get(party, ())

    @property
    def gravest(self) -> Seen:
        """One of its observations, the one that lasts longest."""
        every = [one for told in self.sides.values() for one in told]
        return max(every, key=lambda one: (one.end - one.start, one.order))


def matched(ours: Iterable[Seen], theirs: Iterable[Seen], clock: Offset | None) -> list[Row]:
    """Every event of both sides in exactly one row, by time."""
    everything = [*ours, *theirs]
    strict = _rows(everything, clock, lambda one: (one.thing, one.aircraft, one.accord, one.rule))
    both = [row for row in strict if len(row.sides) > 1]
    lonely = [one for row in strict if len(row.sides) == 1 for told in row.sides.values() for one in told]
    loose = _rows(lonely, clock, lambda one: (one.thing, one.aircraft))
    rows = list(both)
    for row in loose:
        if len(row.sides) > 1:
            rows.append(row)
        else:
            alone = [one for told in row.sides.values() for one in told]
            rows += _rows(alone, clock, lambda one: (one.thing, one.aircraft, one.accord, one.rule))
    return sorted(rows, key=lambda row: (row.start, row.thing, row.aircraft, row.end))


def _rows(
    events: Iterable[Seen], clock: Offset | None, group: Callable[[Seen], tuple[object, ...]]
) -> list[Row]:
    """Connected components of overlapping intervals within each group."""
    groups: dict[tuple[object, ...], list[Seen]] = {}
    for one in events:
        groups.setdefault(group(one), []).append(one)
    rows = []
    for members in groups.values():
        parts: list[list[Seen]] = []
        reach: datetime | None = None
        for one in sorted(members, key=lambda one: (laid(one, clock)[0], one.order)):
            start, end = laid(one, clock)
            slack = timedelta(seconds=ALERT_SLACK_S if one.thing == "alert" else SLACK_S)
            if reach is None or start > reach:
                parts.append([])
                reach = end + slack
            parts[-1].append(one)
            reach = max(reach, end + slack)
        rows += [_row(part, clock) for part in parts]
    return rows


def laid(one: Seen, clock: Offset | None) -> tuple[datetime, datetime]:
    """Its start and end on the common clock."""
    shift = clock.shift(one.party) if clock else timedelta(0)
    return one.start - shift, one.end - shift


def _row(part: list[Seen], clock: Offset | None) -> Row:
    sides: dict[str, list[Seen]] = {}
    for one in part:
        sides.setdefault(one.party, []).append(one)
    times = [laid(one, clock) for one in part]
    first = part[0]
    names = next((one.callsigns for one in part if all(one.callsigns)), first.callsigns)
    return Row(
        first.thing,
        first.aircraft,
        names,
        min(start for start, _ in times),
        max(end for _, end in times),
        {party: tuple(sorted(told, key=lambda one: one.order)) for party, told in sorted(sides.items())},
    )
