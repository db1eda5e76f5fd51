"""What must not be overlooked on the hotline: every missed deadline, every misunderstanding, every silence.

A *loud* alarm sounds and stands across the whole page. It ends when what is missing is done: the message is
acknowledged, the position read back rightly, the circuit answers. A sender who knows that nothing more will
come takes note of it, with a signature (an acknowledgement of one's own message, or of the silence).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from skyaccord.hotline.asking import Acknowledgement, Silence
from skyaccord.hotline.circuit import Circuit
from skyaccord.hotline.course import Course
from skyaccord.hotline.line import Judged
from skyaccord.hotline.phrasebook import priority
from skyaccord.record.fields import EntryRef

URGENT: Final = 1  # priorities up to this one: every silence about them is loud at once

AlarmCode = Literal[
    "not-acknowledged",
    "not-read",
    "not-answered",
    "refused",
    "read-back",
    "nobody-on-duty",
    "circuit-silent",
    "circuit-overdue",
    "circuit-down",
    "drill-overdue",
]
_OF_TIMER: Final[dict[str, AlarmCode]] = {
    "acknowledge": "not-acknowledged",
    "read": "not-read",
    "answer": "not-answered",
}


@dataclass(frozen=True)
class Alarm:
    """One alarm. party: who has to act; role: whom it has come to; since: wall time; subject: the message.

    code_said: the message's code; distance_nm: of a read-back that differs.
    """

    code: AlarmCode
    party: str
    role: str | None
    since: datetime
    loud: bool
    subject: EntryRef | None = None
    code_said: str | None = None
    distance_nm: float | None = None
    exercise: bool = False


def of_course(
    course: Course,
    own: str,
    now: datetime,
    *,
    noted: Iterable[Acknowledgement] = (),
    corrected: bool = False,
) -> list[Alarm]:
    """The alarms of one message towards one party. Every missed timer has one; and a refusal.

    noted: acknowledgements by our own persons of our own message, or of a silence about it. corrected:
    another message took its place.
    """
    message, found = course.message, []
    urgent = priority(message.code) <= URGENT
    notes = [one.at for one in noted if one.party == own and message.party == own]
    if corrected:
        return []
    for timer in course.timers:
        if not timer.missed(now) and not (timer.name == "acknowledge" and course.state == "silent"):
            continue
        standing = course.standing
        since = timer.due_at
        if timer.name == "acknowledge" and standing is not None and not timer.missed(now):
            since = course.sent_at  # an earlier role was silent; the present one has time left
        if any(at >= since for at in notes) and (standing is None or standing.exhausted or timer.missed(now)):
            continue
        ours = course.party == own
        exhausted = standing is not None and standing.exhausted
        loud = timer.name == "acknowledge" and (ours or urgent or exhausted)
        found.append(
            Alarm(
                _OF_TIMER[timer.name],
                course.party,
                timer.role,
                since,
                loud or (urgent and timer.name == "answer"),
                message.ref,
                message.code,
                exercise=message.exercise,
            )
        )
    if course.state == "refused":
        found.append(
            Alarm(
                "refused",
                course.party,
                message.to_role,
                course.sent_at,
                True,
                message.ref,
                message.code,
                exercise=message.exercise,
            )
        )
    return found


def of_read_backs(judged: Iterable[Judged], course: Course, *, corrected: bool = False) -> list[Alarm]:
    """A position that was understood otherwise than it was sent: an alarm on both sides, until it is read
    back rightly or the message is corrected."""
    if corrected:
        return []
    message = course.message
    return [
        Alarm(
            "read-back",
            one.read_back.party,
            one.read_back.role,
            one.read_back.at,
            True,
            message.ref,
            message.code,
            None if one.check is None else round(one.check.horizontal_nm, 2),
            message.exercise,
        )
        for one in judged
        if one.mismatch and one.read_back.party == course.party
    ]


def of_vacancies(silences: Iterable[Silence], course: Course, now: datetime) -> list[Alarm]:
    """A role that was asked past because nobody was on duty in it: said until somebody has answered."""
    if course.acknowledged_at is not None:
        return []
    message = course.message
    return [
        Alarm(
            "nobody-on-duty",
            one.party,
            one.role,
            min(one.recorded_at, now),
            False,
            message.ref,
            message.code,
            exercise=message.exercise,
        )
        for one in silences
        if one.vacant and one.party == course.party
    ]


def of_circuit(circuit: Circuit, role: str | None, now: datetime) -> list[Alarm]:
    """A circuit that is silent, that nobody has tried although it was due, or whose line does not work."""
    found: list[Alarm] = []
    since = circuit.due_at or now
    if circuit.state == "silent":
        found.append(Alarm("circuit-silent", circuit.party, role, since, True))
    if circuit.state in ("overdue", "missed"):
        found.append(Alarm("circuit-overdue", circuit.party, role, since, False))
    if circuit.wire.word in ("down", "refused"):
        found.append(Alarm("circuit-down", circuit.party, None, circuit.wire.since or now, False))
    return found
