"""The link's door: pinned certificates only, TLS 1.3 only, and no stranger keeps a peer waiting."""

import socket
import ssl
from collections.abc import Awaitable, Callable

import anyio
import httpx2
import pytest
from anyio.streams.tls import TLSStream
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from trustme import CA

from skyaccord.node import link_listener
from skyaccord.node.link_listener import CERTIFICATE
from skyaccord.node.link_tls import trust
from tests.node.link_parties import STRANGER, A, B, C, Door, open_door

Story = Callable[[Door], Awaitable[None]]


async def who(request: Request) -> Response:
    shown = {B.certificate: "B", C.certificate: "C"}.get(request.scope[CERTIFICATE], "?")
    return Response(shown + (await request.body()).decode())


def at_the_door(story: Story) -> None:
    async def run() -> None:
        app = Starlette(routes=[Route("/", who, methods=["GET", "POST"])])
        with anyio.fail_after(20):
            async with open_door(app) as door:
                await story(door)

    anyio.run(run)


async def drip(stream: TLSStream) -> None:
    """A request's head that never ends, until the other side has had enough."""
    for _ in range(40):
        await stream.send(b"X-Slow: 1\r\n")
        with anyio.move_on_after(0.05):
            await stream.receive()


async def answer_to(client: httpx2.AsyncClient) -> str:
    async with client:
        return (await client.get("/")).text


def test_each_request_carries_the_certificate_of_its_connection() -> None:
    async def story(door: Door) -> None:
        async with door.client(B) as b, door.client(C) as c:
            for _ in range(3):
                assert ((await b.get("/")).text, (await c.get("/")).text) == ("B", "C")
            assert (await b.post("/", content=b"x" * 100_000)).text == "B" + "x" * 100_000

    at_the_door(story)


def test_strangers_do_not_come_in() -> None:
    async def story(door: Door) -> None:
        with pytest.raises(httpx2.HTTPError):
            await answer_to(door.client(STRANGER))
        assert await door.refusal() == "a certificate of no party pinned here"

        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        nobody.check_hostname, nobody.verify_mode = False, ssl.CERT_NONE
        with pytest.raises(httpx2.HTTPError):
            await answer_to(httpx2.AsyncClient(verify=nobody, base_url=f"https://127.0.0.1:{door.port}"))
        assert await door.refusal() == "no certificate"

        authority = CA()
        authority.issue_cert("B").configure_cert(nobody)  # a certificate that some authority vouches for
        with pytest.raises(httpx2.HTTPError):
            await answer_to(httpx2.AsyncClient(verify=nobody, base_url=f"https://127.0.0.1:{door.port}"))
        assert await door.refusal() == "a certificate of no party pinned here"

        with pytest.raises(httpx2.HTTPError):
            await answer_to(httpx2.AsyncClient(base_url=f"http://127.0.0.1:{door.port}"))
        assert await door.refusal() == "plain HTTP where TLS is spoken"
        assert await answer_to(door.client(B)) == "B"

    at_the_door(story)


def test_tls_1_2_is_too_old() -> None:
    async def story(door: Door) -> None:
        old = B.client_context(A.certificate)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(httpx2.ConnectError):
            await answer_to(httpx2.AsyncClient(verify=old, base_url=f"https://127.0.0.1:{door.port}"))
        assert await door.refusal() == "TLS older than 1.3"

    at_the_door(story)


def test_a_node_with_another_certificate_than_the_pinned_one_is_not_spoken_to() -> None:
    async def story(door: Door) -> None:
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await answer_to(door.client(B, pinned=C))

    at_the_door(story)


def test_a_certificate_that_a_peer_vouches_for_is_not_the_peer() -> None:
    """A context trusts bytes, a lookup names them: a certificate made with a pinned one is still unknown."""
    from tests.node.test_link_tls import vouched_for_by

    peer, child = vouched_for_by()

    async def story(door: Door) -> None:
        trust(door.context, peer)
        with pytest.raises(httpx2.HTTPError):
            await answer_to(httpx2.AsyncClient(verify=child, base_url=f"https://127.0.0.1:{door.port}"))
        assert "not, or no more, of any party pinned here" in await door.refusal()

    at_the_door(story)


def test_a_pin_can_be_taken_away_while_the_door_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(door: Door) -> None:
        assert await answer_to(door.client(B)) == "B"
        monkeypatch.setattr(door.listener, "_party_of", {C.certificate: "C"}.get)
        with pytest.raises(httpx2.HTTPError):
            await answer_to(door.client(B))
        assert "no more" in await door.refusal()
        assert await answer_to(door.client(C)) == "C"

    at_the_door(story)


def test_silent_strangers_and_slow_peers_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets that never greet, and a slow-loris with a good certificate: others do not notice."""
    monkeypatch.setattr(link_listener, "HANDSHAKES_MAX", 8)
    monkeypatch.setattr(link_listener, "HANDSHAKE_S", 0.6)
    monkeypatch.setattr(link_listener, "HEAD_S", 0.5)

    async def story(door: Door) -> None:
        silent = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(30)]
        slow = B.client_context(A.certificate)
        loris = await anyio.connect_tcp(
            "127.0.0.1", door.port, tls=True, ssl_context=slow, tls_standard_compatible=False
        )
        await loris.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
        for _ in range(3):
            assert await answer_to(door.client(C)) == "C"
        with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
            await drip(loris)
        assert await answer_to(door.client(B)) == "B"
        for one in silent:
            one.close()

    at_the_door(story)


def test_a_peer_has_a_few_connections_and_takes_none_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(door: Door) -> None:
        context, streams = B.client_context(A.certificate), []
        for _ in range(link_listener.CONNECTIONS_PER_PEER_MAX + 2):
            streams.append(
                await anyio.connect_tcp(
                    "127.0.0.1", door.port, tls=True, ssl_context=context, tls_standard_compatible=False
                )
            )
        assert "more than 4 connections of party B" in await door.refusal()
        assert await answer_to(door.client(C)) == "C"
        for stream in streams:
            await stream.aclose()
        with anyio.fail_after(5):
            while True:  # the closed ones are noticed in their own time
                try:
                    assert await answer_to(door.client(B)) == "B"
                    break
                except httpx2.HTTPError:
                    await anyio.sleep(0.02)

    at_the_door(story)
