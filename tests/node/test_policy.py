"""What the monitor is asked to watch: accords in force, one's own rule, and every watch rule among them."""

from __future__ import annotations

import numpy as np
import pytest

from skyaccord.accord.source import LoadedAccord, load_accord, parse_accord
from skyaccord.airspace.classes import UNKNOWN, kinds_of
from skyaccord.node.policy import OWN_RULE, policy_of
from skyaccord.node.settings import MonitorSettings
from skyaccord.separation.scope import watched_nm
from tests.accord.samples import CLASSES, SMALL, WHOLE


def kinds(category: str | None) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array([kinds_of([category])], np.int32)


@pytest.mark.parametrize(
    ("own_nm", "one", "expected_nm"),
    [(0.0, "B6", 5.0), (0.0, "A1", 20.0), (0.0, None, 20.0), (12.0, "B6", 12.0), (50.0, "A1", 50.0)],
)
def test_the_watch_rule_is_the_widest_for_each_pair_of_classes(
    own_nm: float, one: str | None, expected_nm: float
) -> None:
    plain = parse_accord(SMALL, "small")
    policy = policy_of(MonitorSettings(watch_nm=own_nm), [load_accord(CLASSES), plain], {})
    assert watched_nm(policy, kinds(one), kinds("A1")).tolist() == [expected_nm]


def test_an_accords_classes_reach_the_monitor_beside_ones_own_rule() -> None:
    in_force: list[LoadedAccord] = [load_accord(CLASSES)]
    policy = policy_of(MonitorSettings(), in_force, {"a1": "A"})
    by_id = {rule.rule.id: rule for rule in policy.rules}
    assert by_id["drones"].rule.classes == ("unmanned", "*")
    assert by_id["all"].rule.classes is None
    assert by_id[OWN_RULE].yields
    assert policy.widest_watch_nm == 30.0


def test_no_watch_rule_anywhere_is_none() -> None:
    policy = policy_of(MonitorSettings(watch_nm=0.0), [parse_accord(SMALL, "small")], {})
    assert policy.widest_watch_nm is None
    assert watched_nm(policy, np.array([UNKNOWN], np.int32), np.array([UNKNOWN], np.int32)).tolist() == [0.0]


def test_rules_by_area_and_the_places_of_accords_reach_the_monitor() -> None:
    policy = policy_of(MonitorSettings(), [load_accord(WHOLE)], {})
    by_id = {rule.rule.id: rule for rule in policy.rules}
    latitude, longitude = np.array([15.0, 11.0, 50.0]), np.array([15.0, 11.0, 50.0])
    inside = {
        name: [any(area.contains(latitude, longitude)[k] for area in by_id[name].areas) for k in range(3)]
        for name in ("r", "near")
    }
    assert inside == {"r": [True, True, False], "near": [True, False, False]}
    found = {(place.thing, place.place): place.parties for place in policy.places}
    assert found == {
        ("line", "river"): {"A"},
        ("line", "border"): {"A", "B"},
        ("zone", "base"): {"A"},
        ("caution", "gliders"): {"A", "B"},
    }
    assert policy_of(MonitorSettings(), [], {}).places == ()
