"""SBS messages put together into states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from skyaccord.tracks.cleaning.zeros import AIRCRAFT_MIN
from skyaccord.tracks.readers.tally import Tally
from skyaccord.tracks.sbs import VELOCITY_S_MAX, SbsMessages
from skyaccord.tracks.states import STATE_SCHEMA

ARRIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def states(*messages: tuple[float, str], timezone: str | None = None) -> list[dict[str, object]]:
    lines = [(text.encode(), ARRIVED + timedelta(seconds=second)) for second, text in messages]
    table = SbsMessages(timezone).states_of_lines(lines, Tally("t"))
    assert dict(table.schema) == STATE_SCHEMA
    return table.to_dicts()


def position(address: str = "4ca2b6", when: str = ",,,") -> str:
    return f"MSG,3,1,1,{address},1,{when},,37000,,,50.69,3.12,,,0,0,0,0"


def test_without_a_zone_the_time_is_that_of_arrival() -> None:
    [state] = states((2.5, position(when="2020/01/01,00:00:00.000,2020/01/01,00:00:00.000")))
    assert state["timestamp"] == ARRIVED + timedelta(seconds=2.5)


def test_with_a_zone_the_time_is_when_it_was_generated() -> None:
    [state] = states(
        (2.5, position(when="2026/07/01,14:00:00.500,2026/07/01,14:00:01.000")), timezone="Europe/Paris"
    )
    assert state["timestamp"] == datetime(2026, 7, 1, 12, 0, 0, 500_000, tzinfo=UTC)


def test_a_pile_of_zeros_is_no_altitude_from_then_on() -> None:
    messages = SbsMessages()

    def altitudes(count: int, altitude: int) -> list[object]:
        text = [position(f"4ca{number:03x}").replace(",37000,", f",{altitude},") for number in range(count)]
        lines = [(line.encode(), ARRIVED) for line in text]
        return messages.states_of_lines(lines, Tally("t"))["altitude"].to_list()

    assert altitudes(AIRCRAFT_MIN - 1, 0) == [0.0] * (AIRCRAFT_MIN - 1)
    assert altitudes(AIRCRAFT_MIN, 0) == [None] * AIRCRAFT_MIN  # all are kept, without an altitude
    assert altitudes(3, 75) == [75.0] * 3  # and low ones make 0 an altitude again
    assert altitudes(1, 0) == [0.0]


def test_an_old_velocity_is_not_joined() -> None:
    velocity = "MSG,4,1,1,4ca2b6,1,,,,,,,450,90,,,-128,,,,,"
    fresh = states((0, velocity), (VELOCITY_S_MAX, position()))
    old = states((0, velocity), (VELOCITY_S_MAX + 0.1, position()))
    assert (fresh[0]["groundspeed"], fresh[0]["track"], fresh[0]["vertical_rate"]) == (450, 90, -128)
    assert (old[0]["groundspeed"], old[0]["track"], old[0]["vertical_rate"]) == (None, None, None)


def test_aircraft_are_not_mixed_up() -> None:
    found = states(
        (0, "MSG,1,1,1,aaaaaa,1,,,,,ONE,,,,,,,,,,,"), (1, position("bbbbbb")), (1, position("AAAAAA"))
    )
    assert [(state["icao24"], state["callsign"]) for state in found] == [("bbbbbb", None), ("aaaaaa", "ONE")]


def test_what_is_no_position_is_counted_or_passed_over() -> None:
    tally = Tally("t")
    texts = [
        "",
        "MSG",
        "AIR,,1,1,4ca2b6,1",
        "MSG,3,1,1,4ca2b6,1,,,,,,37000,,,,,,,,,,",
        "MSG,8,1,1,4ca2b6,1,,,,,,,,,,,",
    ]
    lines = [(text.encode(), ARRIVED) for text in texts]
    assert SbsMessages().states_of_lines(lines, tally).is_empty()
    assert tally.refused == {"not an SBS message": 2, "no position in it": 1}


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=80), st.text(max_size=80).map(lambda t: f"MSG,3,{t},,,,,,,,,,,,,,".encode())
        )
    )
)
def test_no_line_breaks_it(lines: list[bytes]) -> None:
    for timezone in (None, "UTC"):
        tally = Tally("t")
        found = SbsMessages(timezone).states_of_lines([(line, ARRIVED) for line in lines], tally)
        assert found.height == tally.accepted
