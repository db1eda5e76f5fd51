"""An incident as JSON: a row in a list, and the whole record. What pages, commands and programs get."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.incidents.case import Case, Opening, SeverityStanding
from skyaccord.incidents.covering import covered
from skyaccord.incidents.facts import Fact
from skyaccord.incidents.questions import Question
from skyaccord.incidents.scales import SCALES
from skyaccord.incidents.words import Word
from skyaccord.record.fields import EntryRef

Row = dict[str, Any]


def summary(case: Case, own: str, now: datetime) -> Row:
    """One row. own: this node's party; now: wall time, for what is due. record, words: another row whenever
    anybody has said anything, so that whoever shows the record looks again.
    """
    dues = [(one, one.state(now)) for one in case.dues()]
    first = next(iter(case.observations.values()), None)
    crossing = next(iter(case.crossings.values()), None)
    parties: list[str | None] = [None] * len(case.aircraft)
    if first is not None:
        parties = list(first.parties)
    elif crossing is not None:
        parties = [crossing.party]
    waiting = [one.at for one, state in dues if state == "waiting"]
    return {
        "incident": case.id,
        "ref": ref_json(case.ref),
        "pair": list(case.aircraft),
        "callsigns": list(case.callsigns),
        "parties": parties,
        "accord": case.accord,
        "level": case.level,
        "reason": case.reason,
        "opened_by": list(case.opened_by),
        "openings": [_opening(one) for one in case.openings],
        "observations": {party: one.model_dump(mode="json") for party, one in case.observations.items()},
        "sky_time": format_utc(case.start),
        "exercise": case.exercise,
        "between": list(case.parties),
        "state": case.state,
        "record": case.digest,
        "words": len(case.words),
        "closed_by": list(case.closed_by),
        "accounts_of": sorted(case.account_of),
        "reconstructed_by": sorted(case.reconstructions),
        "facts": dict(Counter(fact.state for fact in case.facts)),
        "questions": dict(Counter(question.state for question in case.questions)),
        "severity": {name: _severity(one) for name, one in case.severity().items()},
        "dues": [
            {
                "what": one.what,
                "party": one.party,
                "at": format_utc(one.at),
                "met_at": format_utc(one.met_at) if one.met_at else None,
                "state": state,
            }
            for one, state in dues
        ],
        "missed": sorted({one.party for one, state in dues if state == "missed"}),
        "deadline_at": format_utc(min(waiting)) if waiting else None,
        "missing": case.missing(own) if own in case.parties else [],
    }


def outline(case: Case, own: str, now: datetime) -> Row:
    """The whole record of one incident."""
    return {
        **summary(case, own, now),
        "start": format_utc(case.start),
        "end": format_utc(case.end),
        "entries": [one.model_dump(mode="json") for one in covered((*case.refs, *case.erased))],
        "erased": len(case.erased),
        "confirmed_by": None if case.procedure is None else case.procedure.confirmed_by,
        "outdated_by": list(case.outdated_by),
        "steps": list(case.steps(own)),
        "crossings": {party: one.model_dump(mode="json") for party, one in case.crossings.items()},
        "reconstructions": {
            party: {
                "ref": ref_json(one.ref),
                "recorded_at": format_utc(one.recorded_at),
                **one.body.model_dump(mode="json"),
            }
            for party, one in case.reconstructions.items()
        },
        "accounts": [_word(word) for word in case.accounts],
        "fact_list": [_fact(fact, own) for fact in case.facts],
        "question_list": [_question(question, own) for question in case.questions],
        "notes": [_word(word) for word in case.notes],
        "conduct": [_word(word) for word in case.conduct],
        "severities": [_word(word) for word in case.severities],
        "closings": [_word(word) for word in case.closings],
        "silences": [
            {
                "ref": ref_json(one.ref),
                "seen_by": one.seen_by,
                "recorded_at": format_utc(one.recorded_at),
                **one.body.model_dump(mode="json", exclude={"incident"}),
            }
            for one in case.silences
        ],
    }


def ref_json(ref: EntryRef) -> Row:
    """A reference as JSON."""
    return ref.model_dump(mode="json")


def short_ref(ref: EntryRef) -> str:
    """A reference as people write it: `A:57`."""
    return f"{ref.origin.split('/')[1]}:{ref.sequence}"


def _opening(one: Opening) -> Row:
    return {
        "ref": ref_json(one.ref),
        "party": one.party,
        "reason": one.reason,
        "at": format_utc(one.recorded_at),
        "about": ref_json(one.about) if one.about else None,
        "role": one.role,
        "note": one.note,
        "automatic": one.automatic,
    }


def _word(word: Word[Any]) -> Row:
    """What a person signed, and where it stands."""
    said = word.said.model_dump(mode="json", exclude={"act", "person", "incident", "accord"})
    return {"ref": ref_json(word.ref), "recorded_at": format_utc(word.recorded_at), **said}


def _fact(fact: Fact, own: str) -> Row:
    return {
        "ref": ref_json(fact.ref),
        "party": fact.stated.party,
        "text": fact.text,
        "language": fact.stated.said.language,
        "state": fact.state,
        "positions": {
            party: {"step": word.said.step, "because": word.said.because, "at": format_utc(word.recorded_at)}
            for party, word in fact.positions.items()
        },
        "said": [_word(word) for word in (fact.stated, *fact.answers)],
        "steps": list(fact.steps(own)),
    }


def _question(question: Question, own: str) -> Row:
    return {
        "ref": ref_json(question.ref),
        "party": question.asked.party,
        "to": question.to,
        "text": question.asked.said.text,
        "language": question.asked.said.language,
        "state": question.state,
        "answers": [_word(word) for word in question.answers],
        "steps": list(question.steps(own)),
    }


def _severity(one: SeverityStanding) -> Row:
    return {
        "source": SCALES[one.scale].source,
        "values": list(SCALES[one.scale].values),
        "proposed": None if one.proposed is None else one.proposed.value,
        "by_side": {
            party: {"value": said.value, "ground": said.ground} for party, said in one.by_side.items()
        },
        "given": {
            party: {"value": word.said.value, "because": word.said.because, "role": word.said.role}
            for party, word in one.given.items()
        },
        "state": one.state,
    }
