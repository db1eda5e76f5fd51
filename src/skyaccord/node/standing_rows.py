"""What stands beside an accord's state: its course, its annexes, who was told. The political status, as data.

Whether the line to a party works is the circuit's and never follows from this: a suspended accord leaves
link and hotline as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.talks.book import WATCHED, Standing
from skyaccord.talks.course import CourseWord

Row = dict[str, Any]


def course_row(standing: Standing) -> Row:
    """Fields of an accord's row: suspension, withdrawal, announcements, annexes, members told."""
    return {
        "watched": standing.state in WATCHED,
        "suspended_by": [one.party for one in standing.course.suspended],
        "withdrawn_by": [one.party for one in standing.course.withdrawn],
        "announced": [_word(one) for one in standing.course.announced],
        "steps": [_word(one) for one in (*standing.course.suspended, *standing.course.withdrawn)],
        "annexes": [
            {
                "annex": one.annex,
                "version": one.version,
                "digest": one.digest,
                "state": one.state,
                "signed_by": list(one.signed_by),
                "missing": list(one.missing),
                "start": format_utc(one.start) if one.start else None,
            }
            for one in standing.annexes
        ],
        "instructed": dict(standing.instructed),
        "told": {
            party: [
                {
                    "member": member,
                    "confirmed_by": said.confirmed_by if said else None,
                    "at": format_utc(said.at) if said else None,
                }
                for member, said in members.items()
            ]
            for party, members in standing.told.items()
        },
    }


def political_rows(standings: Iterable[Standing]) -> list[Row]:
    """How the parties stand to each other on paper: one line an accord."""
    return [
        {
            "accord": one.digest,
            "name": one.accord.name,
            "version": one.accord.version,
            "state": one.state,
            "reason": one.reason,
        }
        for one in standings
    ]


def circuit_rows(peers: Iterable[Row]) -> list[Row]:
    """Whether the line to each party works, whatever stands on paper."""
    return [{"party": peer["party"], "link": peer["link"], "since": peer["since"]} for peer in peers]


def _word(word: CourseWord) -> Row:
    return {
        "party": word.party,
        "step": word.step,
        "because": word.because,
        "said_at": format_utc(word.sky_time),
        "holds_from": format_utc(word.holds_from),
    }
