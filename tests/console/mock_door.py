"""The mock node's door: one account with scripted secrets, open unless a test closes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import segno
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from skyaccord.base.times import format_utc
from skyaccord.node.accounts.credentials import Credential, Visitor
from skyaccord.node.accounts.rights import RIGHTS, Role

NAME, PASSPHRASE, CODE, LINK = "noor", "correct horse battery", "246810", "once-only"
URI = "otpauth://totp/SkyAccord%20A:noor?secret=GEZDGNBVGY3TQOJQ&issuer=SkyAccord%20A"
OPEN = ("/api/health", "/api/acts", "/api/session/link", "/api/session/second")


class MockDoor:
    """signed_in: whether the API answers. lasts: until the session ends. first_time: no second factor yet."""

    def __init__(self) -> None:
        self.signed_in = True
        self.lasts = timedelta(hours=13)
        self.first_time = False
        self.passphrase = PASSPHRASE
        self.used_links: list[str] = []
        self.tries: list[str] = []
        self.person: dict[str, Any] | None = None

    def put_on(self, app: FastAPI) -> None:
        """Add the routes about the session, and what the live stream's mark asks for."""
        reads = SimpleNamespace(note=lambda *_: None)
        app.state.entrance = SimpleNamespace(door=SimpleNamespace(reads=reads), held=dict)
        app.get("/api/session")(self._session)
        app.post("/api/session")(self._first)
        app.post("/api/session/second")(self._second)
        app.post("/api/session/link")(self._link)
        app.delete("/api/session")(self._sign_out)
        app.post("/api/passphrase")(self._passphrase)

    def gate(self, app: ASGIApp) -> ASGIApp:
        """The middleware: nobody gets anything while nobody is signed in."""

        async def gated(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            if path.startswith("/api/") and path not in OPEN and not self.signed_in:
                if scope["type"] == "websocket":
                    await receive()
                    await send({"type": "websocket.close", "code": 1008, "reason": "sign in first"})
                    return
                if not (path == "/api/session" and scope["method"] == "POST"):
                    await JSONResponse({"error": "sign in first"}, 401)(scope, receive, send)
                    return
            scope.setdefault("state", {})["visitor"] = self.visitor()
            await app(scope, receive, send)

        return gated

    def still(self, _id: str) -> Visitor | None:
        """Whether the live stream goes on."""
        return self.visitor() if self.signed_in else None

    def visitor(self) -> Visitor:
        """The one account there is."""
        now = datetime.now(UTC)
        role = Role.DUTY_OFFICER
        credential = Credential("0a1b2c", "session", NAME, role, "", now, now, now + self.lasts, None, None)
        return Visitor(NAME, role, RIGHTS[role], None, credential)

    def _row(self) -> dict[str, Any]:
        one = self.visitor().credential
        return {
            "id": one.id,
            "kind": one.kind,
            "account": one.account,
            "role": one.role.value,
            "label": "",
            "made_at": format_utc(one.made_at),
            "used_at": format_utc(one.used_at),
            "expires_at": format_utc(one.expires_at),
            "current": True,
        }

    def _session(self) -> dict[str, Any]:
        more = {"rights": ["own", "watch", "ask"], "second_factors": ["totp"], "passkeys_possible": False}
        return {**self._row(), **more, "person": self.person}

    def _opened(self, codes: list[str] | None = None) -> dict[str, Any]:
        self.signed_in = True
        self.lasts = timedelta(hours=13)
        return {"state": "signed-in", **self._row(), "recovery_codes": codes}

    async def _first(self, request: Request) -> Any:
        wish = await request.json()
        self.tries.append(wish["name"])
        if (wish["name"], wish["passphrase"]) != (NAME, PASSPHRASE):
            return JSONResponse({"error": "name, passphrase or code is not right"}, 401)
        image = segno.make(URI).svg_data_uri(scale=4)
        return {
            "state": "set-up" if self.first_time else "second-factor",
            "ticket": "ticket",
            "totp": True,
            "passkey": None,
            "set_up": URI if self.first_time else None,
            "qr": image if self.first_time else None,
        }

    async def _passphrase(self, request: Request) -> Any:
        wish = await request.json()
        if wish["present"] != self.passphrase:
            return JSONResponse({"error": "the present passphrase is not right"}, 403)
        self.passphrase = wish["new"]
        return {"done": True}

    async def _second(self, request: Request) -> Any:
        if (await request.json()).get("code") != CODE:
            return JSONResponse({"error": "name, passphrase or code is not right"}, 401)
        return self._opened([f"AAAA-BBBB-CCCC-{i:04d}" for i in range(10)] if self.first_time else None)

    async def _link(self, request: Request) -> Any:
        token = (await request.json())["token"]
        if token != LINK or token in self.used_links:
            return JSONResponse({"error": "this link does not hold (any more)"}, 401)
        self.used_links.append(token)
        return self._opened()

    def _sign_out(self) -> dict[str, Any]:
        self.signed_in = False
        return {"done": True}
