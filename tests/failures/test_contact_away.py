"""Deir ez-Zor, 17 September 2016: the usual contact was away.

The caller hung up and rang back: 27 minutes.

Requirements 4 and 5: roles with deputies, any duty officer may act, timers that escalate, silence is an
alarm. Break it: let `Roster.vacant` say False, drop the silence in `runtime.tick`, or `escalates_to` in
`Asking.standing`. The first test shows the first of these itself.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.times import format_utc
from skyaccord.hotline.duty import Roster
from tests.failures.desk import rooms, stop_params
from tests.node.tabletop import Table, play


@pytest.mark.parametrize("roster_read", [True, False])
def test_who_is_away_is_asked_past_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, roster_read: bool
) -> None:
    if not roster_read:
        monkeypatch.setattr(Roster, "vacant", lambda *_: False)

    async def story(table: Table) -> None:
        a, b = await rooms(table)
        until = format_utc(table.clock.now() + timedelta(hours=8))
        shift = await b.act(act="duty", step="take", duty_role="duty-officer", end=until)
        await b.act(b.deputy, "deputy", act="duty", step="take", duty_role="deputy", end=until)
        await b.act(b.deputy, "deputy", act="duty", step="away", shift=shift, note="out")
        await table.exchange()
        ref = await a.send("SAFETY_STOP", *stop_params(table))
        await table.second(1)
        row = await a.row(ref)
        (course,) = row["courses"]
        assert (course["role"] == "deputy") is roster_read
        assert ([one["vacant"] for one in row["silences"]] == [True]) is roster_read
        assert (("nobody-on-duty", False) in await a.alarms()) is roster_read
        if roster_read:
            await b.act(b.deputy, "deputy", act="acknowledge", of=ref)
            await table.exchange()
            (course,) = (await a.row(ref))["courses"]
            assert (course["state"], course["acknowledged_role"]) == ("acknowledged", "deputy")
            assert all(code != "nobody-on-duty" for code, _ in await a.alarms())

    play(tmp_path, story)


def test_silence_escalates_to_the_deputy_and_is_loud_on_both_sides(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await rooms(table, within_s=2)
        ref = await a.send("SAFETY_STOP", *stop_params(table))
        await table.second(1)
        assert await a.alarms() == await b.alarms() == []
        await table.second(1)
        assert ("not-acknowledged", True) in await a.alarms()
        assert ("not-acknowledged", True) in await b.alarms()
        (course,) = (await a.row(ref))["courses"]
        assert (course["state"], course["role"], course["passed"]) == ("silent", "deputy", ["duty-officer"])
        assert [one for one in a.seat.kinds() if one == "silence"] == ["silence"]
        await table.second(2)
        (course,) = (await a.row(ref))["courses"]
        assert course["exhausted"], "the last role was silent as well"
        assert a.seat.kinds().count("silence") == 2
        await b.act(b.deputy, "deputy", act="acknowledge", of=ref)
        await table.exchange()
        for room in (a, b):
            assert all(code != "not-acknowledged" for code, _ in await room.alarms())

    play(tmp_path, story)


def test_a_person_at_the_other_end_ends_the_alarm_and_a_receipt_does_not(tmp_path: Path) -> None:
    """The machine's receipt is not an answer: that is what the line looked like for 27 minutes."""

    async def story(table: Table) -> None:
        a, b = await rooms(table, within_s=2)
        ref = await a.send("SAFETY_STOP", *stop_params(table))
        await table.second(1)
        row = await a.row(ref)
        assert row["courses"][0]["state"] == "delivered"
        await b.act(act="read", of=ref)
        await table.second(1)
        row = await a.row(ref)
        assert row["courses"][0]["read_at"] is not None
        assert row["courses"][0]["state"] == "silent"
        assert row["acknowledged_by"] == []

    play(tmp_path, story)


def test_a_sender_notes_a_silence_with_a_signature(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, _ = await rooms(table, within_s=2)
        table.cut = True
        ref = await a.send(text="Are you there?")
        for _ in range(5):
            table.clock.advance(1.0)
            await a.seat.node.tick()
        assert ("not-acknowledged", True) in await a.alarms()
        await a.act(act="acknowledge", of=ref)
        assert all(code != "not-acknowledged" for code, _ in await a.alarms())
        assert (await a.row(ref))["acknowledged_by"] == [], "one's own word is no answer"

    play(tmp_path, story)
