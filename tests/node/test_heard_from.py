"""When a person was last heard: what an entry changes is looked at, and nothing else; as if all were."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from skyaccord.hotline.circuit import Heard
from skyaccord.node.hotline_desk import HotlineDesk
from tests.failures.desk import Room, moment, rooms
from tests.node.tabletop import Table, play


def heard(room: Room, party: str) -> tuple[Heard, int]:
    """What this side heard of a party, and how many messages were looked at for it."""
    desk, now = room.seat.node.desk.hotline, room.seat.node.clock.now()
    with patch.object(desk._heard, "_look", wraps=desk._heard._look) as look:
        return desk._heard.of(party, now), look.call_count


def fresh(room: Room, party: str) -> Heard:
    """What looking at every message there is would find."""
    node = room.seat.node
    return HotlineDesk(node.desk.keeper)._heard.of(party, node.clock.now())


def test_a_word_more_costs_one_look_and_what_is_found_is_what_all_would_say(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        ours, theirs = await rooms(table)
        assert heard(ours, "B")[0].heard_at is None
        check = await ours.send("CIRCUIT_CHECK", moment(table))
        for number in range(20):
            await theirs.send(text=f"EXERCISE {number}")
        await table.exchange()
        await table.second()
        first, _ = heard(ours, "B")
        assert first == fresh(ours, "B")
        assert first.heard_at is not None
        assert [one.acknowledged_at for one in first.checks] == [None]
        assert heard(ours, "B") == (first, 0)

        await table.second(30)
        ears = ours.seat.node.desk.hotline._heard
        with patch.object(ears, "_look", wraps=ears._look) as look:
            await theirs.act(act="acknowledge", of=check)
            await table.exchange()
            await table.second()
        then, _ = heard(ours, "B")
        assert then == fresh(ours, "B")
        assert then.checks[0].acknowledged_at == then.heard_at
        assert then.heard_at > first.heard_at
        assert 0 < look.call_count <= 3, "of twenty-one messages"
        assert heard(theirs, "A")[0] == fresh(theirs, "A")

    play(tmp_path, story)
