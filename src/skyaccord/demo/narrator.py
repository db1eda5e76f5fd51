"""The story as it happens, one line an event, told from what both consoles show.

Lines are made anew from the rows at every look, each with a key; a line is printed when its key is new. So
the story is the same whatever moment the looks fall on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from skyaccord.base.times import format_utc
from skyaccord.demo.views import View

Row = dict[str, Any]
INDENT: Final = " " * 10


@dataclass(frozen=True)
class Line:
    """One thing that happened. key: the same at every look. at: ISO sky time."""

    key: str
    at: str
    text: str


class Narrator:
    """Prints new lines through `write`. pair: whose approaches are told one by one; others are counted.

    begins: where the sky of a feed begins, by the feed's name. Until a replay begins, a node's sky clock
    stands before it: what happens then is told at its beginning.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._told: set[str] = set()
        self.pair: tuple[str, str] | None = None
        self.begins: dict[str, datetime] = {}

    def heading(self, text: str) -> None:
        """A line of its own between parts of the story."""
        self._write("")
        self._write(text)

    def note(self, text: str) -> None:
        """Something about the demo itself, not the sky."""
        self._write(f"{INDENT}{text}")

    def say(self, at: str, text: str) -> None:
        """One event at a sky time (ISO)."""
        self._write(f"{clock(at)} EXERCISE  {text}")

    def tell(self, views: Mapping[str, View]) -> None:
        """Print what is new on either node."""
        lines = {line.key: line for line in (*self._approaches(views), *_lines(views, self.now(views)))}
        for line in sorted(lines.values(), key=lambda line: line.at):
            if line.key not in self._told:
                self._told.add(line.key)
                self.say(line.at, line.text)

    def now(self, views: Mapping[str, View]) -> str:
        """The later of the nodes' sky times, none before its feed begins; ISO."""
        times = (
            max(view.sky_time, self.begins.get(view.status["feed"]["name"], view.sky_time))
            for view in views.values()
        )
        return format_utc(max(times))

    def _approaches(self, views: Mapping[str, View]) -> Iterator[Line]:
        for party, view in views.items():
            for row in view.approaches:
                if tuple(row["pair"]) != self.pair or row["party"] != party:
                    continue
                key = f"approach {party} {row['start_time']}"
                yield Line(key, row["start_time"], f"{party} watches {names(row)}: inside 20 NM")
                if row["state"] == "closed" and not row["contains_encounter"]:
                    yield Line(
                        f"{key} closed",
                        row["end_time"],
                        f"{party} records an approach: {names(row)}, {row['min_horizontal_nm']:.1f} NM"
                        f" at {clock(row['min_horizontal_time'])}; no alarm",
                    )


def _lines(views: Mapping[str, View], now: str) -> Iterator[Line]:
    yield from _accords(views, now)
    yield from _incidents(views, now)
    for view in views.values():
        yield from _alerts(view, now)
        yield from _encounters(view)
        yield from _messages(view, now)


def _accords(views: Mapping[str, View], now: str) -> Iterator[Line]:
    """Signatures when every node holds them, and the accord when it is in force on every node."""
    first, *others = views.values()
    for row in first.status["accords"]:
        same = [other.accord(row["name"]) for other in others]
        for party in row["signed_by"]:
            if all(other is not None and party in other["signed_by"] for other in same):
                yield Line(
                    f"accord {row['digest']} signed {party}",
                    now,
                    f"{party} has signed {row['name']} {row['digest'][:19]}…, both hold the signature",
                )
        if all(one is not None and one["state"] == "in force" for one in (row, *same)):
            yield Line(f"accord {row['digest']} in force", now, f"in force on both: {limits(row)}")


def _alerts(view: View, now: str) -> Iterator[Line]:
    """Alerts under an accord; those of a party's own rule stay on its own console."""
    for row in view.alerts:
        if row["accord"] is None:
            continue
        for alert in row["alerts"]:
            yield Line(
                f"alert {row['event']} {alert['party']}",
                alert["raised_at"],
                f"ALERT by {alert['party']}, {alert['tier']}: {names(row)} {alert['reason']}",
            )
        for one in row["acknowledgements"]:
            how = "its automatic officer" if one["automatic"] else one["name"]
            yield Line(
                f"alert {row['event']} acknowledged {one['party']}",
                now,
                f"{one['party']} acknowledges the alert on {names(row)}: {how}, {one['role']}",
            )
        for party in row["overdue"]:
            yield Line(
                f"alert {row['event']} overdue {party}", now, f"NO ANSWER from {party} on {names(row)}"
            )


def _encounters(view: View) -> Iterator[Line]:
    for row in view.encounters:
        if row["accord"] is None:
            continue
        yield Line(f"inside {row['event']}", row["start_time"], f"{names(row)} are inside the limits")
        if row["verdict"] != "infringement":
            yield Line(
                f"{row['verdict']} {row['event']} {row['party']}",
                row["sky_time"],
                f"{row['verdict'].upper()} by {row['party']}'s picture: {names(row)},"
                f" inside for {row['dwell_s']:.0f} s",
            )
        if row["end_time"] is not None:
            yield Line(
                f"apart {row['event']} {row['party']} {row['start_time']}",
                row["end_time"],
                f"apart again by {row['party']}'s picture: {names(row)}, {row['dwell_s']:.0f} s,"
                f" {row['verdict']}, least {row['min_horizontal_nm']:.1f} NM",
            )


def _incidents(views: Mapping[str, View], now: str) -> Iterator[Line]:
    """Incidents that every node holds."""
    first, *others = views.values()
    for row in first.incidents:
        if not all(any(row["incident"] == o["incident"] for o in other.incidents) for other in others):
            continue
        opener = row["opened_by"][0]
        by = (
            f"by {opener}'s officer" if row["reason"] == "officer" else f"by {opener}'s node: {row['reason']}"
        )
        yield Line(
            f"incident {row['incident']}",
            now,
            f"INCIDENT on both records: {names(row)}, opened {by}",
        )


def _messages(view: View, now: str) -> Iterator[Line]:
    for row in view.messages:
        key = f"message {row['ref']['origin']} {row['ref']['sequence']}"
        yield Line(key, row["sky_time"], f"hotline, {row['from']} to {row['to_role']}: “{row['text']}”")
        for one in row["acknowledgements"]:
            yield Line(
                f"{key} acknowledged {one['party']}",
                now,
                f"{one['party']} acknowledges {row['from']}'s message",
            )


def names(row: Row) -> str:
    """ALFA06 (A) and BRAVO35 (B), or their addresses where no callsign is known."""
    callsigns, parties = row.get("callsigns") or (None, None), row.get("parties") or (None, None)
    return " and ".join(
        f"{callsign or icao24} ({party or 'no party'})"
        for callsign, icao24, party in zip(callsigns, row["pair"], parties, strict=True)
    )


def limits(accord: Row) -> str:
    """3 NM or 3,000 ft, 180 s."""
    rule = accord["rules"][0]
    word = "or" if rule["combinator"] == "either" else "and"
    dwell = f", if closer no longer than {rule['max_dwell_s']:g} s" if rule["max_dwell_s"] else ""
    return f"{rule['horizontal_nm']:g} NM {word} {rule['vertical_ft']:,.0f} ft{dwell}"


def clock(moment: str) -> str:
    """09:02:10Z of an ISO time."""
    return f"{moment[11:19]}Z"
