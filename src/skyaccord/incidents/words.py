"""One signed word about an incident, and what is common to everything that is made of such words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from skyaccord.record.acts import PersonStatement
from skyaccord.record.fields import EntryRef

S = TypeVar("S", bound=PersonStatement)
T = TypeVar("T", bound="Word[PersonStatement]")


@dataclass(frozen=True)
class Word(Generic[S]):
    """Whose word, where it stands, when it came on the record (wall clock), and what it says."""

    ref: EntryRef
    recorded_at: datetime
    sky_time: datetime
    exercise: bool
    said: S

    @property
    def party(self) -> str:
        """Whose person said it."""
        return self.said.party

    @property
    def order(self) -> tuple[datetime, str, int]:
        """A display order that is the same everywhere; it decides nothing."""
        return self.recorded_at, self.ref.origin, self.ref.sequence


def in_order(words: Iterable[Word[S]]) -> list[Word[S]]:
    """By the time they came on the record."""
    return sorted(words, key=lambda word: word.order)


def last_words(words: Iterable[Word[S]]) -> dict[str, Word[S]]:
    """party → its last word, by place in its own journal: no clock decides, nor who arrived first."""
    found: dict[str, Word[S]] = {}
    for word in words:
        held = found.get(word.party)
        if held is None or word.ref.sequence > held.ref.sequence:
            found[word.party] = word
    return dict(sorted(found.items()))
