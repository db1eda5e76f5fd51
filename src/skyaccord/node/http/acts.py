"""`POST /api/acts`, `POST /api/enrolments`: what people do at a console."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse

from skyaccord.base.errors import SkyAccordError
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import needs, open_to_all
from skyaccord.node.http.answers import ACCEPTED, CREATED, refusal
from skyaccord.node.http.row_models import RefAnswer, Waiting
from skyaccord.record.fields import Name, PublicKeyText, RecordModel, RoleId


class EnrolmentWish(RecordModel):
    """A console's person asks to be enrolled; `skyaccord node enrol` is what enrols."""

    public_key: PublicKeyText
    name: Name
    role: RoleId


def act_routes(desk: Desk) -> APIRouter:
    """Routes by which people act."""
    router = APIRouter(prefix="/api", tags=["people"])

    @router.post(
        "/acts",
        status_code=CREATED,
        dependencies=[open_to_all()],  # the person's signature inside says who it is
        summary="A person's signed statement (DSSE)",
        responses={CREATED: {"model": RefAnswer}},
    )
    async def acts(statement: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        try:
            ref = await desk.acts.take(statement)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"ref": ref.model_dump(mode="json")}, status_code=CREATED)

    @router.post(
        "/enrolments",
        status_code=ACCEPTED,
        dependencies=[needs(Right.ASK, of_peers=False)],
        summary="Ask to be enrolled",
        responses={ACCEPTED: {"model": Waiting}},
    )
    async def enrolments(wish: EnrolmentWish) -> JSONResponse:
        try:
            await desk.ask_enrolment(wish.public_key, wish.name, wish.role)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"waiting": True}, status_code=ACCEPTED)

    return router
