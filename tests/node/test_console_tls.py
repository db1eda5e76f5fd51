"""The console over HTTPS: a real listener, a real certificate, and one line for one that cannot be used."""

from __future__ import annotations

import ssl
from pathlib import Path

import anyio
import httpx2
import pytest
from trustme import CA

from skyaccord.base.errors import InputError
from skyaccord.cli.own_console import own_console, trusted
from skyaccord.node.runtime import console_server
from skyaccord.node.serving import listen
from tests.node.scene import free_port
from tests.node.tabletop import Seat, Table

SETTINGS = 'console_certificate = "console.pem"\nconsole_key = "console.key"\nconsole_port = {port}\n'


def with_certificate(seat: Seat, port: int) -> None:
    made = CA().issue_cert("console.example")
    made.cert_chain_pems[0].write_to_path(seat.folder.path / "console.pem")
    made.private_key_pem.write_to_path(seat.folder.path / "console.key")
    text = seat.folder.settings_file.read_text("utf-8").replace("console_port = 7410\n", "")
    seat.folder.settings_file.write_text(SETTINGS.format(port=port) + text, encoding="utf-8")
    seat.open()


def test_https_alone_and_commands_in_the_folder_know_the_certificate(tmp_path: Path) -> None:
    async def run() -> None:
        table = Table(tmp_path, "A")
        seat = table.seats["a"]
        port = free_port()
        with_certificate(seat, port)
        await table.prepare()
        settings = seat.node.desk.settings
        served = listen("127.0.0.1", port, what="console", setting="console_port")
        server = console_server(seat.node.desk, seat.folder.path)

        def ask() -> httpx2.Response:
            verify = trusted(seat.folder, settings)
            return httpx2.get(f"https://127.0.0.1:{port}/api/health", verify=verify, trust_env=False)

        def ask_a_stranger() -> None:
            httpx2.get(f"https://127.0.0.1:{port}/api/health", trust_env=False)

        def ask_in_clear() -> None:
            httpx2.get(f"http://127.0.0.1:{port}/api/health", trust_env=False)

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(lambda: server.serve(sockets=[served]))
                answer = await anyio.to_thread.run_sync(ask)
                assert answer.status_code == 200
                assert answer.headers["strict-transport-security"]
                for wrong in (ask_a_stranger, ask_in_clear):
                    with pytest.raises(httpx2.HTTPError):
                        await anyio.to_thread.run_sync(wrong)
                server.should_exit = True
        finally:
            served.close()
            await table.close()

    anyio.run(run)


def test_what_is_no_certificate_is_one_line(tmp_path: Path) -> None:
    async def run() -> None:
        table = Table(tmp_path, "A")
        seat = table.seats["a"]
        try:
            with_certificate(seat, free_port())
            (seat.folder.path / "console.pem").write_text("nothing", encoding="utf-8")
            with pytest.raises(InputError, match=r"console\.pem: certificate and key .* cannot be used"):
                console_server(seat.node.desk, seat.folder.path)
            (seat.folder.path / "console.pem").unlink()
            with pytest.raises(InputError, match="No such file"):
                console_server(seat.node.desk, seat.folder.path)
        finally:
            await table.close()

    anyio.run(run)


def test_a_command_in_the_folder_may_look_for_a_minute_and_is_logged(tmp_path: Path) -> None:
    async def run() -> None:
        table = Table(tmp_path, "A")
        seat = table.seats["a"]
        door = seat.node.desk.door
        try:
            with own_console(seat.folder, seat.node.desk.settings, timeout_s=1.0) as client:
                secret = client.headers["authorization"].removeprefix("Bearer ")
                live = [one for one in door.credentials.all() if one.account == "(folder)"]
                assert [one.role for one in live] == ["viewer"]
                assert (live[0].expires_at - live[0].made_at).total_seconds() == 60
            assert [one for one in door.credentials.all() if one.account == "(folder)"] == []
            assert door.credentials.visitor(secret) is None
            assert [one.name for one in door.book.all()] == ["tester"], "it is in no list of accounts"
        finally:
            await table.close()

    anyio.run(run)


def test_a_certificate_without_a_key_is_a_slip(tmp_path: Path) -> None:
    table = Table(tmp_path, "A")
    seat = table.seats["a"]
    text = seat.folder.settings_file.read_text("utf-8")
    seat.folder.settings_file.write_text('console_certificate = "console.pem"\n' + text, encoding="utf-8")
    try:
        with pytest.raises(InputError, match="go together"):
            seat.open()
    finally:
        anyio.run(table.close)


def test_without_a_certificate_nothing_is_pinned(tmp_path: Path) -> None:
    table = Table(tmp_path, "A")
    seat = table.seats["a"]
    try:
        assert trusted(seat.folder, seat.node.desk.settings) is True
        with_certificate(seat, 7410)
        context = trusted(seat.folder, seat.node.desk.settings)
        assert isinstance(context, ssl.SSLContext)
        assert context.verify_mode is ssl.CERT_REQUIRED
    finally:
        anyio.run(table.close)
