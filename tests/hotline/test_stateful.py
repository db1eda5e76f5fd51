"""Two duty rooms, a link that is cut in any order, clocks that run: nothing acknowledged without a person's
signature, no deadline without its alarm, no message lost or doubled, and every cache may be thrown away.

EXERCISE. Real journals, keys and statements; the link is in memory.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import skyaccord.hotline.bodies
import skyaccord.incidents.bodies
import skyaccord.talks.folder  # noqa: F401
from skyaccord.base.randomness import SeededRandomness
from skyaccord.base.times import format_utc
from skyaccord.hotline.asking import RoleTerms
from skyaccord.node.alarms import missed, silence_of
from skyaccord.node.hotline_desk import HotlineDesk
from skyaccord.node.message_rows import progress_row
from skyaccord.node.projections import Projections
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.record.worlds import Party, enrol, exchange, make_pair

WITHIN_S = 30.0
OFFICERS = {party: PersonKey.generate(SeededRandomness(ord(party))) for party in "AB"}
SIDES = st.sampled_from("AB")


class Side:
    """One node: its journal, and what it makes of everything it holds."""

    def __init__(self, party: Party) -> None:
        self.party = party
        self.name = party.card.party
        self.forget()

    def forget(self) -> None:
        """Throw every projection away and replay the journals."""
        self.projections = Projections(self.party.card, RoleTerms(WITHIN_S, None))
        keeper: Any = SimpleNamespace(projections=self.projections, journal=self.party.journal)
        self.desk = HotlineDesk(keeper)
        self.catch_up()

    def catch_up(self) -> None:
        while found := self.party.journal.since(self.projections.position):
            self.desk.noticed([self.projections.apply(entry) for entry in found])

    def say(self, kind: str, recipients: list[str], **fields: Any) -> EntryRef:
        dsse = sign_statement(
            {
                "party": self.name, "role": "duty-officer", "at": format_utc(self.party.clock.now()),
                "accord": None, "exercise": True, "automatic": False, **fields,
            },
            OFFICERS[self.name],
        )  # fmt: skip
        ref = self.party.journal.append_statement(kind, dsse, recipients=recipients).ref
        self.catch_up()
        return ref

    def tick(self, up: set[str]) -> None:
        """What the running node does each second."""
        now, journal = self.party.clock.now(), self.party.journal
        sayings = []
        for standing in missed(self.projections, now):
            entry = journal.find(standing.subject)
            assert entry is not None
            sayings.append(silence_of(standing, entry, now))
        sayings += self.desk.released(up, now, now)
        for one in sayings:
            journal.append(one.kind, one.body, recipients=one.recipients, accord=one.accord)
        self.catch_up()

    def texts(self) -> list[tuple[str, bool]]:
        """Everything said, with whether it came too late to ask anybody."""
        return sorted((one.text, one.expired) for one in self.projections.messages.all())

    def rows(self) -> list[Any]:
        now = self.party.clock.now()
        return [progress_row(self.projections, one, now)[0] for one in self.projections.messages.all()]


class TwoRooms(RuleBasedStateMachine):
    """The model: what was said, what was acknowledged by whom, what is prepared."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        pair = make_pair(Path(self.folder.name))
        for party in pair:
            enrol(party, OFFICERS[party.card.party])
        self.clock = pair[0].clock
        self.sides = {party.card.party: Side(party) for party in pair}
        self.up = True
        self.number = 0
        self.said: set[str] = set()
        self.prepared: dict[str, Any] = {}
        self.acknowledged: set[tuple[str, str]] = set()
        self.noted: set[str] = set()
        self.run_link()

    def teardown(self) -> None:
        self.up = True
        for _ in range(3):
            self.run_link()
            for side in self.sides.values():
                side.tick(self._up(side))
        self.run_link()
        a, b = self.sides["A"], self.sides["B"]
        assert a.texts() == b.texts()
        assert sorted(text for text, _ in a.texts()) == sorted([*self.said, *self.prepared])
        late = {text for text, expires in self.prepared.items() if expires and expires <= self.clock.now()}
        expired = {text for text, gone in a.texts() if gone}
        assert expired <= late, "only what had run out is marked so"
        assert not a.projections.messages.waiting
        assert not b.projections.messages.waiting
        for side in (a, b):
            side.party.store.close()
        self.folder.cleanup()

    def _up(self, side: Side) -> set[str]:
        return {name for name in self.sides if name != side.name} if self.up else set()

    def run_link(self) -> None:
        if self.up:
            a, b = self.sides["A"], self.sides["B"]
            for _ in range(2):
                exchange(a.party, b.party)
                exchange(b.party, a.party)
                a.catch_up()
                b.catch_up()

    # ── what happens ────────────────────────────────────────────────────────────────────────────────────

    @rule(who=SIDES, code=st.sampled_from([None, "SAY_AGAIN"]))
    def send(self, who: str, code: str | None) -> None:
        self.number += 1
        text = f"EXERCISE {self.number}"
        self.said.add(text)
        more = {"code": code} if code else {}
        self.sides[who].say(
            "message", ["*"], act="message", to_role="duty-officer", text=text, language="en", **more
        )

    @rule(who=SIDES, expires_s=st.sampled_from([None, 5, 60]), urgent=st.booleans())
    def prepare(self, who: str, expires_s: int | None, urgent: bool) -> None:
        self.number += 1
        text = f"EXERCISE prepared {self.number}"
        expires = None if expires_s is None else self.clock.now() + timedelta(seconds=expires_s)
        self.prepared[text] = expires
        more: dict[str, Any] = {"expires_at": format_utc(expires)} if expires else {}
        if urgent:
            more["code"] = "UNABLE"
        self.sides[who].say(
            "message.prepared", [], act="message-prepared", to_role="duty-officer", text=text,
            language="en", **more,
        )  # fmt: skip

    @rule(who=SIDES, pick=st.integers(0, 50))
    def acknowledge(self, who: str, pick: int) -> None:
        side = self.sides[who]
        theirs = [one for one in side.projections.messages.all() if one.party != who]
        if theirs:
            message = theirs[pick % len(theirs)]
            self.acknowledged.add((message.text, who))
            of = message.ref.model_dump(mode="json")
            side.say("acknowledgement", ["*"], act="acknowledge", of=of)

    @rule(who=SIDES, pick=st.integers(0, 50))
    def note(self, who: str, pick: int) -> None:
        """A sender acknowledges their own message: that notes a silence, and is nobody's answer."""
        side = self.sides[who]
        own = [one for one in side.projections.messages.all() if one.party == who]
        if own:
            message = own[pick % len(own)]
            self.noted.add(message.text)
            side.say("acknowledgement", ["*"], act="acknowledge", of=message.ref.model_dump(mode="json"))

    @rule(who=SIDES, pick=st.integers(0, 50))
    def read(self, who: str, pick: int) -> None:
        side = self.sides[who]
        theirs = [one for one in side.projections.messages.all() if one.party != who]
        if theirs:
            of = theirs[pick % len(theirs)].ref.model_dump(mode="json")
            side.say("message.read", ["*"], act="read", of=of)

    @rule(seconds=st.sampled_from([1, 10, 40]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)
        for side in self.sides.values():
            side.tick(self._up(side))

    @rule()
    def cut_or_mend(self) -> None:
        self.up = not self.up

    @rule()
    def carry(self) -> None:
        self.run_link()

    @rule(who=SIDES)
    def restart(self, who: str) -> None:
        before = self.sides[who].rows()
        self.sides[who].forget()
        assert self.sides[who].rows() == before

    # ── what must always hold ───────────────────────────────────────────────────────────────────────────

    @invariant()
    def nobody_acknowledged_but_by_signing(self) -> None:
        for side in self.sides.values():
            for message in side.projections.messages.all():
                for course in side.desk.courses(message, self.clock.now()):
                    if course.acknowledgement is not None:
                        assert (message.text, course.party) in self.acknowledged
                    assert (course.state == "acknowledged") == (course.acknowledgement is not None)

    @invariant()
    def no_deadline_without_its_alarm(self) -> None:
        now = self.clock.now()
        for side in self.sides.values():
            alarmed = {(one.subject, one.party) for one in side.desk.alarms(now)}
            for message in side.projections.messages.all():
                if message.party == side.name and message.text in self.noted:
                    continue  # its sender has taken note of the silence; the asked side has not
                out_of_time = now >= message.recorded_at + timedelta(seconds=WITHIN_S)
                for course in side.desk.courses(message, now):
                    wanted = out_of_time and course.acknowledgement is None
                    assert ((message.ref, course.party) in alarmed) == wanted

    @invariant()
    def nothing_is_said_twice(self) -> None:
        for side in self.sides.values():
            texts = [text for text, _ in side.texts()]
            assert len(texts) == len(set(texts))
            assert set(texts) <= self.said | set(self.prepared)


TestTwoRooms = TwoRooms.TestCase
TestTwoRooms.settings = settings(
    max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
