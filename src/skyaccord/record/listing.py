"""A journal as a list for reading: an entry and what became of it, nothing beyond its own words."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.base.times import format_utc
from skyaccord.record.account import Account, BundleSource, Source, account_of
from skyaccord.record.envelope import read_envelope
from skyaccord.record.fields import EVERY_PEER, EntryRef
from skyaccord.record.rows import EntryRow, open_rows
from skyaccord.record.snapshot import snapshot
from skyaccord.record.statement import read_statement

SUMMARY_CHARS_MAX = 160
HASH_CHARS_SHOWN = 19  # `sha256:` and twelve digits
_HASH = re.compile(r"^(sha256:)?[0-9a-f]{64}$")


@dataclass(frozen=True)
class Line:
    """An entry in one line. Times ISO 8601; None where the entry is sealed.

    received: by whom, when, refused why. acknowledged: by whom, when. unanswered: who did not answer in time.
    wrong: whether a check found something wrong with the entry; None: nobody has checked. Each of what became
    of it says the same of the entry it stands in.
    """

    sequence: int
    sky_time: str | None
    recorded_at: str | None
    kind: str | None
    exercise: bool
    recipients: list[str] | None
    accord: str | None
    refused: str | None
    leaf: str
    summary: str
    body: dict[str, Any] | None
    received: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    unanswered: list[dict[str, Any]] = field(default_factory=list)
    wrong: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """For `--format json`."""
        return asdict(self)


def list_entries(place: Path, *, party: str | None = None, limit: int) -> list[Line]:
    """The last `limit` entries of a party's journal in a folder or bundle (the holder's own if None). Changes
    nothing, checks nothing.

    UnreadableError: no store, no bundle. InputError: no journal of that party is held.
    """
    if place.is_file():
        return _list(BundleSource(place), place, party, limit)
    with snapshot(place) as copy, open_rows(copy, where=str(place)) as rows:
        return _list(rows, place, party, limit)


def _list(source: Source, place: Path, party: str | None, limit: int) -> list[Line]:
    journals = source.journals()
    for journal in journals:
        if journal.party == party or (party is None and journal.own == 1):
            account = account_of(source)
            return [_told(row, account) for row in deque(source.entries(journal.origin), limit)]
    held = ", ".join(journal.party for journal in journals)
    raise InputError(f"no journal of party {party!r} is held", where=str(place), do=f"held are: {held}")


def marked(lines: list[Line], origin: str, wrong: Mapping[str, Collection[int]]) -> list[Line]:
    """The lines of a journal with what a check found: no reader takes for good what stands in an entry with a
    finding. wrong: origin → its entries with findings (`Report.places`)."""

    def is_wrong(place: dict[str, Any] | None) -> bool:
        return place is not None and place["sequence"] in wrong.get(place["origin"], ())

    def each(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**one, "wrong": is_wrong(one["entry"]) or is_wrong(one.get("answer"))} for one in found]

    return [
        replace(
            line,
            wrong=line.sequence in wrong.get(origin, ()),
            received=each(line.received),
            acknowledged=each(line.acknowledged),
            unanswered=each(line.unanswered),
        )
        for line in lines
    ]


def _told(row: EntryRow, account: Account) -> Line:
    """The line with what became of the entry."""
    ref = EntryRef(origin=row.origin, sequence=row.sequence, leaf=row.leaf.hex())
    refused = row.refused or account.refused.get((row.origin, row.sequence))
    line = _line(replace(row, refused=refused))
    to = line.recipients
    return replace(
        line,
        received=[
            {**one, "hash_only": to is not None and not {one["party"], EVERY_PEER} & set(to)}
            for one in account.received(ref)
        ],
        acknowledged=account.acknowledged(ref),
        unanswered=account.silences(ref),
    )


def _line(row: EntryRow) -> Line:
    leaf = row.leaf.hex()
    if row.envelope is None and row.kind is not None:
        text = "erased: its retention has ended (the kind is its holder's word)"
        return Line(row.sequence, None, None, row.kind, False, None, None, row.refused, leaf, text, None)
    if row.envelope is None:
        text = "only its hash was disclosed"
        return Line(row.sequence, None, None, None, False, None, None, row.refused, leaf, text, None)
    try:
        envelope = read_envelope(row.envelope)
    except RefusedError as error:
        text = f"cannot be read: {error}"
        return Line(row.sequence, None, None, row.kind, False, None, None, row.refused, leaf, text, None)
    header = envelope.header
    text = summary(envelope.body)
    if row.refused is not None:
        text = f"REFUSED: {row.refused}; {text}"
    return Line(
        row.sequence,
        format_utc(header.sky_time),
        format_utc(header.recorded_at),
        header.kind,
        header.exercise,
        list(header.recipients),
        header.accord,
        row.refused,
        leaf,
        text,
        envelope.body,
    )


_SAID_FIRST = ("act", "code", "params", "text", "note", "to_role", "of", "about", "party", "role", "at")
"""Of a statement, for a reader: what was said, about what, then by whom."""


def _rank(name: str) -> int:
    return _SAID_FIRST.index(name) if name in _SAID_FIRST else len(_SAID_FIRST)


def summary(body: dict[str, Any]) -> str:
    """A body in one line: the statement's words if it carries one, else its simple fields in order."""
    words = dict(body)
    statement = words.pop("statement", None)
    if statement is not None:
        try:
            said = read_statement(statement).model_dump(mode="json")
        except RefusedError as error:
            said = {"statement": f"cannot be read: {error}"}
        said = {name: said[name] for name in sorted(said, key=_rank)}
        if not said.get("automatic"):
            said.pop("automatic", None)
        said.pop("exercise", None)  # the line has its mark
        words = {**said, **words}
    for name in ("person", "public_key", "signature", "text" if "digest" in words else ""):
        words.pop(name, None)
    if isinstance(words.get("card"), dict):
        card = words.pop("card")
        words = {"party": card.get("party"), "name": card.get("name"), **words}
    text = ", ".join(
        f"{name} {_brief(value)}" for name, value in words.items() if value not in (None, [], {})
    )
    return text if len(text) <= SUMMARY_CHARS_MAX else text[: SUMMARY_CHARS_MAX - 1] + "…"


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        if {"origin", "sequence", "leaf"} <= value.keys():
            party = "".join(str(value["origin"]).split("/")[1:2])
            return f"entry {value['sequence']} of {party}"
        return "{" + ", ".join(f"{name} {_brief(inner)}" for name, inner in list(value.items())[:6]) + "}"
    if isinstance(value, str):
        line = " ".join(value.split())
        if _HASH.match(line):
            return f"{line[:HASH_CHARS_SHOWN]}…"
        return line if line.isprintable() else json.dumps(line)
    return json.dumps(value, ensure_ascii=False)
