"""What the talks' routes answer, documented. They describe what `talks/outline.py` makes; a test holds both
together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from skyaccord.node.http.models import Answer
from skyaccord.node.http.row_models import Ref


class NextRound(Answer):
    """The round that is planned next, UTC."""

    round: int
    starts: datetime
    by: str | None


class TalksSummary(Answer):
    """One negotiation in a few lines. clauses, items: how many in which state. said:
    statements so far."""

    talks: str
    between: list[str]
    title: str
    exercise: bool
    clauses: dict[str, int]
    all_agreed: bool
    waits_for_us: list[str]
    next_round: NextRound | None
    items: dict[str, int]
    said: int


class Opened(Answer):
    """A party's draft that opened the talks."""

    party: str
    at: datetime
    ref: Ref


class Subject(Answer):
    """What an item is about, as data: the page makes its title in the reader's language. NM; UTC."""

    what: str
    aircraft: list[str]
    horizontal_nm: float | None
    time: datetime | None


class ItemRow(Answer):
    """An agenda item. subject: None where somebody wrote the title. steps: what this node's party may do
    now.
    """

    ref: Ref
    title: str
    party: str
    state: str
    about: Ref | None
    subject: Subject | None
    round: int | None
    said: list[dict[str, Any]]
    steps: list[str]


class ClauseRow(Answer):
    """A clause: its versions, who stands for which, what differs, what may be done."""

    path: str
    state: str
    agreed: str | None
    newest: str | None
    stands_for: dict[str, str | None]
    waits_for_us: bool
    texts: list[dict[str, Any]]
    redline: list[dict[str, Any]]
    blocked: list[dict[str, Any]]
    said: list[dict[str, Any]]
    comments: list[dict[str, Any]]
    steps: list[str]


class RoundRow(Answer):
    """A round: date, delegations, agenda, minutes."""

    round: int
    state: str
    conflict: bool
    starts: datetime | None
    by: str | None
    place: str
    interpreter: str
    plans: list[dict[str, Any]]
    delegations: dict[str, list[dict[str, str]]]
    attendance: dict[str, list[dict[str, str]]]
    agenda: list[dict[str, Any]]
    minutes: list[dict[str, Any]]
    signed: str | None
    because: str
    steps: list[str]


class TalksOutline(TalksSummary):
    """One negotiation whole. seen: what a statement signed here now has read (docs/talks.md)."""

    seen: list[dict[str, Any]]
    opened: list[Opened]
    rounds: list[RoundRow]
    agenda: list[ItemRow]
    paths: dict[str, ClauseRow]


class DraftAnswer(Answer):
    """An accord's file as text, or an amendment's; digest: what its signatures are about. version: of it."""

    file: str
    text: str
    digest: str
    version: int


class MinutesLists(Answer):
    """What is agreed (with digests), blocked (with reasons), open; agenda items with their state."""

    round: int
    agreed: list[dict[str, Any]]
    blocked: list[dict[str, Any]]
    open: list[str]
    agenda: list[dict[str, Any]]


class RedlineAnswer(Answer):
    """Two versions of a clause. changes: field, before, after. words_left: the parties' own words that stay
    as they were. lines: of the text in this language, "[-gone-]", "{+new+}", "…" where unchanged lines are
    left out; none where it is the same.
    """

    from_: int = Field(alias="from")
    to: int
    changes: list[dict[str, Any]]
    words_left: list[str]
    language: str
    lines: list[str]
