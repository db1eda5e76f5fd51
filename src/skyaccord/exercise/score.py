"""The score sheet: who answered when, what escalated, what was missed; read from both nodes' journals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from skyaccord.base.times import format_utc
from skyaccord.exercise.play import ACCORD, Done
from skyaccord.exercise.scenario import Expectation, Scenario
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.pack.making import Pack, make_pack
from skyaccord.pack.reconcile import name_of
from skyaccord.paper.blocks import Block, Document, Heading, Inline, Paragraph, Table, code, name, text


@dataclass(frozen=True)
class Call:
    """One message: whom it asked first, who was passed in silence, who answered after how many seconds."""

    entry: str
    sender: str
    party: str
    role: str
    silent: tuple[str, ...]
    answered_by: str | None
    after_s: float | None
    text: str


@dataclass(frozen=True)
class Judged:
    """One expectation and whether it was met, with what shows it."""

    what: str
    party: str
    role: str | None
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
    judged = tuple(_judge(one, packs[one.party], calls) for one in scenario.expect)
    failed = tuple(f"{one.step.party}'s {one.step.role}: {one.error}" for one in done if one.error)
    return Score(scenario.name, scenario.title, calls, judged, failed)


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
                    tuple(one.role for one in silences if one.party == course.party),
                    answer.role if answer else None,
                    course.seconds(course.acknowledged_at),
                    message.code or message.text,
                )
            )
    return tuple(found)


def _judge(one: Expectation, pack: Pack, calls: tuple[Call, ...]) -> Judged:
    shown = _JUDGES[one.what](one, pack, calls)
    return Judged(one.what, one.party, one.role, bool(shown), shown)


def _acknowledged(one: Expectation, _pack: Pack, calls: tuple[Call, ...]) -> str:
    met = [
        c
        for c in calls
        if c.party == one.party and c.answered_by in ((one.role,) if one.role else {c.answered_by} - {None})
    ]
    return ", ".join(
        f"{c.entry} by {c.answered_by} after {c.after_s:.0f} s" for c in met if c.after_s is not None
    )


def _silent(one: Expectation, _pack: Pack, calls: tuple[Call, ...]) -> str:
    return ", ".join(f"{c.entry}: {one.role or 'a role'} silent" for c in calls if _was_silent(c, one))


def _escalated(one: Expectation, _pack: Pack, calls: tuple[Call, ...]) -> str:
    """Silent in one role, and answered in another."""
    met = [c for c in calls if _was_silent(c, one) and c.answered_by not in (None, one.role)]
    return ", ".join(f"{c.entry}: past {one.role} to {c.answered_by}" for c in met)


def _was_silent(call: Call, one: Expectation) -> bool:
    return call.party == one.party and (one.role in call.silent if one.role else bool(call.silent))


def _seen(verdicts: tuple[str, ...]) -> Callable[[Expectation, Pack, tuple[Call, ...]], str]:
    def judge(one: Expectation, pack: Pack, _calls: tuple[Call, ...]) -> str:
        return ", ".join(
            name_of(event.ref)
            for event in pack.figures.events
            if event.party == one.party and event.verdict in verdicts
        )

    return judge


def _incident(_one: Expectation, pack: Pack, _calls: tuple[Call, ...]) -> str:
    return ", ".join(row.incident for row in pack.figures.incidents)


def _disputed(_one: Expectation, pack: Pack, _calls: tuple[Call, ...]) -> str:
    return ", ".join(row.incident for row in pack.figures.incidents if row.facts_disputed)


def _radio(one: Expectation, pack: Pack, _calls: tuple[Call, ...]) -> str:
    found = next((row for row in pack.figures.line if row.party == one.party and row.radio_unanswered), None)
    return "" if found is None else f"{found.radio_unanswered} calls"


def _suspended(one: Expectation, pack: Pack, _calls: tuple[Call, ...]) -> str:
    """Announced counts: the notice that the accord demands may run longer than the exercise."""
    standings = pack.ledger.book.standings(pack.window.end)
    words = [
        word
        for standing in standings
        if standing.accord.name == ACCORD
        for word in (*standing.course.suspended, *standing.course.announced)
    ]
    found = [word for word in words if word.step == "suspend" and word.party == one.party]
    return ", ".join(f"{name_of(word.ref)}, from {format_utc(word.holds_from)}" for word in found)


def _reconciled(_one: Expectation, pack: Pack, _calls: tuple[Call, ...]) -> str:
    """Some events were laid side by side, and no difference is unexplained."""
    lines = [line for between in pack.reconciliations for line in between.lines]
    left = [line for line in lines if any(not one.explained for one in line.differences)]
    return f"{len(lines)} events" if lines and not left else ""


_JUDGES: Final[dict[str, Callable[[Expectation, Pack, tuple[Call, ...]], str]]] = {
    "acknowledged": _acknowledged,
    "escalated": _escalated,
    "silence": _silent,
    "approach": _seen(("approach",)),
    "infringement": _seen(("infringement", "breach", "nmac")),
    "breach": _seen(("breach", "nmac")),
    "incident": _incident,
    "disputed": _disputed,
    "unanswered-radio": _radio,
    "suspended": _suspended,
    "reconciled": _reconciled,
}


def score_document(score: Score) -> Document:
    """The sheet for people."""
    rows: list[tuple[Inline, ...]] = [
        (
            (code(one.entry),),
            (name(one.sender),),
            (name(f"{one.party} {one.role}"),),
            (code(" ".join(one.silent) or "-"),),
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
            (text(f"{one.what} at {one.party}" + (f", {one.role}" if one.role else "")),),
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
