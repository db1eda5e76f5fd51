"""Two sides in talks without journals: statements made at one desk, carried over when the link is up."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from skyaccord.accord.source import parse_accord
from skyaccord.base.errors import RefusedError
from skyaccord.record.acts import ACTS
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PersonKey
from skyaccord.talks import acts, paths
from skyaccord.talks.negotiation import Negotiation, check
from skyaccord.talks.table import seen_of
from tests.accord.samples import SMALL
from tests.talks.world import START, header

PERSONS = {party: PersonKey.generate() for party in "ABC"}
RULE = "rule.r"


def rule(**fields: Any) -> str:
    """A text of the clause `rule.r`."""
    return paths.normal(RULE, {"id": "r", "horizontal_nm": 3, "vertical_ft": 3000, **fields})


def part(text: str, path: str = RULE) -> dict[str, str]:
    return {"path": path, "value": text, "digest": paths.digest_of_value(text)}


@dataclass
class Entry:
    """A statement where it stands."""

    ref: EntryRef
    header: Header
    statement: acts.TalksStatement


@dataclass
class Desk:
    """One side: its own statements in order, and the negotiation as far as it has heard."""

    party: str
    between: tuple[str, ...] = ("A", "B")
    name: str = "small"
    said: list[Entry] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    now: datetime = START

    def __post_init__(self) -> None:
        self.talks = Negotiation(self.name, self.between)

    def say(self, act: str, *, unchecked: bool = False, **fields: Any) -> EntryRef:
        """Make a statement here, now. InputError if the tables say no."""
        entry = self.entry(act, **fields)
        if not unchecked:
            check(self.talks, entry.statement)
        self.talks.take(entry.ref, entry.header, entry.statement)
        self.said.append(entry)
        return entry.ref

    def entry(self, act: str, **fields: Any) -> Entry:
        """The statement as it would stand next in this side's journal."""
        self.now += timedelta(seconds=1)
        sequence = len(self.said)
        kind = ACTS.kind_of(act)
        assert kind is not None
        stands = header(self.party, sequence, kind=kind, recorded_at=self.now, sky_time=self.now)
        ref = EntryRef(origin=stands.origin, sequence=sequence, leaf=f"{sequence:064x}")
        model = ACTS.model(act)
        assert model is not None
        statement = model.model_validate(
            {
                "act": act,
                "person": PERSONS[self.party].public,
                "party": self.party,
                "role": acts.REPRESENTATIVE,
                "at": self.now,
                "accord": None,
                "exercise": False,
                "automatic": False,
                **seen_of(self.talks, self.party),
                **fields,
            }
        )
        assert isinstance(statement, acts.TalksStatement)
        return Entry(ref, stands, statement)

    def hear(self, other: Desk, upto: int | None = None) -> None:
        """Take what the other side has said since the last time, in its order."""
        first = self.heard.get(other.party, 0)
        last = len(other.said) if upto is None else min(len(other.said), first + upto)
        for entry in other.said[first:last]:
            self.talks.take(entry.ref, entry.header, entry.statement)
        self.heard[other.party] = last

    def open(self, text: str = SMALL) -> EntryRef:
        return self.say("talks-open", draft=text)

    def clause(self, step: str, text: str | None = None, *, because: str = "", path: str = RULE) -> EntryRef:
        """A step about one clause; `agree` names the text's digest, proposals carry it."""
        clause: dict[str, Any] = {"path": path}
        if step in ("propose", "counter"):
            assert text is not None
            clause = part(text, path)
        elif step == "agree":
            assert text is not None
            clause["digest"] = paths.digest_of_value(text)
        return self.say("talks-clause", step=step, clauses=[clause], because=because)


def both() -> tuple[Desk, Desk]:
    """A has put SMALL on the table, and B has it."""
    ours, theirs = Desk("A"), Desk("B")
    ours.open()
    theirs.hear(ours)
    return ours, theirs


def meet(*desks: Desk) -> None:
    """The link is up: everybody hears everything."""
    for one in desks:
        for other in desks:
            if other is not one:
                one.hear(other)


def replayed(entries: list[Entry], between: tuple[str, ...] = ("A", "B"), name: str = "small") -> Negotiation:
    """The negotiation of these entries, in this order."""
    talks = Negotiation(name, between)
    for entry in entries:
        try:
            talks.take(entry.ref, entry.header, entry.statement)
        except RefusedError:
            continue
    return talks


def small_data() -> Any:
    return json.loads(paths.clauses_of(parse_accord(SMALL, "x").accord)[RULE])
