"""Raising, lowering and clearing of tiers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skyaccord.separation.hysteresis import (
    CLEAR_STEPS,
    RAISE_N,
    TURNING_STEPS_MAX,
    WARNING,
    TierHysteresis,
)


def levels(*seen: int, **more: bool) -> list[int]:
    hysteresis = TierHysteresis()
    return [hysteresis.step(level, inside=False, **more) for level in seen]


def test_two_of_four_raise() -> None:
    assert levels(1, 0, 0, 0, 1) == [0, 0, 0, 0, 0]
    assert levels(1, 0, 0, 1) == [0, 0, 0, 1]
    assert levels(3, 1, 1, 3) == [0, 1, 1, 3]


def test_broken_limits_are_a_warning_at_once() -> None:
    hysteresis = TierHysteresis()
    assert hysteresis.step(0, inside=True) == WARNING
    assert not hysteresis.idle


def test_clearing_takes_clean_steps_in_a_row() -> None:
    hysteresis = TierHysteresis()
    hysteresis.step(0, inside=True)
    for _ in range(CLEAR_STEPS - 1):
        assert hysteresis.step(0, inside=False) == WARNING
    assert hysteresis.step(WARNING, inside=False) == WARNING
    for _ in range(CLEAR_STEPS - 1):
        assert hysteresis.step(0, inside=False) == WARNING
    assert hysteresis.step(0, inside=False) == 0
    assert hysteresis.idle


def test_a_turn_clears_nothing_but_not_for_ever() -> None:
    hysteresis = TierHysteresis()
    hysteresis.step(0, inside=True)
    held = [hysteresis.step(0, inside=False, turning=True) for _ in range(TURNING_STEPS_MAX + CLEAR_STEPS)]
    assert held == [WARNING] * (TURNING_STEPS_MAX + CLEAR_STEPS - 1) + [0]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=200))
def test_any_sequence(steps: list[tuple[int, bool, bool]]) -> None:
    hysteresis = TierHysteresis()
    seen: list[int] = []
    for level, inside, turning in steps:
        before = hysteresis.level
        after = hysteresis.step(level, inside=inside, turning=turning)
        seen.append(WARNING if inside else level)
        if inside:
            assert after == WARNING
        if after > before:  # raised only by what was seen lately
            assert sum(one >= after for one in seen[-RAISE_N:]) >= (1 if inside else 2)
        if after < before:  # lowered only after this many steps below
            assert all(one < before for one in seen[-CLEAR_STEPS:])
            assert len(seen) > CLEAR_STEPS
        if len(seen) >= 2 and min(seen[-2:]) >= 1:
            assert after >= 1
