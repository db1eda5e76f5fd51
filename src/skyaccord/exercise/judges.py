"""Whether what a scenario expects has happened, by the journals that one node holds; and what shows it.

Every judge returns what shows it, in a few words, or nothing. docs/exercise.md says what each stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from skyaccord.base.counting import counted
from skyaccord.base.times import format_utc
from skyaccord.exercise.scenario import Expectation
from skyaccord.exercise.steps import ACCORD
from skyaccord.hotline.checking import agreed
from skyaccord.hotline.lead import lead_of
from skyaccord.hotline.line import judged
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.hotline.phrasebook import LANGUAGES, MISSING, priority, spoken
from skyaccord.hotline.values import TimeValue
from skyaccord.incidents.bodies import AlertBody
from skyaccord.incidents.sightings import Sighting
from skyaccord.pack.making import Pack
from skyaccord.pack.reconcile import name_of


@dataclass(frozen=True)
class Call:
    """One message: whom it asked first, who was passed in silence, who answered after how many seconds.

    vacant: roles that were asked past because nobody was on duty in them.
    """

    entry: str
    sender: str
    party: str
    role: str
    silent: tuple[str, ...]
    vacant: tuple[str, ...]
    answered_by: str | None
    after_s: float | None
    text: str


@dataclass(frozen=True)
class Heard:
    """What a judge goes by: the pack of the party in question, and every call of the exercise."""

    pack: Pack
    calls: tuple[Call, ...]

    @property
    def messages(self) -> list[HotlineMessage]:
        """Of the exercise, in order."""
        window = self.pack.window
        return [one for one in self.pack.ledger.messages.all() if window.holds(one.sky_time, one.exercise)]


Judge = Callable[[Expectation, Heard], str]


def judge(one: Expectation, heard: Heard) -> str:
    """What shows that it happened; empty: it did not."""
    return JUDGES[one.what](one, heard)


# ── who answered ────────────────────────────────────────────────────────────────────────────────────────


def _acknowledged(one: Expectation, heard: Heard) -> str:
    met = [
        c
        for c in heard.calls
        if c.party == one.party and c.answered_by is not None and one.role in (None, c.answered_by)
    ]
    return _listed(f"{c.entry} by {c.answered_by} after {c.after_s or 0:.0f} s" for c in met)


def _was_silent(call: Call, one: Expectation) -> bool:
    return call.party == one.party and (one.role in call.silent if one.role else bool(call.silent))


def _silent(one: Expectation, heard: Heard) -> str:
    return _listed(f"{c.entry}: {one.role or 'a role'} silent" for c in heard.calls if _was_silent(c, one))


def _escalated(one: Expectation, heard: Heard) -> str:
    """Silent in one role, and answered in another."""
    met = [c for c in heard.calls if _was_silent(c, one) and c.answered_by not in (None, one.role)]
    return _listed(f"{c.entry}: past {one.role} to {c.answered_by}" for c in met)


def _vacant(one: Expectation, heard: Heard) -> str:
    met = [c for c in heard.calls if c.party == one.party and one.role in c.vacant]
    return _listed(f"{c.entry}: nobody on duty as {one.role}" for c in met)


# ── the sky ─────────────────────────────────────────────────────────────────────────────────────────────


def _seen(verdicts: tuple[str, ...]) -> Judge:
    def found(one: Expectation, heard: Heard) -> str:
        return _listed(
            name_of(event.ref)
            for event in heard.pack.figures.events
            if event.party == one.party
            and event.verdict in verdicts
            and one.aircraft in (None, *event.callsigns)
        )

    return found


def _alerts(one: Expectation, heard: Heard) -> list[tuple[Sighting, AlertBody]]:
    """Under an accord, by that party, about that aircraft; its own rule's alerts ask nobody else."""
    window = heard.pack.window
    return [
        (sighting, sighting.body)
        for sighting in heard.pack.ledger.sightings.all("alert")
        if isinstance(sighting.body, AlertBody)
        and sighting.party == one.party
        and sighting.header.accord is not None
        and window.holds(sighting.first_header.sky_time, sighting.first_header.exercise)
        and one.aircraft in (None, *sighting.body.callsigns)
    ]


def _alert(one: Expectation, heard: Heard) -> str:
    return _listed(name_of(sighting.first) for sighting, _ in _alerts(one, heard))


def _sure(one: Expectation, heard: Heard) -> str:
    """An alert was raised that said itself to be confident."""
    return _listed(name_of(sighting.first) for sighting, body in _alerts(one, heard) if body.confident)


def _unsure(one: Expectation, heard: Heard) -> str:
    """Alerts were raised, and none of them said itself to be confident."""
    alerts = _alerts(one, heard)
    if any(body.confident for _, body in alerts):
        return ""
    return _listed(
        f"{name_of(sighting.first)}: {body.reason or 'not confident'}" for sighting, body in alerts
    )


# ── what was said ───────────────────────────────────────────────────────────────────────────────────────


def _radio(one: Expectation, heard: Heard) -> str:
    lines = heard.pack.figures.line
    found = next((row for row in lines if row.party == one.party and row.radio_unanswered), None)
    return "" if found is None else counted(found.radio_unanswered, "call")


def _off_plan(one: Expectation, heard: Heard) -> str:
    """Calls on a frequency that the accord's plan does not have."""
    ledger = heard.pack.ledger
    return _listed(
        f"{name_of(call.ref)}: {call.said.times} on {call.said.mhz:.3f} MHz"
        for call in ledger.line.attempts()
        if call.said.party == one.party and agreed(ledger.as_it_runs(call.said.accord), call.said.mhz) is None
    )


def _radio_check(one: Expectation, heard: Heard) -> str:
    return _listed(
        f"{name_of(call.ref)}: {call.said.mhz:.3f} MHz, readability {call.said.readability}"
        for call in heard.pack.ledger.line.attempts()
        if call.said.party == one.party and call.said.purpose == "check" and call.said.readability
    )


def _read_back(*, wrong: bool) -> Judge:
    def found(one: Expectation, heard: Heard) -> str:
        line = heard.pack.ledger.line
        return _listed(
            f"{name_of(read_back.ref)}: {check.horizontal_nm:.2f} NM from what was sent"
            for message in heard.messages
            for read_back in line.read_backs(message.ref)
            for verdict in judged(message, [read_back])
            if read_back.party == one.party and (check := verdict.check) is not None
            if verdict.mismatch is wrong
        )

    return found


def _late(one: Expectation, heard: Heard) -> str:
    """A notice of that party, late by the accord."""
    ledger = heard.pack.ledger
    leads = [(one_, lead_of(ledger.as_it_runs(one_.accord), one_)) for one_ in heard.messages]
    return _listed(
        f"{name_of(message.ref)}: {lead.lead_s:.0f} s before its start, {lead.wanted_s:.0f} s agreed"
        for message, lead in leads
        if message.party == one.party and lead is not None and lead.late
    )


def _three_languages(one: Expectation, heard: Heard) -> str:
    """Phrases of that party, each whole in every language from its code alone."""
    met = []
    for message in heard.messages:
        if message.party != one.party or message.code is None:
            continue
        book = heard.pack.ledger.phrases(message.accord)
        said = spoken(book.phrases.get(message.code), message.params)
        if set(said) != set(LANGUAGES) or any(MISSING in words for words in said.values()) or message.text:
            return ""
        met.append(f"{name_of(message.ref)}: {message.code}")
    return _listed(met)


def _wording(one: Expectation, heard: Heard) -> str:
    """A time in UTC, with the words it was said in beside it."""
    return _listed(
        f"{name_of(message.ref)}: {format_utc(value.time)}, said as {value.wording!r}"
        for message in heard.messages
        if message.party == one.party
        for value in message.params
        if isinstance(value, TimeValue) and value.wording
    )


def _by_priority(one: Expectation, heard: Heard) -> str:
    """Two or more prepared messages of that party went out, the most urgent first."""
    out = [m for m in heard.messages if m.party == one.party and m.prepared is not None and not m.expired]
    out.sort(key=lambda message: message.ref.sequence)
    ranks = [priority(message.code) for message in out]
    if len(set(ranks)) < 2 or ranks != sorted(ranks):
        return ""
    return _listed(f"{name_of(message.ref)}: {message.code or 'free text'}" for message in out)


def _expired(one: Expectation, heard: Heard) -> str:
    return _listed(name_of(m.ref) for m in heard.messages if m.party == one.party and m.expired)


def _voice(one: Expectation, heard: Heard) -> str:
    """What that party entered as passed by voice, and the other side confirmed."""
    return _listed(
        name_of(entry.ref)
        for entry in heard.pack.ledger.line.voices.all()
        if entry.party == one.party and entry.state == "confirmed"
    )


# ── afterwards ──────────────────────────────────────────────────────────────────────────────────────────


def _incident(_one: Expectation, heard: Heard) -> str:
    return _listed(row.incident for row in heard.pack.figures.incidents)


def _disputed(_one: Expectation, heard: Heard) -> str:
    return _listed(row.incident for row in heard.pack.figures.incidents if row.facts_disputed)


def _suspended(one: Expectation, heard: Heard) -> str:
    """Announced counts: the notice that the accord demands may run longer than the exercise."""
    words = [
        word
        for standing in heard.pack.ledger.book.standings(heard.pack.window.end)
        if standing.accord.name == ACCORD
        for word in (*standing.course.suspended, *standing.course.announced)
    ]
    found = [word for word in words if word.step == "suspend" and word.party == one.party]
    return _listed(f"{name_of(word.ref)}, from {format_utc(word.holds_from)}" for word in found)


def _reconciled(_one: Expectation, heard: Heard) -> str:
    """Some events were laid side by side, and no difference is unexplained."""
    lines = [line for between in heard.pack.reconciliations for line in between.lines]
    left = [line for line in lines if any(not one.explained for one in line.differences)]
    return f"{len(lines)} events" if lines and not left else ""


def _listed(found: Iterable[str]) -> str:
    return ", ".join(found)


JUDGES: Final[dict[str, Judge]] = {
    "acknowledged": _acknowledged,
    "escalated": _escalated,
    "silence": _silent,
    "vacant": _vacant,
    "approach": _seen(("approach",)),
    "infringement": _seen(("infringement", "breach", "nmac")),
    "breach": _seen(("breach", "nmac")),
    "alert": _alert,
    "sure": _sure,
    "unsure": _unsure,
    "incident": _incident,
    "disputed": _disputed,
    "unanswered-radio": _radio,
    "off-plan-radio": _off_plan,
    "radio-check": _radio_check,
    "read-back-wrong": _read_back(wrong=True),
    "read-back-right": _read_back(wrong=False),
    "late-notice": _late,
    "three-languages": _three_languages,
    "wording": _wording,
    "by-priority": _by_priority,
    "expired": _expired,
    "voice-confirmed": _voice,
    "suspended": _suspended,
    "reconciled": _reconciled,
}
