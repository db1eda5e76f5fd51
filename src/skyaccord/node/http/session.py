"""`/api/session…`, `/api/passkeys`: signing in and out, one's own sessions, one's own second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import anyio
import anyio.to_thread
import segno
from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from skyaccord.base.errors import RefusedError, SkyAccordError
from skyaccord.base.times import format_utc
from skyaccord.node.accounts.credentials import Credential, Visitor
from skyaccord.node.accounts.faults import SignInError, WaitError
from skyaccord.node.accounts.passkeys import Place
from skyaccord.node.accounts.rights import Right
from skyaccord.node.accounts.secrets_at_rest import SECRET_CHARS_MAX
from skyaccord.node.accounts.sign_in import Asked, Opened
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import address_of, needs, open_to_all, visitor_of
from skyaccord.node.http.answers import refusal
from skyaccord.node.http.models import (
    Done,
    ErrorAnswer,
    PasskeyAsked,
    SecondFactorAsked,
    SessionRow,
    SignedIn,
)

HASHES_AT_ONCE: Final = 2  # 64 MiB each: what sign-ins may take of the node's memory
PASSPHRASE_BODY_MAX: Final = 1024
NOT_FOUND: Final = 404
UNAUTHORISED: Final = 401
NO_STORE: Final = {"Cache-Control": "no-store"}

Found = TypeVar("Found")


class Wish(BaseModel):
    """A request's body: strict, no extras."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


Secret = Annotated[str, Field(min_length=1, max_length=SECRET_CHARS_MAX)]


class NameAndPassphrase(Wish):
    """The first step."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    passphrase: Annotated[str, Field(min_length=1, max_length=PASSPHRASE_BODY_MAX)]


class SecondFactor(Wish):
    """The second step: a code (of an app, or a recovery code), or what a passkey has signed."""

    ticket: Secret
    code: Annotated[str, Field(max_length=64)] | None = None
    passkey: dict[str, Any] | None = None


class Link(Wish):
    """The secret of a one-time link."""

    token: Secret


class NewPasskey(Wish):
    """What the browser has made."""

    ticket: Secret
    credential: dict[str, Any]


def session_routes(desk: Desk, cookie: str, hashing: anyio.CapacityLimiter, *, tls: bool) -> APIRouter:
    """Routes about one's own way in. cookie: its name. tls: it travels over HTTPS alone. hashing: how many
    passphrases may be computed at once."""
    router = APIRouter(prefix="/api", tags=["session"])
    own = [needs(Right.OWN, of_peers=False)]
    wrong: dict[int | str, dict[str, Any]] = {401: {"model": ErrorAnswer, "description": "It does not hold"}}

    def place(request: Request) -> Place:
        scheme = "https" if tls else "http"
        return Place(f"{scheme}://{request.headers.get('host', '')}")

    def signed_in(opened: Opened) -> Response:
        credential = opened.credential
        body = {"state": "signed-in", **row(credential), "recovery_codes": opened.recovery_codes}
        answer = JSONResponse(body, headers=NO_STORE)
        lasts = credential.expires_at - credential.made_at
        answer.set_cookie(
            cookie,
            opened.secret,
            max_age=int(lasts.total_seconds()),
            path="/",
            secure=tls,
            httponly=True,
            samesite="strict",
        )
        return answer

    def row(credential: Credential, current: Credential | None = None) -> dict[str, Any]:
        return credential_row(credential, current or credential)

    def label(request: Request) -> str:
        return f"{address_of(request.scope)} {request.headers.get('user-agent', '')}".strip()

    @router.post(
        "/session",
        dependencies=[open_to_all()],
        summary="Sign in: name and passphrase",
        responses={200: {"model": SignedIn | SecondFactorAsked}, **wrong},
    )
    async def sign_in(request: Request, wish: NameAndPassphrase) -> Response:
        def first() -> Opened | Asked:
            return desk.door.sign_in.first(
                wish.name,
                wish.passphrase,
                address=address_of(request.scope),
                label=label(request),
                place=place(request),
            )

        try:
            found = await _tried(desk, request, "passphrase", first, name=wish.name, limiter=hashing)
        except SkyAccordError as error:
            return _not_signed_in(error)
        if isinstance(found, Opened):
            return signed_in(found)
        return JSONResponse(
            {
                "state": "set-up" if found.set_up else "second-factor",
                "ticket": found.ticket,
                "totp": found.totp,
                "passkey": found.passkey,
                "set_up": found.set_up,
                "qr": segno.make(found.set_up).svg_data_uri(scale=4) if found.set_up else None,
            },
            headers=NO_STORE,
        )

    @router.post(
        "/session/second",
        dependencies=[open_to_all()],
        summary="Sign in: the second factor",
        responses={200: {"model": SignedIn}, **wrong},
    )
    async def second(request: Request, wish: SecondFactor) -> Response:
        def step() -> Opened:
            return desk.door.sign_in.second(
                wish.ticket,
                code=wish.code,
                passkey=wish.passkey,
                address=address_of(request.scope),
                label=label(request),
                place=place(request),
            )

        try:
            return signed_in(await _tried(desk, request, "second factor", step))
        except SkyAccordError as error:
            return _not_signed_in(error)

    @router.post(
        "/session/link",
        dependencies=[open_to_all()],
        summary="Sign in: a one-time link",
        responses={200: {"model": SignedIn}, **wrong},
    )
    async def link(request: Request, wish: Link) -> Response:
        def use() -> Opened:
            return desk.door.sign_in.link(wish.token, label=label(request))

        try:
            return signed_in(await _tried(desk, request, "one-time link", use))
        except SkyAccordError as error:
            return _not_signed_in(error)

    @router.get("/session", dependencies=own, summary="Who am I", responses={200: {"model": SessionRow}})
    async def session(request: Request) -> Response:
        visitor = visitor_of(request)
        found = await anyio.to_thread.run_sync(desk.door.book.get, visitor.account)
        body = {
            **row(visitor.credential),
            "rights": sorted(right.value for right in visitor.rights),
            "person": _person(desk, visitor),
            "second_factors": found.second_factors,
            "passkeys_possible": place(request).takes_passkeys,
        }
        return JSONResponse(body, headers=NO_STORE)

    @router.delete("/session", dependencies=own, summary="Sign out", responses={200: {"model": Done}})
    async def sign_out(request: Request) -> Response:
        await anyio.to_thread.run_sync(_signed_out, desk, request)
        answer = JSONResponse({"done": True})
        answer.delete_cookie(cookie, path="/", secure=tls, httponly=True, samesite="strict")
        return answer

    @router.post(
        "/passkeys/options",
        dependencies=own,
        summary="Begin to add a passkey",
        responses={200: {"model": PasskeyAsked}},
    )
    async def passkey_options(request: Request) -> Response:
        def ask() -> tuple[str, dict[str, Any]]:
            return desk.door.sign_in.ask_passkey(visitor_of(request).account, place(request))

        try:
            if visitor_of(request).credential.kind != "session":
                raise RefusedError("only a signed-in person adds a passkey")
            ticket, options = await anyio.to_thread.run_sync(ask)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"ticket": ticket, "options": options}, headers=NO_STORE)

    @router.post("/passkeys", dependencies=own, summary="Add a passkey", responses={200: {"model": Done}})
    async def add_passkey(request: Request, wish: Annotated[NewPasskey, Body()]) -> Response:
        def add() -> None:
            desk.door.sign_in.add_passkey(
                visitor_of(request).account, wish.ticket, wish.credential, place(request)
            )

        try:
            await anyio.to_thread.run_sync(add)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"done": True})

    return router


def credential_row(credential: Credential, current: Credential | None) -> dict[str, Any]:
    """One session or token, as the API shows it. Never its secret."""
    return {
        "id": credential.id,
        "kind": credential.kind,
        "account": credential.account,
        "role": credential.role.value,
        "label": credential.label,
        "made_at": format_utc(credential.made_at),
        "used_at": format_utc(credential.used_at),
        "expires_at": format_utc(credential.expires_at),
        "current": current is not None and credential.id == current.id,
    }


def _person(desk: Desk, visitor: Visitor) -> dict[str, Any] | None:
    """Whom the account is for, as far as the record knows the person."""
    if visitor.person is None:
        return None
    known = desk.me(visitor.person)
    return {"public_key": visitor.person, "name": known["name"], "roles": known["roles"]}


def _signed_out(desk: Desk, request: Request) -> None:
    """End the session that asks, with its row in the log."""
    visitor, door = visitor_of(request), desk.door
    door.credentials.revoke(visitor.credential.id)
    door.reads.signing(visitor.account, visitor.credential.id, address_of(request.scope), "signed out")


async def _tried(
    desk: Desk,
    request: Request,
    what: str,
    step: Callable[[], Found],
    *,
    name: str | None = None,
    limiter: anyio.CapacityLimiter | None = None,
) -> Found:
    """One step of signing in, with its row in the log: who got in, or who was refused. name: as typed."""
    address, door = address_of(request.scope), desk.door

    def refused() -> None:
        known = None if name is None else door.book.find(name.strip().lower())
        door.reads.signing("?" if known is None else known.name, "-", address, f"sign-in refused: {what}")

    try:
        found = await anyio.to_thread.run_sync(step, limiter=limiter)
    except SkyAccordError:
        await anyio.to_thread.run_sync(refused)
        raise
    if isinstance(found, Opened):
        row = (found.credential.account, found.credential.id, address, f"signed in: {what}")
        await anyio.to_thread.run_sync(door.reads.signing, *row)
    return found


def _not_signed_in(error: SkyAccordError) -> Response:
    if isinstance(error, WaitError):
        return refusal(error)
    status = UNAUTHORISED if isinstance(error, SignInError) else None
    return refusal(error, status=status)


def moment(value: datetime | None) -> str | None:
    """A time for JSON."""
    return None if value is None else format_utc(value)
