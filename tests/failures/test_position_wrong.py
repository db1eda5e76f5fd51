"""Deir ez-Zor, 17 September 2016: a position was passed about 9 km (5 NM) wrong.

The right name stood beside it.

Requirement 6: WGS 84, an explicit height reference, the place name checked before sending, read-back on a
map. Break it: `PLACE_MAX_NM` or `READ_BACK_MAX_NM` above 5, or `despite_place` true by default. The tests
show both limits themselves.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from skyaccord.accord.source import parse_accord
from skyaccord.hotline import places
from skyaccord.hotline.values import Position
from tests.accord.samples import SMALL
from tests.failures.desk import at, rooms, stop_params
from tests.node.tabletop import Table, play

TOWN = (35.33, 40.14)
ACCORD = (
    SMALL
    + """
[[area]]
name = "Eastern town"
circle = { latitude = 35.33, longitude = 40.14, radius_nm = 2 }
"""
)
WRONG = (35.41, 40.14)  # 4.8 NM, 8.9 km, north of it


@pytest.mark.parametrize("limit_nm", [1.0, 6.0])
def test_without_the_limits_it_would_go_out_as_it_did(
    monkeypatch: pytest.MonkeyPatch, limit_nm: float
) -> None:
    """The requirement and its absence, side by side."""
    monkeypatch.setattr(places, "PLACE_MAX_NM", limit_nm)
    monkeypatch.setattr(places, "READ_BACK_MAX_NM", limit_nm)
    accord = parse_accord(ACCORD, "accord").accord
    sent, wrong = (
        Position(latitude=TOWN[0], longitude=TOWN[1]),
        Position(latitude=WRONG[0], longitude=WRONG[1]),
    )
    check = places.Gazetteer(accord).check("  eastern TOWN ", wrong)
    assert check.distance_nm == pytest.approx(2.79, abs=0.02)
    assert check.agreement == ("differs" if limit_nm < 2 else "agrees")
    assert places.Gazetteer(accord).check("Another town", wrong).agreement == "unknown"
    assert places.compare(sent, wrong).mismatch is (limit_nm < 2)


def test_it_is_said_before_sending_and_a_wrong_read_back_is_loud_on_both_sides(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await rooms(table, within_s=600)
        params = stop_params(table)
        wrong = [at(*WRONG, place="Eastern town"), *params[1:]]
        assert "place lies 2.8 NM from Eastern town" in await a.send("SAFETY_STOP", *wrong)
        assert await a.seat.get("messages") == []
        meant = [at(*WRONG, place="Eastern town", despite_place=True), *params[1:]]
        assert isinstance(await a.send("SAFETY_STOP", *meant), dict), (
            "people may mean it, and then they say so"
        )
        ref = await a.send("SAFETY_STOP", at(*TOWN, place="Eastern town"), *params[1:])
        await table.exchange(2)
        assert (await b.row(ref))["read_back_wanted"] == ["place"]

        async def read_back(position: tuple[float, float]) -> None:
            understood = Position(latitude=position[0], longitude=position[1]).model_dump(mode="json")
            await b.act(act="read-back", of=ref, param="place", position=understood)
            await table.exchange(2)

        await read_back(WRONG)
        for room in (a, b):
            assert ("read-back", True) in await room.alarms()
            (one,) = (await room.row(ref))["read_backs"]
            assert one["distance_nm"] == pytest.approx(4.79, abs=0.02)
        await read_back(TOWN)
        for room in (a, b):
            assert ("read-back", True) not in await room.alarms()
        assert (await b.row(ref))["read_back_wanted"] == []

    play(tmp_path, story)


def test_a_height_without_its_reference_is_refused() -> None:
    with pytest.raises(ValidationError, match="height needs its reference"):
        Position(latitude=35.0, longitude=40.0, altitude_ft=9000.0)
    with pytest.raises(ValidationError):
        Position(latitude=95.0, longitude=40.0)
    one = Position(latitude=35.0, longitude=40.0, altitude_ft=9000.0, altitude_reference="mean-sea-level")
    other = one.model_copy(update={"altitude_reference": "pressure"})
    assert places.compare(one, other).mismatch, "the same number above another surface is another height"
