"""The lists: alerts, approaches, encounters, incidents, messages. Each is a projection of the journals."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import needs
from skyaccord.node.http.crossing_models import CrossingRow
from skyaccord.node.http.hotline_models import HotlineMessageRow
from skyaccord.node.http.row_models import (
    AlertRow,
    ApproachRow,
    EncounterRow,
    IncidentRow,
)


def _of(model: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": list[model]}}


def list_routes(desk: Desk) -> APIRouter:
    """Routes that list rows; docs/node.md has every field."""
    router = APIRouter(prefix="/api", tags=["record"])
    watch = [needs(Right.WATCH, of_peers=True)]

    @router.get(
        "/alerts",
        dependencies=watch,
        summary="One row an event: active first, by time to closest approach",
        responses=_of(AlertRow),
    )
    async def alerts() -> Response:
        return JSONResponse(
            sorted(desk.listed("alert"), key=lambda row: (row["state"] != "active", row["cpa_time"]))
        )

    @router.get(
        "/approaches",
        dependencies=watch,
        summary="What came inside the watch rule, newest first",
        responses=_of(ApproachRow),
    )
    async def approaches() -> Response:
        return JSONResponse(sorted(desk.listed("approach"), key=lambda row: row["start_time"], reverse=True))

    @router.get(
        "/crossings",
        dependencies=watch,
        summary="Who crossed a line of an accord, or went into a zone, by each party; newest first",
        responses=_of(CrossingRow),
    )
    async def crossings() -> Response:
        rows = desk.listed("crossing")
        rows.sort(key=lambda row: (row["time"], row["icao24"], row["seen_by"]), reverse=True)
        return JSONResponse(rows)

    @router.get(
        "/encounters",
        dependencies=watch,
        summary="Each party's observations of broken limits, newest first",
        responses=_of(EncounterRow),
    )
    async def encounters() -> Response:
        return JSONResponse(sorted(desk.listed("encounter"), key=lambda row: row["start_time"], reverse=True))

    @router.get(
        "/incidents",
        dependencies=watch,
        summary="What both sides must account for, newest first",
        responses=_of(IncidentRow),
    )
    async def incidents() -> Response:
        return JSONResponse(sorted(desk.listed("incident"), key=lambda row: row["sky_time"], reverse=True))

    @router.get(
        "/messages",
        dependencies=watch,
        summary="The hotline, oldest first",
        responses=_of(HotlineMessageRow),
    )
    async def messages() -> Response:
        return JSONResponse(sorted(desk.listed("message"), key=lambda row: row["recorded_at"]))

    return router
