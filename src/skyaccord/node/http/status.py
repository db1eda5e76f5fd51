"""`GET /api/health`, `/api/status`, `/api/places`, `/api/me`: what the node is and shows;
`/api/openapi.json`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from skyaccord import __version__
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import needs, open_to_all
from skyaccord.node.http.row_models import Health, Me, PlaceRow, StatusRow


def status_routes(desk: Desk) -> APIRouter:
    """Routes that read the node's state."""
    router = APIRouter(prefix="/api", tags=["node"])

    @router.get(
        "/health",
        dependencies=[open_to_all()],
        summary="The process answers",
        responses={200: {"model": Health}},
    )
    async def health() -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    @router.get(
        "/status",
        dependencies=[needs(Right.WATCH, of_peers=True)],
        summary="Party, feed, links, accords, persons, journals",
        responses={200: {"model": StatusRow}},
    )
    async def status() -> Response:
        return JSONResponse(desk.status())

    @router.get(
        "/places",
        dependencies=[needs(Right.WATCH, of_peers=False)],
        summary="Named places for the map, from the present feed's settings",
        responses={200: {"model": list[PlaceRow]}},
    )
    async def places() -> Response:
        return JSONResponse(desk.places())

    @router.get(
        "/me",
        dependencies=[needs(Right.WATCH, of_peers=False)],
        summary="Whether a console's key is enrolled, and for what",
        responses={200: {"model": Me}},
    )
    async def me(public_key: Annotated[str, Query(max_length=64)]) -> Response:
        return JSONResponse(desk.me(public_key))

    @router.get("/openapi.json", dependencies=[needs(Right.WATCH, of_peers=False)], include_in_schema=False)
    async def openapi(request: Request) -> Response:
        return JSONResponse(request.app.openapi())

    return router
