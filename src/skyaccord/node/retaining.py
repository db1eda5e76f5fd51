"""What comes back from a peer's copy after a loss, and was kept long enough by its accord, goes again.

A folder put back from an older copy is refilled by its peers. They may keep longer, or not have erased yet;
what we had erased since the copy was made would stand here again until somebody ran `journal erase`. So the
accords' own retention runs over what came back (`record.erasure.came_back`), and over nothing else: when a
node starts, before it shows anything, and later as peers' entries come in again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import anyio.to_thread

from skyaccord.base.clock import Clock
from skyaccord.incidents.keeping import kept_back
from skyaccord.node.incident_folder import read_incidents
from skyaccord.record.cards import Card
from skyaccord.record.erasure import due_again, erase_again
from skyaccord.record.journal import Journal
from skyaccord.talks.folder import read_book
from skyaccord.talks.retention import retentions

EVERY_S: Final = 5.0
"""As long as contents stand here again, after the last of them has come; to look costs next to nothing."""


def retain(journal: Journal, own: Card) -> dict[str, int]:
    """Run the accords' retention over what came back; kind → count. own: this node's card."""
    if not due_again(journal) or journal.info().halted is not None:
        return {}
    cases = list(read_incidents(journal, own).cases)
    due = retentions(read_book(journal), journal.clock.now())
    return erase_again(journal, [replace(one, stay=kept_back(cases, one.before)) for one in due])


class Retaining:
    """The same from time to time, in a node that runs."""

    def __init__(self, journal: Journal, own: Card, clock: Clock) -> None:
        self._journal = journal
        self._own = own
        self._clock = clock
        self._next = 0.0

    async def tick(self) -> None:
        """Each second; looks every EVERY_S."""
        if self._clock.monotonic() < self._next:
            return
        self._next = self._clock.monotonic() + EVERY_S
        await anyio.to_thread.run_sync(retain, self._journal, self._own)
