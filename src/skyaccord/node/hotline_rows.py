"""Rows of the hotline's state: alarms, circuits, shifts, drills, radio attempts, voice entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.hotline.alarms import Alarm
from skyaccord.hotline.checking import agreed, plan_version
from skyaccord.hotline.circuit import Circuit
from skyaccord.hotline.drills import DrillLine, DrillRun
from skyaccord.hotline.duty import Shift
from skyaccord.hotline.line import Attempt
from skyaccord.hotline.phrasebook import show_position, spoken
from skyaccord.hotline.voice import VoiceEntry
from skyaccord.node.message_rows import value_row
from skyaccord.node.projections import Projections
from skyaccord.record.fields import EntryRef

Row = dict[str, Any]


def alarm_row(one: Alarm, own: str) -> Row:
    """One alarm. ours: our own side has to act."""
    return {
        "code": one.code,
        "party": one.party,
        "role": one.role,
        "since": format_utc(one.since),
        "loud": one.loud,
        "ours": one.party == own,
        "subject": _ref(one.subject),
        "said": one.code_said,
        "distance_nm": one.distance_nm,
        "exercise": one.exercise,
    }


def circuit_row(one: Circuit) -> Row:
    """The circuit to one party."""
    return {
        "party": one.party,
        "state": one.state,
        "heard_at": _time(one.heard_at),
        "due_at": _time(one.due_at),
        "missed": one.missed,
        "answer_s": one.answer_s,
        "line": one.wire.word,
        "line_since": _time(one.wire.since),
    }


def shift_row(one: Shift, names: Mapping[tuple[str, str], str], now: datetime) -> Row:
    """One shift. counts: whether its holder is on duty by it now."""
    last = one.steps[-1] if one.steps else None
    return {
        "ref": _ref(one.ref),
        "party": one.party,
        "role": one.role,
        "holder": one.holder,
        "name": names.get((one.party, one.holder), ""),
        "state": one.at(now),
        "counts": one.counts(now),
        "start": format_utc(one.start),
        "end": format_utc(one.end),
        "offered_to": one.offered_to,
        "offered_name": names.get((one.party, one.offered_to), "") if one.offered_to else None,
        "note": last.note if last else "",
    }


def drill_row(drill: DrillRun, lines: list[DrillLine], result: str) -> Row:
    """One drill with its result."""
    return {
        "ref": _ref(drill.ref),
        "party": drill.party,
        "state": drill.state,
        "outcome": result,
        "phrases": list(drill.phrases),
        "answer_within_s": drill.answer_within_s,
        "starts": _time(drill.starts),
        "started_at": _time(drill.started_at),
        "ended_at": _time(drill.ended_at),
        "note": drill.note,
        "lines": [
            {
                "code": one.code,
                "party": one.party or None,
                "message": _ref(one.message),
                "delivered_s": one.delivered_s,
                "read_s": one.read_s,
                "acknowledged_s": one.acknowledged_s,
                "role": one.role,
                "in_time": one.in_time,
            }
            for one in lines
        ],
    }


def attempt_row(one: Attempt, projections: Projections) -> Row:
    """Radio attempts. agreed: the frequency stands in the plan of the accord; plan: its version."""
    accord = projections.accord_as_it_runs(one.said.accord)
    entry = agreed(accord, one.said.mhz)
    said = one.said.model_dump(mode="json")
    fields = (
        "purpose", "called", "icao24", "mhz", "first_at", "last_at", "times", "answered", "readability",
        "text", "language",
    )  # fmt: skip
    return {
        "ref": _ref(one.ref),
        "party": one.said.party,
        "name": one.name,
        "exercise": one.exercise,
        **{field: said[field] for field in fields},
        "position": said["position"],
        "shown": None if one.said.position is None else show_position(one.said.position),
        "agreed": entry is not None,
        "frequency": None if entry is None else entry.name,
        "plan": plan_version(accord),
    }


def voice_row(one: VoiceEntry, projections: Projections) -> Row:
    """What was passed by voice, and whether the other side confirms it."""
    said, answer = one.said, one.answer
    phrase = None if said.code is None else projections.phrases(said.accord).phrases.get(said.code)
    return {
        "ref": _ref(one.ref),
        "party": one.party,
        "role": said.role,
        "state": one.state,
        "direction": said.direction,
        "means": said.means,
        "spoken_at": _time(said.spoken_at),
        "entered_at": format_utc(said.at),
        "with_role": said.with_role,
        "with_name": said.with_name,
        "code": said.code,
        "said": spoken(phrase, said.params),
        "params": [value_row(value) for value in said.params],
        "text": said.text,
        "language": said.language,
        "exercise": said.exercise,
        "answered_by": answer.party if answer else None,
        "answered_at": _time(answer.at) if answer else None,
        "answer": answer.text if answer else "",
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_utc(moment)


def _ref(ref: EntryRef | None) -> Row | None:
    return None if ref is None else ref.model_dump(mode="json")
