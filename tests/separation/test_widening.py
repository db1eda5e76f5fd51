"""Uncertainty and age widen what is warned of, when asked."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.airspace.units import KT_TO_MPS, M_PER_FT, M_PER_NM
from skyaccord.separation.alert_book import MAYBE
from skyaccord.separation.events import Alert, AlertRaised, EncounterOpened, MonitorEvent
from skyaccord.separation.monitor import Monitor
from skyaccord.separation.widening import EPU_M, SETS_OFF_MPS, widening
from skyaccord.tracks.picture import Picture
from tests.separation.sky import START, Flight, policy, rule, run, table


def beside(apart_nm: float, above_ft: float = 0.0, speed_kt: float = 300.0) -> list[Flight]:
    return [
        Flight("a1", 36.0, -120.0, 20_000.0, speed_kt, 90.0),
        Flight("b1", 36.0 + apart_nm / 60, -120.0, 20_000.0 + above_ft, speed_kt, 90.0),
    ]


def alerts(flights: list[Flight], *, widen: bool, heard_until_s: float = 1e9) -> list[MonitorEvent]:
    return run(
        flights,
        Monitor(policy(rule(3.0, 1000.0), widen=widen)),
        since_s=0,
        until_s=22,
        heard=lambda icao24, time_s: icao24 != "b1" or time_s <= heard_until_s,
    )


def test_an_old_report_widens_and_a_fresh_one_does_not() -> None:
    assert alerts(beside(3.2), widen=True) == []
    assert alerts(beside(3.2), widen=False, heard_until_s=5) == []
    found = alerts(beside(3.2), widen=True, heard_until_s=5)
    raised = found[0]
    assert isinstance(raised, AlertRaised)
    assert not raised.confident
    assert MAYBE in raised.reason
    assert not [event for event in found if isinstance(event, EncounterOpened)]
    assert alerts(beside(9.0), widen=True, heard_until_s=5) == []


def test_who_hovered_when_last_heard_may_have_set_off() -> None:
    """At 300 kt past a hovering drone: it is not where it was, once nobody has heard it for a while."""
    flights = beside(3.2)
    flights[1] = Flight("b1", 36.0 + 3.2 / 60, -119.95, 20_000.0, 0.0, 90.0)
    assert alerts(flights, widen=True) == []
    found = alerts(flights, widen=True, heard_until_s=5)
    assert isinstance(found[0], AlertRaised)
    assert not found[0].confident


def test_age_widens_vertically_too() -> None:
    assert alerts(beside(1.0, above_ft=1300.0), widen=True) == []
    assert alerts(beside(1.0, above_ft=1300.0), widen=False, heard_until_s=5) == []
    assert isinstance(alerts(beside(1.0, above_ft=1300.0), widen=True, heard_until_s=5)[0], AlertRaised)


def test_a_poor_sensor_widens_at_once() -> None:
    monitor, picture = Monitor(policy(rule(3.0, 1000.0), widen=True)), Picture()
    events: list[MonitorEvent] = []
    for second in range(6):
        rows = [{**flight.row(float(second)), "nac_p": 6, "nic": 8} for flight in beside(3.4)]
        picture.feed(table(rows), START + timedelta(seconds=second))
        events += monitor.step(picture, START + timedelta(seconds=second))
    assert [type(event) for event in events] == [AlertRaised]
    assert MAYBE in events[0].reason


@given(st.integers(-1, 20), st.floats(0, 120), st.floats(0, 1000))
@settings(max_examples=50, deadline=None)
def test_the_bounds(nac_p: int, age_s: float, speed_kt: float) -> None:
    picture = Picture()
    row = {
        **Flight("a1", 36.0, -120.0, 9000.0, speed_kt, 0.0).row(0.0),
        "nac_p": nac_p if nac_p >= 0 else None,
    }
    picture.feed(table([row]), START)
    horizontal, vertical = widening(picture.extrapolated(START + timedelta(seconds=age_s)))
    epu = EPU_M[nac_p] if 0 <= nac_p <= 11 else 0.0
    speed_mps = speed_kt * KT_TO_MPS
    assert epu <= horizontal[0] <= epu + (speed_mps + max(speed_mps, SETS_OFF_MPS)) * age_s + 0.01
    assert vertical[0] == pytest.approx(2000 / 60 * age_s * M_PER_FT, abs=1e-3)
    if age_s <= 1:
        assert horizontal[0] - epu < 3.0


def test_uncertainty_falls_as_the_figure_rises() -> None:
    assert (np.diff(EPU_M[1:]) < 0).all()
    assert EPU_M[4] == M_PER_NM


@given(
    st.floats(0.0, 8.0),
    st.floats(-3000.0, 3000.0),
    st.floats(60.0, 500.0),
    st.floats(0, 359),
    st.integers(0, 20),
)
@settings(max_examples=25, deadline=None)
def test_widening_takes_nothing_away(
    apart_nm: float, above_ft: float, speed_kt: float, track_deg: float, heard_until_s: int
) -> None:
    flights = [
        Flight("a1", 36.0, -120.0, 20_000.0, 300.0, 90.0),
        Flight("b1", 36.0 + apart_nm / 60, -120.0, 20_000.0 + above_ft, speed_kt, track_deg),
    ]
    plain, wide = (
        alerts(flights, widen=widen, heard_until_s=float(heard_until_s)) for widen in (False, True)
    )

    def alerted(events: list[MonitorEvent]) -> set[object]:
        return {event.sky_time for event in events if isinstance(event, Alert)}

    assert not alerted(plain) or min(alerted(wide)) <= min(alerted(plain))
    assert [event for event in plain if not isinstance(event, Alert)] == [
        event for event in wide if not isinstance(event, Alert)
    ]
