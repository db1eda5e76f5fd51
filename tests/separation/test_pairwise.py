"""The pairwise kernels against NASA's DAIDALUS (600 pairs), closed forms, and dense sampling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import InputError
from skyaccord.separation.alerters import ALERTERS, CylinderVolume, Level
from skyaccord.separation.pairwise import (
    alert_level,
    closest_approach,
    cylinder_interval,
    well_clear_interval,
)
from tests.separation.oracle import Floats, Oracle

Booleans = npt.NDArray[np.bool_]

CYLINDERS = {
    "5nm_1000ft": (9260.0, 304.8),
    "nmac_500ft_100ft": (152.4, 30.48),
    "50m_15m": (50.0, 15.0),
}
TOLERANCE = 1e-3  # seconds and metres, tests/data/oracle/README.md


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle("daidalus.csv")


def test_oracle_is_whole(oracle: Oracle) -> None:
    assert len(oracle.columns["id"]) == 600


def test_closest_approach_agrees_with_daidalus(oracle: Oracle) -> None:
    time_s, horizontal_m, vertical_m = closest_approach(oracle.position, oracle.velocity)
    moving = ~np.isnan(oracle["hcpa_t_s"])  # it has no answer without relative motion
    np.testing.assert_allclose(time_s[moving], oracle["hcpa_t_s"][moving], atol=TOLERANCE, rtol=0)
    np.testing.assert_allclose(horizontal_m[moving], oracle["hcpa_d_m"][moving], atol=TOLERANCE, rtol=0)
    assert (time_s[~moving] == 0).all()
    np.testing.assert_allclose(horizontal_m[~moving], oracle["h_sep_now_m"][~moving], atol=TOLERANCE)
    expected = np.abs(oracle.position[:, 2] + time_s * oracle.velocity[:, 2])
    np.testing.assert_allclose(vertical_m, expected, atol=1e-9)


@pytest.mark.parametrize("name", CYLINDERS)
def test_cylinder_agrees_with_daidalus(oracle: Oracle, name: str) -> None:
    horizontal_m, vertical_m = CYLINDERS[name]
    time_in, time_out = cylinder_interval(oracle.position, oracle.velocity, horizontal_m, vertical_m, 300.0)
    conflict = oracle[f"cyl_{name}_conf"] > 0
    np.testing.assert_array_equal(~np.isnan(time_in), conflict)
    np.testing.assert_array_equal(~np.isnan(time_out), conflict)
    np.testing.assert_array_equal(time_in == 0, oracle[f"cyl_{name}_los_now"] > 0)
    np.testing.assert_allclose(time_in, oracle[f"cyl_{name}_tin_s"], atol=TOLERANCE, rtol=0)
    np.testing.assert_allclose(time_out, oracle[f"cyl_{name}_tout_s"], atol=TOLERANCE, rtol=0)


def test_well_clear_agrees_with_daidalus(oracle: Oracle) -> None:
    time_in, time_out = well_clear_interval(oracle.position, oracle.velocity, 180.0)
    np.testing.assert_array_equal(~np.isnan(time_in), oracle["wcv_conf"] > 0)
    np.testing.assert_array_equal(time_in == 0, oracle["wcv_los_now"] > 0)
    np.testing.assert_allclose(time_in, oracle["wcv_tin_s"], atol=TOLERANCE, rtol=0)
    np.testing.assert_allclose(time_out, oracle["wcv_tout_s"], atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize(
    ("alerter", "column"),
    [("do365b-phase1", "p1_alert"), ("do365b-phase2", "p2_alert"), ("do365b-noncooperative", "nc_alert")],
)
def test_alert_levels_agree_with_daidalus(oracle: Oracle, alerter: str, column: str) -> None:
    levels = alert_level(oracle.position, oracle.velocity, alerter)
    np.testing.assert_array_equal(levels, oracle[column])


@pytest.mark.parametrize("alerter", ALERTERS)
def test_times_into_each_level_agree_with_daidalus(oracle: Oracle, alerter: str) -> None:
    prefix = {"do365b-phase1": "p1", "do365b-phase2": "p2", "do365b-noncooperative": "nc"}[alerter]
    for level in ALERTERS[alerter]:
        volume = level.volume
        assert not isinstance(volume, CylinderVolume)
        time_in, _ = well_clear_interval(
            oracle.position,
            oracle.velocity,
            180.0,
            horizontal_m=volume.horizontal_m,
            vertical_m=volume.vertical_m,
            tau_s=volume.tau_s,
        )
        expected = oracle[f"{prefix}_t_l{level.level}_s"]
        np.testing.assert_allclose(
            np.where(np.isnan(time_in), np.inf, time_in), expected, atol=TOLERANCE, rtol=0
        )


@pytest.mark.parametrize("size", [(50.0, 15.0), (152.4, 30.48)])
def test_generated_conflicts_in_small_cylinders(size: tuple[float, float]) -> None:
    """Conflicts built backwards from a chosen entry and exit point, which the kernel must find again."""
    horizontal_m, vertical_m = size
    generator = np.random.default_rng(20151014)
    n = 400
    entry_time = generator.uniform(0.5, 200, n)
    stay = generator.uniform(0.05, 60, n)
    angle_in, angle_out = generator.uniform(0, 2 * np.pi, (2, n))
    entry = horizontal_m * np.column_stack((np.cos(angle_in), np.sin(angle_in)))
    leave = horizontal_m * np.column_stack((np.cos(angle_out), np.sin(angle_out)))
    level_in, level_out = generator.uniform(-0.999, 0.999, (2, n)) * vertical_m
    by_wall = np.arange(n) % 2 == 0  # half enter through the side, half through the floor or the top
    level_in = np.where(by_wall, level_in, np.sign(level_in) * vertical_m)
    inner = np.where(by_wall, 1.0, generator.uniform(0.05, 0.95, n))[:, None]
    first = np.column_stack((entry * inner, level_in))
    last = np.column_stack((leave, level_out))
    velocity = (last - first) / stay[:, None]
    position = first - velocity * entry_time[:, None]
    deep = np.linalg.norm(first[:, :2] - last[:, :2], axis=1) > 0.02 * horizontal_m  # no mere touches
    found_in, found_out = cylinder_interval(position, velocity, horizontal_m, vertical_m, 300.0)
    chosen = deep & (entry_time < 300)
    assert chosen.sum() >= 200
    np.testing.assert_allclose(found_in[chosen], entry_time[chosen], atol=1e-6)
    np.testing.assert_allclose(found_out[chosen], np.minimum(entry_time + stay, 300)[chosen], atol=1e-6)


coordinate = st.floats(-20_000, 20_000)
speed = st.floats(-400, 400)
pair = st.tuples(coordinate, coordinate, st.floats(-3000, 3000), speed, speed, st.floats(-60, 60))


@given(pair, st.floats(20, 10_000), st.floats(5, 1_000))
@settings(max_examples=300, deadline=None)
def test_cylinder_against_dense_sampling(
    values: tuple[float, ...], horizontal_m: float, vertical_m: float
) -> None:
    position, velocity = np.array(values[:3]), np.array(values[3:])
    found = cylinder_interval(position, velocity, horizontal_m, vertical_m, 300.0)
    time_in, time_out = found[0][0], found[1][0]
    times = np.linspace(0, 300, 3001)
    track = position + velocity * times[:, None]
    norm = np.maximum(np.hypot(track[:, 0], track[:, 1]) / horizontal_m, np.abs(track[:, 2]) / vertical_m)
    if np.isnan(time_in):
        assert (norm >= 1 - 1e-6).all()
        return
    assert 0 <= time_in <= time_out <= 300
    assert (norm[(times > time_in) & (times < time_out)] < 1 + 1e-6).all()
    assert (norm[(times < time_in - 1e-6) | (times > time_out + 1e-6)] > 1 - 1e-6).all()


@given(pair)
@settings(max_examples=300, deadline=None)
def test_well_clear_against_its_definition(values: tuple[float, ...]) -> None:
    position, velocity = np.array(values[:3]), np.array(values[3:])
    found = well_clear_interval(position, velocity, 180.0)
    time_in, time_out = found[0][0], found[1][0]
    times = np.linspace(0, 180, 1801)
    inside = (times >= time_in) & (times <= time_out)  # nowhere, if they are nan
    clearly = (times > time_in + 1e-6) & (times < time_out - 1e-6)
    assert not (not_well_clear(position, velocity, times, 1 - 1e-6) & ~inside).any()
    assert not (clearly & ~not_well_clear(position, velocity, times, 1 + 1e-6)).any()


@given(pair, st.sampled_from([5.0, 20.0, 60.0]))
@settings(deadline=None)
def test_well_clear_with_a_time_to_the_same_height(values: tuple[float, ...], vertical_tau_s: float) -> None:
    position, velocity = np.array(values[:3]), np.array(values[3:])
    found = well_clear_interval(position, velocity, 180.0, vertical_tau_s=vertical_tau_s)
    time_in, time_out = found[0][0], found[1][0]
    times = np.linspace(0, 180, 1801)
    inside = (times >= time_in) & (times <= time_out)
    clearly = (times > time_in + 1e-6) & (times < time_out - 1e-6)
    assert not (not_well_clear(position, velocity, times, 1 - 1e-6, vertical_tau_s) & ~inside).any()
    assert not (clearly & ~not_well_clear(position, velocity, times, 1 + 1e-6, vertical_tau_s)).any()


def test_the_time_to_the_same_height_counts_from_far_above() -> None:
    position, velocity = np.array([[0.0, 0.0, 1000.0]]), np.array([[0.0, 0.0, -10.0]])
    for vertical_tau_s, begin in ((0.0, 86.284), (20.0, 80.0), (60.0, 40.0)):
        time_in, time_out = well_clear_interval(position, velocity, 180.0, vertical_tau_s=vertical_tau_s)
        np.testing.assert_allclose([time_in[0], time_out[0]], [begin, 113.716])


def test_at_the_very_limit_is_not_well_clear_and_a_hair_beyond_it_is() -> None:
    hair = 1e-4
    for position, clear in [
        ([1222.32, 0, 0], False),
        ([1222.32 + hair, 0, 0], True),
        ([0, 0, 137.16], False),
        ([0, 0, -137.16 - hair], True),
    ]:
        time_in, _ = well_clear_interval(np.array([position]), np.zeros((1, 3)), 180.0)
        assert bool(np.isnan(time_in[0])) is clear, position
    now = well_clear_interval(np.array([[1000.0, 0, 0]]), np.array([[10.0, 0, 0]]), 0.0)
    assert [found.tolist() for found in now] == [[0.0], [0.0]]


def not_well_clear(
    position: Floats, velocity: Floats, times: Floats, scale: float, vertical_tau_s: float = 0.0
) -> Booleans:
    """The definition at each time, with its distances and times scaled: a little under or over the limits."""
    track = position + velocity * times[:, None]
    distance = np.hypot(track[:, 0], track[:, 1])
    closing = track[:, :2] @ velocity[:2]
    moving = velocity[0] ** 2 + velocity[1] ** 2
    with np.errstate(all="ignore"):
        miss = abs(position[0] * velocity[1] - position[1] * velocity[0]) / np.sqrt(moving)
        tau = (1222.32**2 - distance**2) / closing
        due = (closing < 0) & (miss <= 1222.32 * scale) & (tau >= 0) & (tau <= 35 * scale)
        level_s = -track[:, 2] / velocity[2]
        level = (np.abs(track[:, 2]) <= 137.16 * scale) | (
            (level_s >= 0) & (level_s <= vertical_tau_s * scale) & (vertical_tau_s > 0)
        )
    beside: Booleans = level & ((distance <= 1222.32 * scale) | due)
    return beside


def test_exactly_at_the_limit_is_no_infringement() -> None:
    still = np.zeros((1, 3))
    feet = 4_000 * 0.3048 - 3_000 * 0.3048  # 304.79999999999995: less than the limit by rounding alone
    assert feet < 304.8
    for position, inside in [
        ([9260.0, 0, 0], False),
        ([9260.0 * (1 - 1e-12), 0, 0], False),
        ([9260.0 * (1 - 1e-6), 0, 0], True),
        ([0, 0, feet], False),
        ([0, 0, 304.8 * (1 - 1e-6)], True),
    ]:
        time_in, _ = cylinder_interval(np.array([position]), still, 9260.0, 304.8, 300.0)
        assert bool(np.isfinite(time_in[0])) is inside, position


def test_grazing_the_wall_is_no_infringement() -> None:
    # passes exactly at the limit, in both turns and also vertically in step
    for east in (9260.0, -9260.0):
        position, velocity = np.array([[east, -5000.0, 0.0]]), np.array([[0.0, 100.0, 0.0]])
        assert np.isnan(cylinder_interval(position, velocity, 9260.0, 304.8, 300.0)[0])
    # leaves through the wall now, and has left at the very moment at which it is asked about
    for position, velocity in (([50.0, 0.0, 0.0], [10.0, 0.0, 0.0]), ([0.0, 0.0, 15.0], [0.0, 0.0, 1.0])):
        assert np.isnan(cylinder_interval(position, velocity, 50.0, 15.0, 300.0)[0])
        entering = cylinder_interval(position, [-part for part in velocity], 50.0, 15.0, 0.0)
        assert np.isnan(entering[0])
    # enters the disc at the very moment it leaves the band
    position, velocity = np.array([[-10_260.0, 0.0, 204.8]]), np.array([[100.0, 0.0, 10.0]])
    assert np.isnan(cylinder_interval(position, velocity, 9260.0, 304.8, 300.0)[0])


def test_same_velocity_stays_as_it_is() -> None:
    inside, outside = [100.0, 0.0, 10.0], [10_000.0, 0.0, 0.0]
    time_in, time_out = cylinder_interval([inside, outside], np.zeros((2, 3)), 9260.0, 304.8, 300.0)
    assert (time_in[0], time_out[0]) == (0.0, 300.0)
    assert np.isnan(time_in[1])
    assert [found.tolist() for found in closest_approach(inside, [0.0, 0.0, 5.0])] == [[0.0], [100.0], [10.0]]


@given(pair)
@settings(deadline=None)
def test_swapping_the_two_changes_nothing(values: tuple[float, ...]) -> None:
    position, velocity = np.array(values[:3]), np.array(values[3:])
    for one, other in zip(
        cylinder_interval(position, velocity, 9260.0, 304.8, 300.0),
        cylinder_interval(-position, -velocity, 9260.0, 304.8, 300.0),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_each_pair_can_have_its_own_limits() -> None:
    position, velocity = np.tile([1000.0, 0.0, 0.0], (3, 1)), np.zeros((3, 3))
    time_in, _ = cylinder_interval(position, velocity, np.array([500.0, 1000.0, 2000.0]), 100.0, 10.0)
    np.testing.assert_array_equal(np.isfinite(time_in), [False, False, True])


def test_lookahead_of_zero_asks_about_now() -> None:
    for position, expected in (([10.0, 0, 0], 0.0), ([99.0, 0, 0], np.nan)):
        for found in cylinder_interval(position, [-10.0, 0, 0], 50.0, 15.0, 0.0):
            np.testing.assert_array_equal(found, [expected])


def test_tiers_and_combinators() -> None:
    tiers = (
        Level(1, CylinderVolume(5556.0, 914.4), 120.0),
        Level(2, CylinderVolume(5556.0, 914.4), 60.0),
        Level(3, CylinderVolume(5556.0, 914.4), 30.0),
    )
    away = np.array([[5556.0 + 100 * seconds, 0, 0] for seconds in (150, 100, 50, 20, 0)])
    velocity = np.tile([-100.0, 0, 0], (5, 1))
    np.testing.assert_array_equal(alert_level(away, velocity, tiers), [0, 1, 2, 3, 3])
    both = (Level(1, CylinderVolume(5556.0, 914.4, either_breaks=True), 60.0),)
    far_and_level, near_and_high, far_and_high = [20_000.0, 0, 0], [0, 0, 3000.0], [20_000.0, 0, 3000.0]
    still = np.zeros((3, 3))
    np.testing.assert_array_equal(
        alert_level([far_and_level, near_and_high, far_and_high], still, both), [1, 1, 0]
    )


def test_wrong_arguments_say_so() -> None:
    with pytest.raises(InputError, match="shape"):
        cylinder_interval(np.zeros((2, 3)), np.zeros((3, 3)), 1.0, 1.0, 1.0)
    with pytest.raises(InputError, match="shape"):
        closest_approach(np.zeros((2, 2)), np.zeros((2, 2)))
    with pytest.raises(InputError, match="horizontal_m"):
        cylinder_interval(np.zeros((2, 3)), np.zeros((2, 3)), -1.0, 1.0, 1.0)
    with pytest.raises(InputError, match="lookahead_s"):
        cylinder_interval(np.zeros((2, 3)), np.zeros((2, 3)), 1.0, 1.0, np.array([1.0, np.nan]))
    with pytest.raises(InputError, match="do365b-phase1"):
        alert_level(np.zeros((1, 3)), np.zeros((1, 3)), "do365b")
