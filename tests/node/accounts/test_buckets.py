"""Token buckets and back-off, on a clock in the hand."""

import pytest

from skyaccord.node.accounts.buckets import FREE_FAILURES, KEYS_MAX, WAIT_S_MAX, BackOff, Buckets


class Hand:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_bucket_is_full_at_first_and_fills_evenly() -> None:
    hand = Hand()
    buckets = Buckets(60, hand)
    assert [buckets.take("a") for _ in range(60)] == [0.0] * 60
    assert buckets.take("a") == pytest.approx(1.0)
    assert buckets.take("b") == 0.0, "another's bucket is another's"
    hand.now_s = 1.0
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == pytest.approx(1.0)
    hand.now_s = 1e6
    assert [buckets.take("a") for _ in range(61)][-1] > 0, "never more than full"


def test_asking_in_vain_costs_nothing() -> None:
    hand = Hand()
    buckets = Buckets(60, hand)
    for _ in range(200):
        buckets.take("a")
    hand.now_s = 1.0
    assert buckets.take("a") == 0.0


def test_neither_grows_without_bound() -> None:
    hand = Hand()
    buckets, back_off = Buckets(60, hand), BackOff(hand)
    for number in range(KEYS_MAX + 10):
        buckets.take(str(number))
        back_off.failed(str(number))
    assert len(buckets._held) == KEYS_MAX
    assert len(back_off._failures) == KEYS_MAX


def test_waits_double_to_a_minute_and_end_with_success() -> None:
    hand = Hand()
    back_off = BackOff(hand)
    waits = []
    for _ in range(16):
        back_off.failed("noor")
        waits.append(back_off.wait_s("noor"))
        hand.now_s += waits[-1]
    assert waits[: FREE_FAILURES - 1] == [0.0] * (FREE_FAILURES - 1)
    assert waits[FREE_FAILURES - 1 : FREE_FAILURES + 3] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == waits[-1] == WAIT_S_MAX
    back_off.failed("noor")
    assert back_off.wait_s("amal") == 0.0
    back_off.succeeded("noor")
    assert back_off.wait_s("noor") == 0.0


def test_old_failures_are_forgotten() -> None:
    hand = Hand()
    back_off = BackOff(hand)
    for _ in range(20):
        back_off.failed("noor")
    hand.now_s = 4000.0
    back_off.failed("noor")
    assert back_off.wait_s("noor") == 0.0
