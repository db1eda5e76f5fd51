"""The API against its own OpenAPI document: whatever schemathesis thinks of, no 5xx, and every answer
conforms.

In this process, over ASGI; the same examples each run. The node has seen a whole pass of two aircraft, so
that every list has rows to check.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from skyaccord.node.accounts.rights import Role
from skyaccord.node.http.app import console_app
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Seat, Table

EXAMPLES = 10  # an operation
ADDRESS = "http://127.0.0.1:7410"
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
ROWS = ("alerts", "approaches", "encounters", "incidents", "messages", "reads", "sessions", "accounts")


class World:
    """One node that has seen something, its application, and its document."""

    def __init__(self, root: Path) -> None:
        self.table = Table(root, "AB")
        self.seat = self.table.seats["a"]
        write_pass(root)
        for seat in self.table.seats.values():
            seat.set_feed(feed_table(speed=20.0))
            seat.open()
        self.table.introduce()
        for seat in self.table.seats.values():
            seat.sign(self.table.accord_text())
        anyio.run(self._live_through)
        # Limits of rate have tests of their own.
        self.seat.node.desk.door.strangers.take = self.seat.node.desk.door.requests.take = lambda _: 0.0  # type: ignore[method-assign]
        self.app = console_app(self.seat.node.desk, ["127.0.0.1:7410"])
        self.schema = schemathesis.openapi.from_dict(self.app.openapi())
        self.schema.config.base_url = ADDRESS

    async def _live_through(self) -> None:
        await self.table.prepare()
        await self.table.exchange()
        seat = self.seat
        while not [row for row in await seat.get("encounters") if row["end_time"]]:
            await self._second()  # B sees nothing: it is there for its journal and its link
        (alert,) = await seat.get("alerts")
        await seat.act({"act": "acknowledge", "of": alert["alerts"][0]["ref"]})
        approach = (await seat.get("approaches"))[0]
        note = {"act": "open-incident", "pair": approach["pair"], "about": approach["ref"], "note": "x"}
        await seat.act(note)
        await seat.act({"act": "message", "to_role": "duty-officer", "text": "x", "language": "en"})
        await self._second()
        await self.table.exchange(1)

    async def _second(self) -> None:
        self.table.clock.advance(1.0)
        await self.seat.node.tick()

    async def text(self, path: str) -> tuple[int, str]:
        """What a path answers: the status, and the body as it is written."""
        async with self.seat.browser() as client:
            answer = await client.get(path)
        return int(answer.status_code), str(answer.text)

    def token(self) -> str:
        secret, _ = self.seat.node.desk.door.credentials.give(
            "tester", Role.ADMINISTRATOR, kind="token", label="", lasts=timedelta(days=1), idle=None
        )
        return secret

    def __getitem__(self, name: str) -> Any:
        method, path = name.split(" ")
        return self.schema[path][method]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("api"))
    yield made
    anyio.run(made.table.close)


def answers(seat: Seat, path: str) -> Any:
    return anyio.run(seat.get, path)


@pytest.mark.parametrize("path", ROWS)
def test_there_is_something_to_check(world: World, path: str) -> None:
    found = answers(world.seat, path)
    assert found if path != "reads" else found["reads"]


def fields(world: World, schema: dict[str, Any]) -> set[str]:
    while "$ref" in schema or "items" in schema:
        schema = schema.get("items", schema)
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = world.app.openapi()["components"]["schemas"][name]
    return set(schema["properties"])


@pytest.mark.parametrize("path", ["status", "session", *ROWS])
def test_every_field_of_a_row_is_in_the_document(world: World, path: str) -> None:
    found = answers(world.seat, path)
    row = found if path in ("status", "session", "reads") else found[0]
    answer = world.app.openapi()["paths"][f"/api/{path}"]["get"]["responses"]["200"]
    assert fields(world, answer["content"]["application/json"]["schema"]) == set(row)


def test_whatever_shows_something_of_a_peers_is_logged(world: World) -> None:
    """By what the answers hold, not by what the routes say of themselves."""
    peer = world.table.seats["b"].card.origin
    shown = 0
    for path, methods in world.app.openapi()["paths"].items():
        operation = methods.get("get")
        if operation is None or any(one["required"] for one in operation.get("parameters", [])):
            continue
        before = answers(world.seat, "reads")["reads"]
        status, text = anyio.run(world.text, path)
        if status != 200:
            assert status in (403, 422), path  # a representative's; without the name of what is asked for
            continue
        logged = [one for one in answers(world.seat, "reads")["reads"] if one["what"] == f"GET {path}"]
        times = sum(one["times"] for one in logged)
        times -= sum(one["times"] for one in before if one["what"] == f"GET {path}")
        if path != "/api/reads":  # the log itself: who held how much, and never a word of it
            assert times == int(operation.get("x-logged", 0)), path
            assert peer not in text or times == 1, path
        shown += peer in text
    assert shown, "there was something to see"


def test_every_operation_with_whatever_comes(world: World) -> None:
    seen = 0
    for result in world.schema.get_all_operations():
        operation = result.ok()
        headers = {"Authorization": f"Bearer {world.token()}", "Host": "127.0.0.1:7410"}

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def tried(case: Any) -> None:
            case.call_and_validate(app=world.app, headers=headers, checks=CHECKS)  # noqa: B023 (called here)

        tried()
        seen += 1
    assert seen >= 20


def test_a_missing_field_would_be_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check bites: an answer without a documented field does not pass."""
    desk = world.seat.node.desk
    status = desk.status()
    del status["feed"]["state"]
    monkeypatch.setattr(type(desk), "status", lambda _self: status)
    operation = world.schema["/api/status"]["GET"]
    case = operation.Case(headers={"Authorization": f"Bearer {world.token()}", "Host": "127.0.0.1:7410"})
    with pytest.raises(BaseException, match=r"state.*required|required.*state"):
        case.call_and_validate(app=world.app, checks=CHECKS)
