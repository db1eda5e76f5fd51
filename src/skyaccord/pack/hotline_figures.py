"""How the hotline was used and how fast it answered.

Percentiles are by nearest rank: the smallest of the values that at least so many per cent of them do not
exceed. No value is invented between two that were measured.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from skyaccord.hotline.circuit import CHECK
from skyaccord.hotline.course import Course
from skyaccord.hotline.drills import DrillLine, outcome
from skyaccord.incidents.bodies import AlertBody
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.pack.rows import Asked, DrillRow, LineRow, ResponseRow

PERCENTILES: Final = (50, 90, 99)
STEPS: Final = ("held", "read", "acknowledged")


def percentile(values: Sequence[float], per_cent: float) -> float | None:
    """By nearest rank; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(per_cent / 100 * len(values)) - 1)]


def courses_of(ledger: Ledger, window: Window) -> list[Course]:
    """Every message of the window towards every party it asks; drills and circuit checks among them."""
    return [
        course
        for message in ledger.messages.all()
        if window.holds(message.sky_time, message.exercise) and not message.expired
        for course in ledger.courses.of(message, ledger.phrases(message.accord), ledger.now, ledger.own)
    ]


def responses(ledger: Ledger, window: Window) -> list[ResponseRow]:
    """Seconds from sending, by what asked, party and role; checks and drills are told of apart."""
    taken: dict[tuple[Asked, str, str], dict[str, list[float]]] = {}
    asked: Counter[tuple[Asked, str, str]] = Counter()
    for course in courses_of(ledger, window):
        if course.message.code == CHECK or course.message.drill is not None:
            continue
        key: tuple[Asked, str, str] = ("message", course.party, course.message.to_role)
        asked[key] += 1
        times = {
            "held": course.delivered_at,
            "read": course.read.at if course.read else None,
            "acknowledged": course.acknowledged_at,
        }
        _note(taken.setdefault(key, {}), course.sent_at, times)
    for alert_key, sent_at, alert_times in _alert_answers(ledger, window):
        asked[alert_key] += 1
        _note(taken.setdefault(alert_key, {}), sent_at, alert_times)
    rows = []
    for what, party, role in sorted(asked):
        for step in STEPS if what == "message" else ("held", "acknowledged"):
            values = taken[what, party, role].get(step, [])
            p50_s, p90_s, p99_s = (percentile(values, per_cent) for per_cent in PERCENTILES)
            rows.append(
                ResponseRow(
                    what=what,
                    party=party,
                    role=role,
                    step=step,
                    asked=asked[what, party, role],
                    reached=len(values),
                    p50_s=p50_s,
                    p90_s=p90_s,
                    p99_s=p99_s,
                    max_s=max(values, default=None),
                )
            )
    return rows


def _note(into: dict[str, list[float]], sent_at: datetime, times: dict[str, datetime | None]) -> None:
    for step, at in times.items():
        if at is not None:
            into.setdefault(step, []).append(max(0.0, (at - sent_at).total_seconds()))


def _alert_answers(
    ledger: Ledger, window: Window
) -> list[tuple[tuple[Asked, str, str], datetime, dict[str, datetime | None]]]:
    """One ask a conflict and party: from the first alert of the event to whoever acknowledged it first."""
    found = []
    for event in sorted(ledger.sightings.join.events("conflict"), key=lambda one: (one.start, one.id)):
        alerts = [
            one
            for one in ledger.sightings.members(event, "alert")
            if isinstance(one.body, AlertBody) and window.holds(one.body.raised_at, one.first_header.exercise)
        ]
        if not alerts:
            continue
        alerts.sort(key=lambda one: (one.first_header.recorded_at, one.key.origin))
        first = alerts[0]
        acks = ledger.asking.acknowledgements(ref for one in alerts for ref in one.refs)
        asks = {party: role for one in alerts for party, role in ledger.asking.asked(one.first).items()}
        for party, role in sorted(asks.items()):
            holding = next((one for one in ledger.receipts.of(first.first) if one.party == party), None)
            held_at = first.first_header.recorded_at if party == first.party else None
            held_at = holding.recorded_at if holding is not None else held_at
            answered = next((one.at for one in acks if one.party == party), None)
            key: tuple[Asked, str, str] = ("alert", party, role)
            found.append((key, first.first_header.recorded_at, {"held": held_at, "acknowledged": answered}))
    return found


def line_rows(ledger: Ledger, window: Window) -> list[LineRow]:
    """What each party said, and what it left open."""
    courses = courses_of(ledger, window)
    messages = [one for one in ledger.messages.all() if window.holds(one.sky_time, one.exercise)]
    attempts = [one for one in ledger.line.attempts() if window.holds(one.sky_time, one.exercise)]
    voices = [
        one for one in ledger.line.voices.all() if window.holds(ledger.sky_times[one.ref], one.said.exercise)
    ]
    rows = []
    for party in ledger.parties:
        towards = [one for one in courses if one.party == party]
        silences = [
            silence
            for course in towards
            for silence in ledger.asking.silences(course.message.ref)
            if silence.party == party
        ]
        silences += [
            silence
            for sighting in ledger.sightings.all("alert")
            if window.holds(sighting.first_header.sky_time, sighting.first_header.exercise)
            for silence in ledger.asking.silences(sighting.first)
            if silence.party == party
        ]
        checks = [one for one in towards if one.message.code == CHECK]
        own_voices = [one for one in voices if one.party == party]
        rows.append(
            LineRow(
                party=party,
                messages=sum(one.party == party for one in messages),
                silences=sum(not one.vacant for one in silences),
                vacancies=sum(one.vacant for one in silences),
                unanswered=sum(one.acknowledged_at is None for one in towards),
                expired=sum(one.party == party and one.expired for one in messages),
                radio_calls=sum(one.said.times for one in attempts if one.said.party == party),
                radio_unanswered=sum(
                    one.said.times for one in attempts if one.said.party == party and not one.said.answered
                ),
                voice_entries=len(own_voices),
                voice_confirmed=sum(one.state == "confirmed" for one in own_voices),
                checks=len(checks),
                checks_in_time=sum(_in_time(one) for one in checks),
            )
        )
    return rows


def _in_time(course: Course) -> bool:
    timer = next((one for one in course.timers if one.name == "acknowledge"), None)
    return timer is not None and timer.met_at is not None and not timer.late() and not course.silent


def drills(ledger: Ledger, window: Window) -> list[DrillRow]:
    """Drills are exercises; those held on a real day are told of in the real pack, apart from everything."""
    rows = []
    for drill in ledger.line.drills.all():
        real = drill.ref in ledger.real_drills
        if real is window.exercise or not window.start <= ledger.sky_times[drill.ref] < window.end:
            continue
        lines = []
        for message in ledger.messages.all():
            if message.drill != drill.ref:
                continue
            for course in ledger.courses.of(message, ledger.phrases(message.accord), ledger.now, ledger.own):
                taken_s = course.seconds(course.acknowledged_at)
                in_time = taken_s is not None and taken_s <= drill.answer_within_s
                lines.append(
                    DrillLine(
                        message.code or "",
                        course.party,
                        message.ref,
                        course.seconds(course.delivered_at),
                        course.seconds(course.read.at) if course.read else None,
                        taken_s,
                        course.acknowledgement.role if course.acknowledgement else None,
                        in_time,
                    )
                )
        taken = [line.acknowledged_s for line in lines if line.acknowledged_s is not None]
        rows.append(
            DrillRow(
                drill.party,
                ledger.sky_times[drill.ref],
                " ".join(drill.phrases),
                outcome(drill, lines),
                len(lines),
                sum(line.in_time for line in lines),
                max(taken, default=None),
            )
        )
    return rows
