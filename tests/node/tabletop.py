"""Nodes on a table: real folders, keys, journals and feeds, but a clock in the hand and no sockets.

A second passes when the test says so, a batch travels when the test says so; nothing runs by itself.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import httpx2
from fastapi import FastAPI

from skyaccord.accord.source import parse_accord
from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.base.times import format_utc
from skyaccord.node.accounts.door import open_door
from skyaccord.node.accounts.rights import Role
from skyaccord.node.http.app import console_app
from skyaccord.node.http.protection import own_hosts
from skyaccord.node.link_listener import CERTIFICATE
from skyaccord.node.link_server import link_app
from skyaccord.node.runtime import Listeners, Node, open_node
from skyaccord.node.settings import parse_settings
from skyaccord.node.settings_text import settings_text
from skyaccord.record.folder import Folder, init_folder
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.peers import pin_peer
from skyaccord.record.statement import sign_statement
from skyaccord.record.tls_identity import LinkKey
from skyaccord.talks.signing import SIGNED_KIND, sign_accord
from tests.node.sky import ACCORD, PARTY, ROLE

WALL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Switch(httpx2.AsyncBaseTransport):
    """One seat's way to every other node on the table, which can be cut. It shows the seat's certificate."""

    def __init__(self, table: Table, seat: Seat) -> None:
        self._table = table
        self._seat = seat

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._table.cut:
            raise httpx2.ConnectError("cut", request=request)
        seat = self._table.seats[f"{request.url.host}"]
        inner, shown = link_app(seat.node.incoming, seat.node.desk.links), self._seat.card.certificate

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await inner({**scope, CERTIFICATE: shown}, receive, send)

        return await httpx2.ASGITransport(app=app).handle_async_request(request)


ACCOUNT = "tester"


@cache
def _made(party: str) -> tuple[Folder, PartyKey, LinkKey, str]:
    """A party's new folder, made once: deriving a key from a passphrase takes its time, as it must.

    With an administrator's account, and a token of it.
    """
    folder = init_folder(
        Path(tempfile.mkdtemp(prefix="skyaccord-test-")) / party,
        party=party,
        name=f"Party {party}",
        link_address=f"https://{party.lower()}",
        passphrase="secret",
        settings_text=settings_text(party, f"Party {party}"),
        clock=ManualClock(WALL),
        randomness=SeededRandomness(ord(party)),
    )
    atexit.register(shutil.rmtree, folder.path.parent, ignore_errors=True)
    settings = parse_settings(folder.settings_file.read_text("utf-8"), where="node.toml")
    door = open_door(folder.path, settings, ManualClock(WALL), SeededRandomness(ord(party)))
    door.book.add(ACCOUNT, Role.ADMINISTRATOR, passphrase=None)
    token, _ = door.credentials.give(
        ACCOUNT, Role.ADMINISTRATOR, kind="token", label="", lasts=timedelta(days=30), idle=None
    )
    door.close()
    return folder, folder.load_key("secret"), folder.load_link_key("secret"), token


class Seat:
    """One party at the table."""

    def __init__(self, table: Table, party: str, root: Path) -> None:
        self.table = table
        self.party = party
        self.officer = PersonKey.generate()
        template, self.key, self.link_key, self.token = _made(party)
        self.folder = Folder(Path(shutil.copytree(template.path, root / party)))
        self.card = self.folder.card()
        self._app: tuple[Node, FastAPI] | None = None
        self.open()

    def open(self) -> None:
        """(Re)open the node from its folder, as a start of the process does."""
        settings = parse_settings(self.folder.settings_file.read_text("utf-8"), where="node.toml")
        listeners = Listeners(socket.socket(), socket.socket())
        self.node: Node = open_node(
            self.folder, settings, self.key, self.link_key, listeners, clock=self.table.clock,
            randomness=SeededRandomness(self.table.seed()), transport=Switch(self.table, self),
        )  # fmt: skip
        self.journal = self.node.desk.keeper.journal

    async def close(self) -> None:
        """End as a killed process ends: nothing is said, only files and sockets are given back."""
        await self.node.desk.links.close()
        await self.node.desk.witnesses.close()
        self.node.listeners.close()
        self.node.desk.door.close()
        self.journal.store.close()

    def set_feed(self, table: str) -> None:
        """Give the node another [feed]."""
        text = self.folder.settings_file.read_text("utf-8").split("\n[feed]\n", 1)[0]
        self.folder.settings_file.write_text(f"{text}\n[feed]\n{table}", encoding="utf-8")

    def enrol(self, key: PersonKey | None = None, *, role: str = ROLE, automatic: bool = False) -> None:
        body = {"public_key": (key or self.officer).public, "name": f"Officer of {self.party}", "role": role}
        self.journal.append("person.enrolled", {**body, "automatic": automatic}, recipients=["*"])

    def pin(self, other: Seat) -> None:
        pin_peer(self.journal, other.card)

    def sign(self, text: str) -> None:
        body = sign_accord(parse_accord(text, "accord"), self.party, self.key)
        self.journal.append(SIGNED_KIND, body, recipients=["*"], exercise=True)

    def statement(self, payload: dict[str, Any], key: PersonKey | None = None) -> dict[str, Any]:
        said = {
            "party": self.party, "role": ROLE, "at": format_utc(self.table.clock.now()), "accord": None,
            "exercise": False, "automatic": False, **payload,
        }  # fmt: skip
        return sign_statement(said, key or self.officer)

    @property
    def signed_in(self) -> dict[str, str]:
        """The header of somebody who may do everything that an administrator may."""
        return {"Authorization": f"Bearer {self.token}"}

    @contextlib.asynccontextmanager
    async def browser(self, **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
        """A client of the console's application, signed in; Authorization="" for a stranger."""
        settings = self.node.desk.settings
        if self._app is None or self._app[0] is not self.node:  # made once: it takes its time
            hosts = own_hosts(settings.console_host, settings.console_port)
            self._app = (self.node, console_app(self.node.desk, hosts))
        transport = httpx2.ASGITransport(app=self._app[1])
        async with httpx2.AsyncClient(
            transport=transport, base_url=settings.console_address, headers={**self.signed_in, **headers}
        ) as client:
            yield client

    async def get(self, path: str) -> Any:
        async with self.browser() as client:
            answer = await client.get(f"/api/{path}")
            assert answer.status_code == 200, answer.text
            return answer.json()

    async def act(self, payload: dict[str, Any], key: PersonKey | None = None) -> httpx2.Response:
        async with self.browser() as client:
            return await client.post("/api/acts", json=self.statement(payload, key))

    def kinds(self, party: str | None = None) -> list[str | None]:
        """Kinds of the entries of a party's journal as held here."""
        origin = next(one.origin for one in self.journal.journals() if one.party == (party or self.party))
        return [entry.kind for entry in self.journal.entries(origin)]


class Table:
    """Seats, one clock, one link between all."""

    def __init__(self, root: Path, parties: str = "AB", wall: datetime = WALL) -> None:
        self.root = root
        self.clock = ManualClock(wall)
        self.cut = False
        self._seed = 0
        self.seats: dict[str, Seat] = {}
        for party in parties:
            self.seats[party.lower()] = Seat(self, party, root)

    def seed(self) -> int:
        self._seed += 1
        return self._seed

    def introduce(self) -> None:
        """Pin everybody to everybody and enrol each party's officer."""
        for seat in self.seats.values():
            seat.enrol()
            for other in self.seats.values():
                if other is not seat:
                    seat.pin(other)

    def accord_text(self, within_s: int = 30) -> str:
        parties = "".join(
            PARTY.format(id=seat.party, key=seat.card.public_key) for seat in self.seats.values()
        )
        return ACCORD.format(parties=parties, within_s=within_s)

    async def prepare(self) -> None:
        for seat in self.seats.values():
            await seat.node.prepare()

    async def exchange(self, rounds: int = 3) -> None:
        """Push everything both ways, a few times: entries, receipts, answers to receipts."""
        for _ in range(rounds):
            for seat in self.seats.values():
                for other in seat.node.desk.keeper.projections.peers:
                    with contextlib.suppress(Exception):
                        await seat.node.desk.links.client(other).push()
            for seat in self.seats.values():
                await seat.node.desk.keeper.catch_up()

    async def second(self, count: int = 1) -> None:
        """Let wall seconds pass at every seat, with an exchange after each."""
        for _ in range(count):
            self.clock.advance(1.0)
            for seat in self.seats.values():
                await seat.node.tick()
            await self.exchange(2)

    async def close(self) -> None:
        for seat in self.seats.values():
            await seat.close()


Story = Callable[[Table], Awaitable[None]]


def play(root: Path, story: Story, parties: str = "AB") -> None:
    """Run a story at a fresh table."""

    async def run() -> None:
        table = Table(root, parties)
        try:
            await story(table)
        finally:
            await table.close()

    anyio.run(run)
