"""What may be published: counts by day and area, so small ones left out that nobody is recognised by them.

Suppression. A count from 1 to below the threshold k is left out, and so is **every total that it would be
part of**: of its day, of its area, and the grand total. Nothing that is shown contains a hidden count, so
nothing that is shown says more of it than that it lies between 1 and k - 1. (The usual remedy, hiding a
second cell of the row and showing the total, is not safe against who knows the rule: with k = 5, a total of 6
over one hidden small count and one hidden large one gives both away.) Where a total is left out, the sum of
what is shown stands as "at least".

Measures contain each other, too: an alert comes before every broken limit, and every breach and NMAC opens an
incident. With 5 incidents and 5 NMAC shown, a hidden count of breaches would be known. So where a count of
broken limits is hidden, that day's alerts of the area and its incidents are withheld, whatever they are.

Only whole days are published: two packs whose windows overlap then show the same cells, and the difference
between them tells nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Final

from skyaccord.accord.model import Accord
from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc
from skyaccord.incidents.events import Event
from skyaccord.incidents.sightings import Sighting, SightingKey
from skyaccord.pack.figures import cases_of
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.pack.seen import VERDICTS

SMALL_COUNT_DEFAULT: Final = 5
"""Where no accord names one: what statistical offices commonly use for counts of events."""
DAYS_MAX: Final = 3660  # ten years in one document; more days are more documents
THRESHOLD_LEAST: Final = 3
"""Below it, what is left out is 1, and everybody knows."""
MEASURES: Final = ("alerts", "infringements", "breaches", "nmacs", "incidents", "messages")
BROKEN: Final = ("infringements", "breaches", "nmacs")
NOWHERE: Final = "-"

Cell = int | None
"""A count; None: left out, as it is from 1 to below the threshold, or withheld."""


@dataclass(frozen=True)
class Shown:
    """A total as published. exact: no count that is left out is part of it."""

    at_least: int
    exact: bool


@dataclass(frozen=True)
class PublicTable:
    """One measure. cells: (day, area) → count or None. days, areas: all rows and columns, in order. withheld:
    cells that are None because a hidden count of another measure is part of them.
    """

    measure: str
    days: tuple[date, ...]
    areas: tuple[str, ...]
    cells: Mapping[tuple[date, str], Cell]
    withheld: frozenset[tuple[date, str]] = frozenset()

    def of_day(self, day: date) -> Shown:
        """Over the areas."""
        return _total([self.cells[day, area] for area in self.areas])

    def of_area(self, area: str) -> Shown:
        """Over the days."""
        return _total([self.cells[day, area] for day in self.days])

    @property
    def total(self) -> Shown:
        """Over everything."""
        return _total(list(self.cells.values()))


@dataclass(frozen=True)
class PublicPack:
    """What may be published. consent: it may only with the consent of every other party."""

    window: Window
    threshold: int
    consent: bool
    tables: tuple[PublicTable, ...]


def _total(cells: Sequence[Cell]) -> Shown:
    return Shown(sum(cell or 0 for cell in cells), None not in cells)


def suppressed(
    measure: str,
    counts: Mapping[tuple[date, str], int],
    days: Sequence[date],
    areas: Sequence[str],
    threshold: int,
) -> PublicTable:
    """The table with its small counts left out."""
    cells: dict[tuple[date, str], Cell] = {}
    for day in days:
        for area in areas:
            count = counts.get((day, area), 0)
            cells[day, area] = None if 0 < count < threshold else count
    return PublicTable(measure, tuple(days), tuple(areas), cells)


def withholding(tables: Mapping[str, PublicTable]) -> dict[str, PublicTable]:
    """The tables by measure, without the cells that a hidden count of broken limits is part of."""
    hidden = {cell for name in BROKEN for cell, count in tables[name].cells.items() if count is None}
    days = {day for day, _ in hidden}
    incidents = frozenset((day, area) for day in days for area in tables["incidents"].areas)
    return {
        **tables,
        "alerts": _without(tables["alerts"], frozenset(hidden)),
        "incidents": _without(tables["incidents"], incidents),  # of an accord, not of one rule's area
    }


def _without(table: PublicTable, cells: frozenset[tuple[date, str]]) -> PublicTable:
    return replace(table, cells={**table.cells, **dict.fromkeys(cells)}, withheld=cells)


def public_pack(ledger: Ledger, window: Window) -> PublicPack:
    """The aggregates of the window. InputError: an accord forbids it, or the window cuts a day in two."""
    _whole_days(window)
    accords = _accords(ledger, window)
    threshold, consent = _terms(accords)
    counts = _counts(ledger, window)
    days = [
        date.fromordinal(number)
        for number in range(window.start.date().toordinal(), window.end.date().toordinal())
    ]
    areas = sorted({area for found in counts.values() for _, area in found}) or [NOWHERE]
    tables = withholding({name: suppressed(name, counts[name], days, areas, threshold) for name in MEASURES})
    return PublicPack(window, threshold, consent, tuple(tables[name] for name in MEASURES))


def _whole_days(window: Window) -> None:
    for moment in (window.start, window.end):
        if moment.time() != time(0):
            raise InputError(
                f"{format_utc(moment)} is not the beginning of a day, and only whole days are published",
                do="give --from and --to as days, such as 2015-10-10",
            )
    if (window.end - window.start).days > DAYS_MAX:
        raise InputError(f"more than {DAYS_MAX} days in one document", do="make several, of a year each")


def _accords(ledger: Ledger, window: Window) -> list[Accord]:
    """Every accord that was on the record with all signatures in the window."""
    found = {}
    for moment in (window.start, window.end):
        for standing in ledger.book.standings(moment):
            began, ends = standing.accord.validity.start, standing.accord.validity.end
            touches = began < window.end and (ends is None or ends > window.start)
            if touches and not standing.missing and standing.accord.exercise is window.exercise:
                found[standing.digest] = ledger.as_it_runs(standing.digest) or standing.accord
    return [accord for _, accord in sorted(found.items())]


def _terms(accords: Iterable[Accord]) -> tuple[int, bool]:
    """The largest threshold of all, and whether consent is needed. InputError: one says never."""
    thresholds, consent = [], False
    for accord in accords:
        disclosure = accord.disclosure
        if disclosure is None or disclosure.third_parties == "with-consent":
            consent = True  # what nobody agreed to publish needs agreeing
        elif disclosure.third_parties == "never":
            raise InputError(
                f"the accord {accord.name} says that what was exchanged is not told to third parties",
                where="[disclosure] third_parties",
                do="make the parties' own pack, without --public, or agree on an accord that allows it",
            )
        if disclosure is not None and disclosure.small_count is not None:
            thresholds.append(disclosure.small_count)
    return max(THRESHOLD_LEAST, max(thresholds, default=SMALL_COUNT_DEFAULT)), consent


def _counts(ledger: Ledger, window: Window) -> dict[str, Counter[tuple[date, str]]]:
    """measure → (day, area) → count. Meetings are counted once, by whomever they were seen."""
    found: dict[str, Counter[tuple[date, str]]] = {name: Counter() for name in MEASURES}
    for event in ledger.sightings.join.events("conflict"):
        if event.accord is None:
            continue  # what no accord is about is each party's own business
        members = [
            one
            for one in ledger.sightings.members(event)
            if one.key.thing != "opening" and window.holds(event.start, one.first_header.exercise)
        ]
        for name in _measures(members):
            found[name][event.start.date(), _area(ledger, event, members)] += 1
    for case in cases_of(ledger, window):
        if case.accord is not None:
            found["incidents"][case.start.date(), _areas_of(ledger, case.accord)] += 1
    for message in ledger.messages.all():
        if message.accord is not None and window.holds(message.sky_time, message.exercise):
            found["messages"][message.sky_time.date(), _areas_of(ledger, message.accord)] += 1
    return found


def _measures(members: Sequence[Sighting]) -> list[str]:
    """What one conflict counts as: an alert, and the gravest verdict that any side observed."""
    verdicts = [one.observation.verdict for one in members if one.observation is not None]
    names = ["alerts"] if any(one.key.thing == "alert" for one in members) else []
    gravest = max((one for one in verdicts if one in VERDICTS), key=VERDICTS.index, default=None)
    by_verdict = {"infringement": "infringements", "breach": "breaches", "nmac": "nmacs"}
    return names if gravest is None else [*names, by_verdict[gravest]]


def _area(ledger: Ledger, event: Event[SightingKey], members: Sequence[Sighting]) -> str:
    """The area of the rule that was broken, as the accord names it."""
    for one in members:
        rule = getattr(one.body, "rule", None) or getattr(one.observation, "rule", None)
        if rule is not None:
            return ledger.area_of(event.accord, rule) or NOWHERE
    return _areas_of(ledger, event.accord)


def _areas_of(ledger: Ledger, accord: str | None) -> str:
    return ledger.area_of(accord, None) or NOWHERE
