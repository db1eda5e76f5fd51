"""What is published says of a count that was left out only that it is small: whoever knows the rule, and
everything that is shown, finds every small value possible."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.accord.procedures import Disclosure
from skyaccord.base.errors import InputError
from skyaccord.pack.document import public_document
from skyaccord.pack.ledger import Window
from skyaccord.pack.public import MEASURES, PublicPack, PublicTable, Shown, suppressed, withholding
from skyaccord.pack.public import _terms as terms
from skyaccord.pack.public import _whole_days as whole_days
from skyaccord.paper.plain import document_lines

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


def published(counts: dict[str, int], threshold: int) -> tuple[object, ...]:
    """One day and area as a reader gets it, with every measure."""
    cell = (DAYS[0], "north")
    tables = withholding(
        {name: suppressed(name, {cell: counts[name]}, DAYS[:1], ["north"], threshold) for name in MEASURES}
    )
    return tuple((name, tables[name].cells[cell], *shown(tables[name])) for name in MEASURES)


@pytest.mark.parametrize("threshold", [3, 4])
def test_measures_that_contain_each_other_give_nothing_away(threshold: int) -> None:
    """The attacker knows that every broken limit had its alert, and every breach and NMAC its incident: of
    all worlds that are published alike, those of a hidden count hold every small number."""
    worlds: dict[tuple[object, ...], list[dict[str, int]]] = {}
    sizes = range(threshold + 2)
    for broken, breach, nmac, alone, reported in product(sizes, sizes, sizes, range(3), range(3)):
        counts = {
            "infringements": broken, "breaches": breach, "nmacs": nmac, "messages": 0,
            "alerts": broken + breach + nmac + alone, "incidents": breach + nmac + reported,
        }  # fmt: skip
        worlds.setdefault(published(counts, threshold), []).append(counts)
    hidden = 0
    for told, alike in worlds.items():
        for name, cell, *_ in told:  # type: ignore[misc]
            if name in ("infringements", "breaches", "nmacs") and cell is None:
                hidden += 1
                assert {counts[name] for counts in alike} == set(range(1, threshold)), told
    assert hidden > 20


def test_what_is_withheld_is_told_from_what_is_small() -> None:
    day = DAYS[0]
    few = {"breaches": {(day, "north"): 1}, "alerts": {(day, "north"): 9, (day, "south"): 9}}
    tables = withholding({name: suppressed(name, few.get(name, {}), DAYS, AREAS, 5) for name in MEASURES})
    assert tables["breaches"].withheld == frozenset()
    assert tables["alerts"].withheld == {(day, "north")}
    assert tables["alerts"].cells[day, "south"] == 9
    assert tables["alerts"].of_day(day) == Shown(9, False)
    assert tables["incidents"].withheld == {(day, "north"), (day, "south")}


def test_a_threshold_of_two_would_hide_nothing() -> None:
    class Says:
        disclosure = Disclosure(notices="reference", third_parties="free", small_count=2)

    assert terms([Says()]) == (3, False)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "less than 5"), ("ru", "меньше 5"), ("ar", "أقل من 5")]
)
def test_what_is_left_out_is_said_in_words(language: str, words: str) -> None:
    """A sign for "less" turns round in Arabic, and says the opposite."""
    few = {"breaches": {(DAYS[0], "north"): 1}, "alerts": {(DAYS[0], "north"): 9}}
    tables = withholding({name: suppressed(name, few.get(name, {}), DAYS, AREAS, 5) for name in MEASURES})
    start = datetime(2026, 3, 1, tzinfo=UTC)
    pack = PublicPack(
        Window(start, start + timedelta(days=3)), 5, False, tuple(tables[name] for name in MEASURES)
    )
    lines = document_lines(public_document(pack, "A", language), isolates=False)
    assert sum(f" {words} " in f" {line} ".replace("|", " ") for line in lines) == 1
    assert any("| – |" in line for line in lines)
    assert not any("<" in line or ">" in line for line in lines)
