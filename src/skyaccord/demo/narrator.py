"""The story as it happens, one line an event, told from what both consoles show.

Lines are made anew from the rows at every look, each with a key; a line is printed when its key is new. So
the story is the same whatever moment the looks fall on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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
    """Prints new lines through `write`. pair: whose approaches are told one by one; others are counted."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._told: set[str] = set()
        self.pair: tuple[str, str] | None = None

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
        lines = {
            line.key: line
            for view in views.values()
            for line in (
                *_links(view),
                *_accords(view),
                *self._approaches(view),
                *_alerts(view),
                *_encounters(view),
                *_incidents(view),
                *_messages(view),
            )
        }
        for line in sorted(lines.values(), key=lambda line: line.at):
            if line.key not in self._told:
                self._told.add(line.key)
                self.say(line.at, line.text)

    def _approaches(self, view: View) -> Iterator[Line]:
        for row in view.approaches:
            if tuple(row["pair"]) != self.pair or row["party"] != view.party:
                continue
            key = f"approach {view.party} {row['start_time']}"
            yield Line(
                key, row["start_time"], f"{view.party} watches {names(row)}: inside its watch rule of 20 NM"
            )
            if row["state"] == "closed" and not row["contains_encounter"]:
                yield Line(
                    f"{key} closed",
                    row["end_time"],
                    f"{view.party} records an approach: {names(row)}, {row['min_horizontal_nm']:.1f} NM"
                    f" at {clock(row['min_horizontal_time'])}; no alarm",
                )


def _links(view: View) -> Iterator[Line]:
    for peer in view.status["peers"]:
        if peer["link"] == "up":
            yield Line(
                f"link {view.party} {peer['party']}",
                view.status["sky_time"],
                f"{view.party} holds a link to {peer['party']}",
            )


def _accords(view: View) -> Iterator[Line]:
    for row in view.status["accords"]:
        for party in row["signed_by"]:
            other = "" if party == view.party else f", {view.party} holds the signature"
            yield Line(
                f"accord {row['digest']} signed {party} {bool(other)}",
                view.status["sky_time"],
                f"{party} signs “{row['title']}” {row['digest'][:19]}…{other}",
            )
        if row["state"] == "in force":
            yield Line(
                f"accord {row['digest']} in force {view.party}",
                view.status["sky_time"],
                f"the accord is in force at {view.party}: {limits(row)}",
            )


def _alerts(view: View) -> Iterator[Line]:
    for row in view.alerts:
        for alert in row["alerts"]:
            yield Line(
                f"alert {row['event']} {alert['party']}",
                alert["raised_at"],
                f"ALERT ({alert['tier']}) by {alert['party']}: {names(row)}: {alert['reason']}",
            )
        for one in row["acknowledgements"]:
            how = "automatic officer" if one["automatic"] else one["name"]
            yield Line(
                f"alert {row['event']} acknowledged {one['party']}",
                row["sky_time"],
                f"{one['party']} acknowledges the alert on {names(row)} ({one['role']}, {how})",
            )
        for party in row["overdue"]:
            yield Line(
                f"alert {row['event']} overdue {party}",
                row["sky_time"],
                f"NO ACKNOWLEDGEMENT from {party} on {names(row)}",
            )


def _encounters(view: View) -> Iterator[Line]:
    for row in view.encounters:
        key = f"encounter {row['party']} {row['accord']} {row['rule']} {row['pair']} {row['start_time']}"
        who = f"{row['party']}: {names(row)}"
        yield Line(key, row["start_time"], f"{who} inside the limits of the rule")
        if row["verdict"] != "infringement":
            yield Line(
                f"{key} {row['verdict']}",
                row["sky_time"],
                f"{who} {row['verdict'].upper()}: inside for {row['dwell_s']:.0f} s",
            )
        if row["end_time"] is not None:
            yield Line(
                f"{key} closed",
                row["end_time"],
                f"{who} apart again after {row['dwell_s']:.0f} s, {row['verdict']};"
                f" least {row['min_horizontal_nm']:.1f} NM",
            )


def _incidents(view: View) -> Iterator[Line]:
    for row in view.incidents:
        for opening in row["openings"]:
            by = "an officer" if opening["reason"] == "officer" else f"its node ({opening['reason']})"
            yield Line(
                f"incident {view.party} {opening['ref']['origin']} {opening['ref']['sequence']}",
                view.status["sky_time"],
                f"INCIDENT about {names(row)}, opened by {opening['party']} ({by}), on {view.party}'s record",
            )


def _messages(view: View) -> Iterator[Line]:
    for row in view.messages:
        key = f"message {row['ref']['origin']} {row['ref']['sequence']}"
        yield Line(key, row["sky_time"], f"hotline, {row['from']} to {row['to_role']}: “{row['text']}”")
        for one in row["acknowledgements"]:
            yield Line(
                f"{key} acknowledged {one['party']}",
                view.status["sky_time"],
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


def sky_now(views: Mapping[str, View]) -> str:
    """The later of the nodes' sky times, ISO."""
    return format_utc(max(view.sky_time for view in views.values()))
