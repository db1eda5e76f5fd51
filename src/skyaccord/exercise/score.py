"""The score sheet: who answered when, what escalated, what was missed; read from both nodes' journals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from skyaccord.exercise.judges import Call, Heard, judge
from skyaccord.exercise.scenario import Expectation, Scenario
from skyaccord.exercise.steps import Done
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.pack.making import make_pack
from skyaccord.pack.reconcile import name_of
from skyaccord.paper.blocks import Block, Document, Heading, Inline, Paragraph, Table, code, name, text


@dataclass(frozen=True)
class Judged:
    """One expectation and whether it was met, with what shows it."""

    what: str
    party: str
    role: str | None
    aircraft: str | None
    met: bool
    shown_by: str


@dataclass(frozen=True)
class Score:
    """The whole sheet. failed: steps that could not be played."""

    scenario: str
    title: str
    calls: tuple[Call, ...]
    judged: tuple[Judged, ...]
    failed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every expectation was met and every step could be played."""
        return all(one.met for one in self.judged) and not self.failed

    def json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "passed": self.passed, "exercise": True}


def window_of(scenario: Scenario) -> Window:
    """The scenario's sky, and a day after it for what people say."""
    return Window(scenario.start - timedelta(minutes=5), scenario.start + timedelta(days=1), exercise=True)


def score(scenario: Scenario, ledgers: Mapping[str, Ledger], done: list[Done]) -> Score:
    """Judge a playing. ledgers: party → what its node's folder holds."""
    packs = {party: make_pack(ledger, window_of(scenario)) for party, ledger in ledgers.items()}
    first = next(iter(ledgers.values()))
    calls = calls_of(first, window_of(scenario))
    judged = [_judged(one, Heard(packs[one.party], calls)) for one in scenario.expect]
    judged += [
        Judged("refused", one.step.party, one.step.role, None, bool(one.reason), one.reason)
        for one in done
        if one.step.refused
    ]
    failed = tuple(f"{one.step.party}'s {one.step.role}: {one.error}" for one in done if one.error)
    return Score(scenario.name, scenario.title, calls, tuple(judged), failed)


def _judged(one: Expectation, heard: Heard) -> Judged:
    shown = judge(one, heard)
    return Judged(one.what, one.party, one.role, one.aircraft, bool(shown), shown)


def calls_of(ledger: Ledger, window: Window) -> tuple[Call, ...]:
    """Every message of the exercise towards every party that it asked."""
    found = []
    for message in ledger.messages.all():
        if not window.holds(message.sky_time, message.exercise):
            continue
        for course in ledger.courses.of(message, ledger.phrases(message.accord), ledger.now, ledger.own):
            silences = ledger.asking.silences(message.ref)
            answer = course.acknowledgement
            found.append(
                Call(
                    name_of(message.ref),
                    message.party,
                    course.party,
                    message.to_role,
                    tuple(one.role for one in silences if one.party == course.party and not one.vacant),
                    tuple(one.role for one in silences if one.party == course.party and one.vacant),
                    answer.role if answer else None,
                    course.seconds(course.acknowledged_at),
                    message.code or message.text,
                )
            )
    return tuple(found)


def score_document(score: Score) -> Document:
    """The sheet for people."""
    rows: list[tuple[Inline, ...]] = [
        (
            (code(one.entry),),
            (name(one.sender),),
            (name(f"{one.party} {one.role}"),),
            (code(" ".join((*one.silent, *(f"{role} (nobody on duty)" for role in one.vacant))) or "-"),),
            (
                text(
                    "nobody"
                    if one.answered_by is None
                    else f"{one.answered_by} after {one.after_s or 0:.0f} s"
                ),
            ),
        )
        for one in score.calls
    ]
    judged: list[tuple[Inline, ...]] = [
        (
            (text(", ".join(filter(None, (f"{one.what} at {one.party}", one.role, one.aircraft)))),),
            (text("met" if one.met else "MISSED"),),
            (code(one.shown_by or "-"),),
        )
        for one in score.judged
    ]
    heads = ("Entry", "From", "To", "Silent", "Answered by")
    blocks: list[Block] = [
        Heading((text("What had to happen"),)),
        Table(((text("Expected"),), (text("Result"),), (text("Shown by"),)), tuple(judged)),
        Heading((text("Who answered when"),)),
        Table(tuple((text(head),) for head in heads), tuple(rows))
        if rows
        else Paragraph((text("No call."),)),
    ]
    blocks += [Paragraph((text(f"Could not be played: {one}"),)) for one in score.failed]
    result = "passed" if score.passed else "NOT passed"
    return Document(
        language="en",
        direction="ltr",
        title=score.title,
        under=(text(f"Score sheet of the exercise {score.scenario}: {result}."),),
        blocks=tuple(blocks),
        identity=("Exercise", score.scenario),
        page="Page {page} of {pages}",
        mark="EXERCISE",
        marks=(("EXERCISE", "Nothing here happened on a real day; no real pack counts it."),),
    )
