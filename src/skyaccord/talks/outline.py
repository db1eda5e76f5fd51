"""Talks as data for people: what the API, the console and `talks status --format json` show. Pure.

`steps` beside each thing are what the asking party may do now, by the machines' tables.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.record.fields import EntryRef
from skyaccord.talks.agenda import Item
from skyaccord.talks.clauses import Clause, ClauseWord, Text
from skyaccord.talks.machines import AGENDA, CLAUSE, ROUND
from skyaccord.talks.negotiation import Negotiation
from skyaccord.talks.positions import Said
from skyaccord.talks.redline import redline, words_left
from skyaccord.talks.rounds import Round, RoundWord

Data = dict[str, Any]


def summary(talks: Negotiation, party: str) -> Data:
    """One negotiation in a few lines: counts, the next round, whether everything is agreed."""
    states = Counter(clause.state for clause in talks.clauses.values())
    return {
        "talks": talks.name,
        "between": list(talks.between),
        "title": talks.base.accord.title if talks.base else talks.name,
        "exercise": talks.exercise,
        "clauses": {state: states[state] for state in sorted(states)},
        "all_agreed": bool(states) and set(states) == {"agreed"},
        "waits_for_us": sorted(path for path, clause in talks.clauses.items() if waits_for(clause, party)),
        "next_round": _next_round(talks),
        "said": talks.said,
        "items": dict(sorted(Counter(item.state for item in talks.items.values()).items())),
    }


def outline(talks: Negotiation, party: str) -> Data:
    """Everything about one negotiation, as `party` sees it."""
    return {
        **summary(talks, party),
        "seen": talks.seen_by(party),
        "opened": [
            {"party": said.party, "at": format_utc(said.at), "ref": _ref(ref)}
            for ref, said in sorted(talks.opened.items(), key=lambda one: one[1].order)
        ],
        "rounds": [round_data(talks, one, party) for _, one in sorted(talks.rounds.items())],
        "agenda": [item_data(item, party) for item in items_in_order(talks)],
        "paths": {path: clause_data(clause, party) for path, clause in in_order(talks)},
    }


def in_order(talks: Negotiation) -> list[tuple[str, Clause]]:
    """Clauses in the order of the draft, then those that came later, by path."""
    from skyaccord.talks.paths import clauses_of

    first = clauses_of(talks.base.accord) if talks.base else {}
    later = sorted(path for path in talks.clauses if path not in first)
    return [(path, talks.clause(path)) for path in [*first, *later]]


def items_in_order(talks: Negotiation) -> list[Item]:
    """Agenda items in the order in which they were requested; the number of an item is its place here."""
    known = [item for item in talks.items.values() if item.request is not None]
    return sorted(known, key=lambda item: (item.request.order if item.request else (), item.ref.origin))


def waits_for(clause: Clause, party: str) -> bool:
    """Whether the next word about a clause is this party's."""
    if clause.state in ("agreed", "absent"):
        return False
    if clause.state == "blocked":
        return any(word.party == party for word in clause.blocked_by)
    return clause.state in ("conflict", "bracketed") or clause.side_of(party) == "other"


def clause_data(clause: Clause, party: str) -> Data:
    """One clause: its versions, who stands for which, what differs, what may be done."""
    texts = clause.texts
    return {
        "path": clause.path,
        "state": clause.state,
        "agreed": clause.agreed,
        "newest": clause.newest,
        "stands_for": clause.stands_for,
        "waits_for_us": waits_for(clause, party),
        "texts": [
            {
                "number": text.number,
                "digest": text.digest,
                "value": json.loads(text.value),
                "party": text.party,
                "at": format_utc(text.by.at),
            }
            for text in texts
        ],
        "redline": [versions_data(one, other) for one, other in pairwise(texts)],
        "blocked": [{"party": word.party, "because": word.because} for word in clause.blocked_by],
        "said": [_word(word) for word in clause.words],
        "comments": [{**_who(one), "text": one.text, "language": one.language} for one in clause.comments],
        "steps": list(CLAUSE.open_steps(clause.state, clause.side_of(party))),
    }


def changes(before: str | None, after: str | None) -> list[Data]:
    """A redline as JSON."""
    return [
        {"field": change.field, "before": change.before, "after": change.after}
        for change in redline(before, after)
    ]


def versions_data(before: Text, after: Text) -> Data:
    """What one version of a clause changes against another, field by field. words_left: the parties' own
    words that stay as they were while a number beside them changes.
    """
    return {
        "from": before.number,
        "to": after.number,
        "changes": changes(before.value, after.value),
        "words_left": list(words_left(before.value, after.value)),
    }


def item_data(item: Item, party: str) -> Data:
    """One agenda item."""
    return {
        "ref": _ref(item.ref),
        "title": item.title,
        "party": item.party,
        "state": item.state,
        "about": _ref(item.about) if item.about else None,
        "subject": item.subject.model_dump(mode="json") if item.subject else None,
        "round": item.round,
        "said": [{**_who(word), "step": word.step, "because": word.because} for word in item.words],
        "steps": list(AGENDA.open_steps(item.state, item.side_of(party))),
    }


def round_data(talks: Negotiation, held: Round, party: str) -> Data:
    """One round: its date, delegations, agenda, minutes."""
    plan = held.plan
    return {
        "round": held.number,
        "state": held.state,
        "conflict": held.conflict,
        "starts": format_utc(plan.starts) if plan and plan.starts else None,
        "by": plan.by if plan else None,
        "place": plan.place if plan else "",
        "interpreter": plan.interpreter if plan else "",
        "plans": [_plan(one) for one in held.plans],
        "delegations": _people(held.delegations),
        "attendance": _people(held.attendance),
        "agenda": [
            {"ref": _ref(ref), "title": talks.item(ref).title, "state": talks.item(ref).state}
            for ref in held.agenda
        ],
        "minutes": [
            {
                "digest": digest,
                "signed_by": sorted(who for who, stands in held.stands_for.items() if stands == digest),
                **minutes.model_dump(mode="json"),
            }
            for digest, minutes in sorted(held.minutes.items())
        ],
        "signed": held.signed,
        "because": held.words[-1].because if held.state == "cancelled" else "",
        "steps": list(ROUND.open_steps(held.state, "own")),
    }


def _next_round(talks: Negotiation) -> Data | None:
    """The round that is planned next."""
    planned = [one for one in talks.rounds.values() if one.state == "planned" and one.plan]
    first = min(planned, key=lambda one: one.number, default=None)
    if first is None or first.plan is None or first.plan.starts is None:
        return None
    return {"round": first.number, "starts": format_utc(first.plan.starts), "by": first.plan.by}


def _plan(word: RoundWord) -> Data:
    return {
        "party": word.party,
        "starts": format_utc(word.starts) if word.starts else None,
        "by": word.by,
        "place": word.place,
        "interpreter": word.interpreter,
    }


def _people(delegations: dict[str, Any]) -> dict[str, list[Data]]:
    return {party: [one.model_dump() for one in people] for party, people in delegations.items()}


def _word(word: ClauseWord) -> Data:
    return {**_who(word), "step": word.step, "digest": word.digest, "because": word.because}


def _who(said: Said) -> Data:
    return {"party": said.party, "at": format_utc(said.at), "ref": _ref(said.ref)}


def _ref(ref: EntryRef) -> Data:
    return ref.model_dump(mode="json")
