"""Rosters, drills and voice entries over a link that is cut in any order: what both sides' records make of
them beside a model that knows nothing of the tables. Steps that do not hold are journalled as well, as a
careless or hostile node would: they must count for nothing, at either side.

EXERCISE. Real journals, keys and statements; the link is in memory.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from skyaccord.base.randomness import SeededRandomness
from skyaccord.base.times import format_utc
from skyaccord.hotline.drills import outcome
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.hotline.test_stateful import OFFICERS, SIDES, Side
from tests.record.worlds import enrol, exchange, make_pair

SECOND = {party: PersonKey.generate(SeededRandomness(ord(party) + 1000)) for party in "AB"}
WHO = st.booleans()
PICK = st.integers(0, 20)
ANSWERS = st.sampled_from(["confirm", "dispute", "withdraw"])
WITHIN_S = 30.0


def key_of(party: str, second: bool) -> PersonKey:
    return SECOND[party] if second else OFFICERS[party]


@dataclass
class Watch:
    """One shift as the model has it."""

    ref: EntryRef
    holder: str
    state: str
    end: datetime
    offered_to: str | None = None


@dataclass
class Practice:
    """One drill as the model has it: when its phrase was said, and when each side acknowledged it first."""

    ref: EntryRef
    state: str = "running"
    said: EntryRef | None = None
    said_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass
class Spoken:
    """One voice entry as the model has it: each side's last word of those that count."""

    ref: EntryRef
    words: dict[str, str]

    @property
    def state(self) -> str:
        if self.words.get("other") == "confirm":
            return "confirmed"
        if self.words.get("own") == "withdraw":
            return "withdrawn"
        return "disputed" if self.words.get("other") == "dispute" else "entered"


class TwoRosters(RuleBasedStateMachine):
    """The model follows each journal; at the end both sides must show what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        pair = make_pair(Path(self.folder.name))
        for party in pair:
            enrol(party, OFFICERS[party.card.party])
            enrol(party, SECOND[party.card.party])
        self.clock = pair[0].clock
        self.sides = {party.card.party: Side(party) for party in pair}
        self.up = True
        self.number = 0
        self.watches: dict[str, list[Watch]] = {"A": [], "B": []}
        self.practices: dict[str, list[Practice]] = {"A": [], "B": []}
        self.spoken: dict[str, list[Spoken]] = {"A": [], "B": []}
        self.run_link()

    def teardown(self) -> None:
        self.up = True
        for _ in range(3):
            self.run_link()
        for side in self.sides.values():
            self.shows_the_model(side, everything=True)
            side.party.store.close()
        self.folder.cleanup()

    def run_link(self) -> None:
        if self.up:
            a, b = self.sides["A"], self.sides["B"]
            for _ in range(2):
                exchange(a.party, b.party)
                exchange(b.party, a.party)
                a.catch_up()
                b.catch_up()

    def say(self, who: str, kind: str, key: PersonKey, **fields: Any) -> EntryRef:
        """Journal a statement of a person, whether or not its step holds. Each has words of its own: what
        somebody has signed once was said once.
        """
        side = self.sides[who]
        self.number += 1
        own_words = {"duty": "note", "drill": "note", "voice": "text", "message": "text"}.get(fields["act"])
        if own_words is not None:
            fields[own_words] = f"EXERCISE {self.number}"
        said = {
            "party": who, "role": "duty-officer", "at": format_utc(self.clock.now()), "accord": None,
            "exercise": True, "automatic": False, **fields,
        }  # fmt: skip
        ref = side.party.journal.append_statement(kind, sign_statement(said, key), recipients=["*"]).ref
        side.catch_up()
        return ref

    # ── shifts ──────────────────────────────────────────────────────────────────────────────────────────

    @rule(who=SIDES, second=WHO, planned=st.booleans(), minutes=st.sampled_from([1, 60]))
    def begin(self, who: str, second: bool, planned: bool, minutes: int) -> None:
        key, now = key_of(who, second), self.clock.now()
        end = now + timedelta(minutes=minutes)
        more: dict[str, Any] = {"duty_role": "duty-officer", "end": format_utc(end)}
        if planned:
            more |= {"holder": key.public, "start": format_utc(now)}
        step = "plan" if planned else "take"
        ref = self.say(who, "duty.shift", key, act="duty", step=step, **more)
        self.watches[who].append(Watch(ref, key.public, "planned" if planned else "on duty", end))

    @rule(
        who=SIDES,
        second=WHO,
        pick=PICK,
        step=st.sampled_from(["take", "away", "back", "offer", "accept", "end", "cancel"]),
    )
    def step(self, who: str, second: bool, pick: int, step: str) -> None:
        """By either person of that side, whoever holds the shift; more often than not of one that runs."""
        running = [one for one in self.watches[who] if one.state != "over" and self.clock.now() < one.end]
        found = running if running and pick % 4 else self.watches[who]
        if not found:
            return
        self.take_step(who, found[pick % len(found)], second, step, to_second=bool(pick % 3))

    @rule(who=SIDES, pick=PICK, to_second=WHO, accepts=WHO)
    def hand_over(self, who: str, pick: int, to_second: bool, accepts: bool) -> None:
        """The holder offers it, to a colleague or by a slip to themselves; one of the two accepts it."""
        running = [one for one in self.watches[who] if one.state != "over" and self.clock.now() < one.end]
        if running:
            watch = running[pick % len(running)]
            self.take_step(who, watch, watch.holder == SECOND[who].public, "offer", to_second=to_second)
            if pick % 2:
                self.take_step(who, watch, accepts, "accept", to_second=to_second)

    def take_step(self, who: str, watch: Watch, second: bool, step: str, *, to_second: bool) -> None:
        key, to = key_of(who, second), key_of(who, to_second)
        more = {"holder": to.public} if step == "offer" else {}
        shift = watch.ref.model_dump(mode="json")
        ref = self.say(who, "duty.shift", key, act="duty", step=step, shift=shift, **more)
        own, state = watch.holder == key.public, watch.state
        if self.clock.now() >= watch.end or state == "over":
            return
        if step == "take" and own and state in ("planned", "offered"):
            watch.state = "on duty"
        elif step == "away" and state != "away" and (own or state != "planned"):
            watch.state = "away"
        elif step == "back" and own and state == "away":
            watch.state = "on duty"
        elif step == "offer" and own:
            watch.state, watch.offered_to = "offered", to.public
        elif step == "accept" and not own and state == "offered" and watch.offered_to == key.public:
            watch.state = "over"
            self.watches[who].append(Watch(ref, key.public, "on duty", watch.end))
        elif (step == "end" and own and state in ("on duty", "away")) or (
            step == "cancel" and state == "planned"
        ):
            watch.state = "over"

    # ── drills ──────────────────────────────────────────────────────────────────────────────────────────

    @rule(who=SIDES)
    def drill(self, who: str) -> None:
        ref = self.say(
            who, "hotline.drill", OFFICERS[who], act="drill", step="start", phrases=["GOODWILL"],
            answer_within_s=WITHIN_S,
        )  # fmt: skip
        self.practices[who].append(Practice(ref))

    @rule(who=SIDES, pick=PICK)
    def say_the_phrase(self, who: str, pick: int) -> None:
        running = [one for one in self.practices[who] if one.state == "running" and one.said is None]
        if running:
            one = running[pick % len(running)]
            drill = one.ref.model_dump(mode="json")
            one.said_at = self.clock.now()
            one.said = self.say(
                who, "message", OFFICERS[who], act="message", to_role="duty-officer", language="en",
                code="GOODWILL", params=[], drill=drill,
            )  # fmt: skip

    @rule(who=SIDES, pick=PICK)
    def answer(self, who: str, pick: int) -> None:
        """This side acknowledges a drill's message of the other, if it holds it."""
        other = "B" if who == "A" else "A"
        messages = self.sides[who].projections.messages
        waiting = [one for one in self.practices[other] if one.said and messages.get(one.said) is not None]
        if waiting:
            one = waiting[pick % len(waiting)]
            assert one.said is not None
            of = one.said.model_dump(mode="json")
            self.say(who, "acknowledgement", OFFICERS[who], act="acknowledge", of=of)
            one.answered_at = one.answered_at or self.clock.now()

    @rule(who=SIDES, seconds=st.sampled_from([1, 90]), closes=st.booleans())
    def practise(self, who: str, seconds: int, closes: bool) -> None:
        """A drill as it should go, answered in time or too late."""
        self.drill(who)
        self.say_the_phrase(who, -1)
        self.run_link()
        self.clock.advance(seconds)
        self.answer("B" if who == "A" else "A", -1)
        if closes:
            self.end_drill(who, who, -1, "close")

    @rule(who=SIDES, by=SIDES, pick=PICK, step=st.sampled_from(["close", "cancel"]))
    def end_drill(self, who: str, by: str, pick: int, step: str) -> None:
        """By its own side, or by the other, which cannot."""
        held = [one for one in self.practices[who] if self.sides[by].projections.line.drills.get(one.ref)]
        if held:
            one = held[pick % len(held)]
            drill = one.ref.model_dump(mode="json")
            self.say(by, "hotline.drill", OFFICERS[by], act="drill", step=step, drill=drill)
            if by == who and one.state == "running":
                one.state = "closed" if step == "close" else "cancelled"

    # ── what was passed by voice ────────────────────────────────────────────────────────────────────────

    @rule(who=SIDES)
    def speak(self, who: str) -> None:
        ref = self.say(
            who, "voice.entry", OFFICERS[who], act="voice", step="enter", direction="said", means="radio",
            spoken_at=format_utc(self.clock.now()), with_role="duty-officer", language="en",
        )  # fmt: skip
        self.spoken[who].append(Spoken(ref, {}))

    @rule(who=SIDES, by=SIDES, pick=PICK, step=ANSWERS)
    def say_of_voice(self, who: str, by: str, pick: int, step: str) -> None:
        held = [one for one in self.spoken[who] if self.sides[by].projections.line.voices.get(one.ref)]
        if held:
            one = held[pick % len(held)]
            entry = one.ref.model_dump(mode="json")
            self.say(by, "voice.entry", OFFICERS[by], act="voice", step=step, entry=entry, language="en")
            if (step == "withdraw") == (by == who):
                one.words["own" if by == who else "other"] = step

    @rule(who=SIDES, words=st.lists(st.tuples(SIDES, ANSWERS), min_size=1, max_size=4))
    def argue(self, who: str, words: list[tuple[str, str]]) -> None:
        """Several words about one entry, that may cross."""
        self.speak(who)
        self.run_link()
        for by, step in words:
            self.say_of_voice(who, by, -1, step)

    # ── the link and the clock ──────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from([1, 20, 90, 3700]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def cut_or_mend(self) -> None:
        self.up = not self.up

    @rule()
    def carry(self) -> None:
        self.run_link()

    @rule(who=SIDES)
    def restart(self, who: str) -> None:
        self.sides[who].forget()

    # ── what must always hold ───────────────────────────────────────────────────────────────────────────

    @invariant()
    def each_side_shows_its_own(self) -> None:
        for side in self.sides.values():
            self.shows_the_model(side, everything=False)

    def shows_the_model(self, side: Side, *, everything: bool) -> None:
        now, line = self.clock.now(), side.projections.line
        for party in "AB" if everything else side.name:
            for watch in self.watches[party]:
                found = line.roster.get(watch.ref)
                assert found is not None
                assert found.at(now) == ("over" if now >= watch.end else watch.state)
                assert found.holder == watch.holder
            there = [one for one in self.watches[party] if now < one.end]
            counted = {one.holder for one in there if one.state in ("planned", "on duty", "offered")}
            assert {one.holder for one in line.roster.on_duty(party, "duty-officer", now)} == counted
            kept = line.roster.kept(party, now)
            assert line.roster.vacant(party, "duty-officer", now) == (kept and not counted)
            for one in self.practices[party]:
                self.shows_drill(side, one, certain=everything)
            assert len(line.drills.all()) >= len(self.practices[party])
        if everything:
            for entry in (*self.spoken["A"], *self.spoken["B"]):
                spoken = line.voices.get(entry.ref)
                assert spoken is not None
                assert spoken.state == entry.state

    def shows_drill(self, side: Side, one: Practice, *, certain: bool) -> None:
        """The result follows from what was said and acknowledged, and no side can write another."""
        found = side.projections.line.drills.get(one.ref)
        assert found is not None
        assert found.state == one.state
        result = outcome(found, side.desk.drill_lines(found, self.clock.now()))
        answered = one.answered_at if certain else None
        in_time = (
            answered is not None
            and one.said_at is not None
            and (answered - one.said_at).total_seconds() <= WITHIN_S
        )
        if one.state == "cancelled":
            assert result == "cancelled"
        elif certain:
            assert result == ("passed" if in_time else "failed" if one.state == "closed" else "open")
        else:
            assert result != "passed" or one.answered_at is not None, "nobody acknowledged it"


TestTwoRosters = TwoRosters.TestCase
TestTwoRosters.settings = settings(
    max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
