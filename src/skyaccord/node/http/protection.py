"""What stands before every route of the console: whose request it is, how large, and what a page may do.

The console listens on loopback, but a browser will carry any page's request there. So a request must name one
of the node's own addresses in `Host` (no DNS rebinding), and what changes anything must come from the node's
own page (`Origin`; programs that are not browsers send none). Accounts come on top of this (`gate.py`), not
instead. No answer allows another origin: there are no CORS headers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX: Final = 160 * 1024
"""Largest request body: the draft that opens talks is an accord's whole file (64 kB), in base64 in DSSE."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "worker-src 'self' blob:",  # the map's workers are started from blobs
        "child-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",  # the map sets styles on its own elements
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob: data:",
        "media-src 'self' blob: data:",  # the alarm's sound is made in the page
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""No source outside the node's own address: the console works with the network unplugged."""

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), publickey-credentials-get=(self)",
}


API: Final = "/api/"
NO_STORE: Final = "no-store"
"""Of every answer of the API: what both sides said stays in no browser's cache once the session has ended."""

HSTS: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""A year: only where the console speaks HTTPS, and for its own name alone."""


DEFAULT_PORTS: Final = (80, 443)  # of HTTP and HTTPS: browsers leave them out of `Host`


def own_hosts(host: str, port: int) -> frozenset[str]:
    """What `Host` may say for a console that listens here: the address itself and the names of loopback."""
    names = {host, "127.0.0.1", "localhost", "[::1]"}
    if ":" in host and not host.startswith("["):
        names = (names - {host}) | {f"[{host}]"}
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
        names.discard(host)
    hosts = {f"{name}:{port}".lower() for name in names}
    if port in DEFAULT_PORTS:
        hosts |= {name.lower() for name in names}
    return frozenset(hosts)


def _too_large(headers: Headers) -> bool:
    try:
        return int(headers.get("content-length", "0")) > BODY_BYTES_MAX
    except ValueError:
        return True


class Protection:
    """ASGI middleware: checks Host and Origin, bounds bodies, adds SECURITY_HEADERS (tls: and HSTS)."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], *, tls: bool = False) -> None:
        self._app = app
        self._headers = SECURITY_HEADERS | (HSTS if tls else {})
        self._hosts = frozenset(hosts)

    def refusal(self, scope: Scope) -> str | None:
        """Why this request is refused, or None."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return f"host {host!r} is not this node's own address; open the address that `node serve` printed"
        origin = headers.get("origin")
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if changes and origin is not None and urlsplit(origin).netloc.lower() != host:
            return f"a page of {origin!r} may not speak to this node"
        if scope["type"] == "http" and _too_large(headers):
            return f"a request body may have at most {BODY_BYTES_MAX} bytes"
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = self.refusal(scope)
        if scope["type"] == "websocket":
            if reason is not None:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": reason[:120]})
                return
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(API):
                    headers.setdefault("Cache-Control", NO_STORE)
            await send(message)

        if reason is not None:
            await JSONResponse({"error": reason}, status_code=403)(scope, receive, guarded)
            return
        await self._app(scope, _bounded(receive), guarded)


def _bounded(receive: Receive) -> Receive:
    """Cut off a body that grows past BODY_BYTES_MAX without having said its length."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > BODY_BYTES_MAX:
                return {"type": "http.disconnect"}
        return message

    return counted
