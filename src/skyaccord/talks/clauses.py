"""One clause in talks: every text that was put forward, what each party said last, and the state that
follows.

The state is a function of the set of statements, whatever order they came in (`positions.py`):

    blocked     some party's last word is `block`
    bracketed   a `bracket` that nobody has answered
    reopened    a `reopen` that nobody has answered
    agreed      every party stands for the same digest
    conflict    unanswered words for different texts: two sides moved at once
    countered, proposed   the newest text's own step
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from skyaccord.base.errors import InputError
from skyaccord.talks.machines import CLAUSE, Side
from skyaccord.talks.positions import Said, latest, unanswered

ClauseState = Literal[
    "absent", "proposed", "countered", "conflict", "bracketed", "blocked", "agreed", "reopened"
]


@dataclass(frozen=True, kw_only=True)
class ClauseWord(Said):
    """One party's step about one clause. digest: the value it is for; because: why, in the party's words."""

    step: str
    digest: str | None
    because: str


@dataclass(frozen=True, kw_only=True)
class Comment(Said):
    """A remark beside the clause, in the language it was written in."""

    text: str
    language: str


@dataclass(frozen=True)
class Text:
    """One version of a clause. number: from 1; value: canonical JSON, "null": left out."""

    number: int
    digest: str
    value: str
    party: str
    by: ClauseWord


class Clause:
    """All that was said about one path. between: the parties of the talks."""

    def __init__(self, path: str, between: tuple[str, ...]) -> None:
        self.path = path
        self.between = between
        self.words: list[ClauseWord] = []
        self.comments: list[Comment] = []
        self._values: dict[str, str] = {}

    def add(self, word: ClauseWord, value: str | None) -> None:
        """Take a step. value: the text, of a proposal."""
        self.words.append(word)
        self.words.sort(key=lambda one: one.order)
        if value is not None and word.digest is not None:
            self._values[word.digest] = value
        self.__dict__.pop("_view", None)

    def comment(self, comment: Comment) -> None:
        """Take a remark."""
        self.comments.append(comment)
        self.comments.sort(key=lambda one: one.order)

    def value(self, digest: str | None) -> str | None:
        """The canonical text of a version."""
        return None if digest is None else self._values.get(digest)

    @property
    def texts(self) -> list[Text]:
        """Every version that was put forward, once each, in display order."""
        found: dict[str, Text] = {}
        for word in self.words:
            if word.step in ("propose", "counter") and word.digest is not None and word.digest not in found:
                number = len(found) + 1
                found[word.digest] = Text(number, word.digest, self._values[word.digest], word.party, word)
        return list(found.values())

    @property
    def state(self) -> ClauseState:
        """Where the clause stands."""
        return self._view.state

    @property
    def heads(self) -> tuple[ClauseWord, ...]:
        """Last words that nobody has answered."""
        return self._view.heads

    @property
    def stands_for(self) -> dict[str, str | None]:
        """party → digest of the text it stands for; None: none, or it blocks."""
        return self._view.stands_for

    @property
    def blocked_by(self) -> tuple[ClauseWord, ...]:
        """The blocks in the way, with their reasons."""
        return tuple(word for word in latest(self.words).values() if word.step == "block")

    @property
    def agreed(self) -> str | None:
        """The digest that every party has agreed, or None."""
        return self._view.heads[0].digest if self.state == "agreed" else None

    @property
    def newest(self) -> str | None:
        """The digest that a draft would show: agreed, or of the newest text."""
        if self.agreed is not None:
            return self.agreed
        chosen = [word.digest for word in self.heads if word.digest is not None]
        texts = [text.digest for text in self.texts]
        return next(reversed(chosen or texts), None)

    def side_of(self, party: str) -> Side:
        """Whether what stands is this party's own word: the column of the machine's table."""
        own = latest(self.words).get(party)
        if own is None:
            return "other"
        if self.state == "blocked":
            return "own" if {word.party for word in self.blocked_by} == {party} else "other"
        return "own" if any(word.party == party for word in self.heads) else "other"

    def check(self, party: str, step: str, digest: str | None) -> str:
        """The state that this step leads to. InputError says why it cannot be taken now."""
        result = CLAUSE.next(self.state, step, self.side_of(party), where=self.path)
        if step == "agree":
            others = {held for other, held in self.stands_for.items() if other != party and held}
            if digest not in others:
                raise InputError(
                    "no other side stands for that text",
                    where=self.path,
                    do="look at `skyaccord talks status --clause` for what is on the table now",
                )
            if any(held != digest for other, held in self.stands_for.items() if other != party):
                return self.state if self.state != "agreed" else result  # others have not answered yet
        if step in ("propose", "counter") and digest in {
            held for other, held in self.stands_for.items() if other != party
        }:
            raise InputError("that is the other side's text", where=self.path, do="agree to it")
        return result

    @cached_property
    def _view(self) -> _View:
        return _view(self.words, self.between)


@dataclass(frozen=True)
class _View:
    state: ClauseState
    heads: tuple[ClauseWord, ...]
    stands_for: dict[str, str | None]


def _stands_for(words: Iterable[ClauseWord], party: str) -> str | None:
    """The text a party stands for: its newest choice, kept through brackets, dropped by a block or
    reopening.
    """
    held: str | None = None
    for word in sorted((one for one in words if one.party == party), key=lambda one: one.ref.sequence):
        if word.step in ("block", "reopen"):
            held = None
        elif word.digest is not None:
            held = word.digest
    return held


def _view(words: list[ClauseWord], between: tuple[str, ...]) -> _View:
    last = latest(words)
    if not last:
        return _View("absent", (), dict.fromkeys(between))
    stands: dict[str, Any] = {party: _stands_for(words, party) for party in between}
    heads = tuple(sorted(unanswered(last), key=lambda one: one.order))
    steps = {word.step for word in heads}
    choices = {word.digest for word in heads if word.digest is not None}
    state: ClauseState
    if any(word.step == "block" for word in last.values()):
        state = "blocked"
    elif "bracket" in steps:
        state = "bracketed"
    elif "reopen" in steps:
        state = "reopened"
    elif None not in stands.values() and len(set(stands.values())) == 1:
        state = "agreed"
        heads = tuple(word for word in last.values() if word.digest is not None) or heads
    elif len(choices) > 1:
        state = "conflict"
    else:
        state = _step_of(words, next(iter(choices), None))
    return _View(state, heads, stands)


def _step_of(words: list[ClauseWord], digest: str | None) -> ClauseState:
    """Whether the newest text came as a proposal or as a counter."""
    brought = [word for word in words if word.digest == digest and word.step in ("propose", "counter")]
    return "countered" if brought and brought[-1].step == "counter" else "proposed"
