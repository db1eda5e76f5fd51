"""`GET /api/health`, `/api/status`, `/api/places`, `/api/me`: what the node is and shows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from skyaccord import __version__
from skyaccord.node.desk import Desk


def status_routes(desk: Desk) -> APIRouter:
    """Routes that read the node's state."""
    router = APIRouter(prefix="/api", tags=["node"])

    @router.get("/health", summary="The process answers")
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @router.get("/status", summary="Party, feed, links, accords, persons, journals")
    async def status() -> dict[str, Any]:
        return desk.status()

    @router.get("/places", summary="Named places for the map, from the present feed's settings")
    async def places() -> list[dict[str, Any]]:
        return desk.places()

    @router.get("/me", summary="Whether a console's key is enrolled, and for what")
    async def me(public_key: Annotated[str, Query(max_length=64)]) -> dict[str, Any]:
        return desk.me(public_key)

    return router
