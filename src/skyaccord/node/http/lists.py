"""The lists: alerts, approaches, encounters, incidents, messages. Each is a projection of the journals."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from skyaccord.node.desk import Desk

Rows = list[dict[str, Any]]


def list_routes(desk: Desk) -> APIRouter:
    """Routes that list rows; docs/node.md has every field."""
    router = APIRouter(prefix="/api", tags=["record"])

    @router.get("/alerts", summary="One row an event: active first, by time to closest approach")
    async def alerts() -> Rows:
        return sorted(desk.listed("alert"), key=lambda row: (row["state"] != "active", row["cpa_time"]))

    @router.get("/approaches", summary="What came inside the watch rule, newest first")
    async def approaches() -> Rows:
        return sorted(desk.listed("approach"), key=lambda row: row["start_time"], reverse=True)

    @router.get("/encounters", summary="Each party's observations of broken limits, newest first")
    async def encounters() -> Rows:
        return sorted(desk.listed("encounter"), key=lambda row: row["start_time"], reverse=True)

    @router.get("/incidents", summary="What both sides must account for, newest first")
    async def incidents() -> Rows:
        return sorted(desk.listed("incident"), key=lambda row: row["sky_time"], reverse=True)

    @router.get("/messages", summary="The hotline, oldest first")
    async def messages() -> Rows:
        return sorted(desk.listed("message"), key=lambda row: row["recorded_at"])

    return router
