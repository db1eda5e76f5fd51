"""A node whose clock starts in another year: what a person of the other side says waits, and both say why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.node.link_calls import TroubleError
from skyaccord.node.link_state import SILENT_AFTER_S
from tests.node.tabletop import WALL, Seat, Table, play

SAYS = "not taken yet: the clocks are 400 days apart"


async def restarted(table: Table, seat: Seat, clock: ManualClock) -> None:
    """Its process starts again, with this clock."""
    await seat.close()
    right, table.clock = table.clock, clock
    seat.open()
    table.clock = right
    await seat.node.prepare()


def said(seat: Seat) -> dict[str, object]:
    return {"act": "message", "to_role": "duty-officer", "text": "Say intentions", "language": "en"}


@pytest.mark.parametrize("way", ["push", "pull"])
def test_a_dead_battery_refuses_nothing_for_good(tmp_path: Path, way: str) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        await table.prepare()
        await table.exchange()
        battery = ManualClock(WALL - timedelta(days=400))
        await restarted(table, b, battery)
        assert (await a.act(said(a))).status_code == 201
        held = b.journal.size(a.card.origin)
        to_b, to_a = a.node.desk.links.client("B"), b.node.desk.links.client("A")

        async def bring() -> None:
            await (to_b.push() if way == "push" else to_a.pull())

        if way == "push":
            with pytest.raises(TroubleError, match="the clocks were not compared yet"):
                await bring()
        for _ in range(2):
            with pytest.raises(TroubleError, match=SAYS if way == "push" else "409"):
                await bring()
        assert b.journal.size(a.card.origin) == held, "nothing is held, and nothing refused"
        for clock in (table.clock, battery):
            clock.advance(SILENT_AFTER_S + 1.0)
        with pytest.raises(TroubleError):
            await bring()
        here, there = b.node.desk.links.rows()[0], a.node.desk.links.rows()[0]
        assert (here["link"], there["link"]) == ("refused", "refused")
        assert here["reason"].startswith(f"what comes as party A is {SAYS}")
        assert there["reason"].startswith(f"at party B our batch is {SAYS}")
        assert "set the clock that is wrong" in here["reason"]
        assert "400 days ahead of ours" in here["clock_warning"]
        assert "400 days behind ours" in there["clock_warning"]

        await restarted(table, b, ManualClock(table.clock.now()))  # somebody has set it
        await table.exchange()
        entries = [one for one in b.journal.entries(a.card.origin) if one.kind == "message"]
        assert [one.refused for one in entries] == [None]

    play(tmp_path, story)
