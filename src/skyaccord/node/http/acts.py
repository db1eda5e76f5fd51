"""`POST /api/acts`, `POST /api/enrolments`: the only two requests that change anything."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse

from skyaccord.base.errors import LimitError, RefusedError, SkyAccordError
from skyaccord.node.desk import Desk
from skyaccord.record.fields import Name, PublicKeyText, RecordModel, RoleId

CREATED: Final = 201
ACCEPTED: Final = 202
FORBIDDEN: Final = 403
UNPROCESSABLE: Final = 422
TOO_MANY: Final = 429


class EnrolmentWish(RecordModel):
    """A console's person asks to be enrolled; `skyaccord node enrol` is what enrols."""

    public_key: PublicKeyText
    name: Name
    role: RoleId


def refusal(error: SkyAccordError) -> JSONResponse:
    """One line, with the status that fits."""
    status = UNPROCESSABLE
    if isinstance(error, RefusedError):
        status = FORBIDDEN
    elif isinstance(error, LimitError):
        status = TOO_MANY
    return JSONResponse({"error": str(error)}, status_code=status)


def act_routes(desk: Desk) -> APIRouter:
    """Routes by which people act."""
    router = APIRouter(prefix="/api", tags=["people"])

    @router.post("/acts", status_code=CREATED, summary="A person's signed statement (DSSE)")
    async def acts(statement: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        try:
            ref = await desk.acts.take(statement)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"ref": ref.model_dump(mode="json")}, status_code=CREATED)

    @router.post("/enrolments", status_code=ACCEPTED, summary="Ask to be enrolled")
    async def enrolments(wish: EnrolmentWish) -> JSONResponse:
        try:
            await desk.ask_enrolment(wish.public_key, wish.name, wish.role)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"waiting": True}, status_code=ACCEPTED)

    return router
