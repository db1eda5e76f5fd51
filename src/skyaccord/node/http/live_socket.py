"""`WS /api/live?since=N`: numbered rows as text, the picture each second as binary, status and roster beside.

One task a console. It keeps only a number (what the console has seen of the log) and the versions of picture,
roster and status it was last sent, so a slow console costs nothing and misses no row: what it has not taken
yet is simply sent in its newest form when it is ready.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
import anyio.to_thread
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from skyaccord.node.accounts.credentials import Visitor
from skyaccord.node.accounts.rights import Right
from skyaccord.node.http.access import needs, note_read, visitor_of
from skyaccord.node.live_log import LiveLog

SEND_S_MAX: Final = 20.0
"""A console that takes nothing for this long is gone: it will come back and say what it has seen."""
LOOK_S: Final = 5.0
"""How soon a console goes dark whose session has ended or was revoked."""
READING_S: Final = 600.0
"""An open console reads on: the log of reads says so this often, and once more when it closes."""
SESSION_ENDED: Final = 4401  # RFC 6455, 7.4.2: ours to choose; after HTTP's 401
TRY_LATER: Final = 1013  # RFC 6455 registry: "try again later"


@dataclass
class Broadcast:
    """What all consoles share: the log, and the newest picture, roster and status with their versions."""

    log: LiveLog
    picture: bytes = b""
    roster: dict[str, Any] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    picture_version: int = 0
    roster_version: int = 0
    status_version: int = 0
    consoles: int = 0

    def show_picture(self, frame: bytes) -> None:
        """The newest binary frame."""
        self.picture = frame
        self.picture_version += 1
        self.log.wake()

    def show_roster(self, roster: dict[str, Any]) -> None:
        """The newest roster; before the first picture that needs it."""
        self.roster = roster
        self.roster_version += 1

    def show_status(self, status: dict[str, Any]) -> None:
        """The newest status, if it says anything new."""
        if status != self.status:
            self.status = status
            self.status_version += 1
            self.log.wake()


def _text(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


async def _feed(socket: WebSocket, shared: Broadcast, seen: int) -> None:
    """Send everything newer than `seen`, then whatever comes, until the console goes."""
    picture = roster = status = 0
    while True:
        with anyio.fail_after(SEND_S_MAX):
            if status != shared.status_version:
                status = shared.status_version
                await socket.send_text(_text({"type": "status", "data": shared.status}))
            for row in shared.log.since(seen):
                seen = row.n
                await socket.send_text(_text(row.frame()))
            if roster != shared.roster_version:
                roster = shared.roster_version
                await socket.send_text(_text({"type": "roster", "data": shared.roster}))
            if picture != shared.picture_version and roster == shared.roster_version:
                picture = shared.picture_version
                await socket.send_bytes(shared.picture)
        current = (shared.status_version, shared.roster_version, shared.picture_version)
        if current == (status, roster, picture) and not shared.log.since(seen):
            await shared.log.changed()


def live_routes(shared: Broadcast, consoles_max: int, still: Callable[[str], Visitor | None]) -> APIRouter:
    """The WebSocket's route. still: whether a session still opens the door; asking keeps it from being
    idle.
    """
    router = APIRouter()

    @router.websocket("/api/live", dependencies=[needs(Right.WATCH, of_peers=True)])
    async def live(socket: WebSocket, since: int = 0) -> None:
        if shared.consoles >= consoles_max:
            await socket.close(code=TRY_LATER, reason=f"{consoles_max} consoles are connected already")
            return
        await socket.accept()
        shared.consoles += 1
        try:
            async with anyio.create_task_group() as tasks:

                async def listen() -> None:
                    """Consoles say nothing here; this only notices that one has gone."""
                    try:
                        while True:
                            await socket.receive()
                    except (WebSocketDisconnect, RuntimeError):
                        tasks.cancel_scope.cancel()

                async def look() -> None:
                    """End the stream soon after its session has ended."""
                    id_ = visitor_of(socket).credential.id
                    noted_s = anyio.current_time()
                    while (found := await anyio.to_thread.run_sync(still, id_)) is not None:
                        if Right.WATCH not in found.rights:
                            break
                        if anyio.current_time() - noted_s >= READING_S:
                            noted_s = anyio.current_time()
                            await note_read(socket)
                        await anyio.sleep(LOOK_S)
                    with anyio.move_on_after(SEND_S_MAX):
                        await socket.close(code=SESSION_ENDED, reason="the session has ended")
                    tasks.cancel_scope.cancel()

                tasks.start_soon(listen)
                tasks.start_soon(look)
                try:
                    await _feed(socket, shared, max(0, since))
                except (TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
                    tasks.cancel_scope.cancel()
        finally:
            shared.consoles -= 1
            with anyio.CancelScope(shield=True):
                await note_read(socket)

    return router
