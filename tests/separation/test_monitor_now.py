"""What the monitor says between its events: of open approaches, and of alerts that wait to be cleared."""

from __future__ import annotations

import pytest

from skyaccord.separation.events import AlertCleared, AlertUpdated, ApproachClosed, EncounterClosed
from skyaccord.separation.hysteresis import CLEAR_STEPS
from skyaccord.separation.monitor import Monitor
from tests.separation.sky import head_on, policy, rule, run
from tests.separation.test_monitor import of


def test_an_alert_of_a_pair_that_is_apart_says_since_when_until_it_is_cleared() -> None:
    monitor, told = Monitor(policy(rule())), []

    def look(_: float) -> None:
        told.extend(monitor.alerts())

    events = run(head_on(at_s=200), monitor, since_s=0, until_s=330, before_step=look)
    ended = of(events, EncounterClosed)[0].end_time
    apart = [one for one in told if one.apart_since is not None]
    before = [one for one in told if one.apart_since is None]
    assert max(one.sky_time for one in before) < min(one.sky_time for one in apart)
    assert len(apart) >= CLEAR_STEPS - 1
    for one in apart:
        assert one.tier == "warning"
        assert not one.inside
        assert abs((one.apart_since - ended).total_seconds()) < 0.01
        assert one.reason == f"apart since {ended:%H:%M:%S}Z; cleared after 20 s without a prediction"
    updated = [one for one in of(events, AlertUpdated) if one.apart_since is not None]
    assert updated[0].sky_time == apart[0].sky_time, "said at once, for the other side too"
    assert of(events, AlertCleared)[0].apart_since is None


def test_open_approaches_can_be_asked_for_their_numbers_so_far() -> None:
    monitor, told = Monitor(policy(watch_nm=20.0)), []
    assert monitor.approaches() == []

    def look(_: float) -> None:
        told.extend(monitor.approaches())

    events = run(head_on(at_s=100, miss_nm=12.0), monitor, since_s=0, until_s=200, before_step=look)
    (closed,) = of(events, ApproachClosed)
    assert {one.start_time for one in told} == {closed.start_time}
    assert all(one.end_time is None for one in told)
    now = [one.horizontal_nm for one in told if one.horizontal_nm is not None]
    assert min(now) == pytest.approx(12.0, abs=0.02)
    assert now[0] > 19 < now[-1], "the distance grows again"
    least = [one.min_horizontal_nm for one in told]
    assert least == sorted(least, reverse=True), "the least so far does not"
    assert monitor.approaches() == []
