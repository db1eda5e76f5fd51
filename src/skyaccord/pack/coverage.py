"""kind `coverage`: when a node's own feed was there, and which aircraft it heard when.

Two ledgers of one sky differ because two sensors do. Without this, a side that did not see what the other saw
can only shrug. It goes to the accord's other parties where the accord says so (`[disclosure] coverage =
"shared"`), and is sealed otherwise: where a party's sensors are deaf is its own business.

Only aircraft of known parties are in it; positions never are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, model_validator

from skyaccord.incidents.bodies import Address, Body, Distance, Number
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef, UtcTime
from skyaccord.record.kinds import register_kind

COVERAGE: Final = "coverage"
PERIOD_S: Final = 300.0
"""Sky seconds that one entry tells of: 288 entries a day, each some kilobytes."""
SILENT_S: Final = 10.0
"""Reports of one aircraft farther apart leave a gap. A receiver that hears an aircraft well hears it every
second or two; the monitor joins much longer gaps with a straight line, so a shorter one hides nothing."""
STEP: Final = timedelta(seconds=1)  # the watch's: a feed is looked at once a second
SPANS_MAX: Final = 32  # of one aircraft: a period has no room for more gaps than PERIOD_S / SILENT_S
AIRCRAFT_MAX: Final = 300  # in one entry; more aircraft make more entries of the same period


def _items(value: Any) -> Any:
    return tuple(_items(one) for one in value) if isinstance(value, list) else value


Span = tuple[Number, Number]
"""From, to: seconds after the period's start."""
Spans = Annotated[tuple[Span, ...], Field(max_length=SPANS_MAX), BeforeValidator(_items)]


def _in_order(spans: Sequence[Span]) -> None:
    if any(end < start for start, end in spans) or any(late[0] < early[1] for early, late in pairwise(spans)):
        raise ValueError("spans are in order of time and do not overlap")


class Heard(Body):
    """One aircraft: the spans in which reports came without a gap longer than `silent_s`."""

    icao24: Address
    spans: Annotated[Spans, Field(min_length=1)]


class CoverageBody(Body):
    """One period of one feed. down: spans in which the feed brought nothing at all (stale, ended, none)."""

    start: UtcTime
    end: UtcTime
    silent_s: Distance
    down: Spans
    aircraft: Annotated[tuple[Heard, ...], Field(max_length=AIRCRAFT_MAX), BeforeValidator(_items)]

    @model_validator(mode="after")
    def _whole(self) -> CoverageBody:
        if not 0 < (self.end - self.start).total_seconds() <= 2 * PERIOD_S:
            raise ValueError("a period has a length, of ten minutes at most")
        for spans in (self.down, *(one.spans for one in self.aircraft)):
            _in_order(spans)
        names = [one.icao24 for one in self.aircraft]
        if names != sorted(set(names)):
            raise ValueError("aircraft in order of address, each once")
        return self


register_kind(COVERAGE, CoverageBody)


class CoverageTaker:
    """Takes what a feed brings, second by second, and makes a body of every period. Not thread-safe."""

    def __init__(self) -> None:
        self._start: datetime | None = None
        self._now: datetime | None = None
        self._spans: dict[str, list[list[float]]] = {}
        self._down: list[list[float]] = []
        self._last: dict[str, float] = {}  # sky time of the newest report, over the periods' borders
        self._made: list[CoverageBody] = []

    def take(self, sky_time: datetime, heard: Iterable[tuple[str, float]], *, live: bool) -> None:
        """One step. heard: address and epoch seconds of each report of this step; live: the feed's state."""
        if self._start is None:
            self._start = sky_time
        elif self._now is not None and (sky_time - self._now).total_seconds() > PERIOD_S:
            self._close(self._now)  # the machine slept, or the clock jumped: nobody listened in between
            self._start = sky_time
        elif (sky_time - self._start).total_seconds() >= PERIOD_S:
            self._close(sky_time)
        start_s, now_s = self._start.timestamp(), sky_time.timestamp()
        self._now = sky_time
        for icao24, at_s in heard:
            last_s = self._last.get(icao24)
            self._last[icao24] = max(at_s, last_s or at_s)
            _reach(self._spans.setdefault(icao24, []), max(at_s - start_s, 0.0), last_s, start_s)
        if not live:
            if self._down and self._down[-1][1] >= now_s - start_s - 1.0:
                self._down[-1][1] = now_s - start_s
            else:
                self._down.append([now_s - start_s, now_s - start_s])

    def end(self) -> None:
        """The feed ends or changes: what is open becomes a body."""
        if self._now is not None:
            self._close(self._now)
        self._start = self._now = None
        self._last.clear()

    def made(self) -> list[CoverageBody]:
        """The bodies made since the last call."""
        made, self._made = self._made, []
        return made

    def _close(self, end: datetime) -> None:
        start = self._start
        if start is None or end <= start:
            return
        length_s = (end - start).total_seconds()
        aircraft = [
            Heard(icao24=icao24, spans=_rounded(spans, length_s))
            for icao24, spans in sorted(self._spans.items())
        ]
        down = _rounded(self._down[:SPANS_MAX], length_s)
        for first in range(0, max(len(aircraft), 1), AIRCRAFT_MAX):
            part = tuple(aircraft[first : first + AIRCRAFT_MAX])
            self._made.append(CoverageBody(start=start, end=end, silent_s=SILENT_S, down=down, aircraft=part))
        self._start, self._spans, self._down = end, {}, []


def _reach(spans: list[list[float]], at_s: float, last_s: float | None, start_s: float) -> None:
    """Let the newest span reach to this report, or begin another."""
    if spans and at_s - spans[-1][1] <= SILENT_S:
        spans[-1][1] = max(spans[-1][1], at_s)
    elif not spans and last_s is not None and at_s + start_s - last_s <= SILENT_S:
        spans.append([0.0, at_s])  # heard just before this period began
    elif len(spans) < SPANS_MAX:
        spans.append([at_s, at_s])


def _rounded(spans: Iterable[Sequence[float]], length_s: float) -> tuple[Span, ...]:
    """To a tenth of a second, inside the period, in order."""
    found: list[Span] = []
    for start, end in spans:
        begun = round(min(start, length_s), 1)
        if found:
            begun = max(begun, found[-1][1])
        found.append((begun, max(begun, round(min(end, length_s), 1))))
    return tuple(found)


@dataclass(frozen=True)
class Gap:
    """A stretch of sky time in which a party's node heard nothing: of one aircraft, or (None) at all.

    ref: an entry that shows it.
    """

    icao24: str | None
    start: datetime
    end: datetime
    ref: EntryRef


@dataclass(frozen=True)
class _Told:
    start: datetime
    end: datetime
    exercise: bool
    ref: EntryRef
    body: CoverageBody


class Coverage:
    """The projection: what each party's node says that its feed heard."""

    def __init__(self) -> None:
        self._told: dict[str, list[_Told]] = {}

    def add(self, ref: EntryRef, header: Header, body: dict[str, Any]) -> bool:
        """Take one entry; whether it was one. ValidationError for a body that is none."""
        if header.kind != COVERAGE:
            return False
        said = CoverageBody.model_validate(body)
        told = _Told(said.start, said.end, header.exercise, ref, said)
        self._told.setdefault(header.party, []).append(told)
        return True

    def told(self, party: str, start: datetime, end: datetime) -> bool:
        """Whether the party has said what it heard for all of this time."""
        reached = start
        for one in sorted(self._told.get(party, ()), key=lambda one: one.start):
            if one.start > reached:
                break
            reached = max(reached, one.end)
        else:
            return reached >= end
        return reached >= end

    def gaps(self, party: str, icao24: str, start: datetime, end: datetime) -> list[Gap]:
        """Where from start to end this party's node did not hear this aircraft, or nothing at all."""
        found: list[Gap] = []
        periods: dict[tuple[datetime, datetime], list[_Told]] = {}
        for one in self._told.get(party, ()):
            if one.start < end and one.end > start:
                periods.setdefault((one.start, one.end), []).append(one)
        for (begun, over), parts in sorted(periods.items()):
            low, high = max(begun, start), min(over, end)
            for down in parts[0].body.down:
                gap = _cut(begun, down, low, high)
                if gap is not None:
                    found.append(Gap(None, *gap, parts[0].ref))
            part = next((p for p in parts if any(one.icao24 == icao24 for one in p.body.aircraft)), parts[0])
            heard = next((one.spans for one in part.body.aircraft if one.icao24 == icao24), ())
            for silent in _between(heard, (over - begun).total_seconds()):
                gap = _cut(begun, silent, low, high)
                if gap is not None and silent[1] - silent[0] > part.body.silent_s:
                    found.append(Gap(icao24, *gap, part.ref))
        return _run_together(found)


def _run_together(gaps: Iterable[Gap]) -> list[Gap]:
    """Gaps that go on from one period into the next are one; its entry is that of the first."""
    found: list[Gap] = []
    for gap in sorted(gaps, key=lambda one: (one.icao24 or "", one.start)):
        last = found[-1] if found else None
        if last is not None and last.icao24 == gap.icao24 and gap.start - last.end <= STEP:
            found[-1] = replace(last, end=max(last.end, gap.end))
        else:
            found.append(gap)
    return found


def _between(spans: Sequence[Span], length_s: float) -> list[Span]:
    """The spans between these."""
    edges = [0.0, *(edge for span in spans for edge in span), length_s]
    return [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]


def _cut(begun: datetime, span: Span, low: datetime, high: datetime) -> tuple[datetime, datetime] | None:
    """A span as sky time, cut to low … high; None if nothing is left."""
    start = max(begun + timedelta(seconds=span[0]), low)
    end = min(begun + timedelta(seconds=span[1]), high)
    return (start, end) if end > start else None
