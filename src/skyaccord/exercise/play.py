"""Plays a scenario against two live nodes: their feeds, automatic officers, the line, and the scripted steps.

The stage, the child processes and the officers are the demo's. Whoever plays for a side as a person does it
at that side's console or shell; the script then only says what it would have done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, get_args

from skyaccord.demo.acts import write_feed
from skyaccord.demo.children import Children
from skyaccord.demo.stage import GUEST, LOOPBACK, OFFICER_ROLE, PARTIES, Stage, public_key_of
from skyaccord.demo.views import look_at_all
from skyaccord.exercise.records import said_by
from skyaccord.exercise.relay import Relay
from skyaccord.exercise.scenario import PLACEHOLDER, Role, Scenario, Step
from skyaccord.exercise.scn import Traffic
from skyaccord.exercise.steps import Doer, Done, Run, Seat, Write
from skyaccord.exercise.terms import Feeds, write_terms
from skyaccord.exercise.traffic_files import write_traffic
from skyaccord.record.cards import Card

CURTAIN_S: Final = 4.0  # both nodes open a small recording within a second or two
LOOK_S: Final = 0.2
SETTLE_MAX_S: Final = 30.0  # for the last entries to reach the other side
AFTER_S: Final = 3.0  # wall seconds after the traffic, in which what was seen is closed on the record
SEATED_WITHIN_S: Final = 60.0  # to open a console and choose a role; who plays in a shell needs no seat
ACT_WITHIN_S: Final = 120.0  # for each thing that persons do after the traffic: to read, to think, to type
OF_BOTH: Final = ("incident", "heard", "voice")  # placeholders for what may still be on its way


@dataclass
class Play:
    """One playing. people: sides that persons play."""

    scenario: Scenario
    traffic: Traffic
    stage: Stage
    write: Write
    run: Run
    people: Collection[str] = ()
    keys: dict[tuple[str, str], tuple[Path, Path]] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    relays: list[Relay] = field(default_factory=list)
    is_cut: bool = False
    enrolled: set[str] = field(default_factory=set)
    seated: set[str] = field(default_factory=set)

    def play(self) -> None:
        """From making the nodes to both being stopped."""
        with ExitStack() as closing:
            self._lay_line(closing)
            self.stage.prepare()
            for party in self.people:
                self._let_represent(party)
            self._enrol()
            cards = [Card.load(node.card) for node in self.stage.nodes.values()]
            accord = write_terms(self.scenario, cards, self.stage.work / "accords")
            files = write_traffic(self.scenario, self.traffic, self.stage.work / "recordings")
            children = closing.enter_context(Children(self.stage.work / "logs"))
            self.stage.serve(children)
            self._start_officers(children)
            self._seat_people(children, accord)
            begins = datetime.now(UTC) + timedelta(seconds=CURTAIN_S)
            feeds = Feeds(self.scenario, files, begins)
            for party in PARTIES:
                write_feed(self.stage.nodes[party].folder / "node.toml", feeds.table(party))
            self._steps(children, begins, self._doer(accord))
            self._settle(children)

    # ── before ──────────────────────────────────────────────────────────────────────────────────────────

    def _lay_line(self, closing: ExitStack) -> None:
        """Where the line is to be cut, a relay stands in front of each node's link."""
        if not self.scenario.cut:
            return
        for party, node in self.stage.nodes.items():
            relay = Relay(node.link_port)
            closing.callback(relay.close)
            self.relays.append(relay)
            self.stage.link_addresses[party] = f"https://{LOOPBACK}:{relay.port}"

    def _enrol(self) -> None:
        """A key for every role that somebody plays; that of the duty officers is the stage's."""
        wanted = {(one.party, one.role) for one in self.scenario.officer}
        wanted |= {(one.party, one.role) for one in self.scenario.step}
        for party, role in sorted(wanted):
            node = self.stage.nodes[party]
            if role == OFFICER_ROLE and party not in self.people:
                self.keys[party, role] = node.officer_key, node.officer_passphrase
                continue
            key = node.officer_key.with_name(f"{role}-{party}.key")
            self.run("person", "new", str(key), "--passphrase-file", str(node.officer_passphrase))
            automatic = party not in self.people
            self.stage.enrol(party, public_key_of(key), role, f"{role} of {party}", automatic=automatic)
            self.keys[party, role] = key, node.officer_passphrase

    def _let_represent(self, party: str) -> None:
        """Whoever plays as a representative may prepare talks and sign for the party at the console."""
        settings = self.stage.nodes[party].folder / "node.toml"
        with settings.open("a", encoding="utf-8") as file:
            file.write("\n[talks]\nrepresentatives_sign = true\n")
        folder = str(settings.parent)
        self.run("account", "change", GUEST, "--role", "representative", "--node", folder)

    def _doer(self, accord: Path) -> Doer:
        seats = {
            party: Seat(
                party, node.folder, {role: key for (of, role), key in self.keys.items() if of == party}
            )
            for party, node in self.stage.nodes.items()
        }
        return Doer(
            seats, self.run, lambda party: self.stage.sign(party, accord), lambda: datetime.now(UTC),
            self.write, accord, self.people, self.done,
        )  # fmt: skip

    def _seat_people(self, children: Children, accord: Path) -> None:
        """Wait until somebody of each side that persons play has taken a role at the console, or so long."""
        for party in sorted(self.people):
            self._invite(party, accord)
        if self.people:
            self.write(
                f"EXERCISE  begins when somebody has taken a role there, or in {SEATED_WITHIN_S:.0f} s"
            )
        until = datetime.now(UTC) + timedelta(seconds=SEATED_WITHIN_S)
        while set(self.people) - self.seated and datetime.now(UTC) < until:
            self._wait(children, datetime.now(UTC) + timedelta(seconds=LOOK_S))

    def _enrol_who_asks(self) -> None:
        """Who asks for a role at a console of a side that persons play gets it."""
        for party in sorted(self.people):
            for person in self.stage.apis[party].status()["enrolments_waiting"]:
                if person["public_key"] not in self.enrolled:
                    self.enrolled.add(person["public_key"])
                    self.stage.enrol(party, person["public_key"], person["role"], person["name"])
                    self.seated.add(party)
                    self.write(f"EXERCISE  {person['name']} is {person['role']} of {party}")

    def _invite(self, party: str, accord: Path) -> None:
        """Where the people of a side sit down: the console, and the shell with the keys of every role."""
        node = self.stage.nodes[party]
        keys = {role: files for (of, role), files in sorted(self.keys.items()) if of == party}
        self.write(f"Party {party} is yours. The console: a link for each person, which opens once")
        for role in keys or (OFFICER_ROLE,):
            self.write(f"  {role}: {self.stage.link(party)}")
        self.write(f"Or a shell: --node {node.folder}, and --as one of")
        for role, (key, passphrase) in keys.items():
            self.write(f"  {role}: --as {key} --person-passphrase-file {passphrase}")
        self.write(
            "The accord is signed by a representative at the console, under Talks, or by:"
            f" skyaccord accord sign {accord} --node {node.folder}"
            f" --passphrase-file {node.passphrase}"
        )

    def _start_officers(self, children: Children) -> None:
        for one in self.scenario.officer:
            if one.party in self.people:
                continue
            node = self.stage.nodes[one.party]
            key, passphrase = self.keys[one.party, one.role]
            children.start(
                f"officer {one.party} {one.role}",
                [
                    "skyaccord.demo.officer",
                    *("--node", node.address, "--party", one.party, "--role", one.role),
                    *("--key", str(key), "--passphrase-file", str(passphrase)),
                    *("--token-file", str(node.officer_token), "--delay", str(one.delay_s)),
                ],
            )

    # ── the steps ───────────────────────────────────────────────────────────────────────────────────────

    def _steps(self, children: Children, begins: datetime, doer: Doer) -> None:
        for at_s, act in timeline(self.scenario, self._cut):
            self._wait(children, begins + timedelta(seconds=at_s / self.scenario.speed))
            self._act(children, doer, act)
        over = begins + timedelta(seconds=self.scenario.lasts_s / self.scenario.speed + AFTER_S)
        self._wait(children, over)
        for step in self.scenario.step:
            if step.after_end:
                before = said_by(self.stage.nodes[step.party].folder) if step.party in self.people else 0
                self._act(children, doer, step)
                self._await_people(children, step, before)
                self._settle(children)
        until = datetime.now(UTC) + timedelta(seconds=rest_s(self.scenario))
        while datetime.now(UTC) < until and any(
            still_asked(view.messages) for view in look_at_all(self.stage.apis).values()
        ):
            self._wait(children, datetime.now(UTC) + timedelta(seconds=LOOK_S))

    def _act(self, children: Children, doer: Doer, act: Step | Callable[[], None]) -> None:
        if not isinstance(act, Step):
            act()
            return
        named = {name for word in act.do for name in PLACEHOLDER.findall(word)}
        if (act.answers or named.intersection(OF_BOTH)) and not self.is_cut:
            self._settle(children)
        doer.do(act)

    def _await_people(self, children: Children, step: Step, before: int) -> None:
        """Give a side that persons play the time to act: until one has said something more, or so long."""
        until = datetime.now(UTC) + timedelta(seconds=ACT_WITHIN_S)
        while step.party in self.people and datetime.now(UTC) < until:
            self._wait(children, datetime.now(UTC) + timedelta(seconds=1.0))
            if said_by(self.stage.nodes[step.party].folder) > before:
                return

    def _cut(self, down: bool) -> None:
        self.is_cut = down
        self.write(f"EXERCISE  the line between the nodes is {'cut' if down else 'back'}")
        for relay in self.relays:
            if down:
                relay.cut()
            else:
                relay.restore()

    def _wait(self, children: Children, until: datetime) -> None:
        while datetime.now(UTC) < until:
            children.check()
            self._enrol_who_asks()
            time.sleep(LOOK_S)

    def _settle(self, children: Children) -> None:
        """Until both sides hold everything of each other."""
        until = time.monotonic() + SETTLE_MAX_S
        while time.monotonic() < until:
            children.check()
            if all(view.undelivered == 0 for view in look_at_all(self.stage.apis).values()):
                return
            time.sleep(LOOK_S)


def rest_s(scenario: Scenario) -> float:
    """How long the last word may take to be answered, or to be silence in every role; wall seconds."""
    slowest_s = max((one.delay_s for one in scenario.officer), default=0.0)
    return max(slowest_s, len(get_args(Role)) * scenario.acknowledge_within_s) + AFTER_S


def still_asked(messages: Iterable[Mapping[str, Any]]) -> bool:
    """Whether some message is neither acknowledged nor silence to the end."""
    return any(
        one["state"] != "acknowledged" and not one["exhausted"]
        for row in messages
        if not row["expired"]
        for one in row["courses"]
    )


def timeline(
    scenario: Scenario, cut: Callable[[bool], None]
) -> list[tuple[float, Step | Callable[[], None]]]:
    """What happens while the traffic flies, by sky second: steps as they stand in the file, and the line."""
    acts: list[tuple[float, Step | Callable[[], None]]] = []
    for one in scenario.cut:
        acts += [(one.at_s, lambda: cut(True)), (one.until_s, lambda: cut(False))]
    acts += [(step.at_s, step) for step in scenario.step if step.at_s is not None]
    return sorted(acts, key=lambda act: act[0])
