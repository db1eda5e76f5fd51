"""What representatives can say in talks, each a statement signed with the person's own key.

    talks-open       a draft is put on the table                      kind talks.opened
    talks-round      a round is planned, changed, cancelled, held     kind talks.round
    talks-agenda     an item is requested, accepted, declined, …      kind talks.agenda
    talks-clause     propose, counter, agree, block, bracket, reopen  kind talks.clause
    talks-comment    a remark beside a clause                         kind talks.comment
    talks-minutes    minutes are written, or signed by their digest   kind talks.minutes

`talks` and `between` together name the talks: two parties that open talks of one name at the same time have
opened the same talks. `seen`: see `positions.py`. Text is carried as people wrote it, and never parsed.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from skyaccord.accord import limits
from skyaccord.accord.fields import Identifier
from skyaccord.base.errors import InputError
from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.fields import Digest, EntryRef, Name, Origin, PartyId, RecordModel, Sequence, UtcTime
from skyaccord.record.kinds import register_kind
from skyaccord.talks import paths

OPENED: Final = "talks.opened"
ROUND: Final = "talks.round"
AGENDA: Final = "talks.agenda"
CLAUSE: Final = "talks.clause"
COMMENT: Final = "talks.comment"
MINUTES: Final = "talks.minutes"
KINDS: Final = (OPENED, ROUND, AGENDA, CLAUSE, COMMENT, MINUTES)

REPRESENTATIVE: Final = "representative"
"""The role that speaks in talks and takes steps about an accord; `skyaccord node enrol … --role
representative`. A duty officer answers for the sky of this hour, not for the agreement."""

ROUNDS_MAX: Final = 10_000  # two a week for a century
CLAUSES_A_STATEMENT_MAX: Final = 500  # one `talks agree --all` over a whole accord
PERSONS_MAX: Final = 60  # of one delegation
ITEMS_MAX: Final = 100  # on the agenda of one round
REASON_CHARS_MAX: Final = 2000
COMMENT_CHARS_MAX: Final = 4000
MINUTES_CHARS_MAX: Final = 6000  # in each language; three languages fit a statement
PLACE_CHARS_MAX: Final = 200
MILES_MAX: Final = 11_000  # half around the Earth, NM


def _sorted(parties: list[str]) -> list[str]:
    if parties != sorted(set(parties)):
        raise ValueError("the parties stand in alphabetical order, each once")
    return parties


def _path(path: str) -> str:
    try:
        paths.check_path(path)
    except InputError as error:
        raise ValueError(str(error)) from None
    return path


Language = Literal["en", "ru", "ar"]
Between = Annotated[
    list[PartyId], Field(min_length=2, max_length=limits.PARTIES_MAX), AfterValidator(_sorted)
]
Because = Annotated[str, Field(min_length=1, max_length=REASON_CHARS_MAX)]
RoundNumber = Annotated[int, Field(ge=1, le=ROUNDS_MAX)]
Path = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_path)]


class Seen(RecordModel):
    """The newest entry about these talks in another party's journal that the signer had read."""

    origin: Origin
    sequence: Sequence


class TalksStatement(PersonStatement):
    """What every statement in talks has."""

    talks: Identifier
    between: Between
    seen: Annotated[list[Seen], Field(max_length=limits.PARTIES_MAX, default_factory=list)]

    @model_validator(mode="after")
    def _speaks(self) -> TalksStatement:
        if self.party not in self.between:
            raise ValueError(f"party {self.party} takes no part in these talks")
        if self.role != REPRESENTATIVE:
            raise ValueError(f"only the role {REPRESENTATIVE!r} speaks in talks")
        if len({one.origin for one in self.seen}) != len(self.seen):
            raise ValueError("a journal is named twice in `seen`")
        return self


class OpenTalks(TalksStatement):
    """A draft accord, as TOML with its comments: every clause of it is proposed by this party."""

    act: Literal["talks-open"]
    draft: Annotated[str, Field(min_length=1, max_length=limits.FILE_BYTES_MAX)]


class Delegate(RecordModel):
    """One person of a delegation, by name and function."""

    name: Name
    function: Annotated[str, Field(max_length=PLACE_CHARS_MAX)] = ""


class RoundStatement(TalksStatement):
    """A round: planned or changed (`plan`), cancelled, or held with this party's attendance.

    starts: date and time, UTC. by: how they meet. place: where, or the address of the call. delegation: whom
    this party sends (plan) or who of it attended (hold). interpreter: who interprets, in words. agenda:
    items.
    """

    act: Literal["talks-round"]
    step: Literal["plan", "cancel", "hold"]
    round: RoundNumber
    starts: UtcTime | None = None
    by: Literal["video", "call", "meeting", "writing"] | None = None
    place: Annotated[str, Field(max_length=PLACE_CHARS_MAX)] = ""
    interpreter: Annotated[str, Field(max_length=PLACE_CHARS_MAX)] = ""
    delegation: Annotated[list[Delegate], Field(max_length=PERSONS_MAX, default_factory=list)]
    agenda: Annotated[list[EntryRef], Field(max_length=ITEMS_MAX, default_factory=list)]
    because: Annotated[str, Field(max_length=REASON_CHARS_MAX)] = ""

    @model_validator(mode="after")
    def _planned_for(self) -> RoundStatement:
        if self.step == "plan" and (self.starts is None or self.by is None):
            raise ValueError("a planned round has a date and says how the delegations meet")
        if self.step == "cancel" and not self.because:
            raise ValueError("a round is cancelled with the reason")
        return self


class AgendaSubject(RecordModel):
    """What an item made of an entry is about, so that every reader gets its title in their own language.

    aircraft: call signs, or addresses. horizontal_nm: how near they came, NM. time: of that, sky time.
    """

    what: Literal["approach", "encounter", "alert", "incident", "message"]
    aircraft: Annotated[list[Name], Field(max_length=2)]
    horizontal_nm: Annotated[float, Field(ge=0, le=MILES_MAX, allow_inf_nan=False)] | None = None
    time: UtcTime | None = None


class AgendaStatement(TalksStatement):
    """One step about one agenda item. item: the entry that first requested it; None in that entry itself.

    about: the approach, alert, encounter or incident that it is about. subject: its title as data; `title`
    says the same in words. round: where it is taken up, or was.
    """

    act: Literal["talks-agenda"]
    step: Literal["request", "accept", "decline", "withdraw", "deal"]
    item: EntryRef | None = None
    title: Annotated[str, Field(max_length=limits.NAME_LENGTH_MAX)] = ""
    about: EntryRef | None = None
    subject: AgendaSubject | None = None
    round: RoundNumber | None = None
    because: Annotated[str, Field(max_length=REASON_CHARS_MAX)] = ""

    @model_validator(mode="after")
    def _whole(self) -> AgendaStatement:
        if self.subject is not None and (self.step != "request" or self.about is None):
            raise ValueError("a subject stands in the request of an item that is about an entry")
        if self.item is None and (self.step != "request" or not self.title.strip()):
            raise ValueError("a new item is a request with a title; every other step names its item")
        if self.step == "decline" and not self.because.strip():
            raise ValueError("an item is declined with the reason")
        return self


class ClausePart(RecordModel):
    """One clause in a statement. value: canonical JSON, "null" for leaving the clause out; digest: of it."""

    path: Path
    value: Annotated[str, Field(max_length=limits.FILE_BYTES_MAX)] | None = None
    digest: Digest | None = None

    @model_validator(mode="after")
    def _is_a_clause(self) -> ClausePart:
        if self.value is not None:
            try:
                paths.check_value(self.path, self.value)
            except InputError as error:
                raise ValueError(str(error)) from None
            if self.digest != paths.digest_of_value(self.value):
                raise ValueError("the digest is not that of the value")
        return self


class ClauseStatement(TalksStatement):
    """One step about one or several clauses."""

    act: Literal["talks-clause"]
    step: Literal["propose", "counter", "agree", "block", "bracket", "reopen"]
    clauses: Annotated[list[ClausePart], Field(min_length=1, max_length=CLAUSES_A_STATEMENT_MAX)]
    because: Annotated[str, Field(max_length=REASON_CHARS_MAX)] = ""

    @model_validator(mode="after")
    def _whole(self) -> ClauseStatement:
        if len({part.path for part in self.clauses}) != len(self.clauses):
            raise ValueError("a clause is named twice")
        for part in self.clauses:
            if (part.value is not None) != (self.step in ("propose", "counter")):
                raise ValueError("a proposal carries the value, no other step does")
            if self.step == "agree" and part.digest is None:
                raise ValueError("to agree is to name the digest of the value")
        if self.step in ("block", "reopen") and not self.because.strip():
            raise ValueError(f"to {self.step} a clause is to say why")
        return self


class CommentStatement(TalksStatement):
    """A remark beside a clause. It changes nothing."""

    act: Literal["talks-comment"]
    path: Path
    text: Annotated[str, Field(min_length=1, max_length=COMMENT_CHARS_MAX)]
    language: Language


class AgreedClause(RecordModel):
    """A clause and the value that every party stands for."""

    path: Path
    digest: Digest


class BlockedClause(RecordModel):
    """A clause, who blocks it, and why."""

    path: Path
    party: PartyId
    because: Because


class ItemState(RecordModel):
    """An agenda item and how it stood."""

    item: EntryRef
    state: Literal["requested", "accepted", "declined", "withdrawn", "dealt with"]


class Minutes(RecordModel):
    """What both sides sign: the texts that people wrote, and the lists that the program computed."""

    round: RoundNumber
    texts: Annotated[
        dict[Language, Annotated[str, Field(min_length=1, max_length=MINUTES_CHARS_MAX)]],
        Field(max_length=limits.LANGUAGES_MAX),
    ]
    agreed: Annotated[list[AgreedClause], Field(max_length=CLAUSES_A_STATEMENT_MAX)]
    blocked: Annotated[list[BlockedClause], Field(max_length=CLAUSES_A_STATEMENT_MAX)]
    open: Annotated[list[Path], Field(max_length=CLAUSES_A_STATEMENT_MAX)]
    agenda: Annotated[list[ItemState], Field(max_length=ITEMS_MAX)]


class MinutesStatement(TalksStatement):
    """Minutes are written (the whole of them) or signed (their digest)."""

    act: Literal["talks-minutes"]
    step: Literal["minutes", "sign"]
    round: RoundNumber
    minutes: Minutes | None = None
    digest: Digest

    @model_validator(mode="after")
    def _fit(self) -> MinutesStatement:
        if (self.minutes is not None) != (self.step == "minutes"):
            raise ValueError("who writes minutes gives them whole; who signs names their digest")
        if self.minutes is not None:
            if self.minutes.round != self.round or not self.minutes.texts:
                raise ValueError("minutes are of their round, and have a text")
            if self.digest != minutes_digest(self.minutes):
                raise ValueError("the digest is not that of the minutes")
        return self


def minutes_digest(minutes: Minutes) -> str:
    """The digest that both sides sign."""
    return paths.digest_of_value(paths.canonical_text(minutes.model_dump(mode="json")))


class TalksBody(RecordModel):
    """statement: DSSE; everything a person says is inside it."""

    statement: dict[str, Any]


_ACTS: Final[tuple[tuple[str, type[PersonStatement], str], ...]] = (
    ("talks-open", OpenTalks, OPENED),
    ("talks-round", RoundStatement, ROUND),
    ("talks-agenda", AgendaStatement, AGENDA),
    ("talks-clause", ClauseStatement, CLAUSE),
    ("talks-comment", CommentStatement, COMMENT),
    ("talks-minutes", MinutesStatement, MINUTES),
)
for _act, _model, _kind in _ACTS:
    register_kind(_kind, TalksBody)
    register_act(_act, _model, kind=_kind)
