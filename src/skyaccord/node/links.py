"""One link client a peer, started when the peer is pinned; who is who on the link; what to say about each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio.to_thread
import httpx2
from anyio.abc import TaskGroup

from skyaccord.base.clock import Clock
from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import Randomness
from skyaccord.base.times import format_utc
from skyaccord.hotline.circuit import Wire
from skyaccord.node.keeper import Keeper
from skyaccord.node.link_calls import PeerCalls, TroubleError
from skyaccord.node.link_client import LinkClient
from skyaccord.node.link_renewal import renewed_card
from skyaccord.node.link_state import LinkState
from skyaccord.node.link_times import PeerTimes
from skyaccord.node.link_tls import ANYBODY
from skyaccord.node.projections import Touched
from skyaccord.record.cards import Card
from skyaccord.record.entries import Entry
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.pins import newer
from skyaccord.record.wire import Answer, Batch

MakeClient = Callable[[bytes], httpx2.AsyncClient]
"""A client that speaks only to the holder of this certificate (DER); ANYBODY: to whoever answers."""


class Links:
    """All peers' links. addresses: party → where to reach it, instead of what its card says. pull: fetch from
    peers, because they cannot reach this node."""

    def __init__(
        self,
        keeper: Keeper,
        incoming: Incoming,
        make_client: MakeClient,
        clock: Clock,
        randomness: Randomness,
        *,
        addresses: dict[str, str],
        pull: bool = False,
    ) -> None:
        self._keeper = keeper
        self._incoming = incoming
        self._make_client = make_client
        self._clock = clock
        self._randomness = randomness
        self._addresses = addresses
        self._pull = pull
        self.ready = False
        """Whether peers' entries are taken: not before our journal was compared with theirs."""
        self._clients: dict[str, LinkClient] = {}
        self._parties: dict[bytes, str] = {}
        self._ahead: dict[str, Card] = {}
        """Cards that a peer's root key has signed, and whose entries have not come yet."""
        self._trusting: list[Callable[[bytes], None]] = []
        self._tasks: TaskGroup | None = None
        self._turned_away = 0
        self._turned_away_why: str | None = None

    def prepare(self) -> None:
        """Make a link for every pinned peer, and from now on for those that are pinned."""
        self._keeper.listen(self._noticed)
        self._match_peers()

    def trusting(self, trust: Callable[[bytes], None]) -> None:
        """Call this with the certificate (DER) of every pinned peer, now and as they are pinned."""
        self._trusting.append(trust)
        for certificate in self._parties:
            trust(certificate)

    def start(self, tasks: TaskGroup) -> None:
        """Run every link, and those that are made from now on."""
        self._tasks = tasks
        for client in self._clients.values():
            self._run(client)

    async def close(self) -> None:
        """Give every connection back."""
        for client in self._clients.values():
            if client.calls.client is not None:
                await client.calls.client.aclose()

    def clients(self) -> list[LinkClient]:
        """Every peer's link, by party."""
        return [client for _, client in sorted(self._clients.items())]

    def client(self, party: str) -> LinkClient:
        """The link to this peer. KeyError if it is not pinned."""
        return self._clients[party]

    def turned_away(self, why: str) -> None:
        """Somebody tried to connect and did not get through."""
        self._turned_away += 1
        self._turned_away_why = why

    def listener_row(self) -> dict[str, Any]:
        """What the status shows of the listener: who did not get through is counted, the last one named."""
        return {"turned_away": self._turned_away, "turned_away_last": self._turned_away_why}

    # ── what the listener asks (`link_server.Peers`) ────────────────────────────────────────────────────

    def party_of(self, certificate: bytes) -> str | None:
        """Whose certificate this is: that of a pinned card, byte for byte."""
        return self._parties.get(certificate)

    def times(self, party: str) -> PeerTimes:
        """Clocks and ticks towards this peer."""
        return self._clients[party].calls.times

    def heard(self, party: str, entries: int, refused: str | None, *, fresh: bool) -> None:
        """This peer sent us a batch. refused: why we did not take it. fresh: made just now, for certain."""
        client = self._clients[party]
        if refused is not None:
            client.standing.refused(refused)
        elif fresh:
            client.heard()
        if entries and refused is None:
            self._keeper.poke()

    async def next_batch(self, party: str, wait_s: float) -> Batch:
        """What is next for a peer that fetches."""
        return await self._clients[party].next_batch(wait_s)

    async def answered(self, party: str, answer: Answer, *, fresh: bool) -> None:
        """A peer that fetches says what it holds. TroubleError, also kept for the link's state."""
        client = self._clients[party]
        try:
            await client.answered(answer, fresh=fresh)
        except TroubleError as trouble:
            client.standing.failed(trouble.word, trouble.reason)
            raise

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
                    "address": client.calls.address,
                    "fingerprint": cards[party].fingerprint,
                    "link": state.link,
                    "since": format_utc(state.since),
                    "since_s": round(max(0.0, (now - state.since).total_seconds())),
                    "outbox": state.outbox,
                    "held": state.held,
                    "reason": state.reason,
                    **_clock_fields(state),
                }
            )
        return result

    def wires(self) -> dict[str, Wire]:
        """Every peer's link, for the circuit that it carries."""
        states = {party: client.state() for party, client in self._clients.items()}
        return {party: Wire(state.link, state.since) for party, state in states.items()}

    def up(self) -> set[str]:
        """Parties whose link works both ways now."""
        return {party for party, client in self._clients.items() if client.state().link == "up"}

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
        for party, held in self._keeper.projections.peers.items():
            card = newer(held, self._ahead.get(party, held))
            client = self._clients.get(party) or self._made(party)
            client.calls.address = self._addresses.get(party, card.link_address)
            client.poke()
            self._match_certificate(client, card)

    async def _renew(self, client: LinkClient) -> bool:
        """The peer shows another certificate: whether its root key says so (`link_renewal.py`)."""
        origin = self._keeper.projections.peers[client.peer].origin
        try:
            async with self._make_client(ANYBODY) as anybody:
                data = await client.calls.fetch_rotations(anybody)
            card = await anyio.to_thread.run_sync(renewed_card, self._keeper.journal, origin, data)
        except (TroubleError, RefusedError):
            return False
        if card is None or card.certificate in (None, self._certificate_of(client.peer)):
            return False
        self._ahead[client.peer] = card
        self._match_peers()
        return True

    def _certificate_of(self, party: str) -> bytes | None:
        return next((known for known, whose in self._parties.items() if whose == party), None)

    def _match_certificate(self, client: LinkClient, card: Card) -> None:
        """From now on the certificate of this card, and no other, is this peer's."""
        if card.certificate is None or self._parties.get(card.certificate) == client.peer:
            return
        self._parties = {known: party for known, party in self._parties.items() if party != client.peer}
        self._parties[card.certificate] = client.peer
        for trust in self._trusting:
            trust(card.certificate)
        client.calls.client = self._make_client(card.certificate)

    def _made(self, party: str) -> LinkClient:
        journal = self._keeper.journal
        times = PeerTimes(self._clock, self._randomness)
        client = LinkClient(
            Outgoing(journal, party), self._incoming, PeerCalls(party, times), self._clock, self._randomness
        )
        client.renew = self._renew
        client.sized(self._keeper.projections.entries.get(self._keeper.projections.own.origin, 0))
        self._clients[party] = client
        if self._tasks is not None:
            self._run(client)
        return client

    def _run(self, client: LinkClient) -> None:
        if self._tasks is not None:
            self._tasks.start_soon(client.run)
            if self._pull:
                self._tasks.start_soon(client.run_pull)


def _clock_fields(state: LinkState) -> dict[str, Any]:
    """The peer's clock beside ours, null until it was measured."""
    skew = state.skew
    return {
        "clock_offset_s": None if skew is None else round(skew.offset_s, 3),
        "clock_within_s": None if skew is None else round(skew.within_s, 3),
        "clock_warning": None if skew is None else skew.warning,
    }
