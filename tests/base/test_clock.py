"""Clocks that can be held in the hand, and sky time as a line over wall time."""

from datetime import UTC, datetime, timedelta

import anyio
import pytest

from skyaccord.base.clock import ManualClock, SkyClock, SystemClock
from skyaccord.base.randomness import SeededRandomness, SystemRandomness

NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)


def test_a_manual_clock_moves_only_when_told_to() -> None:
    clock = ManualClock(NOON)
    assert clock.now() == NOON
    clock.advance(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    assert clock.monotonic() == 90
    anyio.run(clock.sleep, 10)
    assert clock.monotonic() == 100


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        ManualClock(NOON).advance(-1)


def test_a_clock_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone-aware"):
        ManualClock(datetime(2025, 6, 2))  # noqa: DTZ001


def test_the_system_clock_is_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_sky_time_runs_at_its_own_speed() -> None:
    sky = SkyClock(sky_start=datetime(2015, 10, 10, 9, tzinfo=UTC), wall_start=NOON, speed=10)
    assert sky.at(NOON) == datetime(2015, 10, 10, 9, tzinfo=UTC)
    assert sky.at(NOON + timedelta(seconds=6)) == datetime(2015, 10, 10, 9, 1, tzinfo=UTC)


def test_live_sky_time_is_wall_time() -> None:
    later = NOON + timedelta(seconds=5)
    assert SkyClock.live(NOON).at(later) == later


def test_a_seed_repeats_and_the_system_does_not() -> None:
    assert SeededRandomness(7).token_bytes(16) == SeededRandomness(7).token_bytes(16)
    assert SeededRandomness(7).random() == SeededRandomness(7).random()
    assert SystemRandomness().token_bytes(16) != SystemRandomness().token_bytes(16)
    assert 0 <= SystemRandomness().random() < 1
