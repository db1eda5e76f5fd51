"""The monitor on known geometries: what it says, in which order, with which numbers."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from skyaccord.airspace.areas import circle
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
from skyaccord.separation.policy import MonitorPolicy, RuleInForce
from skyaccord.tracks.picture import Picture
from tests.separation.sky import START, Flight, head_on, policy, rule, run, table


def of(events: list[MonitorEvent], kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


def seconds(moment) -> float:
    return (moment - START).total_seconds()


def test_a_head_on_pass_raises_every_tier_and_measures_the_encounter() -> None:
    monitor = Monitor(policy(rule(), watch_nm=20.0))
    events = run(head_on(at_s=200), monitor, since_s=0, until_s=330)

    raised = of(events, AlertRaised)[0]
    assert raised.tier == "advisory"
    assert raised.pair == ("a1", "b1")
    assert raised.parties == ("A", "B")
    assert raised.confident
    tiers = [event.tier for event in events if isinstance(event, AlertRaised | AlertUpdated)]
    assert [tier for k, tier in enumerate(tiers) if k == 0 or tier != tiers[k - 1]] == [
        "advisory",
        "caution",
        "warning",
    ]
    # half the chord of the 3 NM circle at 0.5 NM miss, flown at 900 kt
    half_s = math.sqrt(9 - 0.25) / 900 * 3600
    opened, closed = of(events, EncounterOpened)[0], of(events, EncounterClosed)[0]
    assert seconds(opened.start_time) == pytest.approx(200 - half_s, abs=0.1)
    assert seconds(closed.end_time) == pytest.approx(200 + half_s, abs=0.1)
    assert closed.dwell_s == pytest.approx(2 * half_s, abs=0.2)
    assert closed.min_horizontal_nm == pytest.approx(0.5, abs=0.003)
    assert closed.min_vertical_ft == pytest.approx(0.0, abs=1e-6)
    assert seconds(closed.cpa_time) == pytest.approx(200, abs=0.1)
    assert closed.verdict == "infringement"
    assert opened.confident
    assert closed.confident
    # the advisory comes when the limits are 120 s away, one step later for 2 of 4
    assert seconds(raised.sky_time) == pytest.approx(200 - half_s - 120, abs=2.1)
    cleared = of(events, AlertCleared)[0]
    assert not cleared.nuisance
    assert cleared.alert_key == raised.alert_key
    assert monitor.counts["nuisance alerts"] == 0


def test_an_approach_is_horizontal_only_and_never_an_alert() -> None:
    flights = head_on(at_s=100, miss_nm=12.0, above_ft=8000.0)
    events = run(flights, Monitor(policy(rule(), watch_nm=20.0)), since_s=0, until_s=200)
    assert [type(event) for event in events] == [ApproachOpened, ApproachClosed]
    closed = events[-1]
    assert isinstance(closed, ApproachClosed)
    assert closed.min_horizontal_nm == pytest.approx(12.0, abs=0.02)
    assert closed.vertical_ft == pytest.approx(8000.0, abs=1e-6)
    assert not closed.contains_encounter


def test_an_approach_that_became_an_encounter_says_so() -> None:
    monitor = Monitor(policy(rule(), watch_nm=20.0))
    events = run(head_on(at_s=100), monitor, since_s=0, until_s=200)
    assert of(events, ApproachClosed)[0].contains_encounter


def test_dwelling_too_long_is_a_breach_while_it_happens() -> None:
    together = [
        Flight("a1", 36.0, -120.0, 20_000.0, 300.0, 90.0),
        Flight("b1", 36.0 + 2.0 / 60, -120.0, 21_000.0, 300.0, 90.0),
    ]
    events = run(together, Monitor(policy(rule(max_dwell_s=30.0))), since_s=0, until_s=60)
    opened, breached = of(events, EncounterOpened)[0], of(events, EncounterBreached)[0]
    assert opened.verdict == "infringement"
    assert breached.verdict == "breach"
    assert seconds(breached.sky_time) == pytest.approx(31.0, abs=1.0)
    assert breached.dwell_s > 30.0
    assert not of(events, EncounterClosed)


def test_a_near_mid_air_collision_needs_both_at_once() -> None:
    near = run(head_on(at_s=60, miss_nm=0.05, above_ft=60), Monitor(policy(rule())), since_s=0, until_s=120)
    assert of(near, EncounterBreached)[0].verdict == "nmac"
    assert of(near, EncounterClosed)[0].verdict == "nmac"
    high = run(head_on(at_s=60, miss_nm=0.05, above_ft=110), Monitor(policy(rule())), since_s=0, until_s=120)
    wide = run(head_on(at_s=60, miss_nm=0.09, above_ft=0), Monitor(policy(rule())), since_s=0, until_s=120)
    assert of(high, EncounterClosed)[0].verdict == "infringement"
    assert of(wide, EncounterClosed)[0].verdict == "infringement"


def test_one_party_alone_is_not_watched_unless_asked() -> None:
    own = [Flight("a1", 36.0, -120.0, 9000.0, 100.0, 0.0), Flight("a2", 36.001, -120.0, 9000.0, 100.0, 0.0)]
    assert run(own, Monitor(policy(rule())), since_s=0, until_s=5) == []
    assert of(
        run(own, Monitor(policy(rule(), inter_party_only=False)), since_s=0, until_s=5), EncounterOpened
    )


def test_aircraft_without_a_party_take_part_only_when_asked() -> None:
    mixed = [Flight("a1", 36.0, -120.0, 9000.0, 100.0, 0.0), Flight("zz", 36.001, -120.0, 9000.0, 100.0, 0.0)]
    assert run(mixed, Monitor(policy(rule())), since_s=0, until_s=5) == []
    opened = of(
        run(mixed, Monitor(policy(rule(), include_unassigned=True)), since_s=0, until_s=5), EncounterOpened
    )
    assert opened[0].parties == ("A", None)
    strangers = [
        Flight("yy", 36.0, -120.0, 9000.0, 100.0, 0.0),
        Flight("zz", 36.001, -120.0, 9000.0, 100.0, 0.0),
    ]
    assert run(strangers, Monitor(policy(rule(), include_unassigned=True)), since_s=0, until_s=5) == []


def test_combinator_both_asks_for_both_limits() -> None:
    stacked = [
        Flight("a1", 36.0, -120.0, 9000.0, 100.0, 0.0),
        Flight("b1", 36.0, -120.0, 15_000.0, 100.0, 0.0),
    ]
    assert run(stacked, Monitor(policy(rule())), since_s=0, until_s=5) == []
    assert of(run(stacked, Monitor(policy(rule(combinator="both"))), since_s=0, until_s=5), EncounterOpened)
    level_but_far = [
        Flight("a1", 36.0, -120.0, 9000.0, 100.0, 0.0),
        Flight("b1", 40.0, -120.0, 9100.0, 100.0, 0.0),
    ]
    events = run(level_but_far, Monitor(policy(rule(combinator="both"))), since_s=0, until_s=5)
    assert of(events, EncounterOpened)


def test_a_rule_holds_where_either_aircraft_is_inside_its_area() -> None:
    flights = head_on(at_s=60)
    for centre, expected in (((36.0, -120.0), 1), ((40.0, -120.0), 0)):
        inside = RuleInForce(None, rule().rule, rule().tiers, areas=(circle(*centre, 30.0),))
        events = run(flights, Monitor(policy(inside)), since_s=0, until_s=120)
        assert len(of(events, EncounterOpened)) == expected


def test_leaving_the_area_closes_with_its_reason() -> None:
    together = [
        Flight("a1", 36.0, -120.0, 20_000.0, 600.0, 90.0),
        Flight("b1", 36.0 + 2.0 / 60, -120.0, 21_000.0, 600.0, 90.0),
    ]
    small = RuleInForce(None, rule().rule, rule().tiers, areas=(circle(36.0, -120.0, 4.0),))
    events = run(together, Monitor(policy(small)), since_s=0, until_s=60)
    assert "outside the area" in of(events, EncounterClosed)[0].reason
    assert "outside the area" in of(events, AlertCleared)[0].reason
    assert not of(events, AlertCleared)[0].nuisance


def test_an_accords_rule_is_about_its_own_parties() -> None:
    elsewhere = RuleInForce("sha256:1", rule().rule, rule().tiers, parties=frozenset({"A", "C"}))
    assert run(head_on(at_s=30), Monitor(policy(elsewhere)), since_s=0, until_s=60) == []
    ours = RuleInForce("sha256:1", rule().rule, rule().tiers, parties=frozenset({"A", "B"}))
    events = run(head_on(at_s=30), Monitor(policy(ours)), since_s=0, until_s=60)
    assert of(events, EncounterOpened)[0].accord == "sha256:1"


def test_validity_runs_on_sky_time() -> None:
    brief = RuleInForce(
        "sha256:1",
        rule().rule,
        rule().tiers,
        start=START + timedelta(seconds=10),
        end=START + timedelta(seconds=20),
    )
    together = [
        Flight("a1", 36.0, -120.0, 9000.0, 100.0, 0.0),
        Flight("b1", 36.001, -120.0, 9000.0, 100.0, 0.0),
    ]
    events = run(together, Monitor(policy(brief)), since_s=0, until_s=40)
    assert seconds(of(events, EncounterOpened)[0].sky_time) == 10
    closed = of(events, EncounterClosed)[0]
    assert seconds(closed.sky_time) == 20
    assert "validity has ended" in closed.reason


def test_a_change_of_policy_keeps_what_stays_and_closes_the_rest() -> None:
    together = [
        Flight("a1", 36.0, -120.0, 9000.0, 100.0, 0.0),
        Flight("b1", 36.001, -120.0, 9000.0, 100.0, 0.0),
    ]
    stays, goes, comes = rule(name="stays"), rule(name="goes"), rule(name="comes", accord="sha256:2")
    monitor = Monitor(policy(stays, goes, watch_nm=20.0))

    def change(time_s: float) -> None:
        if time_s == 20:
            monitor.set_policy(policy(stays, comes))

    events = run(together, monitor, since_s=0, until_s=30, before_step=change)
    assert [(e.rule, seconds(e.start_time)) for e in of(events, EncounterOpened)] == [
        ("stays", 0),
        ("goes", 0),
        ("comes", 19),
    ]
    closed = of(events, EncounterClosed)
    assert [(event.rule, event.reason.split(",")[0]) for event in closed] == [
        ("goes", "the rule is no longer in force")
    ]
    assert of(events, ApproachClosed)[0].reason.startswith("there is no watch rule")


def test_one_bad_report_raises_nothing_but_broken_limits_do_at_once() -> None:
    monitor, picture = Monitor(policy(rule())), Picture()
    away = [
        Flight("a1", 36.0, -120.0, 30_000.0, 450.0, 90.0),
        Flight("b1", 36.0 + 12 / 60, -120.0, 30_000.0, 450.0, 90.0),
    ]
    toward = Flight("b1", 36.0 + 12 / 60, -120.0, 30_000.0, 450.0, 150.0)
    events: list[MonitorEvent] = []
    for second in range(30):
        flights = [away[0], toward if second == 10 else away[1]]
        rows = [flight.row(float(second)) for flight in flights]
        if second == 10:
            rows[1] = {**away[1].row(10.0), "track": 180.0}
        now = START + timedelta(seconds=second)
        picture.feed(table(rows), now)
        events += monitor.step(picture, now)
    assert events == []
    beside = [Flight("a1", 36.0, -120.0, 9000.0, 0.0, 0.0), Flight("b1", 36.01, -120.0, 9000.0, 0.0, 0.0)]
    first = run(beside, Monitor(policy(rule())), since_s=0, until_s=1)
    assert [type(event) for event in first] == [EncounterOpened, AlertRaised]
    assert first[1].tier == "warning"


def test_inside_and_diverging_stays_a_warning_until_outside() -> None:
    events = run(head_on(at_s=50), Monitor(policy(rule())), since_s=0, until_s=120)
    end_s = seconds(of(events, EncounterClosed)[0].end_time)
    for event in events:
        if isinstance(event, AlertUpdated) and 51 <= seconds(event.sky_time) < end_s:
            assert event.tier == "warning"
            assert event.inside
    assert seconds(of(events, AlertCleared)[0].sky_time) > end_s


def test_a_nuisance_alert_is_counted() -> None:
    monitor, picture = Monitor(policy(rule())), Picture()
    events: list[MonitorEvent] = []
    for second in range(90):
        toward = second < 20
        near = Flight("b1", 36.0 + 12 / 60, -120.0, 30_000.0, 450.0, 180.0 if toward else 0.0)
        far_s = second if toward else 40 - second
        rows = [
            Flight("a1", 36.0, -120.0, 30_000.0, 1.0, 90.0).row(float(second)),
            {**near.row(0.0), "timestamp": START + timedelta(seconds=second)},
        ]
        rows[1]["latitude"] = 36.0 + (12 - 450 / 3600 * far_s) / 60
        now = START + timedelta(seconds=second)
        picture.feed(table(rows), now)
        events += monitor.step(picture, now)
    assert [type(event) for event in events if not isinstance(event, AlertUpdated)] == [
        AlertRaised,
        AlertCleared,
    ]
    assert events[-1].nuisance
    assert monitor.counts["nuisance alerts"] == 1
    assert monitor.alerts() == []


def test_aircraft_on_the_ground_take_no_part() -> None:
    parked = [
        Flight("a1", 36.0, -120.0, 50.0, 0.0, 0.0, on_ground=True),
        Flight("b1", 36.001, -120.0, 60.0, 0.0, 0.0),
    ]
    assert run(parked, Monitor(policy(rule(), watch_nm=20.0)), since_s=0, until_s=5) == []


def test_time_must_go_forward() -> None:
    monitor = Monitor(policy(rule()))
    run([], monitor, since_s=0, until_s=3)
    with pytest.raises(ValueError, match="after one at"):
        monitor.step(Picture(), START + timedelta(seconds=1))


def test_close_all_ends_everything_with_the_reason() -> None:
    monitor = Monitor(policy(rule(), watch_nm=20.0))
    run(head_on(at_s=20), monitor, since_s=0, until_s=20)
    ended = monitor.close_all("the feed has changed")
    assert {type(event) for event in ended} == {EncounterClosed, AlertCleared, ApproachClosed}
    assert all("the feed has changed" in event.reason for event in ended)
    assert monitor.alerts() == []


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same accord and id"):
        MonitorPolicy((rule(), rule()))


def test_no_number_of_rules_in_force_is_too_many() -> None:
    """Several accords with all their annexes: each rule is asked, the hundredth as well as the first."""
    rules = [rule(3.0, 1000.0, accord=f"sha256:{k:02d}") for k in range(100)]
    opened = [
        event.accord
        for event in run(head_on(at_s=30), Monitor(policy(*rules)), since_s=0, until_s=40)
        if isinstance(event, EncounterOpened)
    ]
    assert sorted(opened, key=str) == [f"sha256:{k:02d}" for k in range(100)]
