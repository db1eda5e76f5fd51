"""What a person does at a console: a signed statement is checked, put into the journal, and nothing else.

The node can carry a statement or refuse it, never make one. Signature, enrolment and party are checked by the
journal itself (`record.statement`); here stands what the statement is about.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import anyio

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError, LimitError, RefusedError
from skyaccord.hotline.bodies import ACKNOWLEDGEMENT, MESSAGE
from skyaccord.node.keeper import Keeper
from skyaccord.record.entries import Entry
from skyaccord.record.fields import EVERY_PEER, EntryRef
from skyaccord.record.statement import Acknowledge, Message, OpenIncident, read_statement, verify_statement

ACKNOWLEDGEABLE: Final = ("alert", "message", "incident.opened", "encounter", "approach")
MINUTE_S: Final = 60.0
PERSONS_MAX: Final = 1000  # keys whose rate is remembered; an unknown key is refused anyway


class Acts:
    """Takes statements from consoles. acts_per_minute_max: of one person."""

    def __init__(self, keeper: Keeper, clock: Clock, acts_per_minute_max: int) -> None:
        self._keeper = keeper
        self._clock = clock
        self._per_minute_max = acts_per_minute_max
        self._recent: dict[str, deque[float]] = {}
        self._carrying = anyio.Lock()

    async def take(self, dsse: dict[str, Any]) -> EntryRef:
        """Journal the statement; the reference of its entry. RefusedError, InputError or LimitError say
        why not.
        """
        statement = read_statement(dsse)
        own = self._keeper.projections.own.party
        if statement.party != own:
            raise RefusedError(f"this is the node of party {own!r}; the statement is of {statement.party!r}")
        enrolments = self._keeper.projections.enrolments
        verify_statement(dsse, enrolments, recorded_at=self._clock.now())  # before it can ask what we hold
        self._limit(statement.person)
        async with self._carrying:  # one after the other, so that no statement is journalled twice
            held = self._keeper.projections.statement_at(own, dsse)
            if held is not None:
                return held  # a console that did not see our answer
            if isinstance(statement, Acknowledge):
                return await self._acknowledge(dsse, statement)
            if isinstance(statement, Message):
                return await self._message(dsse, statement)
            return await self._open_incident(dsse, statement)

    async def _acknowledge(self, dsse: dict[str, Any], statement: Acknowledge) -> EntryRef:
        subject = self._subject(statement.of)
        entry = await self._keeper.carry(ACKNOWLEDGEMENT, dsse, self._readers(subject))
        return entry.ref

    async def _message(self, dsse: dict[str, Any], statement: Message) -> EntryRef:
        if statement.about is not None:
            self._subject(statement.about)
        loaded = self._keeper.projections.book.get(statement.accord) if statement.accord else None
        if statement.accord is not None and loaded is None:
            raise InputError("no accord with this digest is known here", do="sign without one, or wait")
        recipients = [EVERY_PEER]
        if loaded is not None:
            recipients = [party.id for party in loaded.accord.parties if party.id != statement.party]
        entry = await self._keeper.carry(MESSAGE, dsse, recipients)
        return entry.ref

    async def _open_incident(self, dsse: dict[str, Any], statement: OpenIncident) -> EntryRef:
        observation = None
        if statement.about is not None:
            self._subject(statement.about)
            sighting = self._keeper.projections.sightings.at(statement.about)
            if sighting is None:
                raise InputError("the statement is not about an alert, an encounter or an approach")
            if list(sighting.pair) != statement.pair:
                raise InputError(
                    f"that is about {' and '.join(sighting.pair)}, not the pair of the statement"
                )
            if sighting.observation is not None:
                observation = sighting.observation.model_dump(mode="json")
        entry = await self._keeper.carry(
            "incident.opened",
            dsse,
            [EVERY_PEER],
            pair=statement.pair,
            reason="officer",
            about=statement.about.model_dump(mode="json") if statement.about else None,
            observation=observation,
        )
        return entry.ref

    def _subject(self, ref: EntryRef) -> Entry:
        entry = self._keeper.journal.find(ref)
        if entry is None or entry.sealed:
            raise InputError("no such entry is held here", do="wait for it to arrive, or check the reference")
        if entry.refused is not None or entry.kind not in ACKNOWLEDGEABLE:
            raise InputError("that entry is nothing that a person can answer")
        return entry

    def _readers(self, subject: Entry) -> list[str]:
        """Who may read an answer: whoever could read what it answers, and its writer."""
        own = self._keeper.projections.own.party
        recipients = subject.header.recipients
        if EVERY_PEER in recipients:
            return [EVERY_PEER]
        return sorted({subject.party, *recipients} - {own})

    def _limit(self, person: str) -> None:
        now = self._clock.monotonic()
        if person not in self._recent and len(self._recent) >= PERSONS_MAX:
            self._recent.pop(next(iter(self._recent)))
        recent = self._recent.setdefault(person, deque())
        while recent and now - recent[0] > MINUTE_S:
            recent.popleft()
        if len(recent) >= self._per_minute_max:
            raise LimitError(f"more than {self._per_minute_max} statements of one person in a minute")
        recent.append(now)
