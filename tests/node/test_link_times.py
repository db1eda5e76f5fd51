"""Ticks and times between two who do not share a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.link_times import FRESH_S, TICK, TICKS_KEPT, PeerTimes

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Pair:
    """A asks B; B's clock is `ahead_s` ahead."""

    def __init__(self, ahead_s: float = 0.0) -> None:
        self.clocks = (ManualClock(START), ManualClock(START + timedelta(seconds=ahead_s)))
        self.a, self.b = (
            PeerTimes(clock, SeededRandomness(number)) for number, clock in enumerate(self.clocks)
        )

    def wait(self, seconds: float) -> None:
        for clock in self.clocks:
            clock.advance(seconds)

    def ask(self, way_s: float = 0.0) -> bool:
        asked_at, headers = self.a.asking()
        self.wait(way_s)
        received, fresh, self.measured = self.b.asked(headers)
        answer = self.b.answering(received)
        self.wait(way_s)
        self.a.answered(asked_at, answer)
        return fresh


def test_the_first_is_not_fresh_the_next_is() -> None:
    pair = Pair(ahead_s=86_400.0)
    assert [pair.ask() for _ in range(3)] == [False, True, True], "whatever the clocks say"
    pair.wait(FRESH_S)
    assert pair.ask()
    pair.wait(FRESH_S + 0.1)
    assert not pair.ask()
    assert pair.ask()


def test_what_was_held_up_on_the_way_is_not_fresh() -> None:
    pair = Pair()
    pair.ask()
    assert not pair.ask(way_s=FRESH_S + 0.1)


def test_what_waited_while_a_machine_slept_is_not_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """The monotonic count of a machine that sleeps stands; its wall clock is set when it wakes."""
    pair = Pair()
    assert [pair.ask(), pair.ask()] == [False, True]
    _, headers = pair.a.asking()
    count = pair.clocks[1].monotonic()
    pair.wait(600.0)
    monkeypatch.setattr(pair.clocks[1], "monotonic", lambda: count)
    assert not pair.b.asked(headers).fresh


def test_a_tick_of_anothers_is_none() -> None:
    pair = Pair()
    pair.ask()
    _, headers = pair.a.asking()
    other = PeerTimes(pair.clocks[1], SeededRandomness(9))
    assert not other.asked(headers).fresh
    assert not pair.b.asked({**headers, TICK: "00" * 8}).fresh
    assert not pair.b.asked({TICK: ""}).fresh


def test_only_so_many_ticks_are_remembered() -> None:
    pair = Pair()
    pair.ask()
    _, headers = pair.a.asking()
    for _ in range(TICKS_KEPT):
        pair.b.answering(START)
    assert not pair.b.asked(headers).fresh


def test_both_sides_measure_the_same_difference() -> None:
    pair = Pair(ahead_s=12.5)
    for _ in range(3):
        pair.ask(way_s=0.25)
        pair.wait(1.0)
    a, b = pair.a.skew.best(), pair.b.skew.best()
    assert a is not None
    assert b is not None
    assert (a.offset_s, a.within_s) == (pytest.approx(12.5), pytest.approx(0.251))
    assert (b.offset_s, b.within_s) == (pytest.approx(-12.5), pytest.approx(0.251))
    assert "12.5 s ahead" in (a.warning or "")


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-22T12:00:00", "x" * 1000, "9999999999"])
def test_nonsense_from_a_peer_measures_nothing(text: str) -> None:
    pair = Pair()
    pair.ask()
    _, headers = pair.a.asking()
    spoilt = {name: text if name != TICK else value for name, value in headers.items()}
    assert pair.b.asked(spoilt).fresh
    assert pair.b.skew.best() is None
    pair.a.answered(START, dict.fromkeys(("skyaccord-sent", "skyaccord-received", TICK), text))


def test_each_request_measures_for_itself_however_old_the_tick() -> None:
    """What was measured before says nothing once a clock was set; a peer that backs off is measured all the
    same."""
    pair = Pair(ahead_s=400 * 86_400.0)
    pair.ask()
    assert pair.measured is None, "nothing to measure with yet"
    pair.wait(60.0)
    assert not pair.ask(way_s=0.25)
    assert pair.measured is not None
    assert pair.measured.furthest_s == pytest.approx(-400 * 86_400.0 - 0.25 - 0.001)
    assert "400 days behind ours" in (pair.measured.warning or "")
    pair.b._clock = ManualClock(START)  # somebody sets it
    pair.ask()
    assert pair.measured is None or abs(pair.measured.offset_s) + pair.measured.within_s > 86_400.0
    pair.ask()
    assert pair.measured is not None
    assert abs(pair.measured.furthest_s) < 61.0
