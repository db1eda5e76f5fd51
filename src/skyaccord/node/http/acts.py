"""`POST /api/acts`, `POST /api/enrolments`: what people do at a console."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse

from skyaccord.base.errors import SkyAccordError
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import FORBIDDEN, needs, open_to_all
from skyaccord.node.http.answers import ACCEPTED, CREATED, refusal
from skyaccord.node.http.row_models import RefAnswer, Waiting
from skyaccord.record.dsse import payload_type
from skyaccord.record.fields import Name, PublicKeyText, RecordModel, RoleId
from skyaccord.talks.instructing import ACT as ACCORD_SIGN

BINDS_THE_PARTY: Final = payload_type(f"statement.{ACCORD_SIGN}")
"""The one act that makes the node use the party's own key: the person's key alone does not suffice for it."""
SIGN_IN_TO_BIND: Final = "sign in first: whoever has the party sign an accord does so at the console"


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
        dependencies=[open_to_all()],  # the person's signature inside says who it is; but see below
        summary="A person's signed statement (DSSE)",
        responses={CREATED: {"model": RefAnswer}},
    )
    async def acts(request: Request, statement: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        if statement.get("payloadType") == BINDS_THE_PARTY:  # under the signature: nothing else is read so
            visitor = request.scope.get("state", {}).get("visitor")
            if visitor is None or Right.ASK not in visitor.rights:
                return JSONResponse({"error": SIGN_IN_TO_BIND}, status_code=FORBIDDEN)
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
