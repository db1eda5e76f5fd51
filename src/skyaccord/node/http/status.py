"""`GET /api/health`, `GET /api/status`, `GET /api/me`: how the node is, and who its console's person is."""

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

    @router.get("/me", summary="Whether a console's key is enrolled, and for what")
    async def me(public_key: Annotated[str, Query(max_length=64)]) -> dict[str, Any]:
        return desk.me(public_key)

    return router
