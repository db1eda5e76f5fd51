"""Rules and the watch by class of aircraft: who is held to what, and that nobody unknown escapes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.accord.model import Watch
from skyaccord.airspace.classes import (
    CATEGORIES,
    KINDS,
    NAMES,
    UNKNOWN,
    ClassName,
    fits,
    kinds_of,
    of_classes,
)
from skyaccord.separation.events import (
    Alert,
    AlertRaised,
    ApproachOpened,
    Encounter,
    EncounterClosed,
    EncounterOpened,
    MonitorEvent,
)
from skyaccord.separation.monitor import Monitor
from skyaccord.separation.policy import MonitorPolicy
from skyaccord.separation.scope import watched_nm
from skyaccord.tracks.picture import Picture
from tests.separation.sky import Flight, head_on, policy, rule, run

DRONES: tuple[ClassName, ClassName] = ("unmanned", "*")


def flown(one: str | None, other: str | None, *, at_s: float = 30, miss_nm: float = 0.5) -> list[Flight]:
    a, b = head_on(at_s=at_s, miss_nm=miss_nm)
    return [replace(a, category=one), replace(b, category=other)]


def opened(events: list[MonitorEvent]) -> list[str]:
    return sorted(event.rule for event in events if isinstance(event, EncounterOpened))


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [("B6", "A3", True), ("A5", "B6", True), ("B6", "B6", True), ("A3", "A7", False), ("B1", "C1", False)],
)
def test_a_rule_is_about_its_classes_only(one: str, other: str, held: bool) -> None:
    events = run(flown(one, other), Monitor(policy(rule(classes=DRONES))), since_s=0, until_s=50)
    assert opened(events) == ["r"] * held
    assert any(isinstance(event, AlertRaised) for event in events) == held
    assert all(event.confident for event in events)


@pytest.mark.parametrize("silent", [None, "A0", "B5"])
def test_an_aircraft_that_says_no_class_is_held_and_said_to_be_unknown(silent: str | None) -> None:
    events = run(flown(silent, "A3"), Monitor(policy(rule(classes=DRONES))), since_s=0, until_s=50)
    assert opened(events) == ["r"]
    alert = next(event for event in events if isinstance(event, AlertRaised))
    assert not alert.confident
    assert alert.reason.endswith("not confident: A1A1 does not say of what class it is")
    closed = next(event for event in events if isinstance(event, EncounterClosed))
    assert not closed.confident


def test_what_is_not_known_about_a_class_does_not_matter_where_every_class_will_do() -> None:
    for unknown in (flown("B6", None), flown(None, "B6")):
        events = run(unknown, Monitor(policy(rule(classes=DRONES))), since_s=0, until_s=50)
        assert opened(events) == ["r"]
        assert all(event.confident for event in events)


def test_all_rules_that_fit_apply() -> None:
    rules = (
        rule(name="all"),
        rule(name="drones", classes=DRONES),
        rule(name="heavies", classes=("fixed-wing", "unmanned")),
        rule(name="gliders", classes=("glider", "*")),
    )
    events = run(flown("B6", "A5"), Monitor(policy(*rules)), since_s=0, until_s=50)
    assert opened(events) == ["all", "drones", "heavies"]


def test_a_rule_of_ones_own_yields_only_to_what_is_surely_about_the_pair() -> None:
    own = replace(rule(name="own"), yields=True)
    agreed = rule(name="drones", accord="sha256:1", classes=DRONES)
    for one, expected in (("B6", ["drones"]), (None, ["drones", "own"]), ("A1", ["own"])):
        for rules in ((own, agreed), (agreed, own)):
            events = run(flown(one, "A3"), Monitor(policy(*rules)), since_s=0, until_s=50)
            assert opened(events) == expected


def test_a_class_that_is_told_late_ends_what_no_longer_is_the_rules() -> None:
    picture, monitor = Picture(), Monitor(policy(rule(classes=DRONES)))
    events = run(flown(None, "A3"), monitor, since_s=20, until_s=30, picture=picture)
    assert opened(events) == ["r"]
    events = run(flown("B1", "A3"), monitor, since_s=30, until_s=33, picture=picture)
    closed = [event for event in events if isinstance(event, EncounterClosed)]
    assert len(closed) == 1
    assert closed[0].reason.startswith("not of the classes of aircraft that the rule is about")
    assert not monitor.alerts()


def test_who_has_said_two_classes_is_held_to_both() -> None:
    picture, monitor = Picture(), Monitor(policy(rule(classes=DRONES)))
    run(flown("B6", "A3", at_s=30), monitor, since_s=0, until_s=2, picture=picture)
    events = run(flown("B1", "A3", at_s=30), monitor, since_s=2, until_s=50, picture=picture)
    assert opened(events) == ["r"]
    assert "A1A1 has said that it is glider or unmanned" in next(
        event.reason for event in events if isinstance(event, EncounterOpened)
    )


def watch(general_nm: float, **by_class_nm: float) -> Watch:
    """by_class_nm: first_second=distance."""
    entries = [
        {"classes": name.replace("any", "*").split("_"), "horizontal_nm": nm}
        for name, nm in by_class_nm.items()
    ]
    return Watch.model_validate({"horizontal_nm": general_nm, "class": entries})


@pytest.mark.parametrize(
    ("one", "other", "expected_nm"),
    [
        (["B6"], ["A1"], 5.0),  # smaller than the general one
        (["A1"], ["B6"], 5.0),
        (["B6"], ["A5"], 30.0),  # two fit: the largest
        (["A1"], ["A1"], 20.0),
        ([], ["A1"], 20.0),  # may be a drone (5), may be none (20)
        ([], ["A5"], 30.0),  # may be a drone
        ([], ["B6"], 30.0),  # may be heavy
        ([], [], 30.0),
        (["A1", "B6"], ["B1"], 20.0),
    ],
)
def test_the_watch_distance_is_the_largest_that_may_apply(
    one: list[str], other: list[str], expected_nm: float
) -> None:
    asked = MonitorPolicy(watches=(watch(20.0, unmanned_any=5.0, unmanned_heavy=30.0),))
    first, second = (np.array([kinds_of(said)], np.int32) for said in (one, other))
    assert watched_nm(asked, first, second).tolist() == [expected_nm]
    assert watched_nm(replace(asked, watch_nm=12.0), first, second).tolist() == [max(expected_nm, 12.0)]
    wider = replace(asked, watches=(*asked.watches, watch(25.0)))
    assert watched_nm(wider, first, second).tolist() == [max(expected_nm, 25.0)]
    assert wider.widest_watch_nm == 30.0


def test_without_any_watch_nothing_is_watched() -> None:
    none = np.array([UNKNOWN], np.int32)
    assert watched_nm(MonitorPolicy(), none, none).tolist() == [0.0]
    assert MonitorPolicy().widest_watch_nm is None
    assert watched_nm(MonitorPolicy(watches=(watch(9.0, heavy_any=2.0),)), none[:0], none[:0]).shape == (0,)


def test_approaches_are_recorded_within_the_distance_of_their_classes() -> None:
    asked = policy(watches=(watch(20.0, unmanned_any=5.0),))
    for one, seen in (("B6", False), ("A1", True), (None, True)):
        events = run(flown(one, "A3", at_s=10, miss_nm=8.0), Monitor(asked), since_s=0, until_s=20)
        found = [event for event in events if isinstance(event, ApproachOpened)]
        assert len(found) == seen
        assert all(event.reason.startswith("nearer than 20 NM") for event in found)


# ---- properties

classes = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))
told = st.sampled_from([code for codes in CATEGORIES.values() for code in codes])
kind_sets = st.lists(st.integers(1, UNKNOWN), min_size=1, max_size=8)
flights = st.lists(
    st.tuples(
        st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(-1500.0, 1500.0),
        st.floats(100.0, 500.0), st.floats(0.0, 359.0), told,
    ),
    min_size=2, max_size=5,
)  # fmt: skip
SPAN_S = 25


def sky(drawn: list[tuple[float, float, float, float, float, str]]) -> list[Flight]:
    return [
        Flight(
            f"{'ab'[number % 2]}{number}", 40.0 + north, 10.0 + east, 20_000.0 + up, speed, track,
            at_s=15.0, category=category,
        )
        for number, (north, east, up, speed, track, category) in enumerate(drawn)
    ]  # fmt: skip


def watched(flown: list[Flight], asked: tuple[str, str] | None) -> list[MonitorEvent]:
    held = rule(3.0, 1000.0, max_dwell_s=5.0)
    held = replace(held, rule=held.rule.model_copy(update={"classes": asked}))
    return run(flown, Monitor(policy(held)), since_s=0, until_s=SPAN_S)


def identity(event: MonitorEvent) -> tuple[object, ...]:
    key = event.alert_key if isinstance(event, Alert) else event.start_time
    return type(event), event.pair, key, event.sky_time


@settings(max_examples=25)
@given(flights, classes)
def test_a_rule_for_classes_finds_among_them_what_the_rule_without_finds(
    drawn: list[tuple[float, float, float, float, float, str]], asked: tuple[str, str]
) -> None:
    """Not one event more, less or other."""
    flown = sky(drawn)
    kinds = {flight.icao24: kinds_of([flight.category]) for flight in flown}
    everything = watched(flown, None)
    expected = [event for event in everything if fits(asked, *(kinds[name] for name in event.pair))]
    assert watched(flown, asked) == expected
    assert all(isinstance(event, (Alert, Encounter)) for event in everything)


@settings(max_examples=25)
@given(flights, classes, st.data())
def test_saying_nothing_escapes_no_rule(
    drawn: list[tuple[float, float, float, float, float, str]], asked: tuple[str, str], data: st.DataObject
) -> None:
    flown = sky(drawn)
    silent = data.draw(st.sets(st.sampled_from([flight.icao24 for flight in flown])))
    quiet = [replace(f, category=None) if f.icao24 in silent else f for f in flown]
    before = {identity(event): event for event in watched(flown, asked)}
    after = {identity(event): event for event in watched(quiet, asked)}
    # an alert that turns confident is an update more or less; what begins and ends is the same
    lasting = {key for key in before if key[0].__name__ != "AlertUpdated"}  # type: ignore[attr-defined]
    assert lasting <= set(after)
    if silent == {flight.icao24 for flight in flown}:
        assert {key[1] for key in after} == {event.pair for event in watched(flown, None)}


@given(classes, kind_sets, kind_sets)
def test_may_and_must_are_what_every_choice_of_kinds_says(
    asked: tuple[str, str], one: list[int], other: list[int]
) -> None:
    first, second = np.array(one * len(other), np.int32), np.repeat(np.array(other, np.int32), len(one))
    may_be, must_be = of_classes(asked, first, second)
    for a, b, may, must in zip(first.tolist(), second.tolist(), may_be, must_be, strict=True):
        choices = [
            fits(asked, x, y) for x, y in product([k for k in KINDS if k & a], [k for k in KINDS if k & b])
        ]
        assert may == any(choices)
        assert not must or all(choices)
        if a in KINDS and b in KINDS:
            assert must == may


@given(
    st.lists(st.tuples(classes, st.floats(1.0, 90.0)), max_size=4),
    st.integers(1, UNKNOWN),
    st.integers(1, UNKNOWN),
)
def test_the_watch_is_the_largest_over_every_choice_of_kinds(
    entries: list[tuple[tuple[str, str], float]], one: int, other: int
) -> None:
    made = Watch.model_validate(
        {"horizontal_nm": 20.0, "class": [{"classes": list(c), "horizontal_nm": nm} for c, nm in entries]}
    )
    found = watched_nm(MonitorPolicy(watches=(made,)), np.array([one], np.int32), np.array([other], np.int32))
    expected = max(
        max((nm for c, nm in entries if fits(c, x, y)), default=20.0)
        for x, y in product([k for k in KINDS if k & one], [k for k in KINDS if k & other])
    )
    assert found.tolist() == [expected]
