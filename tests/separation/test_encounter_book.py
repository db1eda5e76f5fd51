"""A pair that goes out and comes in again: one encounter, or two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from skyaccord.separation.encounter_book import REJOIN_S
from skyaccord.separation.events import EncounterBreached, EncounterClosed, EncounterOpened
from skyaccord.separation.monitor import Monitor
from tests.separation.sky import START, Flight, policy, rule, run

OUT_S = 30.0


@dataclass(frozen=True)
class Wavering(Flight):
    """20 ft higher from OUT_S on, for so many seconds."""

    for_s: float = 0.0

    def row(self, time_s: float, *, velocity: bool = True) -> dict[str, object]:
        row = super().row(time_s, velocity=velocity)
        if OUT_S <= time_s < OUT_S + self.for_s:
            row["altitude"] = self.altitude_ft + 20.0
        return row


def encounters(for_s: float) -> tuple[list[EncounterOpened], list[EncounterClosed], list[EncounterBreached]]:
    """Side by side, 90 ft apart under a limit of 100 ft, except while the one wavers: 110 ft."""
    low = Flight("a0", 50.0, 10.0, 10_000.0, 200.0, 90.0)
    high = Wavering("b0", 50.002, 10.0, 10_090.0, 200.0, 90.0, for_s=for_s)
    monitor = Monitor(policy(rule(1.0, 100.0, max_dwell_s=50.0)))
    events = run([low, high], monitor, since_s=0, until_s=70)
    return (
        [event for event in events if isinstance(event, EncounterOpened)],
        [event for event in events if isinstance(event, EncounterClosed)],
        [event for event in events if isinstance(event, EncounterBreached)],
    )


@pytest.mark.parametrize("for_s", [0.0, 1.0, REJOIN_S - 1.0])
def test_who_is_out_for_a_moment_has_not_left(for_s: float) -> None:
    opened, closed, breached = encounters(for_s)
    assert (len(opened), len(closed)) == (1, 0)
    (breach,) = breached  # of the dwell from the first to now, said once
    assert (breach.sky_time - opened[0].start_time).total_seconds() == pytest.approx(51.0, abs=1.0)


@pytest.mark.parametrize("for_s", [REJOIN_S + 1.0, REJOIN_S + 10.0])
def test_who_is_out_for_longer_comes_in_anew(for_s: float) -> None:
    opened, (closed,), breached = encounters(for_s)
    assert len(opened) == 2
    assert not breached  # neither lasted 50 s
    assert closed.reason.startswith("outside the limits again, inside for ")
    assert closed.end_time is not None
    out = START + timedelta(seconds=OUT_S - 0.5)  # half-way between a report inside and one outside
    assert abs((closed.end_time - out).total_seconds()) <= 0.5
    assert closed.dwell_s == pytest.approx((closed.end_time - closed.start_time).total_seconds(), abs=1e-3)
    back = out + timedelta(seconds=for_s)
    assert abs((opened[1].start_time - back).total_seconds()) <= 0.5
    assert (closed.sky_time - closed.end_time).total_seconds() > REJOIN_S
