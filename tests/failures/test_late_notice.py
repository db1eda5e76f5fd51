"""Il-20, 17 September 2018: under a minute of notice, the wrong word for the direction, no volume.

Requirements 3 and 13: lead time, a volume with borders, directions as degrees. Break it: let `lead.lead`
find nothing late or `checking._of_volume` nothing wrong (shown in the tests), or type a heading as words. The
list of affected aircraft comes with notices.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import InputError
from skyaccord.exercise.records import ledger_of
from skyaccord.hotline import lead
from skyaccord.hotline.parsing import parse_value
from skyaccord.hotline.phrasebook import built_in
from skyaccord.pack.ledger import Window
from skyaccord.pack.making import make_pack
from skyaccord.pack.rows import NoticeRow
from tests.failures.desk import FREQUENCIES, moment
from tests.failures.desk import Room as DutyRoom
from tests.node.tabletop import Table, play

NOTICES = """
[notices]
lead_s = 3600
"""


async def rooms(table: Table) -> tuple[DutyRoom, DutyRoom]:
    table.introduce()
    text = table.accord_text(600) + NOTICES + FREQUENCIES
    for seat in table.seats.values():
        seat.sign(text)
    first, second = (DutyRoom(seat) for seat in table.seats.values())
    await table.prepare()
    await table.exchange()
    return first, second


def notice(table: Table, in_s: float, place: str | None = "Eastern town") -> list[dict[str, Any]]:
    """What NOTICE needs, for a flight that begins in so many seconds."""
    start, end = moment(table, seconds=in_s), moment(table, seconds=in_s + 600)
    where = [] if place is None else [{"kind": "place", "name": "place", "words": place}]
    return [
        {"kind": "reference", "name": "reference", "words": "N-1"},
        {**start, "name": "start"},
        {**end, "name": "end"},
        *where,
    ]


def notices(room: DutyRoom) -> tuple[NoticeRow, ...]:
    """What the pack of this side says of notices."""
    ledger = ledger_of(room.seat.folder.path)
    window = Window(ledger.now - timedelta(days=8000), ledger.now + timedelta(days=1))
    return make_pack(ledger, window).figures.notices


@pytest.mark.parametrize("asked", [True, False])
def test_a_late_notice_goes_out_and_is_called_late_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    if not asked:
        monkeypatch.setattr(lead, "notice_fault", lambda *_, **__: None)

    async def story(table: Table) -> None:
        a, b = await rooms(table)
        in_time = await a.send("NOTICE", *notice(table, 3601))
        late = await a.send("NOTICE", *notice(table, 50))
        await table.exchange()
        for room in (a, b):
            assert (await room.row(in_time))["faults"] == []
            said = [one["text"] for one in (await room.row(late))["faults"]]
            assert said == (["given 50 s before its start; the accord asks for 3600 s"] if asked else [])
            given = [row for row in notices(room) if row.notices]
            assert [(row.party, row.notices, row.measured, row.late) for row in given] == [
                ("A", 2, 2, int(asked))
            ]
            assert (given[0].lead_least_s, given[0].lead_p50_s) == (50, 50)

    play(tmp_path, story)


def test_a_notice_that_waited_for_the_line_counts_from_when_it_went_out(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await rooms(table)
        table.cut = True
        prepared = await a.send("NOTICE", *notice(table, 3700), act="message-prepared")
        assert isinstance(prepared, dict)
        table.clock.advance(600)
        table.cut = False
        await table.second(3)
        (row,) = [one for one in notices(b) if one.party == "A"]
        assert (row.notices, row.late) == (1, 1)
        assert row.lead_least_s is not None
        assert 3000 < row.lead_least_s <= 3100

    play(tmp_path, story)


@pytest.mark.parametrize("asked", [True, False])
def test_what_speaks_against_a_late_notice_is_said_before_it_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    if not asked:
        monkeypatch.setattr(lead, "notice_fault", lambda *_, **__: None)

    async def story(table: Table) -> None:
        a, _ = await rooms(table)
        draft = {"accord": a.digest, "code": "NOTICE", "params": notice(table, 50)}
        async with a.seat.browser() as client:
            answer = (await client.post("/api/hotline/check", json=draft)).json()
        assert answer["faults"] == []
        said = [one["text"] for one in answer["warnings"]]
        assert said == (["given 50 s before its start; the accord asks for 3600 s"] if asked else [])

    play(tmp_path, story)


@pytest.mark.parametrize("asked", [True, False])
def test_a_notice_says_where_with_borders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    if not asked:
        monkeypatch.setattr("skyaccord.hotline.checking._of_volume", lambda *_: [])

    async def story(table: Table) -> None:
        a, _ = await rooms(table)
        answer = await a.send("NOTICE", *notice(table, 3601, "over the north of the country"))
        assert isinstance(answer, str) is asked
        if asked:
            assert "is no place of the accord: a notice says where, with borders" in answer
        assert "needs the parameter place" in await a.send("NOTICE", *notice(table, 3601, None))

    play(tmp_path, story)


@pytest.mark.parametrize("code", ["TURN_AWAY", "UNCOORDINATED_FLIGHT"])
def test_a_direction_is_degrees_and_never_a_word(code: str) -> None:
    (heading,) = [one for one in built_in().phrase(code).params if one.name == "heading"]
    for word in ("north", "на север", "370"):
        with pytest.raises(InputError):
            parse_value(None, heading, word)
    assert parse_value(None, heading, "270").model_dump(mode="json")["number"] == 270
