"""What was asked, of whom, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skyaccord.base.machine import Side
from skyaccord.incidents.statements import QuestionStatement
from skyaccord.incidents.tables import QUESTION
from skyaccord.incidents.words import Word, in_order
from skyaccord.record.fields import EntryRef

QuestionState = Literal["absent", "asked", "answered", "withdrawn"]


@dataclass(frozen=True)
class Question:
    """One question with everything that was said to it. An answer outweighs a withdrawal that crossed it."""

    asked: Word[QuestionStatement]
    answers: tuple[Word[QuestionStatement], ...]
    withdrawn: Word[QuestionStatement] | None

    @property
    def ref(self) -> EntryRef:
        """The entry that asked it."""
        return self.asked.ref

    @property
    def to(self) -> str:
        """Who is asked."""
        return self.asked.said.to or ""

    @property
    def state(self) -> QuestionState:
        """Where it stands."""
        if self.answers:
            return "answered"
        return "asked" if self.withdrawn is None else "withdrawn"

    def side(self, party: str) -> Side:
        """On which side of the table a party stands."""
        return "own" if party == self.asked.party else "other"

    def steps(self, party: str) -> tuple[str, ...]:
        """What a party may do about it now."""
        if party not in (self.asked.party, self.to):
            return ()
        return QUESTION.open_steps(self.state, self.side(party))

    def check(self, party: str, step: str) -> str:
        """The state that this step leads to. InputError says why it cannot be taken."""
        return QUESTION.next(self.state, step, self.side(party), where="the question")


def questions_of(words: list[Word[QuestionStatement]]) -> tuple[Question, ...]:
    """Every question of an incident, by the time it was asked."""
    about: dict[EntryRef, list[Word[QuestionStatement]]] = {}
    for word in words:
        if word.said.question is not None:
            about.setdefault(word.said.question, []).append(word)
    found = []
    for asked in in_order(word for word in words if word.said.step == "ask"):
        said = in_order(about.get(asked.ref, []))
        answers = [word for word in said if word.said.step == "answer" and word.party == asked.said.to]
        gone = [word for word in said if word.said.step == "withdraw" and word.party == asked.party]
        found.append(Question(asked, tuple(answers), gone[0] if gone else None))
    return tuple(found)
