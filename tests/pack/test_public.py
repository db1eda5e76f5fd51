"""What is published says of a count that was left out only that it is small: whoever knows the rule, and
everything that is shown, finds every small value possible."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import InputError
from skyaccord.pack.ledger import Window
from skyaccord.pack.public import PublicTable, Shown, suppressed
from skyaccord.pack.public import _whole_days as whole_days

DAYS = [date(2026, 3, day) for day in (1, 2, 3)]
AREAS = ["north", "south"]
CELLS = list(product(DAYS, AREAS))


def shown(table: PublicTable) -> list[object]:
    """Everything that a reader gets."""
    return [
        *table.cells.items(),
        *(table.of_day(day) for day in table.days),
        *(table.of_area(area) for area in table.areas),
        table.total,
    ]


@given(st.lists(st.integers(0, 12), min_size=6, max_size=6), st.integers(2, 6))
def test_no_small_count_can_be_worked_out(counts: list[int], threshold: int) -> None:
    """For each hidden cell and each small value, the table with that value there is published alike."""
    true = dict(zip(CELLS, counts, strict=True))
    published = shown(suppressed("alerts", true, DAYS, AREAS, threshold))
    for cell, count in true.items():
        if 0 < count < threshold:
            for other in range(1, threshold):
                assert shown(suppressed("alerts", {**true, cell: other}, DAYS, AREAS, threshold)) == published


@given(st.lists(st.integers(0, 12), min_size=6, max_size=6), st.integers(2, 6))
def test_what_is_shown_is_true(counts: list[int], threshold: int) -> None:
    true = dict(zip(CELLS, counts, strict=True))
    table = suppressed("alerts", true, DAYS, AREAS, threshold)
    for cell, value in table.cells.items():
        assert value == true[cell] if value is not None else 0 < true[cell] < threshold
    for day in DAYS:
        of_day = sum(true[day, area] for area in AREAS)
        total = table.of_day(day)
        assert total.at_least == of_day if total.exact else total.at_least < of_day
    assert table.total.exact is (None not in table.cells.values())


def test_a_total_with_a_hidden_count_in_it_is_a_bound() -> None:
    true = {(DAYS[0], "north"): 2, (DAYS[0], "south"): 9}
    table = suppressed("alerts", true, DAYS, AREAS, 5)
    assert table.cells[DAYS[0], "north"] is None
    assert table.of_day(DAYS[0]) == Shown(9, False)
    assert table.of_area("south") == Shown(9, True)
    assert table.total == Shown(9, False)


@pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(seconds=1)])
def test_only_whole_days(late: timedelta) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(InputError, match="only whole days"):
        whole_days(Window(start, start + timedelta(days=1) + late))
    whole_days(Window(start, start + timedelta(days=2)))
