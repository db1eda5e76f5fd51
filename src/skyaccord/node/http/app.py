"""The console's application: routes put together behind their protections."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from skyaccord import __version__
from skyaccord.node.desk import Desk
from skyaccord.node.http.acts import UNPROCESSABLE, act_routes
from skyaccord.node.http.lists import list_routes
from skyaccord.node.http.live_socket import live_routes
from skyaccord.node.http.pages import CONSOLE_BUILD, page_routes
from skyaccord.node.http.protection import Protection
from skyaccord.node.http.status import status_routes


def console_app(desk: Desk, hosts: Iterable[str], build: Path = CONSOLE_BUILD) -> FastAPI:
    """The ASGI application of the console's listener. hosts: what `Host` may say."""
    app = FastAPI(
        title="SkyAccord node",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere, which no page here may do
        redoc_url=None,
    )
    app.include_router(status_routes(desk))
    app.include_router(list_routes(desk))
    app.include_router(act_routes(desk))
    app.include_router(live_routes(desk.broadcast, desk.settings.limits.consoles_max))
    app.include_router(page_routes(build))
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_middleware(Protection, hosts=hosts)
    return app


async def _not_valid(_request: Request, error: Any) -> JSONResponse:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return JSONResponse({"error": f"{place}: {fault['msg']}"}, status_code=UNPROCESSABLE)
