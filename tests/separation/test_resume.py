"""A monitor that takes up what an earlier run left open: the dwell goes on, what nobody watched is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from skyaccord.separation.encounter_book import RESUME_WAIT_S
from skyaccord.separation.events import EncounterBreached, EncounterClosed, EncounterOpened, MonitorEvent
from skyaccord.separation.monitor import Monitor
from tests.separation.sky import START, Flight, policy, rule, run

SIDE_BY_SIDE = [
    Flight("a1", 36.0, -120.0, 30_000.0, 450.0, 90.0),
    Flight("b1", 36.0 + 1.0 / 60, -120.0, 30_000.0, 450.0, 90.0),
]
RULES = policy(rule(max_dwell_s=60.0))


def only(events: list[MonitorEvent], kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


def left_open(until_s: float = 20.0) -> EncounterOpened:
    """What the monitor of the earlier run said last."""
    (opened,) = only(run(SIDE_BY_SIDE, Monitor(RULES), since_s=0, until_s=until_s), EncounterOpened)
    return opened


def test_the_dwell_goes_on_and_the_breach_says_what_nobody_watched() -> None:
    seen, monitor = left_open(), Monitor(RULES)
    assert monitor.resume([seen], START + timedelta(seconds=40)) == []
    events = run(SIDE_BY_SIDE, monitor, since_s=41, until_s=80)
    assert only(events, EncounterOpened) == []
    (breach,) = only(events, EncounterBreached)
    assert breach.start_time == seen.start_time
    assert breach.dwell_s == pytest.approx(61.0, abs=1.0)
    assert not breach.confident
    assert "nobody watched for 40 s" in breach.reason
    (closed,) = monitor.close_all("enough")[:1]
    assert isinstance(closed, EncounterClosed)
    assert closed.verdict == "breach"
    assert "nobody watched for 40 s" in closed.reason
    assert closed.min_horizontal_nm == pytest.approx(1.0, abs=0.01)


def test_what_was_said_before_is_not_said_again() -> None:
    nearer = replace(left_open(), verdict="breach", min_horizontal_nm=0.2, cpa_horizontal_nm=0.2)
    monitor = Monitor(RULES)
    monitor.resume([nearer], START + timedelta(seconds=100))
    assert only(run(SIDE_BY_SIDE, monitor, since_s=101, until_s=120), EncounterBreached) == []
    (closed,) = monitor.close_all("enough")[:1]
    assert isinstance(closed, EncounterClosed)
    assert (closed.verdict, closed.min_horizontal_nm) == ("breach", pytest.approx(0.2))
    assert closed.cpa_horizontal_nm == pytest.approx(0.2)


def test_it_waits_for_the_aircraft_and_not_for_ever() -> None:
    seen = left_open()
    for heard_from_s, taken_up in ((40.0 + RESUME_WAIT_S - 5, True), (40.0 + RESUME_WAIT_S + 5, False)):
        monitor = Monitor(RULES)
        monitor.resume([seen], START + timedelta(seconds=40))
        events = run(
            SIDE_BY_SIDE,
            monitor,
            since_s=41,
            until_s=90,
            heard=lambda _icao24, time_s, since_s=heard_from_s: time_s >= since_s,
        )
        closed = [event.reason for event in only(events, EncounterClosed)]
        assert len(closed) == (0 if taken_up else 1)
        assert all("no longer heard" in reason for reason in closed)
        assert bool(only(events, EncounterBreached)) is taken_up


def test_a_pair_that_is_outside_by_now_is_closed_where_it_was_last_known() -> None:
    apart = [SIDE_BY_SIDE[0], replace(SIDE_BY_SIDE[1], latitude=36.5)]
    seen, monitor = left_open(), Monitor(RULES)
    monitor.resume([seen], START + timedelta(seconds=40))
    (closed,) = only(run(apart, monitor, since_s=41, until_s=60), EncounterClosed)
    assert closed.end_time == seen.sky_time
    assert closed.verdict == "infringement"


def test_without_its_rule_it_is_handed_back() -> None:
    seen = left_open()
    monitor = Monitor(policy(rule(name="another")))
    assert monitor.resume([seen], START + timedelta(seconds=40)) == [seen]
    assert only(run(SIDE_BY_SIDE, monitor, since_s=41, until_s=43), EncounterClosed) == []
