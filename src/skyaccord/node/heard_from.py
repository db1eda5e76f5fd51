"""When a person of each party was last heard, and our circuit checks to it.

A tick asks for it each second; it must not cost what a month of messages weighs. Each message says once what
it tells of a circuit, and again only when an entry has touched it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from skyaccord.hotline.circuit import CHECK, Heard
from skyaccord.hotline.course import Course
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.node.projections import Projections
from skyaccord.record.fields import EntryRef

CoursesOf = Callable[[HotlineMessage, datetime], list[Course]]


class HeardFrom:
    """The persons of every party, as we heard them. courses: how far a message of ours came.

    One event loop, no locks.
    """

    def __init__(self, projections: Projections, courses: CoursesOf) -> None:
        self._projections = projections
        self._courses = courses
        self._touched = {message.ref for message in projections.messages.all()}
        self._times: dict[str, dict[EntryRef, datetime]] = {}
        self._checks: dict[str, dict[EntryRef, Course]] = {}
        self._found: dict[str, Heard] = {}

    def touched(self, refs: Iterable[EntryRef]) -> None:
        """Entries have changed these messages, or brought them."""
        self._touched.update(refs)

    def of(self, party: str, now: datetime) -> Heard:
        """What the circuit to this party is judged by. now: wall clock."""
        if self._touched:
            for ref in self._touched:
                self._look(ref, now)
            self._touched.clear()
            self._found.clear()
        if party not in self._found:
            checks = sorted(self._checks.get(party, {}).values(), key=lambda one: one.sent_at)
            times = self._times.get(party, {})
            self._found[party] = Heard(max(times.values(), default=None), tuple(checks))
        return self._found[party]

    def _look(self, ref: EntryRef, now: datetime) -> None:
        """Note one message anew, in place of what it told before."""
        for times in self._times.values():
            times.pop(ref, None)
        for checks in self._checks.values():
            checks.pop(ref, None)
        message = self._projections.messages.get(ref)
        if message is None:
            return
        own = self._projections.own.party
        heard: list[tuple[str, datetime]] = []
        if message.party == own:
            for course in self._courses(message, now):
                if course.acknowledged_at is not None:
                    heard.append((course.party, course.acknowledged_at))
                if message.code == CHECK:
                    self._checks.setdefault(course.party, {})[ref] = course
        else:
            heard.append((message.party, self._came(message)))
        heard += [(back.party, back.at) for back in self._projections.line.read_backs(ref)]
        for party, at in heard:
            times = self._times.setdefault(party, {})
            times[ref] = max(at, times.get(ref, at))

    def _came(self, message: HotlineMessage) -> datetime:
        """When a message came: by its sender's clock or our own receipt, the earlier. A clock that is
        ahead there must not make a silent circuit look good here."""
        own = self._projections.own.party
        held = (one for one in self._projections.receipts.of(message.ref) if one.party == own)
        return min([message.recorded_at, *(one.recorded_at for one in held)])
