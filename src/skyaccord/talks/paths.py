"""The clauses of a draft accord, each under its path: what delegations talk about one by one.

    rule.threes              one rule             role.duty-officer        one role
    area.Around the airfield one area             clause.Purpose           one prose clause
    watch, validity, title   what stands once     annex.…                  one annex

A path is a section of the accord's file and, where the section is a list of named things, the name. The
sections are read from the accord's own model, so that whatever it learns to say can be talked about. A value
is the canonical JSON of that part; "null" leaves the clause out. Values are checked by the accord's model:
nothing can be put on the table that no accord can hold (requirement 1).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, ConfigDict, PydanticUserError, TypeAdapter, ValidationError

from skyaccord.accord.canonical import canonical_json, digest_of, plain_data
from skyaccord.accord.faults import field_name, first_fault
from skyaccord.accord.model import Accord
from skyaccord.base.errors import InputError

NOT_NEGOTIATED: Final = frozenset(("format", "name"))
"""The format is this program's, and the name is that of the talks: both stand as the first draft has them."""
KEY_FIELDS: Final = ("id", "code", "name", "title")
"""What names an item of a list, in this order."""
LEFT_OUT: Final = "null"
CHECKED_KEPT: Final = 4096  # values whose check is remembered: a large accord's clauses, several times over


@dataclass(frozen=True)
class Section:
    """One field of the accord. key: the field that names its items; None: the section is one clause."""

    alias: str
    attribute: str
    key: str | None
    adapter: TypeAdapter[Any]


@cache
def sections() -> dict[str, Section]:
    """Every section that can be talked about, by its name in the file."""
    found = {}
    for attribute, field in Accord.model_fields.items():
        alias = field.alias or attribute
        if alias in NOT_NEGOTIATED:
            continue
        item = _item_model(field.annotation)
        key = next((name for name in KEY_FIELDS if item and name in item.model_fields), None)
        if item is not None and key is not None:
            found[alias] = Section(alias, attribute, key, TypeAdapter(item))
        else:
            kind: Any = field.annotation
            for one in field.metadata:
                kind = Annotated[kind, one]
            found[alias] = Section(alias, attribute, None, _adapter(kind))
    return found


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Strict, as the accord's own model is; a model brings its own strictness along."""
    try:
        return TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))
    except PydanticUserError:
        return TypeAdapter(kind)


def _item_model(annotation: Any) -> type[BaseModel] | None:
    """The model of the items if this is a list of models."""
    if get_origin(annotation) is tuple:
        item = get_args(annotation)[0]
        return item if isinstance(item, type) and issubclass(item, BaseModel) else None
    return None


def section_of(path: str) -> tuple[Section, str | None]:
    """The section of a path and the name in it. InputError for a path that no accord has."""
    alias, dot, name = path.partition(".")
    section = sections().get(alias)
    if section is None:
        known = ", ".join(sorted(sections()))
        raise InputError(f"{path!r} is no clause's path", do=f"begin with one of {known}")
    if section.key is None and dot:
        raise InputError(f"{path!r}: {alias!r} is one clause as a whole", do=f"write {alias}")
    if section.key is not None and not name:
        raise InputError(f"{path!r} names no {alias}", do=f"write {alias}.NAME, by its {section.key}")
    return section, name if section.key else None


def check_path(path: str) -> None:
    """InputError if no accord can have a clause at this path."""
    section_of(path)


def canonical_text(value: Any) -> str:
    """The canonical JSON of a plain value, as text."""
    return canonical_json(value).decode()


def digest_of_value(text: str) -> str:
    """The digest of a clause's value: what the two sides agree on."""
    return digest_of(text.encode())


def normal(path: str, value: Any) -> str:
    """The canonical text of a clause's value, as the accord's model reads it; None leaves the clause out.

    InputError: the value is nothing that an accord can hold at this path, or it names another item.
    """
    section, name = section_of(path)
    if value is None:
        return LEFT_OUT
    try:
        read = section.adapter.validate_json(json.dumps(value), by_alias=True, by_name=True)
    except ValidationError as error:
        place, what, do = first_fault(error, Accord, (section.alias, 0)[: 2 if section.key else 1])
        field = field_name(place)
        raise InputError(what, where=f"{path}{'.' + field if field else ''}", do=do) from None
    if section.key is not None and getattr(read, section.key) != name:
        raise InputError(
            f"its {section.key} is {getattr(read, section.key)!r}",
            where=path,
            do=f"propose it as {section.alias}.{getattr(read, section.key)}",
        )
    content = (read,) if section.key is not None else read
    accord: Any = Accord  # one field alone, without the checks between fields
    plain = plain_data(accord.model_construct(**{section.attribute: content})).get(section.alias)
    if section.key is not None and plain:
        plain = plain[0]
    return canonical_text(plain)


@lru_cache(CHECKED_KEPT)
def check_value(path: str, text: str) -> None:
    """InputError unless the text is the canonical JSON of a value that an accord can hold at this path."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("the value is not JSON", where=path) from None
    if normal(path, value) != text:
        raise InputError("the value is not in its canonical form", where=path)


def clauses_of(accord: Accord) -> dict[str, str]:
    """Every clause of an accord: path → canonical text of its value, in the order of the file."""
    found = {}
    for alias, value in plain_data(accord).items():
        section = sections().get(alias)
        if section is None:
            continue
        if section.key is None:
            found[alias] = canonical_text(value)
        else:
            for item in value:
                found[f"{alias}.{item[section.key]}"] = canonical_text(item)
    return found
