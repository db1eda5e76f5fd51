"""The one place where the running node meets its journal: appends, and takes in whatever came in.

Everything that is shown, own or foreign, written by this process or by a command beside it, goes the same
way: into the store, out again in order of arrival, through the projections.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any, Final

import anyio
import anyio.to_thread

from skyaccord.base.errors import RefusedError
from skyaccord.node.projections import Projections, Touched
from skyaccord.node.sayings import Saying
from skyaccord.record.acts import ACTS
from skyaccord.record.entries import Entry
from skyaccord.record.journal import Journal

POLL_S: Final = 0.25
"""How soon another process's entry (`accord sign`, `node enrol`) is seen."""

Listener = Callable[[list[Entry], list[Touched]], None]


class Keeper:
    """Appends in worker threads, applies on the event loop."""

    def __init__(self, journal: Journal, projections: Projections) -> None:
        self.journal = journal
        self.projections = projections
        self._listeners: list[Listener] = []
        self._reading = anyio.Lock()
        self._poked = anyio.Event()

    def listen(self, listener: Listener) -> None:
        """Call this with everything new, after the projections have taken it. On the event loop."""
        self._listeners.append(listener)

    def poke(self) -> None:
        """Something came in: look now."""
        self._poked.set()

    async def say_all(self, sayings: Sequence[Saying]) -> None:
        """Append these entries; when this returns they are on the disk and in the projections."""
        if sayings:
            await anyio.to_thread.run_sync(self._append_all, sayings)
            await self.catch_up()

    def _append_all(self, sayings: Sequence[Saying]) -> None:
        """All in one transaction: one synchronisation of the disk for everything one second brought."""
        with self.journal.store.writing() as connection:
            for saying in sayings:
                # What waited may have lost its signer this moment (a dismissal by another process): it stays.
                passed_on = ACTS.carried(saying.kind) is not None
                with suppress(RefusedError) if passed_on else nullcontext():
                    self.journal.append_within(
                        connection,
                        saying.kind,
                        saying.body,
                        recipients=saying.recipients,
                        accord=saying.accord,
                        sky_time=saying.sky_time,
                        exercise=saying.exercise,
                    )

    async def carry(self, kind: str, dsse: dict[str, Any], recipients: list[str], **more: Any) -> Entry:
        """Append a person's signed statement. RefusedError if it does not hold."""
        entry: Entry = await anyio.to_thread.run_sync(
            partial(self.journal.append_statement, kind, dsse, recipients=recipients, **more)
        )
        await self.catch_up()
        return entry

    async def catch_up(self) -> None:
        """Take in everything that is in the store by now."""
        async with self._reading:
            while True:
                found: list[Entry] = await anyio.to_thread.run_sync(
                    self.journal.since, self.projections.position
                )
                if not found:
                    return
                touched = [self.projections.apply(entry) for entry in found]
                for listener in self._listeners:
                    listener(found, touched)

    async def run(self) -> None:
        """Keep up with the store; never returns."""
        while True:
            self._poked = anyio.Event()
            await self.catch_up()
            with anyio.move_on_after(POLL_S):
                await self._poked.wait()
