"""One incident whole, its joint report, its tracks. Nothing is written here: words are statements that people
sign, through `POST /api/acts`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import anyio.to_thread
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from skyaccord.base.errors import SkyAccordError
from skyaccord.incidents.case import Case
from skyaccord.incidents.joint.document import joint_document
from skyaccord.incidents.joint.replay import replay_csv
from skyaccord.incidents.outline import outline
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import needs
from skyaccord.node.http.answers import refusal
from skyaccord.node.http.incident_models import IncidentRecord
from skyaccord.paper.html import document_html
from skyaccord.paper.sheet import document_pdf

Name = Annotated[str, Query(min_length=1, max_length=200, description="the incident's name")]
Language = Annotated[Literal["en", "ru", "ar"], Query(description="of the report")]
Format = Annotated[Literal["html", "pdf"], Query(alias="format")]
Party = Annotated[str | None, Query(alias="of", max_length=32, description="whose tracks; our own")]
MEDIA: Final = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
CSV: Final = "text/csv; charset=utf-8"


def incident_routes(desk: Desk) -> APIRouter:
    """Routes that show incidents; docs/incidents.md has every field."""
    router = APIRouter(prefix="/api/incidents", tags=["incidents"])
    watch = [needs(Right.WATCH, of_peers=True)]

    def case_of(name: str) -> Case:
        return desk.keeper.projections.cases.named(name)

    @router.get(
        "/record",
        dependencies=watch,
        summary="One incident whole: both sides' numbers, accounts, facts, questions, severity, dues",
        responses={200: {"model": IncidentRecord}},
    )
    async def record(name: Name) -> Response:
        try:
            own = desk.keeper.projections.own.party
            return JSONResponse(outline(case_of(name), own, desk.clock.now()))
        except SkyAccordError as error:
            return refusal(error)

    @router.get(
        "/report",
        dependencies=watch,
        summary="The joint report of both sides, as one HTML page or PDF",
        responses={200: {"content": {media: {} for media in MEDIA.values()}}},
    )
    async def report(name: Name, language: Language = "en", form: Format = "html") -> Response:
        try:
            case = case_of(name)
            accord = None if case.accord is None else desk.keeper.projections.book.get(case.accord)

            def made() -> bytes:
                document = joint_document(case, language, accord=accord)
                return document_pdf(document) if form == "pdf" else document_html(document).encode()

            return _file(await anyio.to_thread.run_sync(made), f"{case.id}.{language}.{form}", MEDIA[form])
        except SkyAccordError as error:
            return refusal(error)

    @router.get(
        "/tracks",
        dependencies=watch,
        summary="One side's tracks as CSV, for a replay or a scan",
        responses={200: {"content": {CSV: {}}}},
    )
    async def tracks(name: Name, of: Party = None) -> Response:
        try:
            case = case_of(name)
            party = of or desk.keeper.projections.own.party
            return _file(replay_csv(case, party).encode(), f"{case.id}.{party}.csv", CSV)
        except SkyAccordError as error:
            return refusal(error)

    return router


def _file(data: bytes, name: str, media: str) -> Response:
    """A file to keep; never shown as a page of this node's own."""
    return Response(data, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
