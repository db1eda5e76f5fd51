"""The 32-bit look drops no pair that the exact answer finds: pairs at the very edge of the minimum."""

from __future__ import annotations

import numpy as np
import pytest

from skyaccord.airspace.geodesy import ecef, normals, velocity_ecef
from skyaccord.separation.conflict_grid import ROUNDING
from skyaccord.separation.conflicts import conflict_pairs
from skyaccord.separation.tolerance import ALMOST_EQUAL
from tests.separation.oracle import Floats
from tests.separation.test_conflicts import Sky, as_tuples

PAIRS = 200
RADIUS_M = 6_371_000.0


def grazing(
    generator: np.random.Generator,
    spread_deg: float,
    minimum_m: float,
    lookahead_s: float,
    *,
    slower: float = 1.0,
    speeds_kt: tuple[float, float] = (200.0, 500.0),
) -> Sky:
    """Far-flung pairs, each on courses whose least distance is about the minimum. slower: the other's speed
    as a share of the one's."""

    def both(one: Floats, other: Floats) -> Floats:
        return np.stack((one, other), axis=1).reshape(-1)

    uniform = generator.uniform
    latitude, longitude = uniform(-spread_deg, spread_deg, (2, PAIRS))
    bearing, ahead_s = uniform(0, 2 * np.pi, PAIRS), uniform(0, lookahead_s, PAIRS)
    speed_kt = uniform(*speeds_kt, PAIRS)
    metres = minimum_m * uniform(0.999, 1.001, PAIRS)
    closing_m = (1.0 + slower) * speed_kt * 1852 / 3600 * ahead_s  # head-on, passing beside each other
    track = np.degrees(bearing) + 90.0
    # the other lies `metres` across and `closing_m` ahead along the track (bearing + 90 degrees)
    north = metres * np.cos(bearing) + closing_m * np.cos(np.radians(track))
    east = metres * np.sin(bearing) + closing_m * np.sin(np.radians(track))
    there = latitude + np.degrees(north / RADIUS_M)
    return {
        "latitude": both(latitude, there),
        "longitude": both(
            longitude, longitude + np.degrees(east / RADIUS_M) / np.cos(np.radians((latitude + there) / 2))
        ),
        "altitude_ft": both(np.arange(PAIRS) * 40.0, np.arange(PAIRS) * 40.0),
        "groundspeed_kt": both(speed_kt, slower * speed_kt),
        "track_deg": both(track % 360, (track + 180) % 360),
        "vertical_rate_ftmin": np.zeros(2 * PAIRS),
    }


@pytest.mark.parametrize("spread_deg", [0.01, 2.0, 50.0])
@pytest.mark.parametrize("lookahead_s", [20.0, 300.0])
@pytest.mark.parametrize("one_minimum", [True, False])
def test_minima_at_the_very_distance_of_each_pair(
    spread_deg: float, lookahead_s: float, one_minimum: bool
) -> None:
    """The minimum is set a hair above what a pair keeps, pair by pair: each must be found, and none below."""
    sky = grazing(np.random.default_rng(8), spread_deg, 9_260.0, lookahead_s)
    n = 2 * PAIRS
    keeps_nm = _least_nm(sky, lookahead_s)
    hair = 20 * ALMOST_EQUAL  # the two are rounded differently, at 6.4e6 m
    asked = np.argsort(np.abs(keeps_nm - 5.0))[:5]
    for k in asked.tolist():
        for sign in (1.0, -1.0):
            nm = float(keeps_nm[k]) * (1 + sign * hair)
            minimum = nm if one_minimum else np.full(n, nm)
            found = conflict_pairs(**sky, horizontal_nm=minimum, vertical_ft=10.0, lookahead_s=lookahead_s)
            same = {pair for pair in as_tuples(found.pairs) if pair[0] // 2 == pair[1] // 2}
            inside = {(2 * p, 2 * p + 1) for p in np.flatnonzero(keeps_nm < nm * (1 - hair / 2)).tolist()}
            assert inside <= same
            assert ((2 * k, 2 * k + 1) in same) == (sign > 0)


@pytest.mark.parametrize("one_minimum", [True, False])
@pytest.mark.parametrize(
    ("minimum_m", "slower", "speeds_kt", "spread_deg", "lookahead_s"),
    [
        (9_260.0, 0.05, (400.0, 500.0), 0.01, 300.0),  # one comes level over the other's horizon: `rise`
        (30.0, 1.0, (5.0, 10.0), 2.0, 20.0),  # small minima far from the middle: 32 bits
        (30.0, 1.0, (5.0, 10.0), 0.1, 20.0),  # the same on a grid that is not folded
    ],
)
def test_what_the_look_may_hide_is_allowed_for(  # noqa: PLR0917 - one row of the table above
    minimum_m: float,
    slower: float,
    speeds_kt: tuple[float, float],
    spread_deg: float,
    lookahead_s: float,
    one_minimum: bool,
) -> None:
    """Each pair just inside its own minimum; with one for all, those that keep nearly that much."""
    sky = grazing(
        np.random.default_rng(9), spread_deg, minimum_m, lookahead_s, slower=slower, speeds_kt=speeds_kt
    )
    keeps_nm = _least_nm(sky, lookahead_s)
    hair = 200 * ALMOST_EQUAL
    if one_minimum:
        asked = np.argsort(np.abs(keeps_nm - minimum_m / 1852))[:40].tolist()
        for k in asked:
            nm = float(keeps_nm[k]) * (1 + hair)
            found = conflict_pairs(**sky, horizontal_nm=nm, vertical_ft=10.0, lookahead_s=lookahead_s)
            assert (2 * k, 2 * k + 1) in as_tuples(found.pairs)
        return
    for sign in (1, -1):
        minima = np.repeat(keeps_nm * (1 + sign * hair), 2)
        found = conflict_pairs(**sky, horizontal_nm=minima, vertical_ft=10.0, lookahead_s=lookahead_s)
        same = {pair[0] // 2 for pair in as_tuples(found.pairs) if pair[0] // 2 == pair[1] // 2}
        assert same == (set(range(PAIRS)) if sign > 0 else set())


@pytest.mark.parametrize("one_minimum", [True, False])
@pytest.mark.parametrize("climb_ftmin", [0.0, 1800.0])
def test_heights_a_hair_inside_the_minimum(climb_ftmin: float, one_minimum: bool) -> None:
    """Level: 1,000 ft apart less a hair. Climbing: as much above that as is gained by the very end."""
    generator = np.random.default_rng(10)
    lookahead_s, hair_ft = 60.0, 1000.0 * 50 * ALMOST_EQUAL
    lower_ft = generator.uniform(0, 45_000, PAIRS)
    ahead_ft = climb_ftmin * lookahead_s / 60.0
    for sign in (1, -1):
        other_ft = lower_ft + ahead_ft + 1000.0 - sign * hair_ft
        sky = {
            "latitude": np.repeat(40.0 + 0.05 * np.arange(PAIRS), 2),
            "longitude": np.repeat(generator.uniform(-1, 1, PAIRS), 2),
            "altitude_ft": np.stack((lower_ft, other_ft), axis=1).reshape(-1),
            "groundspeed_kt": np.zeros(2 * PAIRS),
            "track_deg": np.zeros(2 * PAIRS),
            "vertical_rate_ftmin": np.tile([climb_ftmin, 0.0], PAIRS),
        }
        minimum = 0.5 if one_minimum else np.full(2 * PAIRS, 0.5)
        found = conflict_pairs(**sky, horizontal_nm=minimum, vertical_ft=1000.0, lookahead_s=lookahead_s)
        expected = [(2 * k, 2 * k + 1) for k in range(PAIRS)] if sign > 0 else []
        assert as_tuples(found.pairs) == expected


def _least_nm(sky: Sky, lookahead_s: float) -> Floats:
    """What each pair keeps, in the plane below its middle: no grid, no search."""
    latitude, longitude = sky["latitude"], sky["longitude"]
    point, up = ecef(latitude, longitude), normals(latitude, longitude)
    moving = velocity_ecef(latitude, longitude, sky["groundspeed_kt"] * 1852 / 3600, sky["track_deg"])
    normal = up[::2] + up[1::2]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)

    def level(vector: Floats) -> Floats:
        apart = vector[1::2] - vector[::2]
        flat: Floats = apart - (apart * normal).sum(axis=1, keepdims=True) * normal
        return flat

    p, v = level(point), level(moving)
    time = np.clip(-(p * v).sum(axis=1) / (v * v).sum(axis=1), 0.0, lookahead_s)
    least: Floats = np.linalg.norm(p + v * time[:, None], axis=1) / 1852
    return least


def test_the_margin_is_above_what_32_bits_lose() -> None:
    """The look's own arithmetic with 32 bits, against 64, on the worst of many: a third of the margin."""
    generator = np.random.default_rng(3)
    n, largest_m, sweep_m = 200_000, 4e6, 4e4
    place, other = generator.uniform(-largest_m, largest_m, (2, n, 2))
    other = place + generator.uniform(-3 * sweep_m, 3 * sweep_m, (n, 2))
    one_v, other_v = generator.uniform(-300, 300, (2, n, 2))

    def least(kind: type[np.floating]) -> Floats:
        p = other.astype(kind) - place.astype(kind)
        v = other_v.astype(kind) - one_v.astype(kind)
        time = -(p * v).sum(axis=1) / np.maximum((v * v).sum(axis=1), kind(1e-30))
        moved = p + v * np.clip(time, kind(-60), kind(60))[:, None]
        return np.sqrt((moved.astype(np.float64) ** 2).sum(axis=1))

    worst_m = np.abs(least(np.float32) - least(np.float64)).max()
    assert 0.0 < worst_m < ROUNDING * (largest_m + sweep_m) / 3
