"""What a person does, at a console or by a command: a signed statement is checked, put into the journal, and
nothing else.

The node can carry a statement or refuse it, never make one. Signature, enrolment and party are checked here
and again by the journal (`record.statement`); what a statement is about is for the room it belongs to, which
registers a handler for its act (`room_acts.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

import anyio

from skyaccord.base.clock import Clock
from skyaccord.base.errors import LimitError, RefusedError
from skyaccord.node.keeper import Keeper
from skyaccord.record.fields import EntryRef
from skyaccord.record.statement import read_statement, verify_statement

MINUTE_S: Final = 60.0
PERSONS_MAX: Final = 1000  # keys whose rate is remembered; an unknown key is refused anyway

Handler = Callable[[dict[str, Any], Any], Awaitable[EntryRef]]
"""Journals one act: gets the DSSE object and the verified statement (the model registered for the act), gives
the reference of its entry. Called for one statement at a time. RefusedError, InputError say why not."""


class Acts:
    """Takes statements and hands each to the handler of its act. acts_per_minute_max: of one person."""

    def __init__(self, keeper: Keeper, clock: Clock, acts_per_minute_max: int) -> None:
        self._keeper = keeper
        self._clock = clock
        self._per_minute_max = acts_per_minute_max
        self._handlers: dict[str, Handler] = {}
        self._recent: dict[str, deque[float]] = {}
        self._carrying = anyio.Lock()

    def register(self, act: str, handler: Handler) -> None:
        """Add the handler of an act. ValueError if it has one already."""
        if self._handlers.setdefault(act, handler) is not handler:
            raise ValueError(f"the act {act!r} has a handler already")

    def known(self) -> list[str]:
        """The acts that have a handler, sorted."""
        return sorted(self._handlers)

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
        handler = self._handlers.get(statement.act)
        if handler is None:
            raise RefusedError(f"this node takes no statement of the act {statement.act!r}")
        async with self._carrying:  # one after the other, so that no statement is journalled twice
            held = self._keeper.projections.statement_at(own, dsse)
            if held is not None:
                return held  # a console that did not see our answer
            return await handler(dsse, statement)

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
