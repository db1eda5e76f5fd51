"""What each party said last about one thing, and which of these words nobody has answered.

Every statement of the talks carries `seen`: the newest entry of each other party's side of these talks that
the signer had read. So it can be told, from the statements alone and in whatever order they arrive, whether a
word answers another or crossed it on the way:

    answered   the later word's signer had seen the earlier one
    crossed    neither had seen the other: both stand until somebody answers

This is a version vector over single-writer journals; nothing has to be ordered, locked or decided by a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from skyaccord.record.fields import EntryRef


@dataclass(frozen=True)
class Said:
    """One signed statement: whose, when, where it stands on the record, what its signer had read.

    seen: origin → sequence of the newest entry of that journal about these talks that the signer had.
    """

    ref: EntryRef
    party: str
    person: str
    role: str
    at: datetime
    recorded_at: datetime
    exercise: bool
    seen: Mapping[str, int] = field(default_factory=dict)

    @property
    def order(self) -> tuple[datetime, str, int]:
        """A display order that is the same everywhere; it decides nothing."""
        return (self.recorded_at, self.ref.origin, self.ref.sequence)

    def has_seen(self, other: Said) -> bool:
        """Whether this was said knowing the other."""
        if other.ref.origin == self.ref.origin:
            return self.ref.sequence > other.ref.sequence
        return self.seen.get(other.ref.origin, -1) >= other.ref.sequence


S = TypeVar("S", bound=Said)


def latest(said: Iterable[S]) -> dict[str, S]:
    """Each party's last word, by party."""
    found: dict[str, S] = {}
    for one in said:
        held = found.get(one.party)
        if held is None or one.ref.sequence > held.ref.sequence:
            found[one.party] = one
    return dict(sorted(found.items()))


def unanswered(last: Mapping[str, S]) -> list[S]:
    """Those last words that no other party's last word has seen; all of them if they claim a circle."""
    words = list(last.values())
    heads = [
        one for one in words if not any(other.party != one.party and other.has_seen(one) for other in words)
    ]
    return heads or words


def crossed(one: Said, other: Said) -> bool:
    """Neither had read the other."""
    return not one.has_seen(other) and not other.has_seen(one)
