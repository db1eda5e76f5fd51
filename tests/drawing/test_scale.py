"""Round numbers and clock times for axes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.drawing.panel import clock_ticks
from skyaccord.drawing.scale import Scale, decimals, multiples, round_step, time_step, widened


def test_a_scale_maps_both_ends() -> None:
    scale = Scale(10.0, 20.0, 100.0, 0.0)
    assert (scale(10.0), scale(15.0), scale(20.0)) == (100.0, 50.0, 0.0)


@given(st.floats(1e-3, 1e6), st.integers(1, 12))
def test_steps_are_round_and_few(span: float, count: int) -> None:
    step = round_step(span, count)
    assert span / step <= count + 1e-6
    assert f"{step:.0e}"[0] in "125"
    assert len(multiples(0.0, span, step)) <= count + 2


def test_steps_of_known_spans() -> None:
    assert [round_step(span, 5) for span in (1.0, 3.0, 40.0)] == [0.2, 1.0, 10.0]
    assert [time_step(span, 8) for span in (60, 300, 86_400)] == [10.0, 60.0, 21_600.0]
    assert [decimals(step) for step in (0.05, 0.5, 1.0, 20.0)] == [2, 1, 0, 0]
    assert round_step(0.0, 5) == 1.0


@pytest.mark.parametrize(("low", "high", "ends"), [(0.0, 10.0, (-1.0, 11.0)), (5.0, 5.0, (3.8, 6.2))])
def test_a_widened_range_has_air(low: float, high: float, ends: tuple[float, float]) -> None:
    assert widened(low, high, 0.1, 2.0) == pytest.approx(ends)


def test_ticks_are_round_on_the_clock_not_on_the_axis() -> None:
    ticks = clock_ticks(datetime(2025, 6, 2, 20, 14, 7, tzinfo=UTC), -20.0, 40.0, 6)
    assert ticks == [(-17, "20:13:50"), (-7, "20:14:00"), (3, "20:14:10"), (13, "20:14:20"), (23, "20:14:30"),
                     (33, "20:14:40")]  # fmt: skip
    over_midnight = clock_ticks(datetime(2025, 6, 2, 23, 59, tzinfo=UTC), 0.0, 120.0, 2)
    assert [told for _, told in over_midnight] == ["23:59", "00:00", "00:01"]
