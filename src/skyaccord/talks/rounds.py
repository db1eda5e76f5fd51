"""Rounds of talks: planned, held, closed by minutes that every side has signed.

Each party says for itself whom it sends and who attended. When and how they meet is what was last planned;
if two plans crossed, both are shown until somebody plans again. A round is closed when every party stands
for the same minutes: who writes them stands for them, who signs their digest stands for them too.

Dates count as well: what is planned for a time to come has not been held, and nothing was dealt with in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc
from skyaccord.record.fields import EntryRef
from skyaccord.talks.acts import Delegate, Minutes
from skyaccord.talks.machines import ROUND, Side
from skyaccord.talks.positions import Said, latest, unanswered

RoundState = Literal["absent", "planned", "cancelled", "held", "closed"]


@dataclass(frozen=True, kw_only=True)
class RoundWord(Said):
    """One party's step about a round (`acts.RoundStatement`)."""

    step: str
    starts: datetime | None
    by: str | None
    place: str
    interpreter: str
    delegation: tuple[Delegate, ...]
    agenda: tuple[EntryRef, ...]
    because: str

    @property
    def appointment(self) -> tuple[object, ...]:
        """When and how: what two plans can disagree about."""
        return (self.starts, self.by, self.place)


@dataclass(frozen=True, kw_only=True)
class MinutesWord(Said):
    """Minutes written or signed."""

    step: str
    digest: str


class Round:
    """All that was said about one round."""

    def __init__(self, number: int, between: tuple[str, ...]) -> None:
        self.number = number
        self.between = between
        self.words: list[RoundWord] = []
        self.signatures: list[MinutesWord] = []
        self.minutes: dict[str, Minutes] = {}

    def add(self, word: RoundWord) -> None:
        """Take a step."""
        self.words.append(word)
        self.words.sort(key=lambda one: one.order)

    def sign(self, word: MinutesWord, minutes: Minutes | None) -> None:
        """Take minutes, written (whole) or signed."""
        self.signatures.append(word)
        self.signatures.sort(key=lambda one: one.order)
        if minutes is not None:
            self.minutes[word.digest] = minutes

    @property
    def plans(self) -> tuple[RoundWord, ...]:
        """The plans that stand: one, or those that crossed and name different dates."""
        planning = latest(word for word in self.words if word.step in ("plan", "cancel"))
        heads = sorted(unanswered(planning), key=lambda one: one.order)
        found: dict[tuple[object, ...], RoundWord] = {}
        for word in heads:
            if word.step == "plan":
                found[word.appointment] = word
        return tuple(found.values())

    @property
    def plan(self) -> RoundWord | None:
        """The newest plan."""
        planned = [word for word in self.words if word.step == "plan"]
        return next(reversed(self.plans or planned), None)

    @property
    def conflict(self) -> bool:
        """Two plans crossed."""
        return len(self.plans) > 1

    @property
    def held(self) -> bool:
        """Some party has said who attended."""
        return any(word.step == "hold" for word in self.words)

    @property
    def delegations(self) -> dict[str, tuple[Delegate, ...]]:
        """party → whom it sends, or, once it has said so, who of it attended."""
        found: dict[str, tuple[Delegate, ...]] = {}
        for word in sorted(self.words, key=lambda one: (one.step == "hold", one.ref.sequence)):
            if word.delegation:
                found[word.party] = word.delegation
        return dict(sorted(found.items()))

    @property
    def attendance(self) -> dict[str, tuple[Delegate, ...]]:
        """party → who attended, of the parties that have said so."""
        return {party: word.delegation for party, word in self._last("hold").items()}

    @property
    def agenda(self) -> tuple[EntryRef, ...]:
        """The items that any standing plan names, once each."""
        found: dict[EntryRef, None] = {}
        for word in self._last("plan").values():
            found |= dict.fromkeys(word.agenda)
        return tuple(found)

    @property
    def stands_for(self) -> dict[str, str]:
        """party → digest of the minutes it wrote or signed last."""
        return {party: word.digest for party, word in latest(self.signatures).items()}

    @property
    def signed(self) -> str | None:
        """The digest of the minutes that every party signed, or None."""
        held = self.stands_for
        digests = set(held.values())
        return next(iter(digests)) if len(held) == len(self.between) and len(digests) == 1 else None

    @property
    def state(self) -> RoundState:
        """Where the round stands."""
        if not self.words:
            return "absent"
        if self.signed is not None and self.held:
            return "closed"
        if self.held:
            return "held"
        return "planned" if self.plans else "cancelled"

    def check(self, party: str, step: str, digest: str | None = None) -> str:
        """The state that this step leads to. InputError says why it cannot be taken."""
        others = [self.stands_for.get(other) for other in self.between if other != party]
        side: Side = "other" if digest is not None and all(held == digest for held in others) else "own"
        return ROUND.next(self.state, step, side, where=f"round {self.number}")

    def check_date(self, step: str, at: datetime) -> None:
        """Whether a step can be true at this time. InputError: the round's date has not come.

        at: when the statement is signed. To hold it looks at the plan that stands; minutes look at the
        earliest date ever planned, so that a date moved while the other side met can still be closed.
        """
        if step not in ("hold", "minutes", "sign"):
            return
        plans = self.plans if step == "hold" else [word for word in self.words if word.step == "plan"]
        starts = min((word.starts for word in plans if word.starts is not None), default=None)
        if starts is not None and at < starts:
            raise InputError(
                f"it is planned for {format_utc(starts)}, which has not come",
                where=f"round {self.number}",
                do="plan the date on which you met, if it was earlier; then say who attended",
            )

    def check_item(self, step: str, at: datetime) -> None:
        """Whether an item can be asked for, accepted for or dealt with in this round. InputError: why not."""
        where = f"round {self.number}"
        if self.state == "closed":
            raise InputError(
                "the round is closed: every side has signed its minutes",
                where=where,
                do="name a round that is open with --round; plan the next one if there is none",
            )
        if self.state == "cancelled":
            raise InputError("the round was cancelled", where=where, do="name another one with --round")
        if step != "deal":
            return
        if self.state == "absent":
            raise InputError("no such round is planned; plan it first", where=where)
        if self.state == "planned":
            self.check_date("hold", at)

    def _last(self, step: str) -> dict[str, RoundWord]:
        return latest(word for word in self.words if word.step == step)
