"""GPS spoofing near Hmeimim: positions that are wrong and look like any other.

Requirement 15: integrity per track; no confident alert on spoofed data. It is raised all the same: never
miss, never lull. Break it: leave `suspect` out of the picture (shown in the test: tracks without the
doubtful integrity give a confident alert).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from skyaccord.separation.events import AlertRaised
from skyaccord.separation.monitor import Monitor
from skyaccord.tracks.picture import Picture
from tests.separation.sky import START, head_on, policy, rule, table


@pytest.mark.parametrize(("nic", "confident"), [(0, False), (8, True)])
def test_an_alert_on_doubtful_positions_is_raised_and_never_confident(nic: int, *, confident: bool) -> None:
    monitor, picture = Monitor(policy(rule())), Picture()
    raised: list[AlertRaised] = []
    for second in range(20):
        rows = [flight.row(float(second)) for flight in head_on(at_s=60)]
        for row in rows:
            row["nic"], row["nac_p"] = nic, nic
        now = START + timedelta(seconds=second)
        picture.feed(table(rows), now)
        raised += [one for one in monitor.step(picture, now) if isinstance(one, AlertRaised)]
    assert raised, "a doubtful picture is no reason to stay silent"
    assert {one.confident for one in raised} == {confident}
    assert all(("integrity" in one.reason) is not confident for one in raised)
