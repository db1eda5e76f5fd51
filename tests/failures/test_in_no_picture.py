"""Black Hawks, 1994: the helicopters were in no picture, because nobody counted them as traffic.

Requirement 14 and the table's last: every class of operator in one picture. A rule without classes is
about all aircraft, also those that say nothing of themselves. Break it: give the rule classes that leave
helicopters out (shown in the test), or filter the picture by category.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from skyaccord.separation.events import AlertRaised
from skyaccord.separation.monitor import Monitor
from tests.separation.sky import head_on, policy, rule, run

ROTORCRAFT, UNMANNED, GLIDER, FIGHTER = "A7", "B6", "B1", "A6"


def alerts(category: str | None, *, only_fixed_wing: bool = False) -> list[AlertRaised]:
    """A fighter head-on with an aircraft of this category."""
    first, second = head_on(at_s=60)
    flights = [replace(first, category=FIGHTER), replace(second, category=category)]
    made = rule(classes=("fixed-wing", "fixed-wing")) if only_fixed_wing else rule()
    events = run(flights, Monitor(policy(made)), since_s=0, until_s=20)
    return [one for one in events if isinstance(one, AlertRaised)]


@pytest.mark.parametrize("category", [ROTORCRAFT, UNMANNED, GLIDER, FIGHTER, "A0", None])
def test_every_class_of_operator_is_in_the_picture_and_alerted(category: str | None) -> None:
    assert alerts(category)


def test_a_rule_that_counts_only_some_classes_shows_what_went_wrong() -> None:
    assert not alerts(ROTORCRAFT, only_fixed_wing=True), "this is 1994"
    assert alerts(None, only_fixed_wing=True), "who says nothing may be of any class, and never escapes"
