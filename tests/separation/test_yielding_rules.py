"""A rule that yields is about the pairs that no other rule is about."""

from __future__ import annotations

from dataclasses import replace

from skyaccord.airspace.areas import circle
from skyaccord.separation.events import EncounterClosed, EncounterOpened, MonitorEvent
from skyaccord.separation.monitor import Monitor
from skyaccord.separation.policy import RuleInForce
from tests.separation.sky import head_on, policy, rule, run

OWN = replace(rule(), accord=None, yields=True)


def agreed(*, parties: tuple[str, str] = ("A", "B"), near: float = 36.0) -> RuleInForce:
    area = circle(near, -120.0, 60.0)
    return RuleInForce("sha256:1", rule().rule, rule().tiers, parties=frozenset(parties), areas=(area,))


def opened_under(events: list[MonitorEvent]) -> list[str | None]:
    return [event.accord for event in events if isinstance(event, EncounterOpened)]


def test_a_pair_that_an_accord_is_about_is_the_accords_alone() -> None:
    for rules in ((OWN, agreed()), (agreed(), OWN)):
        assert opened_under(run(head_on(at_s=60), Monitor(policy(*rules)), since_s=0, until_s=120)) == [
            "sha256:1"
        ]


def test_other_pairs_and_other_places_are_not_left_alone() -> None:
    for other in (agreed(parties=("A", "C")), agreed(near=60.0)):
        monitor = Monitor(policy(OWN, other))
        assert opened_under(run(head_on(at_s=60), monitor, since_s=0, until_s=120)) == [None]


def test_a_rule_that_does_not_yield_stands_beside_the_accord() -> None:
    monitor = Monitor(policy(replace(OWN, yields=False), agreed()))
    events = run(head_on(at_s=60), monitor, since_s=0, until_s=120)
    assert sorted(opened_under(events), key=str) == [None, "sha256:1"]
    assert len([event for event in events if isinstance(event, EncounterClosed)]) == 2
