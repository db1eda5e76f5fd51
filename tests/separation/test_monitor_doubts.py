"""The monitor in doubt: tracks that are stale, unheard, suspect or without an altitude."""

from __future__ import annotations

from datetime import timedelta

import pytest

from skyaccord.separation.events import (
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    ApproachClosed,
    ApproachOpened,
    EncounterBreached,
    EncounterClosed,
    EncounterOpened,
    MonitorEvent,
)
from skyaccord.separation.monitor import Monitor
from skyaccord.tracks.picture import DROP_S, STALE_S, Picture
from tests.separation.sky import START, Flight, head_on, policy, rule, run, table


def of(events: list[MonitorEvent], kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


def seconds(moment) -> float:
    return (moment - START).total_seconds()


def test_a_stale_track_gives_neither_confidence_nor_silence() -> None:
    def heard(icao24: str, time_s: float) -> bool:
        return icao24 != "b1" or time_s < 100

    monitor = Monitor(policy(rule(), watch_nm=20.0))
    events = run(head_on(at_s=240), monitor, since_s=0, until_s=260, heard=heard)
    raised = of(events, AlertRaised)[0]
    assert seconds(raised.sky_time) > 100 + STALE_S - 25
    doubtful = [
        event for event in events if isinstance(event, AlertRaised | AlertUpdated) and not event.confident
    ]
    assert doubtful
    assert all("last heard" in event.reason for event in doubtful)
    for event in events:
        if isinstance(event, AlertRaised | AlertUpdated) and seconds(event.sky_time) > 100 + STALE_S:
            assert not event.confident
    cleared = of(events, AlertCleared)[0]
    assert seconds(cleared.sky_time) == pytest.approx(100 + DROP_S, abs=1)
    assert "no longer heard" in cleared.reason
    assert not cleared.nuisance


def test_nothing_is_measured_on_a_track_that_is_not_heard() -> None:
    together = [
        Flight("a1", 36.0, -120.0, 20_000.0, 300.0, 90.0),
        Flight("b1", 36.0 + 2.0 / 60, -120.0, 21_000.0, 300.0, 90.0),
    ]

    def heard(icao24: str, time_s: float) -> bool:
        return icao24 != "b1" or time_s <= 20

    monitor = Monitor(policy(rule(max_dwell_s=30.0), watch_nm=20.0))
    events = run(together, monitor, since_s=0, until_s=160, heard=heard)
    closed = of(events, EncounterClosed)[0]
    assert not of(events, EncounterBreached)
    assert seconds(closed.end_time) == pytest.approx(20, abs=0.01)
    assert seconds(of(events, ApproachClosed)[0].end_time) == pytest.approx(20, abs=0.01)
    assert "no longer heard" in closed.reason


def test_a_gap_in_hearing_does_not_cut_an_encounter_in_two() -> None:
    together = [
        Flight("a1", 36.0, -120.0, 20_000.0, 300.0, 90.0),
        Flight("b1", 36.0 + 2.0 / 60, -120.0, 21_000.0, 300.0, 90.0),
    ]

    def heard(icao24: str, time_s: float) -> bool:
        return icao24 != "b1" or not 20 < time_s < 80

    monitor = Monitor(policy(rule(max_dwell_s=100.0), watch_nm=20.0))
    events = run(together, monitor, since_s=0, until_s=110, heard=heard)
    assert len(of(events, EncounterOpened)) == len(of(events, ApproachOpened)) == 1
    assert not of(events, EncounterClosed)
    assert of(events, EncounterBreached)[0].dwell_s > 100


def test_whoever_left_while_unheard_left_when_last_heard() -> None:
    def heard(icao24: str, time_s: float) -> bool:
        return icao24 != "b1" or not 55 < time_s < 120

    events = run(head_on(at_s=55), Monitor(policy(rule())), since_s=0, until_s=140, heard=heard)
    assert seconds(of(events, EncounterClosed)[0].end_time) <= 55 + STALE_S


def test_suspect_tracks_are_not_confident_and_say_why() -> None:
    monitor, picture = Monitor(policy(rule())), Picture()
    events: list[MonitorEvent] = []
    for second in range(20):
        first, second_flight = head_on(at_s=60)
        rows = [first.row(float(second)), second_flight.row(float(second))]
        for row in rows:
            row["nic"], row["nac_p"] = 0, 0
        now = START + timedelta(seconds=second)
        picture.feed(table(rows), now)
        events += monitor.step(picture, now)
    raised = of(events, AlertRaised)[0]
    assert not raised.confident
    assert "low position integrity" in raised.reason


def test_an_unknown_altitude_is_taken_as_the_same_and_said() -> None:
    monitor, picture = Monitor(policy(rule())), Picture()
    events: list[MonitorEvent] = []
    for second in range(80):
        rows = [flight.row(float(second)) for flight in head_on(at_s=60, above_ft=20_000)]
        rows[1]["altitude"] = None
        now = START + timedelta(seconds=second)
        picture.feed(table(rows), now)
        events += monitor.step(picture, now)
    raised = of(events, AlertRaised)[0]
    assert not raised.confident
    assert raised.vertical_ft is None
    assert "gives no altitude" in raised.reason
    for kind in (EncounterOpened, EncounterClosed):
        (encounter,) = of(events, kind)
        assert not encounter.confident
        assert encounter.min_vertical_ft is None
        assert "gives no altitude" in encounter.reason
