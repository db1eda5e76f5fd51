"""Many pairs at once: the same as one by one, each row its own."""

from __future__ import annotations

import numpy as np

from skyaccord.separation.pair_kernels import inside_pieces, least_horizontal_on
from skyaccord.separation.piece import inside_piece

GENERATOR = np.random.default_rng(7)
N = 200
POSITION = GENERATOR.uniform((-3000, -3000, -400), (3000, 3000, 400), (N, 3))
VELOCITY = GENERATOR.uniform((-150, -150, -15), (150, 150, 15), (N, 3))


def test_each_is_nearest_where_a_fine_look_has_it() -> None:
    time_in, time_out = GENERATOR.uniform(0, 10, N), GENERATOR.uniform(20, 60, N)
    time_in[::7] = np.nan
    time, horizontal, vertical = least_horizontal_on(POSITION, VELOCITY, time_in, time_out)
    for k in range(N):
        if np.isnan(time_in[k]):
            assert np.isnan([time[k], horizontal[k], vertical[k]]).all()
            continue
        times = np.linspace(time_in[k], time_out[k], 5001)
        track = POSITION[k] + VELOCITY[k] * times[:, None]
        apart = np.hypot(track[:, 0], track[:, 1])
        assert time_in[k] <= time[k] <= time_out[k]
        assert apart.min() - 2.0 <= horizontal[k] <= apart.min() + 1e-9
        there = POSITION[k] + VELOCITY[k] * time[k]
        np.testing.assert_allclose(
            (horizontal[k], vertical[k]), (np.hypot(there[0], there[1]), abs(there[2])), atol=1e-9
        )


def test_each_has_its_own_limits_and_duration() -> None:
    across, up = GENERATOR.uniform(500, 3000, N), GENERATOR.uniform(50, 400, N)
    duration = GENERATOR.uniform(0, 60, N)
    for any_breaks in (False, True):
        found = inside_pieces(POSITION, VELOCITY, across, up, any_breaks, duration)
        alone = [
            inside_piece(*POSITION[k], *VELOCITY[k], across[k], up[k], any_breaks, duration[k])
            for k in range(N)
        ]
        np.testing.assert_array_equal(found, alone)
        assert 0 < np.isnan(found[:, 0]).sum() < N
