"""Plays an act: gives both nodes its feed, watches what they show, and lets the parties sign when it is time.

The director does what only people decide: who proposes and who signs. Everything else (approaches, alerts,
encounters, incidents) the nodes do themselves, and officers answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from skyaccord.base.errors import SkyAccordError
from skyaccord.demo.accords import write_accord
from skyaccord.demo.acts import Act, write_feed
from skyaccord.demo.api import NodeUnreachableError
from skyaccord.demo.children import Children
from skyaccord.demo.narrator import Narrator
from skyaccord.demo.stage import PARTIES, Stage
from skyaccord.demo.views import View, look_at_all, of_pair

LOOK_S: Final = 0.4  # between looks at the consoles
# Both nodes open the act's recording while its beginning is still far off; when both have it, they are told
# when to begin, CURTAIN_S ahead, so that they begin as one however long the opening took.
FAR_OFF: Final = timedelta(seconds=120)
CURTAIN_S: Final = 2.5
OPENING_MAX_S: Final = 90.0
UNREACHABLE_MAX_S: Final = 40.0
SETTLE_MAX_S: Final = 20.0  # for the last envelopes and acknowledgements of an act
PATIENCE: Final = timedelta(seconds=230)
"""Sky time after which act 1's accord is proposed even if no officer has opened an incident yet."""
LATE_MAX_S: Final = 60.0  # wall seconds beyond an act's own length: then something hangs


@dataclass
class Played:
    """What was seen while an act ran, for the final account."""

    act: Act
    in_force_at: set[str] = field(default_factory=set)
    states: dict[str, int] = field(default_factory=dict)


class Director:
    """Plays acts on a stage. speed: sky seconds a wall second, by act. seen: told of every look at both."""

    def __init__(
        self,
        stage: Stage,
        children: Children,
        narrator: Narrator,
        seen: Callable[[Mapping[str, View]], None],
        *,
        speed: Callable[[Act], float],
        seed: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._stage = stage
        self._children = children
        self._narrator = narrator
        self._seen = seen
        self._speed = speed
        self._seed = seed
        self._sleep = sleep
        self._enrolled: set[str] = set()
        self._offered: Act | None = None

    def write_accord(self, act: Act) -> Path:
        """The act's accord, between the parties of the stage's cards."""
        from skyaccord.record.cards import Card

        cards = [Card.load(node.card) for node in self._stage.nodes.values()]
        return write_accord(act.terms, cards, self._stage.work / "accords")

    def play(self, played: Played, *, sign_first: bool) -> None:
        """Play an act to its end, noting in `played` what was seen.

        sign_first: both parties sign before it begins; else when its story asks for it.
        """
        act = played.act
        accord = self.write_accord(act)
        waiting = list(PARTIES)
        if sign_first:
            while waiting:
                self._sign(waiting.pop(0), accord)
        self._narrator.pair = act.pair
        self._narrator.begins[act.title] = act.start
        self.offer(act)
        views = self._wait_for_opening(act)
        self._give_feed(act, datetime.now(UTC) + timedelta(seconds=CURTAIN_S))
        until = time.monotonic() + (act.end - act.start).total_seconds() / self._speed(act) + LATE_MAX_S
        while not self._over(act, views):
            if time.monotonic() > until:
                raise SkyAccordError(f"act {act.number} did not come to its end in time")
            views = self.look(played)
            if waiting and self._time_to_sign(act, views, waiting[0]):
                self._sign(waiting.pop(0), accord)
        self.settle(played)

    def offer(self, act: Act) -> None:
        """Let the nodes open the act's recording, with its beginning far off; they may not run yet."""
        if self._offered is not act:
            self._offered = act
            self._give_feed(act, datetime.now(UTC) + FAR_OFF)

    def _give_feed(self, act: Act, wall_start: datetime) -> None:
        """Rewrite `[feed]` of both nodes; they take it while they run."""
        for party, node in self._stage.nodes.items():
            table = act.feed(party, speed=self._speed(act), seed=self._seed, wall_start=wall_start)
            write_feed(node.folder / "node.toml", table)

    def look(self, played: Played | None = None) -> Mapping[str, View]:
        """Wait a moment, read both consoles, tell what is new, enrol who asks."""
        views = self._look_patiently()
        self._seen(views)
        self._narrator.tell(views)
        self._enrol_who_asks(views)
        if played is not None:
            for party, view in views.items():
                played.states[party] = max(view.states_taken, played.states.get(party, 0))
                row = view.accord(played.act.terms.name)
                if row is not None and row["state"] == "in force":
                    played.in_force_at.add(party)
        return views

    def _look_patiently(self) -> Mapping[str, View]:
        """Read both consoles; a node on a busy machine may miss a look, not UNREACHABLE_MAX_S of them."""
        until = time.monotonic() + UNREACHABLE_MAX_S
        while True:
            self._sleep(LOOK_S)
            self._children.check()
            try:
                return look_at_all(self._stage.apis)
            except NodeUnreachableError:
                if time.monotonic() > until:
                    raise

    def settle(self, played: Played) -> None:
        """Until both nodes hold each other's envelopes and every alert is acknowledged, or patience ends."""
        until = time.monotonic() + SETTLE_MAX_S
        while True:
            views = self.look(played)
            delivered = all(view.undelivered == 0 for view in views.values())
            answered = all(
                set(row["asked"]) <= set(row["acknowledged_by"])
                for view in views.values()
                for row in view.alerts
            )
            if (delivered and answered) or time.monotonic() > until:
                return

    def _wait_for_opening(self, act: Act) -> Mapping[str, View]:
        """Until both nodes hold the act's recording."""
        until = time.monotonic() + OPENING_MAX_S
        while True:
            views = self.look()
            if all(view.status["feed"]["name"] == act.title for view in views.values()):
                return views
            for party, view in views.items():
                if view.status["trouble"]:
                    raise SkyAccordError(f"the node of party {party}: {view.status['trouble']}")
            if time.monotonic() > until:
                raise SkyAccordError(f"the nodes did not open the recording of act {act.number} in time")

    def _over(self, act: Act, views: Mapping[str, View]) -> bool:
        return all(view.feed_state == "ended" or view.sky_time >= act.end for view in views.values())

    def _time_to_sign(self, act: Act, views: Mapping[str, View], party: str) -> bool:
        """The first party proposes once both sides hold the incident; the next signs what it was sent."""
        if party == PARTIES[0]:
            recorded = all(of_pair(view.incidents, act.pair) for view in views.values())
            return recorded or min(view.sky_time for view in views.values()) >= act.start + PATIENCE
        return views[party].accord(act.terms.name) is not None

    def _sign(self, party: str, accord: Path) -> None:
        self._stage.sign(party, accord)

    def _enrol_who_asks(self, views: Mapping[str, View]) -> None:
        """A person at a console who asks for a role gets it: the demo plays the administrator."""
        for party, view in views.items():
            for person in view.status["enrolments_waiting"]:
                if person["public_key"] in self._enrolled:
                    continue
                self._enrolled.add(person["public_key"])
                self._stage.enrol(party, person["public_key"], person["role"], person["name"])
                self._narrator.say(
                    self._narrator.now(views), f"{person['name']} is enrolled as {person['role']} of {party}"
                )


def seconds_of(act: Act, speed: float) -> float:
    """How long an act takes, in wall seconds."""
    return (act.end - act.start).total_seconds() / speed


def until_when(act: Act) -> str:
    """The act's window, for people."""
    return f"{act.start:%d %B %Y, %H:%M:%SZ} to {act.end:%H:%M:%SZ}"
