"""`WS /api/live` over a real socket: rows from any number on, pictures, and no page of another origin."""

import json
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from skyaccord.node.accounts.rights import Role
from skyaccord.node.http.app import console_app
from skyaccord.node.http.live_socket import SESSION_ENDED, TRY_LATER
from skyaccord.node.http.protection import own_hosts
from skyaccord.node.serving import listen, server
from tests.node.scene import free_port
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Table

HOUR = timedelta(hours=1)

Story = Callable[[Table, str], Awaitable[None]]


def live(root: Path, story: Story) -> None:
    """Serve a table's first node on a real port while the story runs."""

    async def run() -> None:
        table = Table(root, "A")
        seat = table.seats["a"]
        write_pass(root)
        seat.set_feed(feed_table())
        seat.open()
        port = free_port()
        served: socket.socket = listen("127.0.0.1", port, what="console", setting="console_port")
        try:
            await table.prepare()
            await table.second()
            console = server(console_app(seat.node.desk, own_hosts("127.0.0.1", port)))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(lambda: console.serve(sockets=[served]))
                with anyio.fail_after(30):
                    await story(table, f"127.0.0.1:{port}")
                console.should_exit = True
        finally:
            served.close()
            await table.close()

    anyio.run(run)


async def texts(console: ClientConnection, wanted: str) -> dict:
    """The next text frame of this type."""
    while True:
        message = await console.recv()
        if isinstance(message, str) and (frame := json.loads(message))["type"] == wanted:
            return frame


async def until_closed(console: ClientConnection) -> None:
    while True:
        await console.recv()


async def pictures(console: ClientConnection) -> bytes:
    while True:
        message = await console.recv()
        if isinstance(message, bytes):
            return message


def test_status_rows_roster_and_picture_come_and_go_on_from_any_number(tmp_path: Path) -> None:
    async def story(table: Table, at: str) -> None:
        seat = table.seats["a"]
        async with connect(
            f"ws://{at}/api/live", origin=f"http://{at}", additional_headers=seat.signed_in
        ) as console:
            assert (await texts(console, "status"))["data"]["party"] == "A"
            roster = (await texts(console, "roster"))["data"]
            assert roster["aircraft"] == [["a00001", "ALFA01"], ["b00001", "BRAVO1"]]
            assert roster["parties"] == ["A", "B"]
            picture = await pictures(console)
            assert picture[:4] == b"SKY1"
            assert int.from_bytes(picture[4:8], "little") == 2
            assert int.from_bytes(picture[16:20], "little") == roster["version"]
            seat.enrol()
            await seat.node.desk.keeper.catch_up()
            person = await texts(console, "person")
        async with connect(
            f"ws://{at}/api/live?since={person['n'] - 1}", additional_headers=seat.signed_in
        ) as console:
            assert await texts(console, "person") == person
        async with connect(
            f"ws://{at}/api/live?since={person['n']}", additional_headers=seat.signed_in
        ) as console:
            table.clock.advance(1.0)
            await seat.node.tick()
            first = json.loads(await console.recv())
            assert first["type"] == "status"
            assert "n" not in first
            while await pictures(console) == picture:
                pass  # the picture before it, sent on connecting

    live(tmp_path, story)


def test_other_pages_and_too_many_consoles_are_turned_away(tmp_path: Path) -> None:
    async def story(table: Table, at: str) -> None:
        signed_in = table.seats["a"].signed_in
        with pytest.raises(InvalidStatus):
            async with connect(
                f"ws://{at}/api/live", origin="http://evil.example", additional_headers=signed_in
            ):
                pass
        broadcast = table.seats["a"].node.desk.broadcast
        broadcast.consoles = table.seats["a"].node.desk.settings.limits.consoles_max
        with pytest.raises((InvalidStatus, ConnectionClosed)) as refused:
            async with connect(f"ws://{at}/api/live", additional_headers=signed_in) as console:
                await console.recv()
        if isinstance(refused.value, ConnectionClosed):
            assert refused.value.rcvd is not None
            assert refused.value.rcvd.code == TRY_LATER
        broadcast.consoles = 0
        async with connect(f"ws://{at}/api/live", additional_headers=signed_in) as console:
            await texts(console, "status")
            assert broadcast.consoles == 1
        for _ in range(100):
            if broadcast.consoles == 0:
                break
            await anyio.sleep(0.02)
        assert broadcast.consoles == 0

    live(tmp_path, story)


def test_a_stranger_hears_nothing_and_a_session_that_ends_goes_dark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skyaccord.node.http.live_socket.LOOK_S", 0.05)

    async def story(table: Table, at: str) -> None:
        seat = table.seats["a"]
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": f"skyaccord-7410={seat.token}"}):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(f"ws://{at}/api/live", additional_headers=headers):
                    pass
            assert refused.value.response.status_code == 403
        async with connect(f"ws://{at}/api/live", additional_headers=seat.signed_in) as console:
            await texts(console, "status")
            (credential,) = seat.node.desk.door.credentials.all("tester")
            seat.node.desk.door.credentials.revoke(credential.id)
            with pytest.raises(ConnectionClosed) as ended:
                await until_closed(console)
            assert ended.value.rcvd is not None
            assert ended.value.rcvd.code == SESSION_ENDED
        for _ in range(200):
            reads = seat.node.desk.door.reads.rows()
            if len(reads) == 2:
                break
            await anyio.sleep(0.02)
        assert [(one.account, one.what) for one in reads] == [("tester", "WS /api/live")] * 2  # open, close

    live(tmp_path, story)


def test_an_open_console_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer who watches and touches nothing must not lose the picture."""
    monkeypatch.setattr("skyaccord.node.http.live_socket.LOOK_S", 0.05)

    async def story(table: Table, at: str) -> None:
        seat = table.seats["a"]
        credentials = seat.node.desk.door.credentials
        secret, kept = credentials.give(
            "tester", Role.VIEWER, kind="session", label="", lasts=13 * HOUR, idle=HOUR / 2
        )
        cookie = {"Cookie": f"skyaccord-7410={secret}"}
        async with connect(f"ws://{at}/api/live", additional_headers=cookie) as console:
            await texts(console, "status")
            for _ in range(8):
                before = table.clock.now()
                table.clock.advance(600)
                while True:
                    (row,) = [one for one in credentials.all("tester") if one.id == kept.id]
                    if row.used_at > before:
                        break
                    await anyio.sleep(0.02)
        table.clock.advance(1801)
        with pytest.raises(InvalidStatus):
            async with connect(f"ws://{at}/api/live", additional_headers=cookie):
                pass

    live(tmp_path, story)
