"""Two sides of one incident without journals: words signed at one desk, carried over when the link is up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from skyaccord.accord.procedures import IncidentProcedure
from skyaccord.base.times import format_utc
from skyaccord.incidents.case import Case
from skyaccord.incidents.casebook import CaseBook
from skyaccord.incidents.sightings import Sightings
from skyaccord.incidents.statements import STATEMENTS
from skyaccord.record.acts import ACTS
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.incidents.said import DIGEST, WALL, Said, Teller, encounter

KEYS = {party: PersonKey.generate() for party in "ABC"}
PROCEDURE = IncidentProcedure(report_within_s=3600, account_within_s=7200, severity_scales=())
KIND = {act: kind for act, _, kind in STATEMENTS}


def book(procedure: IncidentProcedure | None = PROCEDURE, parties: tuple[str, ...] = ("A", "B")) -> CaseBook:
    return CaseBook(Sightings(), lambda _: parties, lambda _: procedure)


@dataclass
class Desk:
    """One side: its own journal, and the incidents as far as it has heard."""

    party: str
    procedure: IncidentProcedure | None = PROCEDURE
    teller: Teller = field(init=False)
    heard: dict[str, int] = field(default_factory=dict)
    now: datetime = WALL
    parties: tuple[str, ...] = ("A", "B")

    def __post_init__(self) -> None:
        self.teller = Teller(self.party)
        self.sightings = Sightings()
        self.cases = CaseBook(self.sightings, lambda _: self.parties, lambda _: self.procedure)

    def take(self, said: Said) -> None:
        ref, header, body = said
        self.sightings.add(ref, header, body)
        self.cases.add(ref, header, body)

    def open(self) -> EntryRef:
        """A breach that this side's node opened."""
        said = self.teller.opening(280, "breach", encounter(100, 200, "breach"))
        self.take(said)
        return said[0]

    def say(self, incident: EntryRef, act: str, **fields: Any) -> EntryRef:
        """A signed word, taken here at once; whether it may be said is for the caller to ask."""
        payload = {
            "act": act, "party": self.party, "role": "duty-officer", "at": format_utc(self.now),
            "accord": DIGEST, "exercise": False, "automatic": False,
            "incident": incident.model_dump(mode="json"), **fields,
        }  # fmt: skip
        dsse = sign_statement(payload, KEYS[self.party])
        ref, header, body = self.teller.say(ACTS.kind_of(act) or "", {"statement": dsse}, 300)
        timed = Header.model_validate({**header.model_dump(), "recorded_at": self.now})
        self.teller.entries[-1] = (ref, timed, body)
        self.take((ref, timed, body))
        return ref

    def hear(self, other: Desk, count: int | None = None) -> None:
        """Take what the other side has said since, or the next `count` entries of it."""
        first = self.heard.get(other.party, 0)
        last = len(other.teller.entries) if count is None else first + count
        for said in other.teller.entries[first:last]:
            self.take(said)
        self.heard[other.party] = min(last, len(other.teller.entries))

    @property
    def case(self) -> Case:
        [case] = self.cases
        return case

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
