"""An automatic officer: a process of its own, with a person's key of its own, at its node's console.

    python -m skyaccord.demo.officer --node http://127.0.0.1:8001 --key FILE --passphrase-file FILE \
        --token-file FILE --party A --role duty-officer [--delay 6] [--opens-incident]

It does what a duty officer at the console does, and nothing that one could not: it reads the node's API,
signs with its own key, and hands the statement in. Every statement it makes says `exercise` and `automatic`.
It waits `--delay` seconds before it acknowledges, so that a person at the console may come first.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import skyaccord.hotline.acts
import skyaccord.incidents.acts  # noqa: F401 (what an officer can say)
from skyaccord.base.errors import SkyAccordError
from skyaccord.base.times import format_utc
from skyaccord.demo.api import NodeApi, NodeRefusedError, NodeUnreachableError
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement

POLL_S: Final = 0.5
TRIES_MAX: Final = 5  # a statement that the node refuses this often is given up, and said on standard error
LANGUAGE: Final = "en"

Row = dict[str, Any]


@dataclass
class Officer:
    """One officer's memory. `now_s`: a clock that only rises; `delay_s`: before it acknowledges."""

    api: NodeApi
    key: PersonKey
    party: str
    role: str
    delay_s: float
    opens_incident: bool
    now_s: Callable[[], float] = time.monotonic
    _first_seen_s: dict[str, float] = field(default_factory=dict)
    _tries: dict[str, int] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)

    def step(self) -> None:
        """Look once at everything, and act on what asks for it."""
        self._acknowledge_alerts(self.api.rows("alerts"))
        if self.opens_incident:
            self._open_incident(self.api.rows("approaches"))
        self._acknowledge_messages(self.api.rows("messages"))
        self._write_about_incidents(self.api.rows("incidents"))

    # ── acknowledge ─────────────────────────────────────────────────────────────────────────────────────

    def _acknowledge_alerts(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self.party not in row["asked"] or self.party in row["acknowledged_by"]:
                continue
            others_first = sorted(row["alerts"], key=lambda alert: alert["party"] == self.party)
            if others_first and self._waited(f"alert {row['event']}"):
                self._act(
                    f"alert {row['event']}",
                    {"act": "acknowledge", "of": others_first[0]["ref"], "accord": row["accord"]},
                )

    def _acknowledge_messages(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self.party not in row["asked"] or self.party in row["acknowledged_by"]:
                continue
            if self._waited(f"message {row['ref']}"):
                self._act(
                    f"message {row['ref']}",
                    {"act": "acknowledge", "of": row["ref"], "accord": row["accord"]},
                )

    # ── the approach: incident, and a word over the hotline ─────────────────────────────────────────────

    def _open_incident(self, rows: Iterable[Row]) -> None:
        """One incident, from the first approach that is over and nobody has opened one about."""
        for row in rows:
            if row["state"] != "closed" or row["contains_encounter"] or "incident" in self._done:
                continue
            if row["incident"] is not None:  # a person at the console came first
                self._done.add("incident")
                continue
            note = (
                f"{names(row)} came within {row['min_horizontal_nm']:.1f} NM of each other"
                f" at {clock(row['min_horizontal_time'])}, with no accord in force. Opened so that both sides"
                " account for it. Crews professional throughout."
            )
            statement = {"act": "open-incident", "pair": row["pair"], "about": row["ref"], "note": note}
            self._act("incident", {**statement, "accord": None})

    def _write_about_incidents(self, rows: Iterable[Row]) -> None:
        """A message about each incident that an officer opened: the opener's side asks, the other answers."""
        for row in rows:
            if row["reason"] != "officer":
                continue
            mine = row["observations"].get(self.party)
            if mine is None:
                mine = next((one for one in self.api.rows("approaches") if one["pair"] == row["pair"]), None)
            if mine is None:
                continue
            seen = f"{mine['min_horizontal_nm']:.1f} NM at {clock(mine['min_horizontal_time'])}"
            if self.party in row["opened_by"]:
                text = f"EXERCISE. {names(row)}: we hold {seen}, crews professional. What do you hold?"
            else:
                text = f"EXERCISE. {names(row)}: we hold {seen} as well, crews professional."
            key = f"word {row['incident']}"
            if self._waited(key):
                about = row["openings"][0]["ref"]
                message = {"act": "message", "to_role": self.role, "text": text, "language": LANGUAGE}
                self._act(key, {**message, "about": about, "accord": None})

    # ── signing ─────────────────────────────────────────────────────────────────────────────────────────

    def _waited(self, key: str) -> bool:
        first_s = self._first_seen_s.setdefault(key, self.now_s())
        return self.now_s() - first_s >= self.delay_s

    def _act(self, key: str, act: Row) -> None:
        """Sign and hand in, once; a refusal is tried again, since what it is about may still be under way."""
        if key in self._done:
            return
        payload = {
            **act,
            "party": self.party,
            "role": self.role,
            "at": format_utc(datetime.now(UTC)),
            "exercise": True,
            "automatic": True,
        }
        try:
            self.api.act(sign_statement(payload, self.key))
        except NodeRefusedError as error:
            self._tries[key] = self._tries.get(key, 0) + 1
            print(f"{key}: {error}", file=sys.stderr, flush=True)  # noqa: T201 (a child's log)
            if self._tries[key] < TRIES_MAX:
                return
        self._done.add(key)


def names(row: Row) -> str:
    """ALFA06 and BRAVO35, or their addresses."""
    callsigns = row.get("callsigns") or (None, None)
    return " and ".join(name or icao24 for name, icao24 in zip(callsigns, row["pair"], strict=True))


def clock(moment: str) -> str:
    """09:02:10Z of an ISO time."""
    return f"{moment[11:19]}Z"


def main(arguments: list[str] | None = None) -> int:
    """The process: log in with the key, then look every POLL_S until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m skyaccord.demo.officer")
    parser.add_argument("--node", required=True)
    parser.add_argument("--key", required=True, type=Path)
    parser.add_argument("--passphrase-file", required=True, type=Path)
    parser.add_argument("--token-file", required=True, type=Path)
    parser.add_argument("--party", required=True)
    parser.add_argument("--role", required=True)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--opens-incident", action="store_true")
    given = parser.parse_args(arguments)
    try:
        key = PersonKey.load(given.key, given.passphrase_file.read_text("utf-8").rstrip("\n"))
        token = given.token_file.read_text("utf-8").strip()
        with NodeApi(given.node, token=token) as api:
            officer = Officer(api, key, given.party, given.role, given.delay, given.opens_incident)
            while True:
                try:
                    officer.step()
                except NodeUnreachableError as error:
                    print(error, file=sys.stderr, flush=True)  # noqa: T201 (a child's log)
                time.sleep(POLL_S)
    except (SkyAccordError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 (a child's log)
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
