"""A message as consoles get it: what it says in each language, how far it came, read-backs, faults."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.hotline.checking import faults
from skyaccord.hotline.course import Course
from skyaccord.hotline.lead import lead_of
from skyaccord.hotline.line import Judged, judged, unread_back
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.hotline.phrasebook import priority, show, show_position, spoken
from skyaccord.hotline.values import Value
from skyaccord.node.projections import Projections

Row = dict[str, Any]


def words_row(projections: Projections, message: HotlineMessage) -> Row:
    """What a message says: its phrase in every language, its parameters, what is wrong with it."""
    book = projections.phrases(message.accord)
    accord = projections.accord_as_it_runs(message.accord)
    lead = lead_of(accord, message)
    late = [] if lead is None or not lead.late else [lead.fault()]
    phrase = None if message.code is None else book.phrases.get(message.code)
    return {
        "code": message.code,
        "said": spoken(phrase, message.params),
        "params": [value_row(value) for value in message.params],
        "response": None if phrase is None else phrase.response,
        "priority": priority(message.code),
        "expires_at": _time(message.expires_at),
        "expired": message.expired,
        "corrects": _ref(message.corrects),
        "drill": _ref(message.drill),
        "faults": [one.row() for one in (*faults(accord, message.code, message.params), *late)],
    }


def value_row(value: Value) -> Row:
    """One parameter, with how it reads."""
    return {**value.model_dump(mode="json"), "shown": show(value)}


def progress_row(
    projections: Projections, message: HotlineMessage, now: datetime
) -> tuple[Row, list[datetime]]:
    """How far it came towards each party, its read-backs; and when (wall time) that changes by itself."""
    own = projections.own.party
    book = projections.phrases(message.accord)
    courses = projections.courses.of(message, book, now, own)
    read_backs = projections.line.read_backs(message.ref)
    coming = [timer.due_at for course in courses for timer in course.timers if timer.met_at is None]
    asked = message.party != own and not message.expired
    row = {
        "courses": [course_row(course) for course in courses],
        "read_backs": [_read_back_row(one) for one in judged(message, read_backs)],
        "read_back_wanted": unread_back(message, read_backs, own) if asked else [],
        "corrected_by": _ref(projections.messages.corrected_by(message.ref)),
        "silences": [
            {
                "party": one.party,
                "role": one.role,
                "vacant": one.vacant,
                "at": format_utc(one.recorded_at),
                "ref": _ref(one.ref),
            }
            for one in projections.asking.silences(message.ref)
        ],
    }
    return row, [due for due in coming if due > now]


def course_row(course: Course) -> Row:
    """One message towards one party, each step with its time."""
    return {
        "party": course.party,
        "state": course.state,
        "role": course.standing.role if course.standing else None,
        "passed": list(course.standing.passed) if course.standing else [],
        "exhausted": course.standing.exhausted if course.standing else False,
        "sent_at": format_utc(course.sent_at),
        "delivered_at": _time(course.delivered_at),
        "read_at": _time(course.read.at if course.read else None),
        "read_by": course.read.name if course.read else None,
        "acknowledged_at": _time(course.acknowledged_at),
        "acknowledged_role": course.acknowledgement.role if course.acknowledgement else None,
        "answered_at": _time(course.answer.at if course.answer else None),
        "timers": [
            {
                "name": timer.name,
                "role": timer.role,
                "due_at": format_utc(timer.due_at),
                "met_at": _time(timer.met_at),
            }
            for timer in course.timers
        ],
    }


def _read_back_row(one: Judged) -> Row:
    return {
        "party": one.read_back.party,
        "role": one.read_back.role,
        "name": one.read_back.name,
        "param": one.read_back.param,
        "at": format_utc(one.read_back.at),
        "position": one.read_back.position.model_dump(mode="json"),
        "shown": show_position(one.read_back.position),
        "distance_nm": None if one.check is None else round(one.check.horizontal_nm, 2),
        "vertical_ft": None if one.check is None else one.check.vertical_ft,
        "heights_differ": one.check is not None and one.check.heights_differ,
        "mismatch": one.mismatch,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_utc(moment)


def _ref(ref: Any) -> Row | None:
    return None if ref is None else ref.model_dump(mode="json")
