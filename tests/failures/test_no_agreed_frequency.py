"""Su-24, November 2015: ten warnings, none on the agreed frequency.

And 22 guard calls in 8 hours to aircraft that never answered, counted by nobody.

Requirements 2 and 4 of the table: a versioned frequency plan, radio checks, attempts as data. Break it:
let `checking.agreed` compare nothing (shown in the test), or `_of_frequency` let the plan's version pass.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.times import format_utc
from skyaccord.hotline import checking
from tests.failures.desk import Room, rooms
from tests.node.tabletop import Table, play


def frequency(name: str, mhz: float, plan: int | None) -> dict[str, Any]:
    return {"kind": "frequency", "name": "frequency", "frequency": name, "mhz": mhz, "plan": plan}


CALLSIGN = {"kind": "callsign", "name": "callsign", "words": "ALFA11"}


def test_a_message_names_only_frequencies_of_the_plan_in_force(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, _ = await rooms(table)

        async def check(*given: Any) -> Any:
            return await a.send("RADIO_CHECK", CALLSIGN, frequency(*given))

        assert "not in the frequency plan in force" in await check("interception", 123.45, 3)
        assert "not in the frequency plan in force" in await check("guard-vhf", 123.45, 3)
        assert "version 2 of the frequency plan; version 3 is in force" in await check("guard-vhf", 121.5, 2)
        assert isinstance(await check("guard-vhf", 121.5, 3), dict)

    play(tmp_path, story)


async def call(table: Table, room: Room, mhz: float, times: int, *, answered: bool = False) -> Any:
    now = table.clock.now()
    return await room.act(
        act="radio", purpose="call", called="unknown, heading south", mhz=mhz, times=times,
        first_at=format_utc(now - timedelta(hours=8)), last_at=format_utc(now), answered=answered,
    )  # fmt: skip


@pytest.mark.parametrize("plan_read", [True, False])
def test_without_the_plan_every_frequency_would_do(
    monkeypatch: pytest.MonkeyPatch, *, plan_read: bool
) -> None:
    """The requirement and its absence, side by side; without an accord only guard can be named."""
    if not plan_read:
        monkeypatch.setattr(checking, "SAME_MHZ", 300.0)
    assert (checking.agreed(None, 123.45) is None) is plan_read
    assert checking.agreed(None, 121.5) is not None


def test_ten_warnings_and_twenty_two_guard_calls_are_on_both_records(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await rooms(table)
        await call(table, a, 123.45, 10)
        await call(table, a, 121.5, 22)
        await call(table, a, 121.5, 1, answered=True)
        await table.exchange(2)
        for room in (a, b):
            rows = await room.seat.get("hotline/radio")
            found = [(one["mhz"], one["times"], one["answered"], one["agreed"], one["plan"]) for one in rows]
            assert found == [
                (123.45, 10, False, False, 3),
                (121.5, 22, False, True, 3),
                (121.5, 1, True, True, 3),
            ]

    play(tmp_path, story)
