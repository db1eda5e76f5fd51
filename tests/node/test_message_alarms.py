"""Alarms about messages: a tick costs what is due, and finds what looking at everything would find."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from skyaccord.node import message_alarms
from skyaccord.node.hotline_desk import HotlineDesk
from skyaccord.node.message_alarms import MessageAlarms
from skyaccord.node.projections import Touched
from tests.failures.desk import Room, rooms
from tests.node.tabletop import Table, play


def looked(room: Room, in_s: float = 0.0) -> tuple[list[str], int]:
    """The alarms at this side, and how many messages were looked at for them. in_s: so much later."""
    desk, clock = room.seat.node.desk.hotline, room.seat.node.clock
    with patch.object(desk._messages, "_look", wraps=desk._messages._look) as look:
        found = desk.alarms(clock.now() + timedelta(seconds=in_s))
    return sorted(map(str, found)), look.call_count


def fresh(room: Room, in_s: float = 0.0) -> list[str]:
    """What looking at every message there is would find."""
    node = room.seat.node
    projections = node.desk.keeper.projections
    every = MessageAlarms(projections, HotlineDesk(node.desk.keeper).courses)
    every.noticed([Touched(messages={one.ref for one in projections.messages.all()})])
    return sorted(map(str, every.now(node.clock.now() + timedelta(seconds=in_s))))


def test_only_what_is_due_is_looked_at_and_nothing_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_alarms, "IN_TURN", 0)

    async def story(table: Table) -> None:
        ours, theirs = await rooms(table)
        refs = [await theirs.send(text=f"EXERCISE {number}") for number in range(4)]
        await table.exchange()
        await table.second()
        assert looked(ours) == (fresh(ours), 0)
        await table.second(5)
        assert looked(ours) == ([], 0)
        for in_s in (10.0, 30.0, 31.0, 3600.0):  # no entry comes: time alone
            assert looked(ours, in_s)[0] == fresh(ours, in_s)
        assert len(fresh(ours, 31.0)) == 4
        await table.second(30)
        await ours.act(act="acknowledge", of=refs[0])
        await table.exchange()
        await table.second()
        assert looked(ours) == (fresh(ours), 0)
        assert len(fresh(ours)) == 3
        assert looked(theirs) == (fresh(theirs), 0)

    play(tmp_path, story)


def test_what_waits_for_long_is_remembered_once(tmp_path: Path) -> None:
    """Looked at in turn each second, it must not fill the memory until its time comes."""

    async def story(table: Table) -> None:
        ours, theirs = await rooms(table)
        for number in range(3):
            await theirs.send(text=f"EXERCISE {number}")
        await table.exchange()
        await table.second()
        alarms = ours.seat.node.desk.hotline._messages
        for in_s in range(20):
            assert looked(ours, in_s / 10)[1] >= 3
        assert len(alarms._due) == 3
        assert looked(ours, 31.0)[0] == fresh(ours, 31.0) != []
        assert not alarms._due
        assert looked(ours)[0] == fresh(ours) == [], "a clock that is set back waits anew"
        assert len(alarms._due) == 3
        assert looked(ours, 31.0)[0] == fresh(ours, 31.0)

    play(tmp_path, story)


def test_a_flood_of_alarms_is_counted_and_not_all_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skyaccord.node.hotline_desk.ALARMS_SHOWN_MAX", 2)

    async def story(table: Table) -> None:
        ours, theirs = await rooms(table)
        for number in range(3):
            await theirs.send(text=f"EXERCISE {number}")
        await table.exchange()
        await table.second(35)
        state = await ours.state()
        assert (len(state["alarms"]), state["alarms_left_out"], state["loud"]) == (2, 1, True)

    play(tmp_path, story)
