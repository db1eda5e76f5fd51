"""Minutes and the draft: what talks come to, computed from where the clauses stand.

Minutes hold the texts that people wrote and, beside them, the lists that nobody has to take on trust: what is
agreed, with the digest of each value, what is blocked and why, what is open. Both sides sign the digest of
all of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from skyaccord.accord.canonical import DIGEST_PREFIX, digest, plain_data
from skyaccord.accord.faults import field_name, first_fault
from skyaccord.accord.model import Accord
from skyaccord.accord.source import LoadedAccord
from skyaccord.accord.text.redline import redline, redline_lines
from skyaccord.accord.writing import rewritten
from skyaccord.base.errors import InputError
from skyaccord.talks import paths
from skyaccord.talks.acts import (
    CLAUSES_A_STATEMENT_MAX,
    AgreedClause,
    BlockedClause,
    ItemState,
    Language,
    Minutes,
)
from skyaccord.talks.clauses import Clause, Text
from skyaccord.talks.negotiation import Negotiation
from skyaccord.talks.outline import in_order, items_in_order

OPEN_MARK: Final = "NOT AGREED"


def minutes_of(talks: Negotiation, number: int, texts: Mapping[Language, str]) -> Minutes:
    """The minutes of a round as things stand now. InputError without a text, or with too many clauses."""
    if not any(text.strip() for text in texts.values()):
        raise InputError("minutes need a text", do="give one with --text en=FILE, ru=FILE or ar=FILE")
    agreed, blocked, still_open = [], [], []
    for path, clause in in_order(talks):
        if clause.agreed is not None:
            agreed.append(AgreedClause(path=path, digest=clause.agreed))
        elif clause.blocked_by:
            blocked += [
                BlockedClause(path=path, party=word.party, because=word.because) for word in clause.blocked_by
            ]
        elif clause.state != "absent":
            still_open.append(path)
    if max(len(agreed), len(blocked), len(still_open)) > CLAUSES_A_STATEMENT_MAX:
        raise InputError(f"more than {CLAUSES_A_STATEMENT_MAX} clauses in one list of the minutes")
    agenda = [
        ItemState(item=item.ref, state=item.state)  # type: ignore[arg-type]  # "absent" has no request
        for item in items_in_order(talks)
        if item.round == number or item.ref in talks.round(number).agenda
    ]
    return Minutes(
        round=number,
        texts={language: text.strip() for language, text in texts.items() if text.strip()},
        agreed=agreed,
        blocked=blocked,
        open=still_open,
        agenda=agenda,
    )


def not_agreed(talks: Negotiation) -> list[str]:
    """Paths of the clauses that are on the table and not agreed."""
    return [path for path, clause in in_order(talks) if clause.agreed is None and clause.state != "absent"]


def draft_of(talks: Negotiation, *, with_open: bool = False) -> str:
    """The accord's file with every agreed clause in it, comments and layout as in the first draft.

    with_open: also what is not agreed yet, as it was put forward last, each named in a comment at the top.
    The same statements give the same file on both nodes. InputError: something is not agreed, or the whole
    is no accord.
    """
    waiting = not_agreed(talks)
    if waiting and not with_open:
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        raise InputError(
            f"not agreed yet: {', '.join(waiting[:3])}{more}",
            do="settle them, or write the draft with --open, where they are marked",
        )
    written = rewritten(_base(talks).text, assembled(talks))
    if waiting:
        states = "".join(f"#   {path}: {talks.clause(path).state}\n" for path in waiting)
        written = f"# {OPEN_MARK} yet, as last put forward:\n{states}\n{written}"
    return written


def assembled(talks: Negotiation, instead: Mapping[str, str] | None = None) -> Accord:
    """The accord of the newest texts, agreed ones first; `instead`: path → canonical text that takes its
    place.

    InputError: together they are no accord.
    """
    data = plain_data(_base(talks).accord)
    for path, clause in in_order(talks):
        text = (instead or {}).get(path) or clause.value(clause.agreed or clause.newest)
        if text is not None:
            _put(data, path, json.loads(text))
    try:
        return Accord.model_validate_json(json.dumps(data), by_alias=True)
    except ValidationError as error:
        place, what, do = first_fault(error, Accord)
        raise InputError(
            f"together the clauses are no accord: {what}", where=field_name(place), do=do
        ) from None


def text_redline(
    talks: Negotiation, path: str, language: str, between: tuple[int, int] | None = None
) -> list[str]:
    """What one version of a clause changes against another in the text that people read, in this language.

    between: numbers of two versions, the older one first or last; None: the last two. Nothing where the text
    in this language is the same. InputError: no such version.
    """
    pair = (assembled(talks, {path: text.value}) for text in versions(talks.clause(path), between))
    one, other = (LoadedAccord(accord, "", digest(accord), None) for accord in pair)
    return _without_digest(redline_lines(redline(one, other, language)))


def versions(clause: Clause, between: tuple[int, int] | None = None) -> tuple[Text, Text]:
    """Two versions of a clause by their numbers, the last two without. InputError: it has no such version."""
    texts = clause.texts
    if len(texts) < 2:
        raise InputError("there is one version of it", where=clause.path, do="a redline compares two")
    if between is None:
        return texts[-2], texts[-1]
    first, second = between
    for number in between:
        if not 1 <= number <= len(texts):
            raise InputError(
                f"there is no version {number}", where=clause.path, do=f"its versions are 1 to {len(texts)}"
            )
    if first == second:
        raise InputError("a version is compared with another one", where=clause.path, do="name two")
    return texts[first - 1], texts[second - 1]


def _without_digest(lines: list[str]) -> list[str]:
    """A redline without the closing part of the text, whose digest differs whenever anything does."""
    last = next((place for place, line in enumerate(lines) if DIGEST_PREFIX in line), None)
    if last is None:
        return lines
    gaps = [place for place in range(last) if lines[place] == "…"]
    return lines[: gaps[-1]] if gaps else lines[:last]


def _base(talks: Negotiation) -> LoadedAccord:
    if talks.base is None:
        raise InputError("no draft is on the table", do="open the talks with `skyaccord talks open FILE`")
    return talks.base


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Put one clause's value into an accord's plain data; None takes it out."""
    section, name = paths.section_of(path)
    if section.key is None:
        data[section.alias] = value
        if value is None:
            del data[section.alias]
        return
    key, items = section.key, data.get(section.alias, [])
    places = [place for place, item in enumerate(items) if item[key] == name]
    new = [] if value is None else [value]
    if places:
        items[places[0] : places[0] + 1] = new
    else:
        items = [*items, *new]
    data[section.alias] = items
    if not items:
        del data[section.alias]
