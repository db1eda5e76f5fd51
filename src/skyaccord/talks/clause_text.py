"""A clause as people edit it whole: its TOML, as it stands in an accord's file, and back to its value.

    [[rule]]
    id = "threes"
    horizontal_nm = 5

Also the file of an amendment, begun from the annex that runs. Faults are named by line.
"""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from skyaccord.accord import positions
from skyaccord.accord.canonical import plain_data
from skyaccord.accord.faults import field_name, first_fault, syntax_problem
from skyaccord.accord.model import Accord
from skyaccord.accord.writing import section_toml
from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc
from skyaccord.base.toml import parse_toml
from skyaccord.talks import paths

NAME = "clause"


def clause_toml(path: str, value: str | None) -> str:
    """A clause's section of the file. value: canonical JSON; None or "null": one to be filled in."""
    section, name = paths.section_of(path)
    plain = json.loads(value) if value is not None else None
    if section.key is not None:
        return section_toml(section.alias, [plain or {section.key: name}])
    return f"# {section.alias} = …\n" if plain is None else section_toml(section.alias, plain)


def clause_value(path: str, text: str) -> str:
    """The canonical value of a clause from its TOML. InputError names line and field."""
    section, _ = paths.section_of(path)
    try:
        document = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        problem = syntax_problem(error, text, NAME)
        raise InputError(problem.what, where=problem.where, do=problem.do) from None
    except (RecursionError, ValueError):
        raise InputError("nested too deeply, or a number too long", where=NAME) from None
    lines = positions.line_index(text)
    for key in document:
        if key != section.alias:
            where = _where(lines, (key,))
            raise InputError(f"{key!r} is no part of this clause", where=where, do=f"write {section.alias}")
    if section.alias not in document:
        raise InputError(
            f"there is no {section.alias} in it", where=NAME, do="leave out is a step of its own"
        )
    found = _plain(document[section.alias])
    place: tuple[str | int, ...] = (section.alias,)
    if section.key is not None:
        if not isinstance(found, list) or len(found) != 1:
            raise InputError(f"one [[{section.alias}]] makes this clause", where=_where(lines, place))
        found, place = found[0], (section.alias, 0)
    try:
        section.adapter.validate_json(json.dumps(found), by_alias=True)
    except ValidationError as error:
        within, what, do = first_fault(error, Accord, place)
        raise InputError(what, where=_where(lines, (*place, *within)), do=do) from None
    return paths.normal(path, found)


def amendment_toml(accord: Accord, digest: str, annex_id: str) -> str:
    """The next version of an annex, begun from what runs, with the next version of a frequency plan in it.

    accord: as it runs. InputError: no such annex.
    """
    annex = accord.annex(annex_id)
    if annex is None:
        known = ", ".join(one.id for one in accord.annexes) or "it has none"
        raise InputError(f"the accord has no annex {annex_id!r}", do=f"its annexes: {known}")
    head = (
        f'format = "skyaccord.annex/1"\naccord = "{digest}"\nannex = "{annex.id}"\n'
        f"version = {annex.version + 1}\n"
    )
    plain = plain_data(accord)
    if accord.frequency_plan is not None and "frequency_plan" in annex.parts:
        plain["frequency_plan"] |= {"version": accord.frequency_plan.version + 1}
    parts = [section_toml(part, plain[part]) for part in annex.parts if part in plain]
    return "\n".join([head, *parts])


def _plain(value: Any) -> Any:
    """TOML's times as text, as the canonical form has them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return format_utc(value) if value.tzinfo is not None else value.isoformat()
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _where(lines: dict[tuple[Any, ...], int], place: tuple[Any, ...]) -> str:
    """ "clause, line 3, rule[0].polygon[2]": the line of the innermost part that stands in the text."""
    field = field_name(place)
    for length in range(len(place), 0, -1):
        line = lines.get(place[:length])
        if line is not None:
            return f"{NAME}, line {line}, {field}"
    return f"{NAME}, {field}"
