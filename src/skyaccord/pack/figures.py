"""The figures of a pack, each a row of a table: who, under what, how many. docs/pack.md defines every one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from skyaccord.hotline.checking import NOTICE
from skyaccord.hotline.lead import lead_of
from skyaccord.incidents.case import Case
from skyaccord.pack.hotline_figures import drills, line_rows, percentile, responses
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.pack.rows import CrossingRow, Figures, IncidentRow, NoticeRow, SkyRow
from skyaccord.pack.seen import Seen

UNCOORDINATED: Final = "uncoordinated-flight"
COLUMN: Final = {"infringement": "infringements", "breach": "breaches", "nmac": "nmacs"}


def figures(ledger: Ledger, window: Window, events: Sequence[Seen]) -> Figures:
    """Every figure of the window. events: `seen(ledger, window)`."""
    return Figures(
        sky=tuple(_sky(ledger, events)),
        crossings=tuple(_crossings(ledger, events)),
        responses=tuple(responses(ledger, window)),
        line=tuple(line_rows(ledger, window)),
        drills=tuple(drills(ledger, window)),
        incidents=tuple(incident_row(case, ledger.now) for case in cases_of(ledger, window)),
        notices=tuple(_notices(ledger, window)),
        events=tuple(events),
    )


def _sky(ledger: Ledger, events: Iterable[Seen]) -> list[SkyRow]:
    counts: dict[tuple[str, str, str, str], Counter[str]] = {}
    for one in events:
        if one.thing == "crossing":
            continue
        key = (
            one.party,
            ledger.accord_name(one.accord),
            one.rule or "",
            ledger.area_of(one.accord, one.rule),
        )
        found = counts.setdefault(key, Counter())
        found["doubtful"] += not one.confident
        if one.thing == "approach":
            found["approaches"] += 1
        elif one.thing == "alert":
            found["alerts"] += 1
            found["nuisance"] += one.nuisance is True
            found["undecided"] += one.nuisance is None
        else:
            found[COLUMN[one.verdict]] += 1
    return [
        SkyRow(
            *key,
            approaches=found["approaches"],
            alerts=found["alerts"],
            nuisance=found["nuisance"],
            undecided=found["undecided"],
            infringements=found["infringements"],
            breaches=found["breaches"],
            nmacs=found["nmacs"],
            doubtful=found["doubtful"],
        )
        for key, found in sorted(counts.items())
    ]


def _crossings(ledger: Ledger, events: Iterable[Seen]) -> list[CrossingRow]:
    found = Counter(
        (one.party, ledger.accord_name(one.accord), one.rule or "", one.verdict)
        for one in events
        if one.thing == "crossing"
    )
    return [CrossingRow(*key, count) for key, count in sorted(found.items())]


# ── incidents and notices ───────────────────────────────────────────────────────────────────────────────


def cases_of(ledger: Ledger, window: Window) -> list[Case]:
    """The incidents that began in the window, by time."""
    found = [case for case in ledger.cases if window.holds(case.start, case.exercise)]
    return sorted(found, key=lambda case: (case.start, case.id))


def incident_row(case: Case, now: datetime) -> IncidentRow:
    """An incident in one row."""
    return IncidentRow(
        incident=case.id,
        level=case.level,
        reason=case.reason,
        start=case.start,
        opened_by=" ".join(case.opened_by),
        state=case.state,
        accounts=len(case.account_of),
        facts_agreed=sum(one.state == "agreed" for one in case.facts),
        facts_disputed=sum(one.state == "disputed" for one in case.facts),
        missed=sum(one.state(now) == "missed" for one in case.dues()),
    )


def _notices(ledger: Ledger, window: Window) -> list[NoticeRow]:
    reported = Counter(
        opening.party
        for case in cases_of(ledger, window)
        for opening in case.openings
        if opening.reason == UNCOORDINATED
    )
    rows = []
    for party in ledger.parties:
        given = [
            one
            for one in ledger.messages.all()
            if one.code == NOTICE and one.party == party and not one.expired
            if window.holds(one.sky_time, one.exercise)
        ]
        found = (lead_of(ledger.as_it_runs(one.accord), one) for one in given)
        leads = [one for one in found if one is not None]
        before_s = [one.lead_s for one in leads]
        rows.append(
            NoticeRow(
                party,
                len(given),
                len(leads),
                sum(one.late for one in leads),
                min(before_s, default=None),
                percentile(before_s, 50),
                reported[party],
            )
        )
    return rows
