"""What people say on the hotline, each a statement signed with the person's own key.

    acknowledge        "I have read entry `of` and act on it"       kind acknowledgement
    message            a phrase by its code, or free text           kind message
    message-prepared   the same, for when the line is back          kind message.prepared
    read               a person's device has shown it               kind message.read
    read-back          a position as its receiver understood it     kind message.read-back
    duty               who is on duty in which role                 kind duty.shift
    drill              a drill is planned, started, closed          kind hotline.drill
    radio              attempts on the radio, answered or not       kind radio.attempt
    voice              what was passed by voice, and its answer     kind voice.entry

Text is carried as people wrote it, and never parsed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from skyaccord.accord import limits
from skyaccord.accord.spoken import ParameterName, PhraseCode
from skyaccord.hotline.values import Megahertz, Position, Values
from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.fields import EntryRef, Name, PublicKeyText, RoleId, UtcTime

ACKNOWLEDGEMENT: Final = "acknowledgement"
MESSAGE: Final = "message"
PREPARED: Final = "message.prepared"
READ: Final = "message.read"
READ_BACK: Final = "message.read-back"
DUTY: Final = "duty.shift"
DRILL: Final = "hotline.drill"
RADIO: Final = "radio.attempt"
VOICE: Final = "voice.entry"
TEXT_CHARS_MAX: Final = 4000  # a message of the hotline is read in seconds, not minutes
NOTE_CHARS_MAX: Final = 500
CALLED_CHARS_MAX: Final = 100  # a call sign, or what the aircraft looked like
TIMES_MAX: Final = 10_000  # attempts in one entry; more is several entries
AHEAD: Final = timedelta(minutes=1)  # of the signer's clock: a watch read beside it may be that much off
SHIFT_S_MAX: Final = 7 * 86_400.0  # a week: longer is no duty but a post

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Note = Annotated[str, Field(max_length=NOTE_CHARS_MAX)]
Seconds = Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)]


class Acknowledge(PersonStatement):
    """ "I have read entry `of` and act on it." """

    act: Literal["acknowledge"]
    of: EntryRef


class Words(PersonStatement):
    """What a message holds. code: of the phrasebook; params: what its places are filled with; text: free, in
    `language`. corrects: an earlier message that this one takes the place of. drill: the drill it belongs to.
    expires_at: when it says nothing any more.
    """

    text: Annotated[str, Field(max_length=TEXT_CHARS_MAX)] = ""
    language: Language
    about: EntryRef | None = None
    code: PhraseCode | None = None
    params: Values

    @model_validator(mode="after")
    def _says_something(self) -> Words:
        if self.code is None and not self.text.strip():
            raise ValueError("a message has a code of the phrasebook or a text")
        if self.code is None and self.params:
            raise ValueError("only a phrase of the phrasebook has parameters")
        if len({value.name for value in self.params}) != len(self.params):
            raise ValueError("a parameter is given twice")
        return self


class RoleWords(Words):
    """A hotline message to a role of the other side."""

    to_role: RoleId
    corrects: EntryRef | None = None
    drill: EntryRef | None = None
    expires_at: UtcTime | None = None


class Message(RoleWords):
    """A message, said now."""

    act: Literal["message"]


class PreparedMessage(RoleWords):
    """A message prepared while the line is down: sealed, until the node releases it in order of priority."""

    act: Literal["message-prepared"]


class Read(PersonStatement):
    """A person's device has opened message `of`. It is no acknowledgement."""

    act: Literal["read"]
    of: EntryRef


class ReadBack(PersonStatement):
    """The position of message `of` (its parameter `param`) as the receiver understood it."""

    act: Literal["read-back"]
    of: EntryRef
    param: ParameterName
    position: Position


class Duty(PersonStatement):
    """One step about a shift. shift: the entry that opened it; None in `plan` and in a first `take`.

    plan: `holder` is on duty in `duty_role` from `start` to `end`. take: the signer is, now, until `end`.
    away, back: the holder is not to be reached, is again. offer: to `holder`; accept: by whom it was offered.
    """

    act: Literal["duty"]
    step: Literal["plan", "take", "away", "back", "offer", "accept", "end", "cancel"]
    shift: EntryRef | None = None
    duty_role: RoleId | None = None
    holder: PublicKeyText | None = None
    start: UtcTime | None = None
    end: UtcTime | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _whole(self) -> Duty:
        opens = self.step == "plan" or (self.step == "take" and self.shift is None)
        if opens != (self.shift is None):
            raise ValueError("every step but a new shift names the shift it is about")
        if opens and (self.duty_role is None or self.end is None):
            raise ValueError("a shift has a role and an end")
        if self.step == "plan" and (self.holder is None or self.start is None):
            raise ValueError("a planned shift has a person and a start")
        if self.step == "offer" and self.holder is None:
            raise ValueError("a shift is handed over to somebody")
        begins = self.start or self.at
        if opens and self.end is not None and not 0 < (self.end - begins).total_seconds() <= SHIFT_S_MAX:
            raise ValueError("a shift ends after it begins, and within a week")
        return self


class Drill(PersonStatement):
    """One step about a drill. drill: the entry that opened it; None in that entry itself.

    phrases: the codes to be said. answer_within_s: in which each must be acknowledged.
    """

    act: Literal["drill"]
    step: Literal["plan", "start", "close", "cancel"]
    drill: EntryRef | None = None
    phrases: Annotated[list[PhraseCode], Field(max_length=limits.PHRASES_MAX, default_factory=list)]
    answer_within_s: Seconds | None = None
    starts: UtcTime | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _whole(self) -> Drill:
        if not self.exercise:
            raise ValueError("a drill is an exercise and is marked so (`exercise`)")
        if self.drill is None and (self.step not in ("plan", "start") or not self.phrases):
            raise ValueError("a drill is opened with the phrases to be said; every other step names it")
        if self.drill is None and self.answer_within_s is None:
            raise ValueError("a drill says within how many seconds its messages are acknowledged")
        return self


class RadioAttempt(PersonStatement):
    """Calls on the radio, answered or not: data about the sky, whether or not the frequency was agreed.

    called: call sign, or what was seen. purpose: `call` to one aircraft, `check` of the frequency.
    times: how often, between first_at and last_at. readability: of the answer, 1 to 5.
    """

    act: Literal["radio"]
    purpose: Literal["call", "check"]
    called: Annotated[str, Field(min_length=1, max_length=CALLED_CHARS_MAX)]
    mhz: Megahertz
    first_at: UtcTime
    last_at: UtcTime
    times: Annotated[int, Field(ge=1, le=TIMES_MAX)]
    answered: bool
    readability: Annotated[int, Field(ge=1, le=5)] | None = None
    icao24: Annotated[str, Field(pattern=r"^[0-9a-f]{6}$")] | None = None
    position: Position | None = None
    text: Note = ""
    language: Language = "en"

    @model_validator(mode="after")
    def _in_order(self) -> RadioAttempt:
        if self.last_at < self.first_at:
            raise ValueError("the last attempt is before the first")
        if self.last_at > self.at + AHEAD:
            raise ValueError("the attempts lie in the future")
        if self.readability is not None and not self.answered:
            raise ValueError("what nobody answered has no readability")
        return self


class Voice(Words):
    """What was passed by voice while the line was down, or the other side's word about such an entry.

    entry: the entry that opened it; None in that entry itself. direction: from its writer's side.
    with_name: who was at the other end, as they gave their name.
    """

    act: Literal["voice"]
    step: Literal["enter", "confirm", "dispute", "withdraw"]
    entry: EntryRef | None = None
    direction: Literal["said", "heard"] | None = None
    means: Literal["telephone", "radio", "in-person"] | None = None
    spoken_at: UtcTime | None = None
    with_role: RoleId | None = None
    with_name: Name | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Voice:
        if (self.entry is None) != (self.step == "enter"):
            raise ValueError("an entry is entered first; every other step names it")
        if self.step == "enter" and (
            self.direction is None or self.means is None or self.spoken_at is None or self.with_role is None
        ):
            raise ValueError("a voice entry says which way, by what means, when, and with which role")
        if self.spoken_at is not None and self.spoken_at > self.at + AHEAD:
            raise ValueError("what was passed by voice lies in the future")
        if self.step in ("enter", "dispute") and self.code is None and not self.text.strip():
            raise ValueError("say what was passed, or what was otherwise: a code or a text")
        return self


_ACTS: Final[tuple[tuple[str, type[PersonStatement], str], ...]] = (
    ("acknowledge", Acknowledge, ACKNOWLEDGEMENT),
    ("message", Message, MESSAGE),
    ("message-prepared", PreparedMessage, PREPARED),
    ("read", Read, READ),
    ("read-back", ReadBack, READ_BACK),
    ("duty", Duty, DUTY),
    ("drill", Drill, DRILL),
    ("radio", RadioAttempt, RADIO),
    ("voice", Voice, VOICE),
)
for _act, _model, _kind in _ACTS:
    register_act(_act, _model, kind=_kind)
