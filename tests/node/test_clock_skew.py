"""The clocks' difference: right within its bound, quiet below the limit, loud above it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.node.clock_skew import RESOLUTION_S, SAMPLES_KEPT, SKEW_WARN_S, Skew, SkewMeter

START = datetime(2026, 11, 22, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@given(
    offset=st.floats(-1000, 1000),
    there=st.floats(0, 3),
    wait=st.floats(0, 3),
    back=st.floats(0, 3),
)
def test_the_true_offset_is_within_the_bound(offset: float, there: float, wait: float, back: float) -> None:
    meter = SkewMeter()
    meter.add(at(0), at(there + offset), at(there + wait + offset), at(there + wait + back))
    found = meter.best()
    assert found is not None
    assert abs(found.offset_s - offset) <= found.within_s
    assert found.within_s == pytest.approx((there + back) / 2, abs=2 * RESOLUTION_S)


def test_the_quickest_of_the_last_samples_counts() -> None:
    meter = SkewMeter()
    assert meter.best() is None
    meter.add(at(0), at(1), at(1), at(0.01))
    for _ in range(SAMPLES_KEPT - 1):
        meter.add(at(0), at(3), at(3), at(2))
    assert meter.best() == Skew(pytest.approx(0.995), pytest.approx(0.006))
    meter.add(at(0), at(3), at(3), at(2))
    assert meter.best() == Skew(pytest.approx(2.0), pytest.approx(1.001)), "a clock that was set is noticed"


def test_a_clock_that_is_set_is_noticed_at_once() -> None:
    meter = SkewMeter()
    for _ in range(SAMPLES_KEPT):
        meter.add(at(0), at(0.01), at(0.01), at(0.01))
    meter.add(at(0), at(86_400), at(86_400), at(2))
    assert meter.best() == Skew(pytest.approx(86_399.0), pytest.approx(1.001))


def test_times_that_cannot_be_are_left_out() -> None:
    meter = SkewMeter()
    meter.add(at(1), at(0), at(0), at(0))
    meter.add(at(0), at(1), at(0), at(2))
    meter.add(at(0), at(0), at(5), at(1))
    assert meter.best() is None


@pytest.mark.parametrize(
    ("skew", "says"),
    [
        (Skew(SKEW_WARN_S, 0.0), None),
        (Skew(SKEW_WARN_S + 1.0, 1.0), None),
        (Skew(SKEW_WARN_S + 1.0, 0.5), "3.0 s ahead of ours"),
        (Skew(-60.0, 0.5), "60.0 s behind ours"),
    ],
)
def test_a_warning_needs_certainty(skew: Skew, says: str | None) -> None:
    assert skew.warning is None if says is None else says in (skew.warning or "")
