"""Who asks, and how often: stands between `Protection` and the routes.

Everything under /api/ needs an account, except what a route has declared open. The gate finds the account (a
session's cookie, or a bearer token), counts requests, and hands the visitor on; the route's own mark then
asks for the right (`access.py`). What forgets to ask is still behind the gate.
"""

from __future__ import annotations

from typing import Final

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from skyaccord.node.accounts.credentials import Visitor
from skyaccord.node.http.access import API, SIGN_IN_FIRST, Entrance, address_of

UNAUTHORISED: Final = 401
TOO_MANY: Final = 429
REASONS: Final = {UNAUTHORISED: SIGN_IN_FIRST, TOO_MANY: "too many requests"}
BEARER: Final = "bearer "
OWN_PAGE: Final = frozenset({"same-origin", "none"})
"""`Sec-Fetch-Site` of the node's own page, and of an address that a person typed. Cookies know no ports,
so another
server on the same host counts as the same site: its page's requests carry our cookie, and are refused here.
"""


def cookie_name(port: int, *, tls: bool) -> str:
    """The session cookie's name: one a port, since browsers share cookies between the ports of a host."""
    return f"__Host-skyaccord-{port}" if tls else f"skyaccord-{port}"


class Gate:
    """ASGI middleware: account, rate, and nothing of /api/ without."""

    def __init__(self, app: ASGIApp, entrance: Entrance, cookie: str) -> None:
        self._app = app
        self._entrance = entrance
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        visitor = await self._visitor(Headers(scope=scope))
        door = self._entrance.door
        wait_s = door.requests.take(visitor.account) if visitor else door.strangers.take(address_of(scope))
        if wait_s > 0:
            again = {"Retry-After": str(max(1, round(wait_s)))}
            await _refuse(scope, receive, send, TOO_MANY, again)
            return
        if visitor is None and not self._open(scope):
            await _refuse(scope, receive, send, UNAUTHORISED, {"WWW-Authenticate": "Bearer"})
            return
        scope.setdefault("state", {})["visitor"] = visitor
        await self._app(scope, receive, send)

    def _open(self, scope: Scope) -> bool:
        method = scope.get("method", "WS")
        return (method, scope["path"]) in self._entrance.open_to_all

    async def _visitor(self, headers: Headers) -> Visitor | None:
        given = headers.get("authorization", "")
        secret = given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else None
        if secret is None:
            if headers.get("sec-fetch-site", "none") not in OWN_PAGE:
                return None
            secret = cookie_parser(headers.get("cookie", "")).get(self._cookie)
        if not secret:
            return None
        found = await anyio.to_thread.run_sync(self._entrance.door.credentials.visitor, secret)
        if found is not None and (found.credential.kind == "token") != given.lower().startswith(BEARER):
            return None  # a session is a browser's, a token a program's: neither is taken the other's way
        return found


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, headers: dict[str, str]) -> None:
    reason = REASONS[status]
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    await JSONResponse({"error": reason}, status_code=status, headers=headers)(scope, receive, send)
