"""Is there a person at the other end? Circuit checks, as the accord wants them, and their answers.

The link's heartbeat says that two machines hear each other; only a person's answer says that the hotline
works. A check is due when no person of the other side has been heard for `every_s`. A check that nobody
acknowledges in time is missed; so many in a row, and the circuit is silent, which is an alarm.

`good` is said of a circuit on which somebody there was heard no longer than `every_s` ago, and of no other:
where nobody was ever heard it is `untried`; where no accord in force asks for checks, `unchecked`; where the
line that carries it does not work, `down`, whatever was heard before. None of this says how the parties stand
to each other on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from skyaccord.accord.procedures import CircuitChecks
from skyaccord.hotline.course import Course

CHECK: Final = "CIRCUIT_CHECK"
MISSED_MAX_DEFAULT: Final = 2  # one missed check is somebody at the other desk; two are the line

CircuitState = Literal["good", "untried", "unchecked", "due", "overdue", "asked", "missed", "down", "silent"]
LineWord = Literal["up", "down", "refused", "unknown"]
"""Whether the two nodes hear each other now; unknown: who asks cannot tell."""


@dataclass(frozen=True)
class Wire:
    """The link that carries the circuit. since: wall clock of its last change, None where it is not known."""

    word: LineWord = "unknown"
    since: datetime | None = None


@dataclass(frozen=True)
class Circuit:
    """The circuit to one party. Wall clock.

    heard_at: when a person there was last heard (a message, an acknowledgement); None: never. due_at: when
    the next check is due; None: nobody asks for checks. missed: checks in a row that nobody acknowledged in
    time. answer_s: how long the last answered check took.
    """

    party: str
    state: CircuitState
    heard_at: datetime | None
    due_at: datetime | None
    missed: int
    answer_s: float | None
    wire: Wire = Wire()


@dataclass(frozen=True)
class Heard:
    """What is needed of the messages between two parties: made anew only when an entry comes in."""

    heard_at: datetime | None
    checks: tuple[Course, ...]


def unchecked(party: str, found: Heard, wire: Wire) -> Circuit:
    """The circuit to a party with which no accord in force asks for checks."""
    state: CircuitState = "down" if wire.word in ("down", "refused") else "unchecked"
    return Circuit(party, state, found.heard_at, None, 0, None, wire)


@dataclass(frozen=True)
class Owed:
    """What an accord asks. since: when it came into force; the first check is owed from then."""

    terms: CircuitChecks
    since: datetime


def circuit(party: str, owed: Owed, found: Heard, now: datetime, wire: Wire) -> Circuit:
    """The circuit's state now."""
    terms, since = owed.terms, owed.since
    last = max(found.heard_at or since, since)
    due_at = last + timedelta(seconds=terms.every_s)
    missed, waiting, answer_s = 0, False, None
    within = timedelta(seconds=terms.answer_within_s)
    for check in found.checks:
        answered = check.acknowledged_at is not None
        if answered:
            answer_s = check.seconds(check.acknowledged_at)
        in_time = check.acknowledged_at is not None and check.acknowledged_at <= check.sent_at + within
        if answered and in_time:
            missed, waiting = 0, False
        elif now >= check.sent_at + within:
            # Answered late is missed as well; but whoever answers has been heard.
            missed, waiting = (0 if answered else missed + 1), False
        else:
            waiting = True
    if found.heard_at is not None and any(found.heard_at > one.sent_at for one in found.checks[-1:]):
        missed, waiting = 0, False  # heard since the last check, by whatever they said
    state: CircuitState = "untried" if found.heard_at is None else "good"
    if missed >= (terms.missed_max or MISSED_MAX_DEFAULT):
        state = "silent"
    elif wire.word in ("down", "refused"):
        state = "down"
    elif waiting:
        state = "asked"
    elif missed:
        state = "missed"
    elif now >= due_at + within:
        state = "overdue"
    elif now >= due_at:
        state = "due"
    return Circuit(party, state, found.heard_at, due_at, missed, answer_s, wire)
