"""Periods of coverage as a feed makes them."""

from datetime import UTC, datetime, timedelta

from skyaccord.pack.coverage import CoverageTaker


def test_a_clock_that_jumped_makes_no_period_longer_than_one_may_be() -> None:
    taker = CoverageTaker()
    start = datetime(2015, 10, 20, 9, 0, tzinfo=UTC)
    for after_s in (0, 1, 2, 100_000, 100_001):
        taker.take(start + timedelta(seconds=after_s), [("a00001", start.timestamp() + after_s)], live=True)
    taker.end()
    assert [(body.start - start).total_seconds() for body in taker.made()] == [0, 100_000]
