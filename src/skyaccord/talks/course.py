"""Suspension, resumption, withdrawal: signed steps about an accord in force, with the notice that it demands.

A step is a representative's statement; it takes effect when the accord's notice period has run, counted in
sky time from the step's entry, whose date the record holds against clocks (`record/arrival.py`). Who takes a
step back before that (resumes what is only announced) has announced nothing. What is suspended is the
parties' agreement, not their safety: a suspended accord is watched as before, and hotline and record go on in
any case. A withdrawn accord is watched no more; the party's own rule takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from skyaccord.accord.model import Accord
from skyaccord.base.errors import RefusedError
from skyaccord.base.times import format_utc
from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.envelope import Header
from skyaccord.record.erasure import keep_always
from skyaccord.record.fields import EntryRef, RecordModel
from skyaccord.record.kinds import register_kind
from skyaccord.record.statement import read_statement
from skyaccord.talks.acts import REASON_CHARS_MAX, REPRESENTATIVE
from skyaccord.talks.machines import ACCORD, Side

COURSE: Final = "accord.course"
ACT: Final = "accord-course"
STEPS_OF_A_PARTY_MAX: Final = 1000  # about one accord: a step a week for twenty years
Step = Literal["suspend", "resume", "withdraw"]
_LIVE: Final = ("in force", "not yet valid", "suspended")


class CourseStatement(PersonStatement):
    """A party suspends, resumes or leaves the accord that the statement stands under, and says why."""

    act: Literal["accord-course"]
    step: Step
    because: Annotated[str, Field(min_length=1, max_length=REASON_CHARS_MAX)]

    @model_validator(mode="after")
    def _about_an_accord(self) -> CourseStatement:
        if self.accord is None:
            raise ValueError("it names no accord")
        if self.role != REPRESENTATIVE:
            raise ValueError(f"only the role {REPRESENTATIVE!r} takes a step about an accord")
        return self


class CourseBody(RecordModel):
    """statement: DSSE."""

    statement: dict[str, Any]


register_kind(COURSE, CourseBody)
keep_always(COURSE)
register_act(ACT, CourseStatement, kind=COURSE, dated=True)


@dataclass(frozen=True)
class CourseWord:
    """One step as it stands on the record. holds_from: sky time."""

    ref: EntryRef
    party: str
    step: Step
    because: str
    sky_time: datetime
    holds_from: datetime


@dataclass(frozen=True)
class Course:
    """How the parties stand to an accord at one sky time. announced: steps whose notice is still running."""

    suspended: tuple[CourseWord, ...] = ()
    withdrawn: tuple[CourseWord, ...] = ()
    announced: tuple[CourseWord, ...] = ()

    @property
    def told(self) -> str:
        """All of it in words; "" if there is nothing to say."""
        said = [
            f"party {one.party} has withdrawn since {format_utc(one.holds_from)}" for one in self.withdrawn
        ]
        said += [
            f"party {one.party} has suspended it since {format_utc(one.holds_from)}" for one in self.suspended
        ]
        said += [
            f"party {one.party} has announced to {one.step} it from {format_utc(one.holds_from)}"
            for one in self.announced
        ]
        return "; ".join(said)


class Courses:
    """Every step about every accord, by digest."""

    def __init__(self) -> None:
        self._words: dict[str, list[tuple[EntryRef, CourseStatement, datetime]]] = {}

    def add(self, ref: EntryRef, header: Header, body: dict[str, Any]) -> str | None:
        """Take an entry that the record has checked; the digest it is about, None for other kinds.

        RefusedError: it does not fit, and counts for nothing.
        """
        if header.kind != COURSE:
            return None
        statement = read_statement(body.get("statement"))
        if not isinstance(statement, CourseStatement) or statement.accord is None:
            return None
        held = self._words.setdefault(statement.accord, [])
        if any(found == ref for found, _, _ in held):
            return statement.accord
        if sum(one.party == statement.party for _, one, _ in held) >= STEPS_OF_A_PARTY_MAX:
            raise RefusedError(
                f"party {statement.party} has taken {STEPS_OF_A_PARTY_MAX} steps about it already"
            )
        before = max(
            (at for found, one, at in held if one.party == statement.party and found.sequence < ref.sequence),
            default=header.sky_time,
        )
        if header.sky_time < before:
            raise RefusedError(f"dated before the step of party {statement.party} that it follows")
        held.append((ref, statement, header.sky_time))
        return statement.accord

    def words(self, digest: str, accord: Accord) -> tuple[CourseWord, ...]:
        """Every step about an accord by one of its parties, by party and in the order of its journal."""
        parties = {party.id for party in accord.parties}
        found = [
            CourseWord(ref, one.party, one.step, one.because, at, at + notice(accord, one.step))
            for ref, one, at in self._words.get(digest, ())
            if one.party in parties
        ]
        return tuple(sorted(found, key=lambda word: (word.party, word.ref.origin, word.ref.sequence)))

    def at(self, digest: str, accord: Accord, sky_time: datetime) -> Course:
        """How the parties stand to it at this sky time."""
        words = self.words(digest, accord)
        course = Course()
        for party in sorted({word.party for word in words}):
            own = _fold(
                [word for word in words if word.party == party and word.sky_time <= sky_time], sky_time
            )
            course = Course(
                course.suspended + own.suspended,
                course.withdrawn + own.withdrawn,
                course.announced + own.announced,
            )
        return course


def notice(accord: Accord, step: Step) -> timedelta:
    """The notice that the accord demands for this step; none where it says nothing."""
    seconds: float | None = 0.0
    if step == "withdraw":
        seconds = accord.withdrawal.notice_s if accord.withdrawal else 0.0
    elif accord.suspension is not None:
        seconds = accord.suspension.notice_s if step == "suspend" else accord.suspension.resumption_notice_s
    return timedelta(seconds=seconds or 0.0)


def check_step(state: str, course: Course, party: str, step: Step, *, where: str) -> str:
    """The state that this step leads to by the table. InputError says why it cannot be taken."""
    pending = any(word.party == party for word in course.announced)
    suspended = any(word.party == party for word in course.suspended)
    if course.announced and (pending or state != "suspended") and state in _LIVE:
        state = "announced"
    side: Side = "own" if (suspended if state == "suspended" else pending) else "other"
    return ACCORD.next(state, step, side, where=where)


def _fold(words: Iterable[CourseWord], sky_time: datetime) -> Course:
    """One party's steps, in order: each takes effect in its time, or takes back what was only announced."""
    suspended: CourseWord | None = None
    withdrawn: CourseWord | None = None
    pending: CourseWord | None = None

    def settle(now: datetime) -> None:
        nonlocal suspended, withdrawn, pending
        if pending is None or pending.holds_from > now:
            return
        if pending.step == "withdraw":
            withdrawn = pending
        else:
            suspended = pending if pending.step == "suspend" else None
        pending = None

    for word in words:
        settle(word.sky_time)
        if word.step == "resume" and pending is not None:
            pending = None  # taken back before it took effect
        elif word.step == "withdraw" or (word.step == "suspend") == (suspended is None):
            pending = word
    settle(sky_time)
    return Course(
        (suspended,) if suspended and not withdrawn else (),
        (withdrawn,) if withdrawn else (),
        (pending,) if pending else (),
    )
