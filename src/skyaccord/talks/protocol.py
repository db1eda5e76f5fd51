"""Minutes and the draft: what talks come to, computed from where the clauses stand.

Minutes hold the texts that people wrote and, beside them, the lists that nobody has to take on trust: what is
agreed, with the digest of each value, what is blocked and why, what is open. Both sides sign the digest of
all of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import tomlkit
from tomlkit.items import AoT

from skyaccord.accord.source import parse_accord
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

    with_open: also what is not agreed yet, as it was put forward last, each with a comment that says so. The
    same statements give the same file on both nodes. InputError: something is not agreed; or the whole is no
    accord.
    """
    base = talks.base
    if base is None:
        raise InputError("no draft is on the table", do="open the talks with `skyaccord talks open FILE`")
    waiting = not_agreed(talks)
    if waiting and not with_open:
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        raise InputError(
            f"not agreed yet: {', '.join(waiting[:3])}{more}",
            do="settle them, or write the draft with --open, where they are marked",
        )
    document = tomlkit.parse(base.text)
    first = paths.clauses_of(base.accord)
    for path, clause in in_order(talks):
        text = clause.value(clause.agreed or clause.newest)
        if text is not None and text != first.get(path):
            _put(document, path, json.loads(text))
    written = tomlkit.dumps(document)
    if waiting:
        states = "".join(f"#   {path}: {talks.clause(path).state}\n" for path in waiting)
        written = f"# {OPEN_MARK} yet, as last put forward:\n{states}\n{written}"
    parse_accord(written, "the draft of the talks")
    return written


def _put(document: tomlkit.TOMLDocument, path: str, value: Any) -> None:
    """Put one clause's value into the file: changed fields only, so that comments beside the others stay."""
    section, name = paths.section_of(path)
    if section.key is None:
        _replace(document, section.alias, value)
        return
    tables = document.get(section.alias)
    if not isinstance(tables, AoT):
        tables = tomlkit.aot()
        document[section.alias] = tables
    for place, table in enumerate(tables):
        if table.get(section.key) == name:
            if value is None:
                del tables[place]
            else:
                _merge(table, value)
            break
    else:
        if value is not None:
            tables.append(tomlkit.item(_toml(value)))
    if not len(tables):
        del document[section.alias]


def _replace(holder: Any, key: str, value: Any) -> None:
    if value is None:
        holder.pop(key, None)
    elif isinstance(value, dict) and isinstance(holder.get(key), dict):
        _merge(holder[key], value)
    else:
        holder[key] = _toml(value)


def _merge(table: Any, value: Mapping[str, Any]) -> None:
    """Make the table say the value; keys that are equal are not touched."""
    for key in [key for key in table if key not in value]:
        if _plain(table[key]) not in (None, "", []):  # an empty key of a template says nothing; it may stay
            del table[key]
    for key, wanted in value.items():
        if key not in table or not _same(_plain(table[key]), wanted):
            _replace(table, key, wanted)


def _same(held: Any, wanted: Any) -> bool:
    if isinstance(held, str) and isinstance(wanted, str):
        return held.strip() == wanted
    return bool(held == wanted)


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value


def _toml(value: Any) -> Any:
    """JSON as TOML has it: times are texts in JSON; a TOML time where the accord means one."""
    if isinstance(value, dict):
        return {key: _time(key, inner) for key, inner in value.items() if inner is not None}
    return [_toml(item) for item in value] if isinstance(value, list) else value


def _time(key: str, value: Any) -> Any:
    if key in ("start", "end") and isinstance(value, str):
        return tomlkit.datetime(value)
    return _toml(value)
