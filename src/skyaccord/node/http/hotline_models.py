"""What the hotline's routes answer, documented. They describe what `node/hotline_desk.py`, `hotline_rows.py`
and `message_rows.py` make; a test holds both together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from skyaccord.hotline.alarms import AlarmCode
from skyaccord.hotline.circuit import CircuitState, LineWord
from skyaccord.hotline.faults import FaultCode
from skyaccord.hotline.values import Position
from skyaccord.node.http.models import Answer
from skyaccord.node.http.row_models import MessageRow, Ref


class FaultRow(Answer):
    """What is wrong with a message. A page words `code` with `values`; `text` is the shell's line."""

    code: FaultCode
    values: dict[str, str | float]
    text: str


class TimerRow(Answer):
    """One deadline of a message towards one party."""

    name: Literal["read", "acknowledge", "answer"]
    role: str
    due_at: datetime
    met_at: datetime | None


class CourseRow(Answer):
    """How far a message came towards one party. passed: roles that were silent or vacant before `role`."""

    party: str
    state: str
    role: str | None
    passed: list[str]
    exhausted: bool
    sent_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    read_by: str | None
    acknowledged_at: datetime | None
    acknowledged_role: str | None
    answered_at: datetime | None
    timers: list[TimerRow]


class ReadBackRow(Answer):
    """A position as its receiver understood it, beside what was sent."""

    party: str
    role: str
    name: str
    param: str
    at: datetime
    position: Position
    shown: str
    distance_nm: float | None
    vertical_ft: float | None
    heights_differ: bool
    mismatch: bool


class SilenceRow(Answer):
    """A role that nobody answered in time, or (vacant) that nobody held."""

    party: str
    role: str
    vacant: bool
    at: datetime
    ref: Ref | None


class WordsRow(Answer):
    """What a message says. said: language → the phrase in it. params: each with `shown`."""

    code: str | None
    said: dict[str, str]
    params: list[dict[str, Any]]
    response: str | None
    priority: int
    expires_at: datetime | None
    expired: bool
    corrects: Ref | None
    drill: Ref | None
    faults: list[FaultRow]


class HotlineMessageRow(MessageRow, WordsRow):
    """One message with everything that is known of it."""

    courses: list[CourseRow]
    read_backs: list[ReadBackRow]
    read_back_wanted: list[str]
    corrected_by: Ref | None
    silences: list[SilenceRow]


class AlarmRow(Answer):
    """What must not be overlooked. said: the message's code. ours: our own side has to act."""

    code: AlarmCode
    party: str
    role: str | None
    since: datetime
    loud: bool
    ours: bool
    subject: Ref | None
    said: str | None
    distance_nm: float | None
    exercise: bool


class HotlineCircuit(Answer):
    """Whether a person answers at the other end. line: whether the nodes hear each other, since when."""

    party: str
    state: CircuitState
    heard_at: datetime | None
    due_at: datetime | None
    missed: int
    answer_s: float | None
    line: LineWord
    line_since: datetime | None


class ShiftRow(Answer):
    """One shift that is not over. counts: its holder is on duty by it now."""

    ref: Ref
    party: str
    role: str
    holder: str
    name: str
    state: str
    counts: bool
    start: datetime
    end: datetime
    offered_to: str | None
    offered_name: str | None
    note: str


class WaitingRow(WordsRow):
    """A message that waits for the line, in the order in which it will go out."""

    ref: Ref
    to_role: str
    text: str
    language: str
    at: datetime


class DrillLineRow(Answer):
    """One phrase of a drill towards one party; seconds from its sending."""

    code: str
    party: str | None
    message: Ref | None
    delivered_s: float | None
    read_s: float | None
    acknowledged_s: float | None
    role: str | None
    in_time: bool


class DrillRow(Answer):
    """One drill with its result so far."""

    ref: Ref
    party: str
    state: str
    outcome: str
    phrases: list[str]
    answer_within_s: float
    starts: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    note: str
    lines: list[DrillLineRow]


class VoiceRow(Answer):
    """What was passed by voice, and whether the other side confirms it."""

    ref: Ref
    party: str
    role: str
    state: str
    direction: str
    means: str
    spoken_at: datetime
    entered_at: datetime
    with_role: str
    with_name: str | None
    code: str | None
    said: dict[str, str]
    params: list[dict[str, Any]]
    text: str
    language: str
    exercise: bool
    answered_by: str | None
    answered_at: datetime | None
    answer: str


class RadioRow(Answer):
    """Radio attempts. agreed: the frequency stands in the plan; plan: that plan's version."""

    ref: Ref
    party: str
    name: str
    exercise: bool
    purpose: str
    called: str
    icao24: str | None
    mhz: float
    first_at: datetime
    last_at: datetime
    times: int
    answered: bool
    readability: int | None
    text: str
    language: str
    position: Position | None
    shown: str | None
    agreed: bool
    frequency: str | None
    plan: int | None


class DrillTerms(Answer):
    """What the accord in force wants practised."""

    phrases: list[str]
    answer_within_s: float | None


class HotlineState(Answer):
    """The hotline now: what is wrong, who is on duty, which circuits answer, what waits."""

    party: str
    alarms: list[AlarmRow]
    loud: bool
    circuits: list[HotlineCircuit]
    roster: list[ShiftRow]
    rosters_kept: list[str]
    alarms_left_out: int
    waiting: list[WaitingRow]
    drills: list[DrillRow]
    drill_due_at: datetime | None
    drill_terms: DrillTerms | None
    voices: list[VoiceRow]
    radio: list[RadioRow]


class ParameterRow(Answer):
    """A place of a phrase."""

    name: str
    kind: str
    optional: bool


class PhraseRow(Answer):
    """A phrase of the book. text, pronunciation: by language."""

    code: str
    priority: int
    params: list[ParameterRow]
    text: dict[str, str]
    pronunciation: dict[str, str]
    response: str | None
    respond_within_s: float | None


class FrequencyRow(Answer):
    """A frequency of the plan in force."""

    name: str
    mhz: float
    use: str


class BookAnswer(Answer):
    """The phrasebook and the frequency plan in force. accord: None for the built-in book."""

    accord: str | None
    phrases: list[PhraseRow]
    plan: int | None
    frequencies: list[FrequencyRow]
    places: list[str]


class CheckAnswer(Answer):
    """What is wrong with a message that has not been sent; what speaks against it, though it can be sent (a
    notice that comes late); and how it would read.
    """

    faults: list[FaultRow]
    warnings: list[FaultRow]
    said: dict[str, str]
