"""Consoles are told everything that matters, in order, after any interruption, in bounded memory."""

import anyio
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.node.live_log import LiveLog


def test_rows_are_numbered_and_replayed_from_the_number_seen() -> None:
    log = LiveLog(100)
    log.publish("alert", "e1", {"state": "active"})
    log.publish("message", "m1", {"text": "radio check"})
    assert [row.frame() for row in log.since(101)] == [
        {"n": 102, "type": "message", "data": {"text": "radio check"}}
    ]
    assert len(log.since(0)) == 2
    assert log.since(102) == []


def test_a_row_that_says_nothing_new_is_not_sent_again() -> None:
    log = LiveLog(0)
    assert log.publish("alert", "e1", {"state": "active"}) is not None
    assert log.publish("alert", "e1", {"state": "active"}) is None
    assert log.last == 1


def test_a_number_of_the_future_gets_everything() -> None:
    """The wall clock was set back between two runs: better twice than never."""
    log = LiveLog(100)
    log.publish("alert", "e1", {"state": "active"})
    assert len(log.since(10_000)) == 1


def test_waiting_ends_with_the_next_row() -> None:
    async def waits() -> list[int]:
        log = LiveLog(0)
        numbers: list[int] = []

        async def reader() -> None:
            seen = 0
            while seen < 3:
                for row in log.since(seen):
                    seen = row.n
                    numbers.append(row.n)
                if seen < 3:
                    await log.changed()

        with anyio.fail_after(5):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(reader)
                await anyio.lowlevel.checkpoint()
                for number in range(3):
                    log.publish("alert", f"e{number}", {"number": number})
                    await anyio.lowlevel.checkpoint()
        return numbers

    assert anyio.run(waits) == [1, 2, 3]


steps = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.booleans()), max_size=60)


@given(steps)
def test_a_console_that_comes_and_goes_ends_with_the_newest_of_every_row(plan: list) -> None:
    log = LiveLog(0)
    seen, shown, truth = 0, {}, {}
    for key, value, reads in plan:
        log.publish("alert", key, {"key": key, "value": value})
        truth[key] = value
        if reads:
            numbers = []
            for row in log.since(seen):
                shown[row.data["key"]] = row.data["value"]
                numbers.append(row.n)
            assert numbers == sorted(numbers)
            seen = max([seen, *numbers])
    for row in log.since(seen):
        shown[row.data["key"]] = row.data["value"]
    assert shown == truth
    assert len(log.since(0)) <= 3
