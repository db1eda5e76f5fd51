"""Making a draft of one's own from an accord's file: values change, comments and layout stay."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from skyaccord.accord.source import parse_accord
from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc


@dataclass(frozen=True)
class PartyEntry:
    """What a party's card says of it: id, name, raw Ed25519 public key in base64."""

    id: str
    name: str
    public_key: str


@dataclass(frozen=True)
class Changes:
    """What else a draft can take over; None leaves the field as it stands.

    end: "open" removes the end. areas: tables as in the file, e.g. {"name": …, "polygon": [[lat, lon], …]};
    an empty list means everywhere.
    """

    name: str | None = None
    title: str | None = None
    version: int | None = None
    exercise: bool | None = None
    start: datetime | None = None
    end: datetime | str | None = None
    areas: Sequence[Mapping[str, Any]] | None = None


def fill_keys(
    text: str,
    keys: Mapping[str, str],
    *,
    names: Mapping[str, str] | None = None,
    changes: Changes | None = None,
) -> str:
    """A copy of the file with these public keys (base64, by party id), names and other values in it.

    Raises AccordFileError if the text is no accord before or after, InputError for a party it does not have.
    """
    parse_accord(text, "draft")
    document = tomlkit.parse(text)
    parties = _parties(document)
    by_id = {str(table["id"]): table for table in parties}
    for values, field in ((keys, "public_key"), (names or {}, "name")):
        for party, value in values.items():
            if party not in by_id:
                raise InputError(
                    f"the accord has no party {party!r}", do=f"its parties are {', '.join(by_id)}"
                )
            by_id[party][field] = value
    _apply(document, changes or Changes())
    return _checked(document)


def with_parties(text: str, entries: Sequence[PartyEntry], *, changes: Changes | None = None) -> str:
    """A copy of the file with its parties taken from cards.

    A card whose id stands in the file fills that table; the others take the tables without a key, in order,
    and then new ones. Tables that no card filled stay as they are: the result is a draft.
    """
    parse_accord(text, "draft")
    document = tomlkit.parse(text)
    parties = _parties(document)
    given = {entry.id for entry in entries}
    if len(given) != len(entries):
        raise InputError("two cards are of the same party", do="give each party's card once")
    by_id = {str(table["id"]): table for table in parties}
    free = [table for party, table in by_id.items() if party not in given and not table.get("public_key")]
    for entry in entries:
        table = by_id.get(entry.id)
        if table is None:
            table = free.pop(0) if free else _new_table(parties)
            table["id"] = entry.id
        table["name"] = entry.name
        table["public_key"] = entry.public_key
    _apply(document, changes or Changes())
    return _checked(document)


def _parties(document: tomlkit.TOMLDocument) -> AoT:
    parties = document["party"]
    if not isinstance(parties, AoT):
        raise InputError("the parties are not written as [[party]] tables", do="write them so")
    return parties


def _new_table(parties: AoT) -> Table:
    table = tomlkit.table()
    parties.append(table)
    added = parties[-1]
    assert isinstance(added, Table)  # noqa: S101 (what was appended the line before)
    return added


def _apply(document: tomlkit.TOMLDocument, changes: Changes) -> None:
    for field in ("name", "title", "version", "exercise"):
        value = getattr(changes, field)
        if value is not None:
            document[field] = value
    validity = document["validity"]
    assert isinstance(validity, MutableMapping)  # noqa: S101 (the accord was parsed before)
    if changes.start is not None:
        validity["start"] = _moment(changes.start)
    if isinstance(changes.end, datetime):
        validity["end"] = _moment(changes.end)
    elif changes.end == "open":
        validity.pop("end", None)
    if changes.areas is not None:
        document.pop("area", None)
        if changes.areas:
            tables = tomlkit.aot()
            for area in changes.areas:
                tables.append(tomlkit.item(dict(area)))
            document["area"] = tables


def _moment(moment: datetime) -> Any:
    return tomlkit.datetime(format_utc(moment).replace(".000Z", "Z"))


def _checked(document: tomlkit.TOMLDocument) -> str:
    text = tomlkit.dumps(document)
    parse_accord(text, "draft")
    return text
