"""One link client a peer, started when the peer is pinned, and what to say about each."""

from __future__ import annotations

from typing import Any

import httpx2
from anyio.abc import TaskGroup

from skyaccord.base.clock import Clock
from skyaccord.base.randomness import Randomness
from skyaccord.base.times import format_utc
from skyaccord.node.keeper import Keeper
from skyaccord.node.link_client import LinkClient
from skyaccord.node.projections import Touched
from skyaccord.record.entries import Entry
from skyaccord.record.link import Outgoing


class Links:
    """All peers' senders. addresses: party → where to reach it, instead of what its card says."""

    def __init__(
        self,
        keeper: Keeper,
        addresses: dict[str, str],
        transport: httpx2.AsyncClient,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._keeper = keeper
        self._addresses = addresses
        self._transport = transport
        self._clock = clock
        self._randomness = randomness
        self._clients: dict[str, LinkClient] = {}
        self._tasks: TaskGroup | None = None

    def prepare(self) -> None:
        """Make a sender for every pinned peer, and from now on for those that are pinned."""
        self._keeper.listen(self._noticed)
        self._match_peers()

    def start(self, tasks: TaskGroup) -> None:
        """Run every sender, and those that are made from now on."""
        self._tasks = tasks
        for client in self._clients.values():
            tasks.start_soon(client.run)

    def client(self, party: str) -> LinkClient:
        """The sender to this peer. KeyError if it is not pinned."""
        return self._clients[party]

    def heard(self, party: str, entries: int, refused: str | None) -> None:
        """Our listener got a batch that says it is this peer's. refused: why we did not take it."""
        client = self._clients.get(party)
        if client is not None and refused is not None:
            client.refused(refused)
        elif client is not None:
            client.heard()
        if entries and refused is None:
            self._keeper.poke()

    def rows(self) -> list[dict[str, Any]]:
        """Every peer's link as the status shows it."""
        now = self._clock.now()
        cards = self._keeper.projections.peers
        result = []
        for party, client in sorted(self._clients.items()):
            state = client.state()
            result.append(
                {
                    "party": party,
                    "name": cards[party].name,
                    "address": client.address,
                    "fingerprint": cards[party].fingerprint,
                    "link": state.link,
                    "since": format_utc(state.since),
                    "since_s": round(max(0.0, (now - state.since).total_seconds())),
                    "outbox": state.outbox,
                    "held": state.held,
                    "reason": state.reason,
                }
            )
        return result

    def outbox(self) -> int:
        """Entries that a reachable peer does not hold yet."""
        return sum(
            state.outbox for state in (one.state() for one in self._clients.values()) if state.link == "up"
        )

    def _noticed(self, entries: list[Entry], touched: list[Touched]) -> None:
        own = self._keeper.projections.own.origin
        if any(change.peers for change in touched):
            self._match_peers()
        if any(entry.origin == own for entry in entries):
            size = self._keeper.projections.entries.get(own, 0)
            for client in self._clients.values():
                client.sized(size)
                client.poke()

    def _match_peers(self) -> None:
        for party, card in self._keeper.projections.peers.items():
            address = self._addresses.get(party, card.link_address)
            known = self._clients.get(party)
            if known is not None:
                known.address = address
                continue
            outgoing = Outgoing(self._keeper.journal, party)
            client = LinkClient(outgoing, address, self._transport, self._clock, self._randomness)
            client.sized(self._keeper.projections.entries.get(self._keeper.projections.own.origin, 0))
            self._clients[party] = client
            if self._tasks is not None:
                self._tasks.start_soon(client.run)
