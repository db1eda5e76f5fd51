"""What the demo promised and what happened: counted from the consoles' rows and from both nodes' journals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skyaccord.base.counting import counted
from skyaccord.base.times import parse_utc
from skyaccord.demo.stage import PARTIES, Stage
from skyaccord.demo.views import Row, View, of_pair

if TYPE_CHECKING:
    from skyaccord.demo.director import Played


@dataclass(frozen=True)
class JournalOutcome:
    """One party's journal, verified from both folders against the party's card. fault: the first, if any."""

    party: str
    entries: int
    verified: bool
    fault: str | None

    @property
    def words(self) -> str:
        """In one line."""
        state = "verified by its card, in both folders" if self.verified else f"NOT VERIFIED: {self.fault}"
        return f"{counted(self.entries, 'entry', 'entries')}, {state}"


@dataclass(frozen=True)
class Outcome:
    """The demo's account of itself.

    states: states taken in, both nodes together, all acts. approaches: recorded by both nodes, each for
    itself. alerts: events under an accord that raised an alert, joined from both nodes. acknowledged: those
    that every party asked has acknowledged. incidents: joined, the same on both nodes. broken: promises not
    kept.
    """

    states: int
    approaches: int
    alerts: int
    acknowledged: int
    incidents: int
    journals: tuple[JournalOutcome, ...]
    broken: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """The object that `--format json` prints."""
        return {
            "nodes": len(PARTIES),
            "states": self.states,
            "approaches": self.approaches,
            "alerts": self.alerts,
            "acknowledged": self.acknowledged,
            "incidents": self.incidents,
            "journals": [
                {"party": one.party, "entries": one.entries, "verified": one.verified}
                for one in self.journals
            ],
        }

    def lines(self) -> list[str]:
        """The summary for people."""
        figures = (
            ("States taken in, both nodes", f"{self.states:,}"),
            ("Approaches, recorded by both", f"{self.approaches}"),
            ("Alerts under an accord", f"{self.alerts}"),
            ("  acknowledged by every side asked", f"{self.acknowledged}"),
            ("Incidents, the same on both records", f"{self.incidents}"),
            *((f"Journal of party {one.party}", one.words) for one in self.journals),
        )
        return [f"{name:<38}{figure}" for name, figure in figures]


def account(
    played: Sequence[Played], views: Mapping[str, View], journals: Sequence[JournalOutcome]
) -> Outcome:
    """The outcome of what was played, from the nodes' last views and their verified journals."""
    alerts = _alerts_on_both(views)
    return Outcome(
        states=sum(sum(one.states.values()) for one in played),
        approaches=sum(1 for _ in _approaches_of_both(views)),
        alerts=len(alerts),
        acknowledged=sum(set(row["asked"]) <= set(row["acknowledged_by"]) for row in alerts),
        incidents=min((len(view.incidents) for view in views.values()), default=0),
        journals=tuple(journals),
        broken=tuple(_broken(played, views, journals)),
    )


def _broken(
    played: Sequence[Played], views: Mapping[str, View], journals: Sequence[JournalOutcome]
) -> Iterator[str]:
    """Every promise that was not kept, in words."""
    for one in played:
        yield from _broken_by_act(one, views)
    told = [
        sorted((row["incident"], row["reason"], *row["opened_by"]) for row in view.incidents)
        for view in views.values()
    ]
    if any(other != told[0] for other in told):
        yield f"the nodes hold different incidents: {told}"
    for journal in journals:
        if not journal.verified:
            yield f"the journal of party {journal.party} does not verify: {journal.fault}"


def _broken_by_act(played: Played, views: Mapping[str, View]) -> Iterator[str]:
    act = played.act
    where = f"act {act.number}"
    if played.in_force_at != set(PARTIES):
        at = " and ".join(sorted(played.in_force_at)) or "neither node"
        yield f"{where}: the accord was in force at {at}, not at both nodes"
    if not all(played.states.get(party) for party in PARTIES):
        yield f"{where}: a node took in no states"
    for party, view in views.items():
        if act.number == 1:
            if not any(
                row["party"] == party for row in of_pair(view.approaches, act.pair) if _is_approach(row)
            ):
                yield f"{where}: no approach of {act.pair} was recorded by {party}"
            if not any(row["reason"] == "officer" for row in of_pair(view.incidents, act.pair)):
                yield f"{where}: no officer's incident about {act.pair} on {party}"
        elif not any(row["reason"] in ("breach", "nmac") for row in of_pair(view.incidents, act.pair)):
            yield f"{where}: no incident about the breach of {act.pair} on {party}"
        yield from _broken_alert(where, party, view, act.pair)


def _broken_alert(where: str, party: str, view: View, pair: tuple[str, str]) -> Iterator[str]:
    """An alert by this party, before the limits were reached, acknowledged by the other side."""
    rows = [row for row in of_pair(view.alerts, pair) if party in row["observed_by"] and row["accord"]]
    begun = [
        parse_utc(row["start_time"])
        for row in of_pair(view.encounters, pair)
        if row["party"] == party and row["accord"]
    ]
    if not begun:
        yield f"{where}: {party} saw no encounter of {pair}"
        return
    raised = [
        parse_utc(alert["raised_at"]) for row in rows for alert in row["alerts"] if alert["party"] == party
    ]
    if not any(moment < min(begun) for moment in raised):
        yield f"{where}: {party} raised no alert on {pair} before the limits were reached"
    if not any(set(row["acknowledged_by"]) - {party} for row in rows):
        yield f"{where}: no alert of {party} on {pair} was acknowledged by the other side"


def _is_approach(row: Row) -> bool:
    return row["state"] == "closed" and not row["contains_encounter"]


def _approaches_of_both(views: Mapping[str, View]) -> Iterator[Row]:
    """Approaches that every node recorded for itself: the same pair, overlapping sky time."""
    own = [
        [row for row in view.approaches if row["party"] == party and _is_approach(row)]
        for party, view in views.items()
    ]
    for row in own[0] if own else []:
        if all(any(_same(row, other) for other in others) for others in own[1:]):
            yield row


def _same(one: Row, other: Row) -> bool:
    if one["pair"] != other["pair"]:
        return False
    start = max(parse_utc(one["start_time"]), parse_utc(other["start_time"]))
    return start <= min(parse_utc(one["end_time"]), parse_utc(other["end_time"]))


def _alerts_on_both(views: Mapping[str, View]) -> list[Row]:
    """Alert rows under an accord that every node shows."""
    if not views:
        return []
    first, *others = views.values()
    return [
        row
        for row in first.alerts
        if row["accord"] and all(any(row["event"] == o["event"] for o in other.alerts) for other in others)
    ]


def verified_journals(stage: Stage) -> list[JournalOutcome]:
    """Each party's journal, as both folders hold it, checked with nothing but the parties' cards."""
    from skyaccord.record.cards import Card
    from skyaccord.record.verify import verify_folder

    cards = [Card.load(node.card) for node in stage.nodes.values()]
    reports = {party: verify_folder(node.folder, cards) for party, node in stage.nodes.items()}
    outcomes = []
    for party in stage.nodes:
        verdicts = {
            holder: verdict
            for holder, report in reports.items()
            for verdict in report.journals
            if verdict.party == party
        }
        faults = [
            f"{finding} (folder of {holder})"
            for holder, report in reports.items()
            for finding in report.findings
            if finding.party in (party, None)
        ]
        faults += [f"not held by {holder}" for holder in stage.nodes if holder not in verdicts]
        verified = not faults and all(verdict.verified for verdict in verdicts.values())
        entries = verdicts[party].entries if party in verdicts else 0
        fault = faults[0] if faults else None if verified else "not anchored by its card"
        outcomes.append(JournalOutcome(party, entries, verified, fault))
    return outcomes
