"""The console's application: routes put together behind their protections."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from skyaccord import __version__
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import Entrance, mount
from skyaccord.node.http.accounts import account_routes
from skyaccord.node.http.acts import act_routes
from skyaccord.node.http.answers import UNPROCESSABLE
from skyaccord.node.http.drafting import drafting_routes
from skyaccord.node.http.gate import Gate, cookie_name
from skyaccord.node.http.hotline import hotline_routes
from skyaccord.node.http.incidents import incident_routes
from skyaccord.node.http.lists import list_routes
from skyaccord.node.http.live_socket import live_routes
from skyaccord.node.http.openapi import document
from skyaccord.node.http.pages import CONSOLE_BUILD, page_routes
from skyaccord.node.http.passphrase import passphrase_routes
from skyaccord.node.http.protection import Protection
from skyaccord.node.http.session import HASHES_AT_ONCE, session_routes
from skyaccord.node.http.status import status_routes
from skyaccord.node.http.talks import talks_routes
from skyaccord.record.words import in_words


def console_app(desk: Desk, hosts: Iterable[str], build: Path = CONSOLE_BUILD) -> FastAPI:
    """The ASGI application of the console's listener. hosts: what `Host` may say."""
    app = FastAPI(
        title="SkyAccord node",
        version=__version__,
        openapi_url=None,  # a route of ours gives it, behind the gate
        docs_url=None,  # its page loads scripts from elsewhere, which no page here may do
        redoc_url=None,
    )
    tls = desk.settings.console_tls
    cookie = cookie_name(desk.settings.console_port, tls=tls)
    entrance = Entrance(desk.door, desk.held_of_peers)
    app.state.entrance = entrance
    hashing = anyio.CapacityLimiter(HASHES_AT_ONCE)
    for router in (
        status_routes(desk),
        list_routes(desk),
        act_routes(desk),
        talks_routes(desk),
        incident_routes(desk),
        drafting_routes(desk),
        hotline_routes(desk),
        session_routes(desk, cookie, hashing, tls=tls),
        passphrase_routes(desk, hashing),
        account_routes(desk),
        live_routes(desk.broadcast, desk.settings.limits.consoles_max, desk.door.credentials.still),
    ):
        mount(app, entrance, router)
    app.include_router(page_routes(build))
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _refused)
    app.openapi = lambda: document(app, cookie)  # type: ignore[method-assign]
    app.add_middleware(Gate, entrance=entrance, cookie=cookie)
    app.add_middleware(Protection, hosts=hosts, tls=tls)
    return app


async def _refused(_request: Request, error: Any) -> JSONResponse:
    return JSONResponse({"error": str(error.detail)}, status_code=error.status_code, headers=error.headers)


async def _not_valid(_request: Request, error: Any) -> JSONResponse:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return JSONResponse({"error": f"{place}: {in_words(fault)}"}, status_code=UNPROCESSABLE)
