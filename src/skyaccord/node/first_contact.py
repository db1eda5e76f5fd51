"""Before a node appends anything: is its journal all that others have of it? If not, it is made whole first.

A folder that was restored from an older copy would fill places anew that its peers hold already: a fork. So
the journal is compared with what is remembered here, then with what each peer that answers has cosigned.
What is missing comes back from their copies (`record.behind`). Peers may greet us meanwhile; their entries
are not taken yet: the receipt would be an entry of ours. Who does not answer is not waited for.
"""

from __future__ import annotations

import contextlib
from typing import Final

import anyio
import anyio.to_thread

from skyaccord.base.errors import JournalError, RefusedError
from skyaccord.node.link_calls import TroubleError
from skyaccord.node.link_client import LinkClient
from skyaccord.node.links import Links
from skyaccord.record.behind import Restoring, recall, say_restored
from skyaccord.record.journal import Journal
from skyaccord.record.remedy import remedy

FIRST_CONTACT_S: Final = 2.0
"""For a peer to answer one greeting. A node whose peers are all down starts this much later, at most."""


async def first_contact(links: Links, journal: Journal) -> None:
    """Compare, restore if need be, then let entries in. JournalError: it is not whole, and stays so."""
    await anyio.to_thread.run_sync(recall, journal)
    peers = links.clients()
    await _greet_all(peers)
    size = await anyio.to_thread.run_sync(journal.size)
    for client in peers:
        with contextlib.suppress(TroubleError, RefusedError, JournalError):
            await _restore(client, journal)
    if await anyio.to_thread.run_sync(journal.size) > size:  # now what they hold can be understood
        await _greet_all(peers)
    fault = await anyio.to_thread.run_sync(recall, journal)
    if fault is not None:
        raise JournalError(
            f"nothing is appended any more: {fault}",
            where=journal.origin,
            do=remedy(fault),
        )
    await anyio.to_thread.run_sync(say_restored, journal)
    links.ready = True


async def _greet_all(clients: list[LinkClient]) -> None:
    async with anyio.create_task_group() as greetings:
        for client in clients:
            greetings.start_soon(_greet, client)


async def _greet(client: LinkClient) -> None:
    with anyio.move_on_after(FIRST_CONTACT_S), contextlib.suppress(TroubleError):
        await client.greet()


async def _restore(client: LinkClient, journal: Journal) -> None:
    """Take what we lost from this peer's copy, as far as it holds it."""
    restoring = Restoring(journal, client.peer)
    while (first := await anyio.to_thread.run_sync(restoring.wanted)) is not None:
        batch = await client.calls.fetch_copy(first)
        await anyio.to_thread.run_sync(restoring.take, batch)
