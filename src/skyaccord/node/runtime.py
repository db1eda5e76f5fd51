"""One node, put together and run until it is told to stop.

    feed ─► watch ─► sayings ─► keeper ─► journal ─► projections ─► view ─► live log ─► consoles
                                  ▲          │
    consoles ─► acts ─────────────┤          └─► links ─► peers
    peers ─► link listener ───────┘

Ports are taken first: a port that is in use stops the node before it has done anything. Clock, randomness and
the transport to peers are passed in.
"""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
import httpx2
from sqlalchemy.exc import SQLAlchemyError

from skyaccord.base.clock import Clock
from skyaccord.base.errors import JournalError, SkyAccordError
from skyaccord.base.randomness import Randomness
from skyaccord.hotline.asking import RoleTerms
from skyaccord.node.accounts.door import open_door
from skyaccord.node.alarms import missed, silence_of
from skyaccord.node.desk import Desk
from skyaccord.node.feed import Feed
from skyaccord.node.feeds import open_feed
from skyaccord.node.first_contact import first_contact
from skyaccord.node.hotline_desk import HotlineDesk
from skyaccord.node.http.app import console_app
from skyaccord.node.http.live_socket import Broadcast
from skyaccord.node.http.protection import own_hosts
from skyaccord.node.incident_work import IncidentWork
from skyaccord.node.keeper import Keeper
from skyaccord.node.link_calls import over_tls
from skyaccord.node.link_listener import LinkListener
from skyaccord.node.link_server import link_app
from skyaccord.node.link_tls import LinkTls, trust
from skyaccord.node.links import Links
from skyaccord.node.live_log import LiveLog
from skyaccord.node.projections import Projections, Touched
from skyaccord.node.retaining import Retaining
from skyaccord.node.room_acts import all_acts
from skyaccord.node.serving import Server, listen, server
from skyaccord.node.settings import Settings, load_settings
from skyaccord.node.show import Show
from skyaccord.node.tape import Tape
from skyaccord.node.view import View
from skyaccord.node.watching import TICK_S, Watching
from skyaccord.node.witness_client import Witnesses
from skyaccord.record.entries import Entry
from skyaccord.record.folder import Folder
from skyaccord.record.link import Incoming
from skyaccord.record.signer import PartySigner
from skyaccord.record.tls_identity import LinkKey, certificate_name
from skyaccord.record.trust import AgreedKeys

FAREWELL_S: Final = 2.0
"""How long a stopping node tries to hand its last entries to peers; what is left goes when it starts
again.
"""


@dataclass
class Listeners:
    """The two sockets, taken."""

    console: socket.socket
    link: socket.socket

    def close(self) -> None:
        """Give both back."""
        self.console.close()
        self.link.close()


def take_ports(settings: Settings) -> Listeners:
    """Take both ports or none. PortTakenError says which is in use."""
    console = listen(settings.console_host, settings.console_port, what="console", setting="console_port")
    try:
        link = listen(settings.link_host, settings.link_port, what="link", setting="link_port")
    except BaseException:
        console.close()
        raise
    return Listeners(console, link)


@dataclass
class Node:
    """Everything that runs. Make it with `open_node`; `run` until `stop`."""

    desk: Desk
    incoming: Incoming
    view: View
    show: Show
    incidents: IncidentWork
    retaining: Retaining
    trust: AgreedKeys
    listeners: Listeners
    link_context: ssl.SSLContext
    clock: Clock
    folder: Path
    _stopping: anyio.Event = field(default_factory=anyio.Event)
    _ticking: anyio.Lock = field(default_factory=anyio.Lock)

    def stop(self) -> None:
        """Ask the node to stop; `run` returns soon after."""
        self._stopping.set()

    async def run(self, started: Callable[[Node], None] | None = None) -> None:
        """Run until `stop` or a signal. started: called once everything is up."""
        desk = self.desk
        feed = await self._open()
        console, link = console_server(desk, self.folder), self._link_listener()
        async with anyio.create_task_group() as tasks:
            async with anyio.create_task_group() as served:
                served.start_soon(link.serve, self.listeners.link)  # peers who start with us may greet us
                await self._begin(feed)
                tasks.start_soon(self._heed_signals)
                tasks.start_soon(desk.keeper.run)
                desk.links.start(tasks)
                desk.witnesses.start(tasks)
                await self.tick()
                served.start_soon(_serve, console, self.listeners.console)
                tasks.start_soon(self._tick_for_ever)
                if started is not None:
                    started(self)
                await self._stopping.wait()
                await self._farewell()
                console.should_exit = True
                link.stop()
            tasks.cancel_scope.cancel()

    async def prepare(self) -> None:
        """Open the feed, take in the journals, begin to watch. Once, before the first `tick`."""
        await self._begin(await self._open())

    async def _open(self) -> Feed:
        """Everything that appends nothing."""
        desk = self.desk
        feed = await anyio.to_thread.run_sync(open_feed, desk.settings.feed, self.folder)
        desk.keeper.listen(self._noticed)
        await desk.keeper.catch_up()
        await desk.load_waiting()
        desk.links.prepare()
        await desk.witnesses.prepare()
        return feed

    async def _begin(self, feed: Feed) -> None:
        """See that the journal is whole, then watch. JournalError if it is not."""
        await first_contact(self.desk.links, self.desk.keeper.journal)
        await self.retaining.tick()
        await self.desk.keeper.catch_up()
        await self.desk.watching.start(feed)

    def _link_listener(self) -> LinkListener:
        links = self.desk.links
        links.trusting(lambda certificate: trust(self.link_context, certificate))
        return LinkListener(
            link_app(self.incoming, links), self.link_context, links.party_of, links.turned_away
        )

    async def _farewell(self) -> None:
        """Close what is open on the record, and hand it to peers that are there."""
        async with self._ticking:
            await self.desk.watching.stop()
        with anyio.move_on_after(FAREWELL_S):
            while self.desk.links.outbox():
                await self.clock.sleep(0.05)

    async def _tick_for_ever(self) -> None:
        while not self._stopping.is_set():
            began = self.clock.monotonic()
            async with self._ticking:
                if self._stopping.is_set():
                    return
                await self.tick()
            await self.clock.sleep(max(0.0, TICK_S - (self.clock.monotonic() - began)))

    async def tick(self) -> None:
        """One second: advance the sky, journal, ask, alarm, show."""
        desk = self.desk
        watching, keeper = desk.watching, desk.keeper
        await watching.look_at_settings()
        await watching.tick()
        self.trust.tell(keeper.projections.book.keys_in_force(watching.sky_now()))
        now = self.clock.now()
        await self.incidents.tick(now)
        silences = [
            silence_of(standing, subject, watching.sky_now())
            for standing in missed(keeper.projections, now)
            if (subject := keeper.journal.find(standing.subject)) is not None
        ]
        await keeper.say_all([*silences, *desk.hotline.released(desk.links.up(), now, watching.sky_now())])
        await desk.forget_enrolled()
        await desk.look_for_forks()
        await self.retaining.tick()
        self._show()

    def _show(self) -> None:
        desk, watching, now = self.desk, self.desk.watching, self.clock.now()
        self.view.show_newest(watching.newest(), now)
        self.view.show_approaches(watching.approaches())
        self.view.tick(now)
        self.view.show_accords(watching.sky_now())
        self.view.show_hotline(desk.hotline.row(now, watching.sky_now(), desk.links.wires()))
        parties = sorted({*desk.keeper.projections.cards, *watching.parties.values()})
        if watching.snapshot is not None:
            self.show.picture(watching.snapshot, watching.feed_number, watching.parties, parties)
        desk.broadcast.show_status(desk.status())

    def _noticed(self, entries: list[Entry], touched: list[Touched]) -> None:
        self.incidents.noticed(touched)
        self.desk.hotline.noticed(touched)
        self.view.show(touched, self.clock.now(), self.desk.watching.sky_now())

    async def _heed_signals(self) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                self.stop()


def console_server(desk: Desk, folder: Path) -> Server:
    """The console's server, over TLS if the settings name a certificate."""
    settings = desk.settings
    app = console_app(desk, own_hosts(settings.console_host, settings.console_port))
    if settings.console_certificate is None or settings.console_key is None:
        return server(app)
    return server(app, certificate=folder / settings.console_certificate, key=folder / settings.console_key)


async def _serve(one: Server, listener: socket.socket) -> None:
    await one.serve(sockets=[listener])


def open_node(
    folder: Folder,
    settings: Settings,
    key: PartySigner,
    link_key: LinkKey,
    listeners: Listeners,
    *,
    clock: Clock,
    randomness: Randomness,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Node:
    """Wire a node from its folder. Opens the store; nothing runs yet.

    transport: how peers are reached; None: over the network, with TLS both ways.
    """
    own = folder.card()
    tls = LinkTls(link_key, link_key.certificate(certificate_name(own.origin)))

    def make_client(pinned: bytes) -> httpx2.AsyncClient:
        if transport is not None:
            return httpx2.AsyncClient(transport=transport)
        return over_tls(tls.client_context(pinned))

    store = folder.open_store()
    journal = folder.open_journal(store, key, clock, randomness)
    terms = RoleTerms(settings.hotline.acknowledge_within_s, None)
    projections = Projections(own, terms)
    keeper = Keeper(journal, projections)
    trust = AgreedKeys()
    incoming = Incoming(journal, settings.limits.quota, trust)
    broadcast = Broadcast(LiveLog(int(clock.now().timestamp() * 1000)))
    kept = settings.picture
    tape = Tape(folder.path, keep_s=kept.keep_hours * 3600, bytes_max=kept.keep_mebibytes << 20)
    watching = Watching(keeper, settings, folder.path, clock, tape)
    desk = Desk(
        settings=settings,
        keeper=keeper,
        watching=watching,
        hotline=HotlineDesk(keeper),
        links=Links(
            keeper,
            incoming,
            make_client,
            clock,
            randomness,
            addresses=settings.peer_addresses,
            pull=settings.pulls,
        ),
        witnesses=Witnesses(keeper, make_client, clock),
        acts=all_acts(
            keeper,
            clock,
            settings.limits.acts_per_minute_max,
            representatives_sign=settings.talks.representatives_sign,
        ),
        broadcast=broadcast,
        clock=clock,
        door=open_door(folder.path, settings, clock, randomness),
    )
    return Node(
        desk=desk,
        incoming=incoming,
        view=View(projections, broadcast.log),
        show=Show(broadcast),
        incidents=IncidentWork(keeper, watching, tape),
        retaining=Retaining(journal, own, clock),
        trust=trust,
        listeners=listeners,
        link_context=tls.server_context(),
        clock=clock,
        folder=folder.path,
    )


async def serve(node: Node, started: Callable[[Node], None] | None = None) -> None:
    """Run a node and give everything back at the end. JournalError if the store cannot be used any more."""
    try:
        await node.run(started)
    except* SkyAccordError as group:
        raise _first(group) from None
    except* SQLAlchemyError as group:
        what = str(_first(group)).split("\n", 1)[0]
        raise JournalError(f"the store cannot be used any more ({what})", where=str(node.folder)) from None
    finally:
        await node.desk.links.close()
        await node.desk.witnesses.close()
        node.listeners.close()
        node.desk.door.close()
        node.desk.keeper.journal.store.close()


def _first(group: BaseExceptionGroup[Any]) -> Exception:
    """The first error of a group of groups."""
    found: Any = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found  # type: ignore[no-any-return]


def read_settings(folder: Folder) -> Settings:
    """The settings of a node's folder."""
    return load_settings(folder.settings_file)
