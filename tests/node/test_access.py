"""Who may do what: every route, by every role, with no account, with a wrong secret. Nothing open by
mistake.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI

from skyaccord.node.accounts.rights import RIGHTS, Right, Role, rights_of
from skyaccord.node.http.access import Entrance, mount, needs, open_to_all
from skyaccord.node.http.app import console_app
from tests.node.tabletop import Seat, Table, play

PAGE = (Path(__file__).parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")
OPEN = {
    "GET /api/health",
    "POST /api/acts",
    "POST /api/session",
    "POST /api/session/link",
    "POST /api/session/second",
}
"""Health; what a person's own signature opens; and the ways in."""
BODIES: dict[str, Any] = {
    "POST /api/acts": {},
    "POST /api/enrolments": {"public_key": "A" * 43 + "=", "name": "Noor", "role": "duty-officer"},
    "POST /api/session": {"name": "nobody", "passphrase": "nothing that holds"},
    "POST /api/session/second": {"ticket": "none", "code": "000000"},
    "POST /api/session/link": {"token": "none"},
    "POST /api/passphrase": {"present": "nothing that holds", "new": "four words of mine"},
    "POST /api/passkeys": {"ticket": "none", "credential": {}},
}


REFUSES_TOKENS = {"POST /api/passkeys/options", "POST /api/passkeys", "POST /api/passphrase"}  # a person's


def role_has(role: Role, operation: dict[str, Any]) -> bool:
    return Right(operation["x-right"]) in RIGHTS[role]


def operations(seat: Seat) -> dict[str, dict[str, Any]]:
    """Every operation of the API, by method and path."""
    document = console_app(seat.node.desk, ["x"]).openapi()
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def ask(client: httpx2.AsyncClient, operation: str, authorization: str) -> int:
    method, path = operation.split(" ")
    path = path.replace("{id}", "nothing")
    if operation == "GET /api/me":
        path += "?public_key=x"
    headers = {"Authorization": authorization}
    answer = await client.request(method, path, json=BODIES.get(operation), headers=headers)
    assert answer.status_code < 500, operation
    return int(answer.status_code)


def token(seat: Seat, role: Role, scope: Role | None = None) -> str:
    door = seat.node.desk.door
    name = f"{role}-{scope or 'whole'}"
    if door.book.find(name) is None:
        door.book.add(name, role, passphrase=None)
    secret, _ = door.credentials.give(
        name, scope or role, kind="token", label="", lasts=timedelta(days=1), idle=None
    )
    return f"Bearer {secret}"


def test_every_route_by_every_role(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        seat = table.seats["a"]
        await table.prepare()
        found = operations(seat)
        tokens = {role: token(seat, role) for role in Role}
        async with seat.browser() as client:
            for name, operation in sorted(found.items()):
                for role in Role:
                    status = await ask(client, name, tokens[role])
                    allowed = name in OPEN or Right(operation["x-right"]) in RIGHTS[role]
                    if name not in OPEN:
                        assert operation["x-roles"] == [one for one in Role if role_has(one, operation)]
                        assert (status == 403) == (not allowed or name in REFUSES_TOKENS), (name, role)
                        assert status != 401, (name, role)
                if name == "DELETE /api/session":  # each has ended its own
                    tokens = {role: token(seat, role) for role in Role}

    play(tmp_path, story, "A")


def test_without_an_account_nothing_but_health_signatures_and_the_ways_in(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        seat = table.seats["a"]
        await table.prepare()
        found = operations(seat)
        assert {name for name, one in found.items() if not one["security"]} == OPEN
        others = ["GET /api/openapi.json", "GET /api/nothing", "PUT /api/health", "OPTIONS /api/status"]
        wrong = ("", "Bearer ", "Bearer wrong", f"Basic {seat.token}", f"Bearer {'x' * 5000}")
        async with seat.browser() as client:
            for name in [*found, *others]:
                table.clock.advance(5.0)  # how often a stranger may ask is another test's
                for authorization in wrong:
                    status = await ask(client, name, authorization)
                    if name not in OPEN:
                        assert status == 401, (name, authorization)
        async with seat.browser(Authorization="") as client:
            assert (await client.get("/api/health")).status_code == 200
            refused = await client.get("/api/status")
            assert refused.headers["www-authenticate"] == "Bearer"
            assert refused.json() == {"error": "sign in first"}

    play(tmp_path, story, "A")


def test_a_tokens_role_can_only_take_away(tmp_path: Path) -> None:
    for account in Role:
        for scope in Role:
            assert rights_of(account, scope) <= RIGHTS[account]
            assert rights_of(account, scope) <= RIGHTS[scope]

    async def story(table: Table) -> None:
        seat = table.seats["a"]
        await table.prepare()
        async with seat.browser() as client:
            for account, scope in ((Role.ADMINISTRATOR, Role.VIEWER), (Role.VIEWER, Role.ADMINISTRATOR)):
                assert await ask(client, "GET /api/reads", token(seat, account, scope)) == 403
            scoped = token(seat, Role.REPRESENTATIVE, Role.VIEWER)
            assert await ask(client, "GET /api/alerts", scoped) == 200

    play(tmp_path, story, "A")


def test_a_route_that_does_not_say_who_may_use_it_is_no_route() -> None:
    router = APIRouter(prefix="/api/new")

    @router.get("/thing")
    async def thing() -> dict[str, str]:
        return {}

    with pytest.raises(ValueError, match="/api/new/thing does not say who may use it"):
        mount(FastAPI(), Entrance(None, dict), router)  # type: ignore[arg-type]


def test_the_marks_are_in_the_document(tmp_path: Path) -> None:
    router = APIRouter(prefix="/api/new")

    @router.get("/one", dependencies=[needs(Right.REPRESENT, of_peers=True)])
    async def one() -> dict[str, str]:
        return {}

    @router.get("/two", dependencies=[open_to_all()])
    async def two() -> dict[str, str]:
        return {}

    app, entrance = FastAPI(), Entrance(None, dict)  # type: ignore[arg-type]
    mount(app, entrance, router)
    paths = app.openapi()["paths"]
    assert paths["/api/new/one"]["get"]["x-roles"] == ["representative"]
    assert paths["/api/new/one"]["get"]["x-logged"] is True
    assert set(paths["/api/new/one"]["get"]["responses"]) >= {"200", "401", "403", "422", "429"}
    assert paths["/api/new/two"]["get"]["security"] == []
    assert entrance.open_to_all == {("GET", "/api/new/two")}


def test_the_page_prints_the_table_of_rights() -> None:
    header, rows = None, {}
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "Right":
            header = cells[2:]
        elif header and re.fullmatch(r"`[a-z]+`", cells[0]):
            rows[cells[0].strip("`")] = {
                role for role, mark in zip(header, cells[2:], strict=True) if mark == "yes"
            }
    assert header == [role.value for role in Role]
    assert rows == {right.value: {role.value for role in Role if right in RIGHTS[role]} for right in Right}
