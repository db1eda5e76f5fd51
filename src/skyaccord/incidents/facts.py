"""Facts: stated by one side, agreed to or disputed by the others. What is disputed stays on the record, too.

a party's own last word about a fact counts, by its place in that party's journal:
    withdrawn by whoever stated it       withdrawn
    disputed by anybody                  disputed
    agreed to by every other side        agreed
    else                                 stated
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skyaccord.base.machine import Side
from skyaccord.incidents.statements import FactStatement
from skyaccord.incidents.tables import FACT
from skyaccord.incidents.words import Word, in_order, last_words
from skyaccord.record.fields import EntryRef

FactState = Literal["absent", "stated", "agreed", "disputed", "withdrawn"]


@dataclass(frozen=True)
class Fact:
    """One fact. stated: the word that stated it. answers: every later word about it, in order."""

    stated: Word[FactStatement]
    answers: tuple[Word[FactStatement], ...]
    parties: tuple[str, ...]

    @property
    def ref(self) -> EntryRef:
        """The entry that stated it; every step names it."""
        return self.stated.ref

    @property
    def text(self) -> str:
        """What it says, in the words of whoever stated it."""
        return self.stated.said.text or ""

    @property
    def positions(self) -> dict[str, Word[FactStatement]]:
        """party → its last word about it; the side that stated it stands for it by stating."""
        return last_words((self.stated, *self.answers))

    @property
    def state(self) -> FactState:
        """Where it stands, from all words that are here."""
        steps = {party: word.said.step for party, word in self.positions.items()}
        if steps[self.stated.party] == "withdraw":
            return "withdrawn"
        if "dispute" in steps.values():
            return "disputed"
        others = [party for party in self.parties if party != self.stated.party]
        return "agreed" if others and all(steps.get(party) == "agree" for party in others) else "stated"

    def side(self, party: str) -> Side:
        """On which side of the table a party stands."""
        return "own" if party == self.stated.party else "other"

    def steps(self, party: str) -> tuple[str, ...]:
        """What a party may do about it now."""
        held = self.positions.get(party)
        offered = FACT.open_steps(self.state, self.side(party))
        return tuple(step for step in offered if held is None or held.said.step != step)

    def check(self, party: str, step: str) -> str:
        """The state that this step leads to, with two sides. InputError says why it cannot be taken."""
        return FACT.next(self.state, step, self.side(party), where=f"the fact {self.text[:40]!r}")


def facts_of(words: list[Word[FactStatement]], parties: tuple[str, ...]) -> tuple[Fact, ...]:
    """Every fact of an incident, by the time it was stated. Words about no fact that is here wait."""
    answers: dict[EntryRef, list[Word[FactStatement]]] = {}
    for word in words:
        if word.said.fact is not None:
            answers.setdefault(word.said.fact, []).append(word)
    return tuple(
        Fact(word, tuple(in_order(_fitting(word, answers.get(word.ref, [])))), parties)
        for word in in_order(word for word in words if word.said.step == "state")
    )


def _fitting(stated: Word[FactStatement], answers: list[Word[FactStatement]]) -> list[Word[FactStatement]]:
    """The answers that mean anything whatever crossed: others agree or dispute, the stater withdraws."""
    return [word for word in answers if (word.said.step == "withdraw") == (word.party == stated.party)]
