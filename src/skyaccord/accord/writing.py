"""From the data back to a TOML file: a new one, or an old one with its comments and layout kept.

Either reads back to the same digest; that is checked before anything is handed out.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any, Final, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Item, Table

from skyaccord.accord.canonical import digest
from skyaccord.accord.comparing import KEYS
from skyaccord.accord.model import Accord
from skyaccord.accord.source import AccordFileError, parse_accord

INNER_TABLES: Final = ("class", "kind")
"""Lists of tables inside a table that have headers of their own: `[[watch.class]]`, `[[retention.kind]]`."""
LINE_LENGTH: Final = 110  # a longer list of tables goes over several lines


def accord_toml(accord: Accord) -> str:
    """A new file with this data. What is default or absent is left out where the canonical form does so."""
    document = tomlkit.document()
    for key, value in _data(accord).items():
        document.add(key, _top(value))
    return _checked(tomlkit.dumps(document), accord)


def section_toml(key: str, value: Any) -> str:
    """One section alone as it stands in a file: a `[table]`, `[[tables]]`, or `key = value`. value: plain."""
    document = tomlkit.document()
    document.add(key, _top(_plain(value)))
    return tomlkit.dumps(document)


def rewritten(text: str, accord: Accord) -> str:
    """The file with this data in place of its own; comments and layout stay where what they are about stays.

    Raises AccordFileError if the text is no accord.
    """
    before = parse_accord(text, "file").accord
    document = tomlkit.parse(text)
    try:
        _merge(document, _data(before), _data(accord), top=True)
        return _checked(tomlkit.dumps(document), accord)
    except (TOMLKitError, AccordFileError, AssertionError):
        # a layout that cannot be changed in place (a table in pieces): better no comments than no file
        return accord_toml(accord)


def _checked(text: str, accord: Accord) -> str:
    written = parse_accord(text, "written")
    if written.digest != digest(accord):
        raise AssertionError("the written file does not read back to the same accord")
    return text


def _data(accord: Accord) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(accord.model_dump(by_alias=True))
    return plain


def _plain(value: Any) -> Any:
    """As the canonical form has it, but for times, which TOML knows, and whole numbers without a fraction."""
    if isinstance(value, dict):
        kept = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item != []}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _top(value: Any) -> Item:
    """A value at the top of the file: tables have headers."""
    if _is_tables(value):
        tables = tomlkit.aot()
        for item in value:
            tables.append(_table(item))
        return tables
    return _table(value) if isinstance(value, dict) else _item(value)


def _table(value: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for key, item in value.items():
        table.add(key, _top(item) if key in INNER_TABLES and _is_tables(item) else _item(item))
    return table


def _item(value: Any) -> Item:
    """A value on its own line."""
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        for key, item in value.items():
            inline.append(key, _item(item))
        return inline
    if isinstance(value, list):
        array = tomlkit.array()
        for one in value:
            array.append(_item(one))
        if len(array.as_string()) > LINE_LENGTH:
            array.multiline(True)
        return array
    if isinstance(value, datetime):
        return tomlkit.datetime(value.isoformat().replace("+00:00", "Z"))
    if isinstance(value, str):
        return tomlkit.string(value, multiline="\n" in value)
    return cast("Item", tomlkit.item(value))


def _merge(held: MutableMapping[str, Any], old: dict[str, Any], new: dict[str, Any], *, top: bool) -> None:
    """Put what is new into the file; what is the same stays untouched, with everything written around it."""
    for key in [key for key in old if key not in new and key in held]:
        del held[key]
    for key, value in new.items():
        if key in old and old[key] == value:
            continue
        inside = held.get(key)
        if isinstance(value, dict) and isinstance(old.get(key), dict) and isinstance(inside, MutableMapping):
            _merge(inside, old[key], value, top=False)
        elif _is_tables(value) and _is_tables(old.get(key)) and isinstance(inside, AoT):
            _merge_tables(inside, old[key], value)
        else:
            held[key] = _top(value) if top or (key in INNER_TABLES and _is_tables(value)) else _item(value)


def _merge_tables(held: AoT, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    """Tables of one name go on; where names or order differ, those that stay keep their own text."""
    names, before = [_name(item) for item in new], [_name(item) for item in old]
    if names == before:
        for table, one, other in zip(held, old, new, strict=True):
            _merge(table, one, other, top=False)
        return
    kept = {name: (table, one) for name, table, one in zip(before, list(held), old, strict=True)}
    while len(held):
        del held[0]
    for name, item in zip(names, new, strict=True):
        found = kept.pop(name, None)
        if found is None:
            held.append(_table(item))
        else:
            _merge(found[0], found[1], item, top=False)
            held.append(found[0])


def _name(table: dict[str, Any]) -> str | None:
    return next((str(table[key]) for key in KEYS if key in table), None)
