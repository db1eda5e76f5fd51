"""The link's listener: accepts, shakes hands, and gives each request its peer's certificate.

uvicorn's own server does not hand the peer's certificate to the application, waits a minute for a handshake
and for ever for a request's head. So the accepting is done here, and uvicorn's protocol speaks HTTP on what
came through: a connection that has shown the certificate of a pinned card. Whoever has not costs one of a
bounded number of handshakes, for a few seconds; when they are used up, the oldest makes room, so that
strangers cannot keep a peer out.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import anyio
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HANDSHAKE_S: Final = 5.0  # ten round trips over a satellite
HANDSHAKES_MAX: Final = 64  # strangers' open sockets at once; each may cost half a megabyte while it lasts
HEAD_S: Final = 10.0
"""From one request's end (or the handshake) to the next one's head: a node asks each second, a slow-loris
never ends its head."""
CONNECTIONS_PER_PEER_MAX: Final = 4  # one pushes, one polls, two may be dying
GRACE_S: Final = 2.0  # for requests under way when the node stops
CERTIFICATE: Final = "skyaccord.certificate"
"""The peer's certificate, DER, in an ASGI scope."""

PartyOf = Callable[[bytes], str | None]
Refused = Callable[[str], None]


class _PeerProtocol(H11Protocol):
    """HTTP/1.1 on one connection of a pinned peer."""

    def __init__(self, listener: LinkListener, config: uvicorn.Config, state: ServerState) -> None:
        super().__init__(config, state, {})
        self._listener = listener
        self._party: str | None = None
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        inner, certificate = self.app, tls.getpeercert(binary_form=True) or b""

        async def with_certificate(scope: Any, receive: Any, send: Any) -> None:
            await inner({**scope, CERTIFICATE: certificate}, receive, send)

        self.app = with_certificate
        self._party = self._listener.entered(certificate)
        if self._party is None:
            transport.abort()
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        if self._party is not None:
            self._listener.left(self._party)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_timer()

    def on_response_complete(self) -> None:
        self._await_head()
        super().on_response_complete()
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_timer()  # the next request was there already

    def _await_head(self) -> None:
        self._stop_timer()
        self._head_timer = self.loop.call_later(HEAD_S, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class LinkListener:
    """Serves `app` on a socket to whom `context` trusts and `party_of` knows.

    refused: called with one line for every connection that did not get through.
    """

    def __init__(self, app: Any, context: ssl.SSLContext, party_of: PartyOf, refused: Refused) -> None:
        self._context = context
        self._party_of = party_of
        self._refused = refused
        self._config = uvicorn.Config(
            app,
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=int(HEAD_S),
        )
        self._config.load()
        self._state = ServerState()
        self._connections: Counter[str] = Counter()
        self._handshakes: dict[int, anyio.CancelScope] = {}  # oldest first
        self._number = 0
        self._stopping = anyio.Event()

    def stop(self) -> None:
        """End `serve`, after the requests that are under way."""
        self._stopping.set()

    async def serve(self, listener: socket.socket) -> None:
        """Accept until `stop`. The socket stays the caller's."""
        loop = asyncio.get_running_loop()
        async with anyio.create_task_group() as greetings:
            greetings.start_soon(self._accept, loop, listener, greetings)
            await self._stopping.wait()
            greetings.cancel_scope.cancel()
        await self._end_requests()

    def entered(self, certificate: bytes) -> str | None:
        """A connection with this certificate has been made; whose it is. None: it must not stay."""
        party = self._party_of(certificate)
        if party is None:
            self._refused("a certificate that is not, or no more, of any party pinned here")
            return None
        if self._connections[party] >= CONNECTIONS_PER_PEER_MAX:
            self._refused(f"more than {CONNECTIONS_PER_PEER_MAX} connections of party {party}")
            return None
        self._connections[party] += 1
        return party

    def left(self, party: str) -> None:
        """A connection of this party that had entered has ended."""
        self._connections[party] -= 1

    async def _accept(self, loop: asyncio.AbstractEventLoop, listener: socket.socket, group: Any) -> None:
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:  # reset before we came to it, or no descriptor left for now
                await anyio.sleep(0.05)
                continue
            if len(self._handshakes) >= HANDSHAKES_MAX:
                next(iter(self._handshakes.values())).cancel()
            self._number += 1
            group.start_soon(self._greet, loop, connection, self._number)

    async def _greet(self, loop: asyncio.AbstractEventLoop, connection: socket.socket, number: int) -> None:
        with anyio.CancelScope() as scope:
            self._handshakes[number] = scope
            try:
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await loop.connect_accepted_socket(
                    lambda: _PeerProtocol(self, self._config, self._state),
                    connection,
                    ssl=self._context,
                    ssl_handshake_timeout=HANDSHAKE_S,
                    ssl_shutdown_timeout=GRACE_S,
                )
            except (OSError, ssl.SSLError, TimeoutError) as error:
                self._refused(_why(error))
                connection.close()
            finally:
                del self._handshakes[number]
        if scope.cancelled_caught:
            connection.close()

    async def _end_requests(self) -> None:
        for protocol in list(self._state.connections):
            protocol.shutdown()
        with anyio.move_on_after(GRACE_S):
            while self._state.connections:
                await anyio.sleep(0.02)
        for protocol in list(self._state.connections):
            with contextlib.suppress(AttributeError):
                protocol.transport.abort()


def _why(error: Exception) -> str:
    """A failed handshake as one line."""
    reason = getattr(error, "reason", None)
    known = {
        "HTTP_REQUEST": "plain HTTP where TLS is spoken",
        "WRONG_VERSION_NUMBER": "not TLS",
        "UNSUPPORTED_PROTOCOL": "TLS older than 1.3",
        "PEER_DID_NOT_RETURN_A_CERTIFICATE": "no certificate",
        "CERTIFICATE_VERIFY_FAILED": "a certificate of no party pinned here",
    }
    if reason in known:
        return known[reason]
    return f"no handshake ({reason or error or type(error).__name__})".replace("\n", " ")
