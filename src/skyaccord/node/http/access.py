"""What every route says of itself: which right it asks for, and whether it shows what is a peer's.

    router = APIRouter(prefix="/api/talks", tags=["talks"])

    @router.get("/drafts", dependencies=[needs(Right.REPRESENT, of_peers=True)])

`mount` refuses a router with a route that does not say, so that nothing is open because somebody forgot.
`of_peers`: the answer holds something of a peer's journal; then each read is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import anyio.to_thread
from fastapi import APIRouter, Depends, FastAPI, HTTPException, WebSocketException
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.requests import HTTPConnection

from skyaccord.node.accounts.credentials import Visitor
from skyaccord.node.accounts.door import Door
from skyaccord.node.accounts.rights import RIGHTS, Right
from skyaccord.node.http.models import ErrorAnswer

API: Final = "/api/"
FORBIDDEN: Final = 403
POLICY_VIOLATION: Final = 1008  # RFC 6455
SIGN_IN_FIRST: Final = "sign in first"


@dataclass
class Entrance:
    """What the routes' marks stand on. held: party → entries of its journal that are held here, of peers
    alone.
    """

    door: Door
    held: Callable[[], Mapping[str, int]]
    open_to_all: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class _Needs:
    """The mark of a route, and what carries it out when a request comes."""

    right: Right
    of_peers: bool

    async def __call__(self, connection: HTTPConnection) -> None:
        visitor: Visitor | None = connection.scope.get("state", {}).get("visitor")
        if visitor is None or self.right not in visitor.rights:
            reason = f"a {visitor.role} may not do this" if visitor else SIGN_IN_FIRST
            if connection.scope["type"] == "websocket":
                raise WebSocketException(POLICY_VIOLATION, reason)
            raise HTTPException(FORBIDDEN, reason)
        if self.of_peers:
            await note_read(connection)


async def _open_to_all() -> None:
    """The mark of a route that asks for no account."""


async def note_read(connection: HTTPConnection) -> None:
    """Log that this visitor reads what is a peer's, now. Routes do it by their mark; a stream says it
    again.
    """
    entrance: Entrance = connection.app.state.entrance
    what = f"{connection.scope.get('method', 'WS')} {connection.url.path}"
    if connection.url.query:
        what = f"{what}?{connection.url.query}"
    visitor, address = visitor_of(connection), address_of(connection.scope)
    await anyio.to_thread.run_sync(entrance.door.reads.note, visitor, address, what, entrance.held())


def needs(right: Right, *, of_peers: bool) -> Any:
    """For a route's `dependencies`: only accounts with this right. of_peers: each read is logged."""
    return Depends(_Needs(right, of_peers))


def open_to_all() -> Any:
    """For a route's `dependencies`: no account is needed; the docs say why."""
    return Depends(_open_to_all)


def visitor_of(connection: HTTPConnection) -> Visitor:
    """Who asks; only in routes that need a right."""
    visitor: Visitor = connection.scope["state"]["visitor"]
    return visitor


def address_of(scope: Any) -> str:
    """The address a request came from."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def mount(app: FastAPI, entrance: Entrance, router: APIRouter) -> None:
    """Add a router. ValueError for a route that does not say who may use it."""
    for route in router.routes:
        if not isinstance(route, APIRoute | APIWebSocketRoute):
            raise ValueError(f"{route}: routes are made with the router's own decorators")
        marks = [one.dependency for one in route.dependencies]
        needed = next((mark for mark in marks if isinstance(mark, _Needs)), None)
        if needed is None and _open_to_all not in marks:
            raise ValueError(f"{route.path} does not say who may use it: dependencies=[needs(Right…)]")
        methods = sorted(route.methods or ()) if isinstance(route, APIRoute) else ["WS"]
        if needed is None:
            entrance.open_to_all.update((method, route.path) for method in methods)
        if isinstance(route, APIRoute):
            _document(route, needed)
    app.include_router(router)


def _document(route: APIRoute, needed: _Needs | None) -> None:
    """Say in the OpenAPI document what the mark says here."""
    answers: dict[int | str, dict[str, Any]] = {
        403: {
            "model": ErrorAnswer,
            "description": "Not this node's page, not this role, or it does not hold",
        },
        422: {"model": ErrorAnswer, "description": "Not what is asked for here"},
        429: {"model": ErrorAnswer, "description": "Too often; `Retry-After` says when again"},
    }
    more: dict[str, Any] = {"security": []}
    if needed is not None:
        answers[401] = {"model": ErrorAnswer, "description": "Sign in first"}
        roles = [role.value for role, rights in RIGHTS.items() if needed.right in rights]
        more = {
            "security": [{"session": []}, {"token": []}],
            "x-right": needed.right.value,
            "x-roles": roles,
            "x-logged": needed.of_peers,
        }
    route.openapi_extra = {**(route.openapi_extra or {}), **more}
    route.responses = {**answers, **route.responses}
