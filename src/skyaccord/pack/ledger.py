"""What a pack is computed from: the projections of every journal that one node's folder holds.

`skyaccord.node.packing` makes it; everything in this room only reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from skyaccord.accord.model import Accord
from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc
from skyaccord.hotline.asking import Asking
from skyaccord.hotline.course import Courses
from skyaccord.hotline.line import Line
from skyaccord.hotline.messages import Messages
from skyaccord.hotline.phrasebook import Book
from skyaccord.incidents.casebook import CaseBook
from skyaccord.incidents.crossings import Crossed
from skyaccord.incidents.sightings import Sightings
from skyaccord.pack.coverage import Coverage
from skyaccord.record.fields import EntryRef
from skyaccord.record.receipts import Receipts
from skyaccord.talks.book import AccordBook


@dataclass(frozen=True)
class Window:
    """Sky time, start included, end not. exercise: whether the exercises are counted, or what is none."""

    start: datetime
    end: datetime
    exercise: bool = False

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InputError(
                f"the pack would end ({format_utc(self.end)}) before it begins ({format_utc(self.start)})",
                do="give --from and --to in this order",
            )

    def holds(self, sky_time: datetime, exercise: bool) -> bool:
        """Whether what happened then is counted."""
        return self.start <= sky_time < self.end and exercise is self.exercise


@dataclass(frozen=True)
class Held:
    """One journal as this node holds it. sealed: entries of which only the leaf is here.

    newest: sky time of the newest entry that is disclosed to us; None if there is none.
    """

    party: str
    origin: str
    entries: int
    sealed: int
    newest: datetime | None


@dataclass(frozen=True)
class Ledger:
    """own: the node's party. now: wall time of the newest entry held, by which deadlines are judged: the same
    entries make the same pack whenever it is made. kinds: (party, kind) → entries, in the
    window or not. real_drills: openings of drills that were held on a day that was no exercise itself.
    sky_times: of the entries that opened drills and told of voice calls.
    """

    own: str
    now: datetime
    held: dict[str, Held]
    book: AccordBook
    sightings: Sightings
    crossings: tuple[Crossed, ...]
    cases: CaseBook
    messages: Messages
    courses: Courses
    line: Line
    asking: Asking
    receipts: Receipts
    coverage: Coverage
    phrases: Callable[[str | None], Book]
    as_it_runs: Callable[[str | None], Accord | None]
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    real_drills: frozenset[EntryRef] = frozenset()
    sky_times: Mapping[EntryRef, datetime] = field(default_factory=dict)

    @property
    def parties(self) -> tuple[str, ...]:
        """Every party whose journal is held, ours first."""
        return (self.own, *sorted(party for party in self.held if party != self.own))

    def area_of(self, accord: str | None, rule: str | None) -> str:
        """The names of the areas in which a rule holds; empty where no accord says so."""
        found = self.as_it_runs(accord)
        if found is None:
            return ""
        own = next((one.areas for one in found.rules if one.id == rule), ())
        return " + ".join(own or [area.name for area in found.areas])

    def accord_name(self, accord: str | None) -> str:
        """What people call an accord; its digest if the book does not have it."""
        found = self.as_it_runs(accord)
        if accord is None:
            return ""
        return accord[:19] if found is None else f"{found.name}/{found.version}"
