"""`POST /api/passphrase`: whoever is signed in changes their own passphrase, and need not ask anybody."""

from __future__ import annotations

from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from skyaccord.base.errors import RefusedError, SkyAccordError
from skyaccord.node.accounts.faults import SignInError
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import address_of, needs, visitor_of
from skyaccord.node.http.answers import refusal
from skyaccord.node.http.models import Done
from skyaccord.node.http.session import PASSPHRASE_BODY_MAX, Wish

CHANGED = "passphrase changed"
REFUSED = "passphrase change refused"


class PassphraseChange(Wish):
    """The present passphrase, so that a console left open gives nobody the account, and the new one."""

    present: Annotated[str, Field(min_length=1, max_length=PASSPHRASE_BODY_MAX)]
    new: Annotated[str, Field(min_length=1, max_length=PASSPHRASE_BODY_MAX)]


def passphrase_routes(desk: Desk, hashing: anyio.CapacityLimiter) -> APIRouter:
    """The route of one's own passphrase. hashing: how many may be computed at once."""
    router = APIRouter(prefix="/api", tags=["session"])

    @router.post(
        "/passphrase",
        dependencies=[needs(Right.OWN, of_peers=False)],
        summary="Change one's own passphrase; other sessions of the account end",
        responses={200: {"model": Done}},
    )
    async def change(request: Request, wish: Annotated[PassphraseChange, Body()]) -> Response:
        visitor, address, door = visitor_of(request), address_of(request.scope), desk.door

        def step() -> None:
            if visitor.credential.kind != "session":
                raise RefusedError("only a signed-in person changes a passphrase")
            try:
                door.sign_in.change_passphrase(visitor.account, wish.present, wish.new, address=address)
            except SignInError:
                door.reads.signing(visitor.account, visitor.credential.id, address, REFUSED)
                raise
            door.credentials.revoke_all(visitor.account, kind="session", but=visitor.credential.id)
            door.reads.signing(visitor.account, visitor.credential.id, address, CHANGED)

        try:
            await anyio.to_thread.run_sync(step, limiter=hashing)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"done": True})

    return router
