"""Two duty rooms on a table for the stories: an accord in force, officers, deputies, what they do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.hotline.values import Position
from skyaccord.record.keys import PersonKey
from tests.node.tabletop import Seat, Table

FREQUENCIES = """
[frequency_plan]
version = 3
[[frequency]]
name = "guard-vhf"
mhz = 121.5
use = "Guard."
[[area]]
name = "Eastern town"
circle = { latitude = 35.33, longitude = 40.14, radius_nm = 2 }
[[area]]
name = "Everywhere around"
circle = { latitude = 35.0, longitude = 39.0, radius_nm = 400 }
"""


class Room:
    """One side's duty room: an officer, a deputy, and what they do."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.deputy = PersonKey.generate()
        seat.enrol(self.deputy, role="deputy")

    @property
    def digest(self) -> str:
        (found,) = self.seat.node.desk.keeper.projections.book.watched(self.seat.node.desk.watching.sky_now())
        return found.digest

    async def act(self, key: PersonKey | None = None, role: str | None = None, **fields: Any) -> Any:
        """Say something under the accord; the reference, or the node's reason."""
        payload = {"accord": self.digest, **fields}
        if role is not None:
            payload["role"] = role
        answer = await self.seat.act(payload, key)
        found = answer.json()
        return found["ref"] if answer.status_code == 201 else found["error"]

    async def send(self, code: str | None = None, *params: dict[str, Any], **fields: Any) -> Any:
        said = {
            "act": "message",
            "to_role": "duty-officer",
            "language": "en",
            "params": list(params),
            **fields,
        }
        return await self.act(code=code, **said) if code else await self.act(**{**said, "params": []})

    async def row(self, ref: dict[str, Any]) -> dict[str, Any]:
        rows = await self.seat.get("messages")
        return next(row for row in rows if row["ref"] == ref)

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.seat.get("hotline")
        return found

    async def alarms(self) -> list[tuple[str, bool]]:
        return [(one["code"], one["loud"]) for one in (await self.state())["alarms"]]


async def rooms(table: Table, within_s: int = 30) -> tuple[Room, Room]:
    """Both sides with the accord in force, exchanged."""
    table.introduce()
    text = table.accord_text(within_s) + FREQUENCIES
    for seat in table.seats.values():
        seat.sign(text)
    found = tuple(Room(seat) for seat in table.seats.values())
    await table.prepare()
    await table.exchange()
    return found[0], found[1]


def at(latitude: float, longitude: float, **fields: Any) -> dict[str, Any]:
    position = Position(latitude=latitude, longitude=longitude)
    return {
        "kind": "position", "name": "place", "position": position.model_dump(mode="json"), "place": None,
        "despite_place": False, **fields,
    }  # fmt: skip


def stop_params(table: Table, **fields: Any) -> list[dict[str, Any]]:
    """What SAFETY_STOP needs."""
    return [
        at(35.33, 40.14, **fields),
        {"kind": "number", "name": "radius", "number": 5.0},
        moment(table),
    ]


def moment(table: Table, wording: str = "", seconds: float = 0) -> dict[str, Any]:
    time = format_utc(table.clock.now() + timedelta(seconds=seconds))
    return {"kind": "time", "name": "time", "time": time, "wording": wording}
