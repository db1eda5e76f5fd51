"""Exercise aircraft move as aircraft do, on the ellipsoid."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from skyaccord.airspace.geodesy import horizontal_distance_m
from skyaccord.demo.flight import (
    ARRIVED_NM,
    CLIMB_FT_S,
    M_PER_NM,
    TURN_RATE_DEG_S,
    Moment,
    fly_legs,
    fly_to,
    straight,
    turn,
    wait_over,
)

START = Moment(0.0, 36.0, 38.0, 20_000.0, 450.0, 45.0)


def metres_between(one: Moment, other: Moment) -> float:
    columns = ([one.latitude], [one.longitude], [other.latitude], [other.longitude])
    return float(horizontal_distance_m(*(np.array(column) for column in columns))[0])


@pytest.mark.parametrize("latitude", [-60.0, 0.0, 36.0, 70.0])
@pytest.mark.parametrize("track", [0.0, 45.0, 90.0, 200.0])
def test_a_step_covers_what_the_speed_says(latitude: float, track: float) -> None:
    start = Moment(0.0, latitude, 38.0, 20_000.0, 450.0, track)
    (after,) = straight(start, 1.0)
    assert metres_between(start, after) == pytest.approx(450.0 * M_PER_NM / 3600.0, rel=1e-4)


def test_a_half_turn_is_as_wide_as_its_diameter() -> None:
    *_, end = turn(START, -180.0, 3.0)
    assert end.track_deg == pytest.approx(225.0)
    assert metres_between(START, end) / M_PER_NM == pytest.approx(6.0, rel=0.01)
    assert end.at_s == pytest.approx(math.pi * 3.0 / (450.0 / 3600.0), abs=1.0)


def test_flying_to_a_place_and_waiting_there() -> None:
    moments = list(
        fly_legs(
            START,
            lambda now: fly_to(now, 37.0, 37.0, 25_000.0),
            lambda now: wait_over(now, 37.0, 37.0, 25_000.0, 900.0),
        )
    )
    assert [moment.at_s for moment in moments] == [float(n) for n in range(len(moments))]
    place = Moment(0.0, 37.0, 37.0, 0.0, 0.0, 0.0)
    waiting = moments[-900:]
    assert max(metres_between(moment, place) for moment in waiting) < 3 * ARRIVED_NM * M_PER_NM
    assert all(moment.altitude_ft == 25_000.0 for moment in waiting)
    for before, after in itertools.pairwise(moments):
        assert abs(after.altitude_ft - before.altitude_ft) <= CLIMB_FT_S
        turned = (after.track_deg - before.track_deg + 180.0) % 360.0 - 180.0
        assert abs(turned) <= TURN_RATE_DEG_S + 1e-9
