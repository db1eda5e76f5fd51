"""How far a message has come towards one party, and the deadlines that run meanwhile.

    sent ─► delivered (its node's receipt) ─► read (a device, signed) ─► acknowledged (a person, signed)

Every timer is wall clock. What has no answer in time is missed, and every missed timer is an alarm
(`alarms.py`): there is no third case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from skyaccord.hotline.asking import Acknowledgement, Asking, Standing, TermsOf
from skyaccord.hotline.line import Line, Reading
from skyaccord.hotline.messages import HotlineMessage, Messages
from skyaccord.hotline.phrasebook import Book
from skyaccord.hotline.tables import MESSAGE, after
from skyaccord.record.receipts import Receipts

TimerName = Literal["read", "acknowledge", "answer"]


@dataclass(frozen=True)
class Timer:
    """One deadline. met_at: when it was met, None if it was not. role: who is asked."""

    name: TimerName
    role: str
    due_at: datetime
    met_at: datetime | None

    def missed(self, now: datetime) -> bool:
        """Out of time: not met by now, or met too late."""
        return now >= self.due_at if self.met_at is None else False

    def late(self) -> bool:
        """Met, but after its time."""
        return self.met_at is not None and self.met_at > self.due_at


@dataclass(frozen=True)
class _Met:
    """What has come of a message at one party so far."""

    delivered_at: datetime | None
    reading: Reading | None
    acknowledgement: Acknowledgement | None
    answer: HotlineMessage | None


@dataclass(frozen=True)
class Course:
    """One message towards one party. Times are wall clock, each of the clock of who says it; None: not yet.

    state: of `tables.MESSAGE`. answer: the message that answers it. standing: whom it has come to.
    passed: roles that were asked before, because they were silent or vacant.
    """

    message: HotlineMessage
    party: str
    state: str
    sent_at: datetime
    delivered_at: datetime | None
    read: Reading | None
    acknowledgement: Acknowledgement | None
    answer: HotlineMessage | None
    standing: Standing | None
    timers: tuple[Timer, ...]

    @property
    def acknowledged_at(self) -> datetime | None:
        return self.acknowledgement.at if self.acknowledgement else None

    @property
    def silent(self) -> bool:
        """Whether some role's time ran out (even if somebody answered afterwards)."""
        return self.standing is not None and self.standing.silence_recorded

    @property
    def done(self) -> bool:
        """Whether no timer can be missed any more."""
        return all(timer.met_at is not None for timer in self.timers)

    def seconds(self, moment: datetime | None) -> float | None:
        """Wall-clock seconds from the sending until then."""
        return None if moment is None else (moment - self.sent_at).total_seconds()


class Courses:
    """Computes courses from the projections. Nothing is stored: the same journals, the same courses."""

    def __init__(
        self, messages: Messages, line: Line, asking: Asking, receipts: Receipts, terms: TermsOf
    ) -> None:
        self._messages = messages
        self._line = line
        self._asking = asking
        self._receipts = receipts
        self._terms = terms

    def of(self, message: HotlineMessage, book: Book, now: datetime, own: str) -> list[Course]:
        """The course towards each party that the message asks. own: our party, whose own receipt counts for
        our own deadlines."""
        return [
            self.towards(message, party, book, now, own) for party in sorted(self._asking.asked(message.ref))
        ]

    def towards(self, message: HotlineMessage, party: str, book: Book, now: datetime, own: str) -> Course:
        """The course towards one party."""
        ref = message.ref
        holding = next((one for one in self._receipts.of(ref) if one.party == party), None)
        refused = holding is not None and ref.sequence in holding.refused
        delivered_at = None if holding is None or refused else holding.recorded_at
        reading = self._line.reading(ref, party)
        found = [one for one in self._asking.acknowledgements([ref]) if one.party == party]
        acknowledgement = found[0] if found else None
        standing = self._asking.standing(ref, party)
        answer = self._answer(message, party, book)
        met = _Met(delivered_at, reading, acknowledgement, answer)
        timers = self._timers(message, standing, book, met, own)
        steps = ["release"] if message.prepared is not None else []
        steps += ["deliver"] if delivered_at is not None else []
        steps += ["refuse"] if refused else []
        steps += ["read"] if reading is not None else []
        steps += ["run-out"] if standing is not None and standing.overdue(now) else []
        steps += ["acknowledge"] if acknowledgement is not None else []
        return Course(
            message=message,
            party=party,
            state=after(MESSAGE, "prepared" if message.prepared is not None else "sent", steps),
            sent_at=message.recorded_at,
            delivered_at=delivered_at,
            read=reading,
            acknowledgement=acknowledgement,
            answer=answer,
            standing=standing,
            timers=timers,
        )

    def _answer(self, message: HotlineMessage, party: str, book: Book) -> HotlineMessage | None:
        """The first message of that party about this one; for a phrase that wants one, with its response, or
        one that says why not."""
        phrase = None if message.code is None else book.phrases.get(message.code)
        wanted = None if phrase is None else phrase.response
        answers = [one for one in self._messages.answers(message.ref) if one.party == party]
        fitting = [one for one in answers if wanted is None or one.code in (wanted, "UNABLE", "SAY_AGAIN")]
        return min(fitting, key=lambda one: one.recorded_at, default=None)

    def _timers(
        self, message: HotlineMessage, standing: Standing | None, book: Book, met: _Met, own: str
    ) -> tuple[Timer, ...]:
        if standing is None:
            return ()
        acknowledged_at = met.acknowledgement.at if met.acknowledgement else None
        timers = [Timer("acknowledge", standing.role, standing.deadline_at, acknowledged_at)]
        terms = self._terms(message.accord, message.to_role)
        begun = message.recorded_at
        if standing.party == own and met.delivered_at is not None:
            begun = min(begun, met.delivered_at)  # a sender's clock that is ahead gives us no longer
        if terms.read_within_s is not None and met.delivered_at is not None:
            read_at = met.reading.at if met.reading else acknowledged_at  # who acknowledges has read
            due_at = met.delivered_at + timedelta(seconds=terms.read_within_s)
            timers.append(Timer("read", message.to_role, due_at, read_at))
        phrase = None if message.code is None else book.phrases.get(message.code)
        within_s = terms.respond_within_s if phrase is None or phrase.response is not None else None
        if phrase is not None and phrase.response is not None and phrase.respond_within_s is not None:
            within_s = phrase.respond_within_s
        if within_s is not None:
            answered_at = met.answer.at if met.answer else None
            due_at = begun + timedelta(seconds=within_s)
            timers.append(Timer("answer", message.to_role, due_at, answered_at))
        return tuple(timers)
