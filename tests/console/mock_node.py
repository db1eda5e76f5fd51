"""A node with a script in place of a sky: its own pages, protection and live socket, rows from `scene`.

`python -m tests.console.mock_node [PORT]` shows the console something to look at while it is worked on.
"""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from skyaccord.node.frame import encode_frame
from skyaccord.node.http.live_socket import Broadcast, live_routes
from skyaccord.node.http.pages import CONSOLE_BUILD, page_routes
from skyaccord.node.http.protection import Protection, own_hosts
from skyaccord.node.live_log import LiveLog
from tests.console import mock_hotline, scene
from tests.console.mock_door import MockDoor
from tests.console.status_script import StatusScript

Row = dict[str, Any]
PARTIES = ["A", "B"]
TICK_S = 0.5
LISTS = ("alert", "approach", "crossing", "encounter", "incident", "message")
KEYS = {"alert": "event", "incident": "incident"}


class MockNode:
    """Runs in its own thread: `with MockNode() as node`, open `node.url`; change `script`, `put` rows."""

    def __init__(self, port: int = 0, build: Path = CONSOLE_BUILD) -> None:
        self.script = StatusScript()
        self.fleet = scene.sky()
        self.rows: dict[str, dict[str, Row]] = {kind: {} for kind in LISTS}
        self.acts: list[Row] = []
        self.me: Row = {"enrolled": False, "role": None, "party": None, "name": None}
        self.me_after_s = 0.0
        self.frozen = False
        self.silent = False
        self.refuse: str | None = None
        self.door = MockDoor()
        self.hotline = {"now": mock_hotline.quiet()}
        self._seconds = 0.0
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self._broadcast = Broadcast(LiveLog(1000))
        self._server = uvicorn.Server(
            uvicorn.Config(self._app(build), log_level="warning", ws="websockets-sansio", lifespan="off")
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def sky_time(self) -> Any:
        """Sky time of the newest picture."""
        return scene.START + timedelta(seconds=self._seconds)

    def put(self, kind: str, row: Row) -> None:
        """Tell the consoles this row, and list it from now on."""
        key = str(row[KEYS[kind]]) if kind in KEYS else json.dumps(row["ref"])
        self.rows[kind][key] = row
        self._soon(lambda: self._broadcast.log.publish(kind, key, row))  # type: ignore[arg-type]

    def put_hotline(self, row: Row) -> None:
        """The hotline's state from now on."""
        self.hotline["now"] = row
        self._soon(lambda: self._broadcast.log.publish("hotline", "state", row))

    def tell(self, kind: str) -> None:
        """A numbered frame without a list behind it: something about persons or accords changed."""
        self._soon(lambda: self._broadcast.log.publish(kind, kind, {"at": self._seconds}))  # type: ignore[arg-type]

    def _soon(self, act: Callable[[], object]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(act)

    def __enter__(self) -> MockNode:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the mock node did not start")
            self._thread.join(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        ticking = asyncio.create_task(self._tick())
        await self._server.serve(sockets=[self._socket])
        ticking.cancel()

    async def _tick(self) -> None:
        roster = {
            "version": 1,
            "parties": PARTIES,
            "aircraft": [[one.icao24, one.callsign] for one in self.fleet],
        }
        self._broadcast.show_roster(roster)
        while True:
            if not self.silent:
                self._broadcast.show_status(self.script.row(self.sky_time, len(self.fleet)))
                if not self.frozen:
                    self._seconds += TICK_S
                    picture = scene.columns(self.fleet, self._seconds, PARTIES)
                    self._broadcast.show_picture(encode_frame(self.sky_time, 1, picture))
            await asyncio.sleep(TICK_S)

    def _app(self, build: Path) -> FastAPI:
        app = FastAPI(openapi_url=None)
        self.door.put_on(app)
        mock_hotline.put_on(app, self.hotline)

        @app.get("/api/status")
        def status() -> Row:
            return self.script.row(self.sky_time, len(self.fleet))

        def listing(kind: str) -> Callable[[], list[Row]]:
            return lambda: list(self.rows[kind].values())

        for kind, path in zip(
            LISTS,
            ("alerts", "approaches", "crossings", "encounters", "incidents", "messages"),
            strict=True,
        ):
            app.get(f"/api/{path}")(listing(kind))

        @app.get("/api/places")
        def places() -> list[Row]:
            return scene.PLACES

        @app.get("/api/me")
        async def me(public_key: str) -> Row:
            await asyncio.sleep(self.me_after_s)
            return self.me

        @app.post("/api/enrolments", status_code=202)
        async def enrol(request: Request) -> Row:
            self.script.waiting = [await request.json()]
            return {"waiting": True}

        @app.post("/api/acts", status_code=201)
        async def act(request: Request) -> Any:
            if self.refuse is not None:
                return JSONResponse({"error": self.refuse}, status_code=409)
            dsse = await request.json()
            self.acts.append(dsse)
            self._take(json.loads(base64.b64decode(dsse["payload"])))
            return {"ref": scene.ref("A", 100 + len(self.acts))}

        app.include_router(live_routes(self._broadcast, 8, self.door.still))
        app.include_router(page_routes(build))
        app.add_middleware(self.door.gate)
        app.add_middleware(Protection, hosts=own_hosts("127.0.0.1", self.port))
        return app

    def _take(self, said: Row) -> None:
        """What a node would make of the statement; signatures are the tests' to check."""
        if said["act"] == "message":
            row = scene.message("A", 100 + len(self.acts), said["text"], said["language"])
            self.put("message", row)
            return
        for kind in ("alert", "message"):
            for row in list(self.rows[kind].values()):
                refs = [one["ref"] for one in row["alerts"]] if kind == "alert" else [row["ref"]]
                if said.get("of") in refs:
                    acknowledged = scene.acknowledgement("A", "B", said["of"]["sequence"])
                    changed = {"acknowledged_by": [*row["acknowledged_by"], "A"]}
                    self.put(
                        kind, {**row, **changed, "acknowledgements": [*row["acknowledgements"], acknowledged]}
                    )


def rich(node: MockNode) -> None:
    """Something of everything, to look at."""
    by = {one.icao24: one for one in node.fleet}
    head_on = (by["a00001"], by["b00001"])
    crossing = (by["a00002"], by["b00002"])
    unsure = (by["a00003"], by["b10004"])
    now = node.sky_time
    node.put("alert", scene.alert("event-1", head_on, cpa_in_s=88, sky_time=now, acknowledged_by=("B",)))
    node.put(
        "alert",
        scene.alert(
            "event-2", crossing, tier="caution", cpa_in_s=150, sky_time=now, acknowledged_by=("A", "B")
        ),
    )
    node.put(
        "alert",
        scene.alert(
            "event-3", unsure, tier="advisory", cpa_in_s=240, sky_time=now, confident=False, asked=False
        ),
    )
    old = scene.alert(
        "event-0", crossing, cpa_in_s=-400, sky_time=now, overdue=("B",), acknowledged_by=("A",)
    )
    node.put("alert", {**old, "state": "cleared"})
    node.put("approach", scene.approach(7, crossing))
    node.put("approach", scene.approach(6, head_on, incident="incident-1"))
    node.put("incident", scene.incident("incident-1", head_on))
    node.put(
        "message",
        scene.message(
            "A",
            20,
            "Radio check on the agreed pair at 0935Z.",
            held_by=["B"],
            acknowledgements=[scene.acknowledgement("B", "A", 20)],
            acknowledged_by=["B"],
            deadline_at=None,
        ),
    )
    node.put("message", scene.message("B", 21, "ALFA11 и BRAVO21: расхождение по высоте, 2000 футов.", "ru"))
    node.put("message", scene.message("B", 22, "نؤكد التزام BRAVO21 بالمستوى FL230.", "ar", overdue=["A"]))
    node.script.accords.append(
        {**scene.accord("proposed", ("B",)), "digest": "sha256:" + "77ab01cd" * 8, "version": 2}
    )


if __name__ == "__main__":
    with MockNode(int(sys.argv[1]) if len(sys.argv) > 1 else 7410) as mock:
        rich(mock)
        mock.me = {"enrolled": True, "role": "duty-officer", "party": "A", "name": "Officer A"}
        sys.stdout.write(f"{mock.url}\n")
        threading.Event().wait()
