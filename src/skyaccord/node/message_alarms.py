"""The alarms about messages, from second to second: a tick costs what has changed, not what exists.

What an entry has touched is looked at again, and what time alone changes when its time has come. The rest
keeps its alarms; a few of them are looked at in turn each time, so that a change of terms reaches them all.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import Final

from skyaccord.hotline import alarms as hotline_alarms
from skyaccord.hotline.alarms import Alarm
from skyaccord.hotline.course import Course
from skyaccord.hotline.line import judged
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.node.projections import Projections, Touched
from skyaccord.record.fields import EntryRef

IN_TURN: Final = 50  # looked at each second beside those that must be; a thousand take half a minute

CoursesOf = Callable[[HotlineMessage, datetime], list[Course]]


class MessageAlarms:
    """Every alarm about a message that can still raise one. courses: how far a message came."""

    def __init__(self, projections: Projections, courses: CoursesOf) -> None:
        self._projections = projections
        self._courses = courses
        self._open: dict[EntryRef, list[Alarm]] = {}  # the one that was looked at longest ago comes first
        self._again: dict[EntryRef, None] = {}
        self._due: list[tuple[datetime, int, EntryRef]] = []
        self._waked: dict[EntryRef, datetime] = {}  # when each is due first, of those in `_due`
        self._order = count()
        self._silences: dict[EntryRef, EntryRef] = {}

    def noticed(self, touched: Iterable[Touched]) -> None:
        """Look again at the messages that these entries touched."""
        messages = self._projections.messages
        for change in touched:
            for ref in (*change.messages, *change.subjects):
                of = self._silences.get(ref, ref)  # an acknowledgement of a silence is about its message
                message = messages.get(of)
                if message is None:
                    continue
                self._again[of] = None
                for other in (message.corrects, message.about):
                    if other in self._open:
                        self._again[other] = None
            if change.accords:
                self._again.update(dict.fromkeys(self._open))

    def now(self, now: datetime) -> list[Alarm]:
        """Every alarm there is."""
        while self._due and self._due[0][0] <= now:
            due_at, _, due = heapq.heappop(self._due)
            self._again[due] = None
            if self._waked.get(due) == due_at:
                del self._waked[due]
        again, self._again = self._again, {}
        again.update(dict.fromkeys(self._in_turn()))
        for ref in again:
            self._look(ref, now)
        return [one for found in self._open.values() for one in found]

    def _in_turn(self) -> Iterator[EntryRef]:
        for _, ref in zip(range(IN_TURN), self._open, strict=False):
            yield ref

    def _look(self, ref: EntryRef, now: datetime) -> None:
        self._open.pop(ref, None)
        message = self._projections.messages.get(ref)
        if message is None or self._projections.messages.corrected_by(ref) is not None:
            return
        own, asking = self._projections.own.party, self._projections.asking
        silences = asking.silences(ref)
        refs = [ref, *(one.ref for one in silences if one.ref is not None)]
        self._silences.update(dict.fromkeys(refs[1:], ref))
        notes = asking.acknowledgements(refs)
        compared = judged(message, self._projections.line.read_backs(ref))
        found: list[Alarm] = []
        times: list[datetime] = []
        open_still = False
        for course in self._courses(message, now):
            if own not in (course.party, message.party):
                continue
            found += hotline_alarms.of_course(course, own, now, noted=notes)
            found += hotline_alarms.of_read_backs(compared, course)
            found += hotline_alarms.of_vacancies(silences, course, now)
            open_still = open_still or not course.done or any(one.mismatch for one in compared)
            times += [timer.due_at for timer in course.timers if timer.met_at is None and timer.due_at > now]
        if not open_still:
            for silence in refs[1:]:
                del self._silences[silence]
            return
        self._open[ref] = found
        if times:
            self._wake(ref, min(times))

    def _wake(self, ref: EntryRef, due_at: datetime) -> None:
        """Look again then, if not before: a message that is looked at in turn for days stands here once."""
        known = self._waked.get(ref)
        if known is None or due_at < known:
            self._waked[ref] = due_at
            heapq.heappush(self._due, (due_at, next(self._order), ref))
