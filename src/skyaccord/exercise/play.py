"""Plays a scenario against two live nodes: their feeds, automatic officers, and the scripted steps.

The stage, the child processes and the officers are the demo's. Whoever plays for a side as a person does it
at that side's console or shell; the script then only says what it would have done.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from skyaccord.base.errors import SkyAccordError
from skyaccord.base.times import format_utc
from skyaccord.demo.accords import Terms, write_accord
from skyaccord.demo.acts import write_feed
from skyaccord.demo.children import Children
from skyaccord.demo.stage import OFFICER_ROLE, PARTIES, Stage, public_key_of
from skyaccord.demo.views import look_at_all
from skyaccord.exercise.scenario import Scenario, Step
from skyaccord.exercise.scn import Traffic
from skyaccord.exercise.traffic_files import Files, write_traffic
from skyaccord.record.cards import Card

CURTAIN_S: Final = 4.0  # both nodes open a small recording within a second or two
LOOK_S: Final = 0.2
SETTLE_MAX_S: Final = 30.0  # for the last entries to reach the other side
AFTER_S: Final = 3.0  # wall seconds after the traffic, in which what was seen is closed on the record
ACCORD: Final = "exercise-accord"

Write = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """One step as it was played. error: why it could not be."""

    step: Step
    at: datetime
    error: str = ""


@dataclass
class Play:
    """One playing. people: sides that persons play. keys: (party, role) → key and passphrase files."""

    scenario: Scenario
    traffic: Traffic
    stage: Stage
    write: Write
    run: Callable[..., str]
    people: Collection[str] = ()
    done: list[Done] = field(default_factory=list)
    keys: dict[tuple[str, str], tuple[Path, Path]] = field(default_factory=dict)
    accord: Path = Path()

    def play(self) -> None:
        """From making the nodes to both being stopped."""
        self.stage.prepare()
        self._enrol()
        self.accord = self._write_accord()
        files = write_traffic(self.scenario, self.traffic, self.stage.work / "recordings")
        with Children(self.stage.work / "logs") as children:
            self.stage.serve(children)
            self._start_officers(children)
            begins = datetime.now(UTC) + timedelta(seconds=CURTAIN_S)
            for party in PARTIES:
                write_feed(self.stage.nodes[party].folder / "node.toml", self._feed(files, begins))
                if party in self.people:
                    self.write(f"Party {party} is yours: {self.stage.link(party)}")
            self._steps(children, begins)
            self._settle(children)

    # ── before ──────────────────────────────────────────────────────────────────────────────────────────

    def _enrol(self) -> None:
        """A key for every role that somebody plays; that of the duty officers is the stage's."""
        wanted = {(one.party, one.role) for one in self.scenario.officer}
        wanted |= {(one.party, one.role) for one in self.scenario.step}
        for party, role in sorted(wanted):
            node = self.stage.nodes[party]
            if role == OFFICER_ROLE:
                self.keys[party, role] = node.officer_key, node.officer_passphrase
                continue
            key = node.officer_key.with_name(f"{role}-{party}.key")
            self.run("person", "new", str(key), "--passphrase-file", str(node.officer_passphrase))
            self.stage.enrol(party, public_key_of(key), role, f"{role} of {party}", automatic=True)
            self.keys[party, role] = key, node.officer_passphrase

    def _write_accord(self) -> Path:
        """The shipped rule of threes with this scenario's times, coverage shared."""
        start = self.scenario.start
        terms = Terms(
            name=ACCORD, title=self.scenario.title, start=start.replace(hour=0, minute=0, second=0),
            end=start + timedelta(days=30), area="The sky flown by both (exercise)",
            corners=((37.5, 35.0), (37.5, 46.0), (31.5, 46.0), (31.5, 35.0)),
        )  # fmt: skip
        cards = [Card.load(node.card) for node in self.stage.nodes.values()]
        path = write_accord(terms, cards, self.stage.work / "accords")
        text = path.read_text("utf-8")
        text = re.sub(
            r"acknowledge_within_s = [\d.]+",
            f"acknowledge_within_s = {self.scenario.acknowledge_within_s:g}",
            text,
        )
        text = re.sub(r"max_dwell_s = [\d.]+", f"max_dwell_s = {self.scenario.max_dwell_s:g}", text)
        text = text.replace("reading_logged = true", 'reading_logged = true\ncoverage = "shared"', 1)
        path.write_text(text, encoding="utf-8")
        return path

    def _feed(self, files: Files, begins: datetime) -> dict[str, Any]:
        scenario = self.scenario
        return {
            "kind": "replay", "name": scenario.title, "files": [str(files.recording)],
            "speed": scenario.speed,
            "start": format_utc(scenario.start), "wall_start": format_utc(begins),
            "end": format_utc(scenario.start + timedelta(seconds=scenario.lasts_s)),
            "party_map": str(files.party_map), "places": str(files.places), "exercise": True,
            "attribution": scenario.title,
        }  # fmt: skip

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

    def _steps(self, children: Children, begins: datetime) -> None:
        timed = sorted(
            (one for one in self.scenario.step if one.at_s is not None), key=lambda one: one.at_s or 0
        )
        for step in timed:
            self._wait(children, begins + timedelta(seconds=(step.at_s or 0) / self.scenario.speed))
            self._do(step)
        over = begins + timedelta(seconds=self.scenario.lasts_s / self.scenario.speed + AFTER_S)
        self._wait(children, over)
        for step in self.scenario.step:
            if step.after_end:
                self._do(step)
                self._settle(children)
        slowest_s = max((one.delay_s for one in self.scenario.officer), default=0.0)
        self._wait(children, datetime.now(UTC) + timedelta(seconds=slowest_s + AFTER_S))

    def _wait(self, children: Children, until: datetime) -> None:
        while datetime.now(UTC) < until:
            children.check()
            time.sleep(LOOK_S)

    def _do(self, step: Step) -> None:
        """One step; one that cannot be done is said and scored, and the exercise goes on."""
        what = "signs the accord" if step.sign else "skyaccord " + " ".join(step.do)
        who = f"{step.party}'s {step.role}"
        if step.party in self.people:
            self.write(f"EXERCISE  {who}: now it is time to: {what}")
            return
        self.write(f"EXERCISE  {who}: {what}")
        error = ""
        try:
            if step.sign:
                self.stage.sign(step.party, self.accord)
            else:
                key, passphrase = self.keys[step.party, step.role]
                node = self.stage.nodes[step.party]
                words = [self._filled(word, step.party) for word in step.do]
                self.run(
                    *words, "--node", str(node.folder), "--as", str(key),
                    "--person-passphrase-file", str(passphrase),
                )  # fmt: skip
        except SkyAccordError as failed:
            error = str(failed)
            self.write(f"EXERCISE  {who}: could not: {error}")
        self.done.append(Done(step, datetime.now(UTC), error))

    def _filled(self, word: str, party: str) -> str:
        """{incident}: the first incident on this party's record; {accord}: its name; {now}: wall time."""
        if word == "{incident}":
            node = self.stage.nodes[party]
            listed = json.loads(self.run("incident", "list", "--node", str(node.folder), "--format", "json"))
            if not listed:
                raise SkyAccordError(f"no incident is on the record of party {party}")
            return str(listed[-1]["incident"])
        return {"{accord}": ACCORD, "{now}": format_utc(datetime.now(UTC))}.get(word, word)

    def _settle(self, children: Children) -> None:
        """Until both sides hold everything of each other."""
        until = time.monotonic() + SETTLE_MAX_S
        while time.monotonic() < until:
            children.check()
            if all(view.undelivered == 0 for view in look_at_all(self.stage.apis).values()):
                return
            time.sleep(LOOK_S)
