"""`/api/sessions`, `/api/accounts`, `/api/reads`: what is open, who has an account, who has read what."""

from __future__ import annotations

from typing import Annotated, Any, Final

import anyio.to_thread
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from skyaccord.base.times import format_utc
from skyaccord.node.accounts.book import Account
from skyaccord.node.accounts.reads import LIST_MAX, Read
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import needs, visitor_of
from skyaccord.node.http.models import AccountRow, CredentialRow, Done, ErrorAnswer, ReadsAnswer
from skyaccord.node.http.session import credential_row, moment

NOT_FOUND: Final = 404
NUMBER_MAX: Final = 2**53 - 1


def account_routes(desk: Desk) -> APIRouter:
    """Routes about sessions, and for administrators about accounts and the log of reads."""
    router = APIRouter(prefix="/api", tags=["accounts"])
    own = [needs(Right.OWN, of_peers=False)]
    administer = [needs(Right.ADMINISTER, of_peers=False)]

    @router.get(
        "/sessions",
        dependencies=own,
        summary="Open sessions and tokens: one's own; an administrator sees all",
        responses={200: {"model": list[CredentialRow]}},
    )
    async def sessions(request: Request) -> Response:
        visitor = visitor_of(request)
        whose = None if Right.ADMINISTER in visitor.rights else visitor.account
        found = await anyio.to_thread.run_sync(desk.door.credentials.all, whose)
        return JSONResponse([credential_row(one, visitor.credential) for one in found])

    @router.delete(
        "/sessions/{id}",
        dependencies=own,
        summary="End a session or revoke a token: one's own; an administrator any",
        responses={200: {"model": Done}, 404: {"model": ErrorAnswer, "description": "No such open one"}},
    )
    async def revoke(
        request: Request,
        id: Annotated[str, Path(max_length=64)],
    ) -> Response:
        visitor = visitor_of(request)
        whose = None if Right.ADMINISTER in visitor.rights else visitor.account

        def end() -> bool:
            return desk.door.credentials.revoke(id, account=whose)

        if not await anyio.to_thread.run_sync(end):
            return JSONResponse({"error": "no such open session or token"}, status_code=NOT_FOUND)
        return JSONResponse({"done": True})

    @router.get(
        "/accounts",
        dependencies=administer,
        summary="Who has an account",
        responses={200: {"model": list[AccountRow]}},
    )
    async def accounts() -> Response:
        found = await anyio.to_thread.run_sync(desk.door.book.all)
        return JSONResponse([account_row(one) for one in found])

    @router.get(
        "/reads",
        dependencies=administer,
        summary="Who has read what of a peer's data, and when",
        responses={200: {"model": ReadsAnswer}},
    )
    async def reads(
        since: Annotated[int, Query(ge=0, le=NUMBER_MAX)] = 0,
        limit: Annotated[int, Query(ge=1, le=LIST_MAX)] = LIST_MAX,
    ) -> Response:
        def look() -> dict[str, Any]:
            rows = desk.door.reads.rows(since=since, limit=limit)
            return {"first_kept": desk.door.reads.first_kept(), "reads": [read_row(one) for one in rows]}

        return JSONResponse(await anyio.to_thread.run_sync(look))

    return router


def account_row(account: Account) -> dict[str, Any]:
    """One account, without anything secret."""
    return {
        "name": account.name,
        "role": account.role.value,
        "person": account.person,
        "passphrase": account.passphrase is not None,
        "second_factors": account.second_factors,
        "recovery_codes": account.recovery_codes,
        "made_at": format_utc(account.made_at),
        "disabled_at": moment(account.disabled_at),
    }


def read_row(read: Read) -> dict[str, Any]:
    """One row of the log of reads."""
    return {
        "number": read.number,
        "at": format_utc(read.at),
        "until": format_utc(read.until),
        "times": read.times,
        "account": read.account,
        "credential": read.credential,
        "address": read.address,
        "what": read.what,
        "held": read.held,
    }
