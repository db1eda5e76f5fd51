"""What one node shows at one moment, read from its console interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skyaccord.base.times import parse_utc
from skyaccord.demo.api import NodeApi

Row = dict[str, Any]


@dataclass(frozen=True)
class View:
    """The rows of one node, as its console gets them."""

    party: str
    status: Row
    alerts: list[Row]
    approaches: list[Row]
    encounters: list[Row]
    incidents: list[Row]
    messages: list[Row]

    @property
    def sky_time(self) -> datetime:
        """The node's sky time."""
        return parse_utc(self.status["sky_time"])

    @property
    def feed_state(self) -> str:
        """live, stale, ended or none."""
        return str(self.status["feed"]["state"])

    @property
    def states_taken(self) -> int:
        """States that the node has taken in from its present feed."""
        return int(self.status["feed"]["states"])

    @property
    def undelivered(self) -> int:
        """Entries that some peer does not hold yet."""
        return sum(int(peer["outbox"]) for peer in self.status["peers"])

    def accord(self, name: str) -> Row | None:
        """The accord of this name, if the node knows one."""
        return next((row for row in self.status["accords"] if row["name"] == name), None)


def look(party: str, api: NodeApi) -> View:
    """Read everything."""
    return View(
        party,
        api.status(),
        api.rows("alerts"),
        api.rows("approaches"),
        api.rows("encounters"),
        api.rows("incidents"),
        api.rows("messages"),
    )


def look_at_all(apis: Mapping[str, NodeApi]) -> dict[str, View]:
    """Read every node."""
    return {party: look(party, api) for party, api in apis.items()}


def of_pair(rows: list[Row], pair: tuple[str, str]) -> list[Row]:
    """The rows about these two aircraft."""
    return [row for row in rows if tuple(row["pair"]) == pair]
