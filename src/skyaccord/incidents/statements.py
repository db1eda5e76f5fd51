"""What people say about an incident, each a statement signed with the person's own key.

    report-incident     a crossing, conduct, an uncoordinated flight, or anything else by hand
                                                                       kind incident.reported
    incident-account    a side's own account of what happened          kind incident.account
    incident-fact       state, agree, dispute, withdraw                kind incident.fact
    incident-question   ask, answer, withdraw                          kind incident.question
    incident-note       a lesson; that the sides have met              kind incident.note
    incident-severity   where a person puts it on a published scale    kind incident.severity
    incident-close      close (a record, by its digest), reopen        kind incident.close

`incident` names the entry that opened it, by whichever side: an incident that both sides opened has several
such entries, and each of them will do. Text is carried as people wrote it, and never parsed. There is no word
for blame, because nobody here may assign it.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from skyaccord.accord.fields import Identifier
from skyaccord.incidents.acts import NOTE_CHARS_MAX
from skyaccord.incidents.covering import JOURNALS_MAX, Covered
from skyaccord.incidents.crossings import CrossingBody
from skyaccord.incidents.scales import SCALES, ScaleName
from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.erasure import keep_always
from skyaccord.record.fields import Digest, EntryRef, PartyId, RecordModel, UtcTime
from skyaccord.record.kinds import register_kind

REPORTED: Final = "incident.reported"
ACCOUNT: Final = "incident.account"
FACT: Final = "incident.fact"
QUESTION: Final = "incident.question"
NOTE: Final = "incident.note"
SEVERITY: Final = "incident.severity"
CLOSE: Final = "incident.close"

ACCOUNT_CHARS_MAX: Final = 20_000  # ten pages; a statement of a person holds it in any script
FACT_CHARS_MAX: Final = 1000  # one thing that can be agreed to or not; more than that is two facts
TEXT_CHARS_MAX: Final = 4000
SCALE_VALUE_CHARS_MAX: Final = 40  # twice the longest word of a published scale
AIRCRAFT_MAX: Final = 2
CODES_MAX: Final = 20  # codes of conduct that one report names
LASTS_S_MAX: Final = 21_600.0
"""What a person reports lasts six hours at most: longer than any flight through one area."""

Language = Literal["en", "ru", "ar"]
Address = Annotated[str, Field(pattern=r"^~?[0-9a-f]{6}$")]


def _rising(aircraft: list[str]) -> list[str]:
    if aircraft != sorted(set(aircraft)):
        raise ValueError("addresses in alphabetical order, each once")
    return aircraft


def _some_text(text: str) -> str:
    if not text.strip():
        raise ValueError("says nothing")
    return text


Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX), AfterValidator(_some_text)]
FactText = Annotated[str, Field(min_length=1, max_length=FACT_CHARS_MAX), AfterValidator(_some_text)]
AccountText = Annotated[str, Field(min_length=1, max_length=ACCOUNT_CHARS_MAX), AfterValidator(_some_text)]
Because = Annotated[str, Field(max_length=NOTE_CHARS_MAX)]
ScaleValue = Annotated[str, Field(min_length=1, max_length=SCALE_VALUE_CHARS_MAX)]


class ReportIncident(PersonStatement):
    """A person reports what no machine opened, or adds conduct to an incident that is open.

    about: the crossing's entry for a crossing. incident: the opening that a conduct report belongs to, None
    for an incident of its own. aircraft: addresses, if known. start, end: sky time. codes: of the accord's
    rules of conduct; conduct: whether they were kept (good conduct counts as much) or not.
    """

    act: Literal["report-incident"]
    reason: Literal["crossing", "conduct", "uncoordinated-flight", "hand"]
    about: EntryRef | None = None
    incident: EntryRef | None = None
    aircraft: Annotated[
        list[Address], Field(max_length=AIRCRAFT_MAX, default_factory=list), AfterValidator(_rising)
    ]
    start: UtcTime
    end: UtcTime
    codes: Annotated[list[Identifier], Field(max_length=CODES_MAX, default_factory=list)]
    conduct: Literal["kept", "not-kept"] | None = None
    note: Annotated[str, Field(max_length=TEXT_CHARS_MAX)] = ""
    language: Language = "en"

    @model_validator(mode="after")
    def _whole(self) -> ReportIncident:
        if not 0 <= (self.end - self.start).total_seconds() <= LASTS_S_MAX:
            raise ValueError("it ends before it starts, or lasts longer than six hours")
        if (self.reason == "conduct") != bool(self.codes and self.conduct):
            raise ValueError("a conduct report, and no other, names codes and whether they were kept")
        if self.reason == "conduct" and self.accord is None:
            raise ValueError("codes of conduct stand in an accord; name it")
        if (self.reason == "crossing") != (self.about is not None):
            raise ValueError("a crossing, and nothing else, is reported about the entry that tells of it")
        if self.incident is not None and self.reason != "conduct":
            raise ValueError("only conduct is added to an incident that is open already")
        if self.reason in ("uncoordinated-flight", "hand") and not self.note.strip():
            raise ValueError("says in a note what happened")
        if self.reason == "uncoordinated-flight" and len(self.aircraft) != 1:
            raise ValueError("an uncoordinated flight is one aircraft's")
        return self


class IncidentStatement(PersonStatement):
    """What every word about an open incident has."""

    incident: EntryRef


class AccountStatement(IncidentStatement):
    """This side's own account. A later one stands in the place of the one before; both stay."""

    act: Literal["incident-account"]
    text: AccountText
    language: Language


class FactStatement(IncidentStatement):
    """A fact is stated, agreed to, disputed, withdrawn. fact: the entry that stated it, None in that one."""

    act: Literal["incident-fact"]
    step: Literal["state", "agree", "dispute", "withdraw"]
    fact: EntryRef | None = None
    text: FactText | None = None
    language: Language = "en"
    because: Because = ""

    @model_validator(mode="after")
    def _whole(self) -> FactStatement:
        if (self.step == "state") != (self.fact is None) or (self.step == "state") != (self.text is not None):
            raise ValueError("who states a fact says it; every other step names the fact's entry")
        if self.step == "dispute" and not self.because.strip():
            raise ValueError("a fact is disputed with the reason")
        return self


class QuestionStatement(IncidentStatement):
    """A question to a party, its answer, or that it is withdrawn. question: its entry, None in that one."""

    act: Literal["incident-question"]
    step: Literal["ask", "answer", "withdraw"]
    question: EntryRef | None = None
    to: PartyId | None = None
    text: Text | None = None
    language: Language = "en"

    @model_validator(mode="after")
    def _whole(self) -> QuestionStatement:
        if (self.step == "ask") != (self.question is None) or (self.step == "ask") != (self.to is not None):
            raise ValueError("who asks says whom; every other step names the question's entry")
        if (self.text is None) != (self.step == "withdraw"):
            raise ValueError("a question and an answer have a text")
        if self.to == self.party:
            raise ValueError("a question is for another party")
        return self


class NoteStatement(IncidentStatement):
    """A lesson, or that the sides have met about it (with what was said there, in words)."""

    act: Literal["incident-note"]
    about: Literal["lesson", "meeting"]
    text: Text
    language: Language


class SeverityStatement(IncidentStatement):
    """Where a person puts it. proposed: what the software proposed when they signed, None if nothing."""

    act: Literal["incident-severity"]
    scale: ScaleName
    value: ScaleValue
    proposed: ScaleValue | None
    because: Because = ""

    @model_validator(mode="after")
    def _on_the_scale(self) -> SeverityStatement:
        values = SCALES[self.scale].values
        if self.value not in values or self.proposed not in (None, *values):
            raise ValueError(f"the scale {self.scale} has the values {', '.join(values)}")
        if self.value != self.proposed and not self.because.strip():
            raise ValueError("another severity than the proposed one is given with the reason")
        return self


class CloseStatement(IncidentStatement):
    """This side closes the record with this digest, or takes its closing back. entries: what it is over."""

    act: Literal["incident-close"]
    step: Literal["close", "reopen"]
    record: Digest | None = None
    entries: Annotated[list[Covered], Field(max_length=JOURNALS_MAX, default_factory=list)]
    because: Because = ""

    @model_validator(mode="after")
    def _whole(self) -> CloseStatement:
        if (self.record is not None) != (self.step == "close"):
            raise ValueError("who closes names the digest of the record; who reopens does not")
        if self.step == "reopen" and self.entries:
            raise ValueError("only a closing names the entries that it is over")
        if self.step == "reopen" and not self.because.strip():
            raise ValueError("an incident is reopened with the reason")
        return self


class WordBody(RecordModel):
    """statement: DSSE; everything a person says is inside it."""

    statement: dict[str, Any]


class ReportedBody(RecordModel):
    """kind `incident.reported`. A node opens a crossing by itself; everything else is a person's statement.

    crossing: what the opener's own node saw, shared by opening. about: its entry.
    """

    about: EntryRef | None = None
    crossing: CrossingBody | None = None
    statement: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _whole(self) -> ReportedBody:
        if self.statement is None and (self.crossing is None or self.about is None):
            raise ValueError("a node opens crossings, with what it saw; all else is said by a person")
        return self


STATEMENTS: Final[tuple[tuple[str, type[PersonStatement], str], ...]] = (
    ("incident-account", AccountStatement, ACCOUNT),
    ("incident-fact", FactStatement, FACT),
    ("incident-question", QuestionStatement, QUESTION),
    ("incident-note", NoteStatement, NOTE),
    ("incident-severity", SeverityStatement, SEVERITY),
    ("incident-close", CloseStatement, CLOSE),
)
"""Act, model and kind of every word about an open incident."""
WORD_KINDS: Final = tuple(kind for _, _, kind in STATEMENTS)

register_kind(REPORTED, ReportedBody)
register_act("report-incident", ReportIncident, kind=REPORTED)
for _act, _model, _kind in STATEMENTS:
    register_kind(_kind, WordBody)
    register_act(_act, _model, kind=_kind)
keep_always(CLOSE)  # a signature under a joint record: by it an agreed digest is checked for ever
